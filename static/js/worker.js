// The service worker: the driver's pages and everything they need open without signal, steps are carried to the server
// even when their page is left, and offers that were pushed are shown.
import { carry } from './carrier.js';
import { forgetPages, keepPage, keptAt, keptPage } from './keeping.js';

const ASSETS = 'assets-';
const PATIENCE = 3000; // ms until the kept page is shown instead
const FRESH = 120_000; // ms for which a page that was kept ahead is not asked for again
const NO_SIGNAL = '/driver/no-signal';

const later = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function fromNetwork(request, address) {
  // Not followed: the sign-in page would begin a session of its own, and the form somebody is filling in there would not fit it.
  const reply = await fetch(request, typeof request === 'string' ? { redirect: 'manual' } : undefined);
  // A driver's page leads elsewhere only when nobody is signed in (any more).
  if (reply.type === 'opaqueredirect') await forgetPages();
  else await keepPage(address, reply);
  return reply;
}

/** A page from the server, or after a while or without signal as it was kept. */
async function page(event, address) {
  const coming = fromNetwork(event.request, address);
  event.waitUntil(coming.catch(() => {}));
  const reply = await Promise.race([coming.catch(() => undefined), later(PATIENCE)]);
  if (reply && reply.status < 500) return reply;
  return await keptPage(address) ?? (reply || coming.catch(async () => await keptPage(NO_SIGNAL) ?? Response.error()));
}

/** A file of the app: one with a digest in its address never changes, others are asked for while there is signal. */
async function file(request, version) {
  const known = await caches.match(request);
  if (known && new URL(request.url).searchParams.has('v')) return known;
  try {
    const reply = await Promise.race([fetch(request), ...(known ? [later(PATIENCE)] : [])]);
    if (reply?.ok) await (await caches.open(ASSETS + version)).put(request, reply.clone());
    return reply ?? known;
  } catch (error) {
    if (known) return known;
    throw error;
  }
}

async function warm(addresses) {
  for (const address of addresses) {
    if (Date.now() - await keptAt(address) < FRESH) continue;
    await fromNetwork(address, address);
  }
}

async function dropOld(version) {
  const old = (await caches.keys()).filter((name) => name.startsWith(ASSETS) && name !== ASSETS + version);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function show(offer, words) {
  const own = words[offer.language] ?? words.zh;
  const minutes = Math.max(1, Math.ceil((Date.parse(offer.until) - Date.now()) / 60_000));
  await self.registration.showNotification(own.offer, {
    body: offer.until ? own.where.replace('{where}', offer.district || '–').replace('{minutes}', minutes) : offer.district,
    tag: offer.tag, renotify: true, requireInteraction: true, vibrate: [300, 150, 300, 150, 300],
    icon: '/static/icons/app-192.png', badge: '/static/icons/app-192.png', lang: offer.language,
  });
}

async function openDriver() {
  const [open] = (await self.clients.matchAll({ type: 'window' })).filter((one) => new URL(one.url).pathname.startsWith('/driver'));
  if (!open) return self.clients.openWindow('/driver');
  if (new URL(open.url).pathname === '/driver') await open.navigate('/driver').catch(() => {});
  return open.focus();
}

/** Begin. `shell`: addresses of all files; `words`: what is said by the worker itself, by language. */
export function serve({ version, shell, words }) {
  addEventListener('install', (event) => {
    event.waitUntil((async () => {
      await (await caches.open(ASSETS + version)).addAll(shell.map((address) => new Request(address, { cache: 'reload' })));
      await self.skipWaiting();
    })());
  });
  // Files of the version before stay until the pages that name the new ones are kept: signal may be lost in between.
  addEventListener('activate', (event) => { event.waitUntil(self.clients.claim()); });

  addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== location.origin) return;
    if (request.method === 'POST' && url.pathname === '/sign-out') {
      event.respondWith(fetch(request).then(async (reply) => { await forgetPages(); return reply; }));
    } else if (request.method !== 'GET') return;
    else if (url.pathname.startsWith('/static/')) event.respondWith(file(request, version));
    else if (request.mode === 'navigate' && /^\/driver(\/(trip\/\d+|no-signal))?$/.test(url.pathname)) {
      event.respondWith(page(event, url.pathname + url.search));
    }
  });

  addEventListener('message', (event) => {
    if (event.data.kind === 'carry') event.waitUntil(carry());
    if (event.data.kind === 'warm') event.waitUntil(warm(event.data.addresses).then(() => dropOld(version)).catch(() => {}));
  });
  addEventListener('sync', (event) => {
    event.waitUntil(carry().then((how) => { if (how === 'waiting') throw new Error('still no signal'); }));
  });
  addEventListener('push', (event) => { event.waitUntil(show(event.data.json(), words)); });
  addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(openDriver());
  });
}
