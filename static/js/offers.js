// A driver who waits for a job leaves the page open: it hears when a job is on offer, or was taken by somebody faster. Only
// when that changes what is shown is the page loaded again, so that nothing moves under the thumb.
import './live.js';

const shown = document.querySelector('[data-offers]');
let looking = false;
let again = false;

async function look() {
  if (document.hidden) return;
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    const reply = await fetch(location.href);
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const now = page.querySelector('[data-offers]');
    if (reply.redirected || (reply.ok && now?.dataset.offers !== shown.dataset.offers)) location.reload();
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
