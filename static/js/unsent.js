// Says what has not been sent yet, and puts it to the driver when a step was refused: look, try again, or drop it.
import { forget, mark, ofOthers, unsent } from './queue.js';

const bar = document.querySelector('[data-unsent]');
const part = (name) => bar.querySelector(`[data-part="${name}"]`);
const lang = document.documentElement.lang;
const clock = (iso) => new Date(iso).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit', hour12: false });

const words = (text, values) => Object.entries(values).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), text);

function line(step) {
  const item = document.createElement('li');
  const photos = step.photos ? ` · ${words(bar.dataset.photos, { count: step.photos })}` : '';
  item.textContent = `${clock(step.tapped)} · ${step.words}${photos}`;
  return item;
}

/** Where a step is looked at: its trip as it stands, or the first page. */
const place = (step) => (step.trip ? `/driver/trip/${step.trip}` : '/driver');

function put(step) {
  const box = part('refused');
  box.hidden = !step?.problem;
  if (box.hidden) return;
  if (box.dataset.step === String(step.id)) return; // being read: nothing moves
  box.dataset.step = step.id;
  const { problem } = step;
  const more = problem.errors.map((one) => one.message).filter((text) => text !== problem.title);
  part('why').textContent = [problem.title || bar.dataset.failed, ...more].join(' ');
  const lost = words(step.photos ? bar.dataset.lostPhotos : bar.dataset.lost, { step: step.words, at: clock(step.tapped) });
  part('what').textContent = lost;
  part('look').href = place(step);
  part('sure').hidden = true;
  part('choices').hidden = false;
}

/** Show what one person's phone holds. `how` is how the last try to send went. */
export async function show(person, how) {
  const steps = await unsent(person);
  const foreign = await ofOthers(person);
  put(steps[0]);
  const kept = document.querySelector('meta[name="kept-at"]')?.content;
  part('kept').hidden = !kept;
  if (kept) part('kept-at').textContent = clock(kept);
  const waiting = part('waiting');
  waiting.hidden = steps.length === 0;
  const count = steps.length === 1 ? bar.dataset.one : words(bar.dataset.many, { count: steps.length });
  if (part('count').textContent !== count) part('count').textContent = count;
  part('list').replaceChildren(...steps.map(line));
  part('by-itself').hidden = how === 'signed-out' || Boolean(steps[0]?.problem);
  part('signed-out').hidden = how !== 'signed-out';
  part('foreign').hidden = !foreign;
  bar.hidden = !kept && !steps.length && !foreign;
  return steps;
}

/** The choices for a refused step; `again` sends. */
export function choices(again) {
  const now = () => Number(part('refused').dataset.step);
  part('again').addEventListener('click', async () => {
    await mark(now(), undefined);
    delete part('refused').dataset.step;
    again();
  });
  const ask = (asked) => {
    part('sure').hidden = !asked;
    part('choices').hidden = asked;
    part(asked ? 'keep' : 'drop').focus();
  };
  part('drop').addEventListener('click', () => ask(true));
  part('keep').addEventListener('click', () => ask(false));
  part('drop-now').addEventListener('click', async () => {
    const { href } = part('look');
    await forget(now());
    location.assign(href);
  });
}
