// The driver's phone: every step is kept before it is sent, and without signal the next screen opens all the same.
import { release, sayWords } from './saying.js';
import { carry } from './carrier.js';
import { forget, forgetPhotos, hear, keep, unsent } from './queue.js';
import { choices, show } from './unsent.js';

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';
const person = Number(meta('person'));
const bar = document.querySelector('[data-unsent]');
const able = 'locks' in navigator && 'indexedDB' in window && 'BroadcastChannel' in window;
const PATIENCE = 4000; // ms until the next screen opens without the server's word
const LONGEST = 60_000; // ms between two tries
const TOLD = 'homeward.told';
const own = location.pathname + location.search;
const trip = (address) => /^\/driver\/(?:trip|offers)\/(\d+)/.exec(address)?.[1] ?? null;

let worker; // the registration, once there is one
let pause = 2000;
let timer;

/** Send what is kept: by the worker, which goes on when this page is left, or from here. */
function send() {
  clearTimeout(timer);
  if (worker?.active) worker.active.postMessage({ kind: 'carry' });
  else carry();
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(send, pause);
  pause = Math.min(pause * 2, LONGEST);
}

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** A form as a step. The key is its own, not the page's: a page that was kept may be used twice. */
async function stepOf(form) {
  const fields = [];
  let photos = 0;
  for (const [name, value] of new FormData(form)) {
    if (name === 'csrf_token' || name === 'once') continue;
    if (typeof value === 'string') fields.push([name, value]);
    else if (value.size) { fields.push([name, value, value.name]); photos += 1; }
  }
  fields.push(['once', newKey()]);
  const action = new URL(form.action).pathname;
  const job = trip(action);
  const before = (await unsent(person)).filter((step) => step.trip === job).at(-1);
  const next = form.dataset.next || before?.next || `/driver/trip/${job}`;
  return { person, action, fields, photos, trip: job, words: form.dataset.step, next, tapped: new Date().toISOString() };
}

/** What became of a step, or '' when nobody knows in time. */
function outcome(id) {
  return new Promise((done) => {
    setTimeout(done, PATIENCE, { kind: '' });
    hear((news) => { if (news.id === id && news.kind !== 'kept') done(news); else if (news.kind === 'went' && news.how !== 'done') done(news); });
  });
}

/** Put the server's objections beside the fields they speak of; false where the form has no place for them. */
function object(form, problem) {
  const told = document.getElementById('told');
  if (!told || ![409, 422].includes(problem.status)) return false;
  for (const message of form.querySelectorAll('.field-error[id]')) {
    const said = problem.errors.find((one) => message.id === `f-${one.field}-error`);
    message.textContent = said?.message ?? '';
    message.hidden = !said;
    message.closest('.field')?.classList.toggle('has-error', Boolean(said));
  }
  const summary = document.getElementById('objections').content.firstElementChild.cloneNode(true);
  summary.querySelector('ul').append(...problem.errors.map((one) => {
    const item = document.createElement('li');
    if (one.field) item.append(Object.assign(document.createElement('a'), { href: `#f-${one.field}`, textContent: one.message }));
    else item.textContent = one.message;
    return item;
  }));
  told.querySelector('.error-summary')?.remove();
  told.prepend(summary);
  for (const way of told.querySelectorAll('[data-when]')) way.hidden = !way.dataset.when.split(' ').includes(problem.code);
  form.dispatchEvent(new Event('answered'));
  const link = told.querySelector('a[href^="#"]');
  if (link) location.hash = link.hash;
  told.scrollIntoView({ block: 'center' });
  (link ?? summary).focus({ preventScroll: true });
  return true;
}

async function take(form) {
  const step = await stepOf(form);
  const [first] = await unsent(person);
  // Filled in again after a refusal: it takes the place of what was refused, before everything that came after.
  const again = first?.problem && first.action === step.action;
  const id = await keep(step, again ? first.id : undefined);
  worker?.sync?.register('homeward-steps').catch(() => {});
  const heard = outcome(id);
  send();
  const news = await heard;
  if (news.kind === 'sent') location.assign(news.next);
  else if (news.kind === 'refused' && object(form, news.problem)) {
    await forget(id); // it stands in the form, with everything that was filled in
    await show(person);
    release();
  } else if (news.kind === 'refused') {
    await show(person);
    bar.scrollIntoView();
  } else location.assign(step.next);
}

/** Accepting and declining are answers to an offer that ends: kept for later they would be promises nobody can hold. */
async function answer(form) {
  const { fields, action, tapped } = await stepOf(form);
  const body = new FormData(form);
  form.dataset.key ??= fields.at(-1)[1]; // tapped again after a lost reply: the same answer
  body.set('once', form.dataset.key);
  try {
    const reply = await fetch(action, {
      method: 'POST', body, signal: AbortSignal.timeout(12_000),
      headers: { Accept: 'application/problem+json', 'X-Phone-Time': tapped, 'X-Phone-Clock': new Date().toISOString() },
    });
    const told = await reply.json();
    if ([429, 503].includes(reply.status) || told.code === 'in_flight') throw new Error(told.title);
    if (!reply.ok) sessionStorage.setItem(TOLD, told.title);
    location.assign(reply.status === 401 ? '/sign-in?next=/driver' : told.next ?? '/driver');
  } catch {
    sayWords(form.dataset.needsSignal);
    scrollTo(0, 0);
    release();
  }
}

/** Signing is done with the server, step by step: without signal the page stays as it is. */
async function onlyWithSignal(form, submitter) {
  try {
    const reply = await fetch('/driver/phone', { cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(6000) });
    if (reply.status >= 500) throw new Error('busy');
    if (submitter?.name) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: submitter.name, value: submitter.value }));
    form.submit();
  } catch {
    sayWords(bar.dataset.signing);
    scrollTo(0, 0);
    release();
  }
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !able) return;
  const does = form.matches('form[data-step]') ? take
    : form.matches('form[data-needs-signal]') ? answer
      : form.action.includes('/sign/') ? onlyWithSignal
        : form.matches('form[action="/sign-out"]') && !form.dataset.sure ? leave : null;
  if (!does) return;
  event.preventDefault();
  await does(form, event.submitter);
});

async function leave(form) {
  const dialog = document.getElementById('leaving');
  if ((await unsent(person)).length) {
    dialog.showModal();
    dialog.querySelector('[data-leave]').onclick = () => goodbye(form);
  } else await goodbye(form);
}

/** What is kept of this person goes, but for steps that nobody has yet: they wait until the person is back. */
async function goodbye(form) {
  for (const name of Object.keys(localStorage)) if (name.startsWith('draft:')) localStorage.removeItem(name);
  await forgetPhotos();
  for (const name of await window.caches?.keys() ?? []) if (name.startsWith('pages-')) await caches.delete(name);
  await (await worker?.pushManager?.getSubscription())?.unsubscribe().catch(() => {});
  form.submit();
}

/** With steps of this trip waiting, the screen is the one after the last of them, also after a reload. */
function whereWeAre(steps) {
  if (steps[0]?.problem) return false;
  const last = steps.filter((step) => step.trip && step.trip === trip(location.pathname)).at(-1);
  const asked = new URLSearchParams(location.search);
  const here = location.pathname;
  // A screen ahead with nothing to wait for: the trip itself has more to say.
  const to = last ? last.next : asked.has('ahead') && !meta('kept-at') ? here : own;
  if (to === own || asked.has('do')) return false;
  location.replace(to);
  return true;
}

/** A step that waits already is not taken a second time from a page that does not know it. */
function mute(steps) {
  for (const form of document.querySelectorAll('form[data-step]:not([data-repeats])')) {
    if (!steps.some((step) => !step.problem && step.action === new URL(form.action).pathname)) continue;
    for (const element of form.elements) if (element.type === 'submit') element.disabled = true;
  }
}

async function news({ kind, how }) {
  const steps = await show(person, how);
  if (kind === 'sent') pause = 2000;
  if (kind === 'went' && how === 'waiting' && steps.length) soon();
  const further = document.querySelector('[data-goes-on]');
  if (kind === 'sent' && !steps.length && further && !document.querySelector('form[data-sent]')) location.replace(further.dataset.goesOn);
}

async function begin() {
  const told = sessionStorage.getItem(TOLD);
  if (told) sayWords(told);
  sessionStorage.removeItem(TOLD);
  if (!able) return;
  const steps = await show(person);
  if (whereWeAre(steps)) return;
  mute(steps);
  choices(send);
  hear(news);
  const wanted = meta('draft-wanted');
  await forgetPhotos(wanted && `${person}:${wanted}`);
  addEventListener('online', () => { pause = 2000; send(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) send(); });
  worker = await navigator.serviceWorker?.getRegistration();
  if (steps.length) send();
  if (!('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register('/sw.js', { type: 'module', updateViaCache: 'none' }).catch(() => {});
  worker = await Promise.race([navigator.serviceWorker.ready, new Promise((done) => { setTimeout(done, 5000); })]);
  const ahead = meta('ahead').split(' ').filter(Boolean);
  worker?.active?.postMessage({ kind: 'warm', addresses: [...ahead, '/driver/no-signal'] });
}

begin();
