// The pages of one driver, kept on the phone for dead spots: in a cache that bears the driver's number and goes with them.
const PAGES = 'pages-';
const META = /<meta name="(person|server-time)" content="([^"]*)"/g;

const isPages = (name) => name.startsWith(PAGES);

/** Forget every page. */
export async function forgetPages() {
  await Promise.all((await caches.keys()).filter(isPages).map((name) => caches.delete(name)));
}

/** Keep a page of the driver's as it was answered; whose it is stands in it. Another driver's pages go first. */
export async function keepPage(address, reply) {
  if (!reply.ok || !(reply.headers.get('Content-Type') ?? '').startsWith('text/html')) return;
  const text = await reply.clone().text();
  const { person, 'server-time': at } = Object.fromEntries([...text.matchAll(META)].map(([, name, value]) => [name, value]));
  if (!person) return;
  const own = PAGES + person;
  for (const name of await caches.keys()) if (isPages(name) && name !== own) await caches.delete(name);
  const headers = new Headers(reply.headers);
  headers.set('X-Kept-At', new Date().toISOString());
  headers.set('X-Clock-Ahead', String(Date.now() - Date.parse(at)));
  await (await caches.open(own)).put(address, new Response(text, { headers }));
}

/** When a page was kept, in milliseconds; 0 for one that was not. */
export async function keptAt(address) {
  const reply = await caches.match(address);
  return reply ? Date.parse(reply.headers.get('X-Kept-At')) : 0;
}

/** The page as it was kept, saying of itself when that was; undefined for one that was not. */
export async function keptPage(address) {
  const reply = await caches.match(address);
  if (!reply) return undefined;
  const told = ['Kept-At', 'Clock-Ahead'].map((name) => `<meta name="${name.toLowerCase()}" content="${reply.headers.get(`X-${name}`)}">`);
  const text = (await reply.text()).replace('<meta charset="utf-8">', `$&${told.join('')}`);
  return new Response(text, { headers: reply.headers });
}
