// A driver who waits for a job leaves the page open: it hears when a job is on offer, or was taken by somebody faster. Only
// when that changes what is shown is the page loaded again, so that nothing moves under the thumb.
import './live.js';

const shown = document.querySelector('[data-offers]');
let looking = false;
let again = false;

/** Whether the driver has answered and is being taken on: loading this page again would bring them back here. */
const leaving = () => document.querySelector('form[data-sent]') !== null;

async function look() {
  if (document.hidden || leaving()) return;
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    const reply = await fetch(location.href, { redirect: 'manual' });
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const now = page.querySelector('[data-offers]');
    const other = reply.type === 'opaqueredirect' || (reply.ok && now?.dataset.offers !== shown.dataset.offers);
    if (other && !leaving()) location.reload();
  } catch { /* no signal: the next look tells */ }
  looking = false;
  if (again) {
    again = false;
    look();
  }
}

for (const name of ['live:changed', 'live:reset', 'live:look', 'homeward:due', 'visibilitychange']) {
  document.addEventListener(name, look);
}
setInterval(look, 30_000); // a net under the stream
