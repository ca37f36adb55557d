// A driver who waits for a job leaves the page open: it is asked every few seconds whether another job is on offer, or
// one was taken by somebody faster. Only then is the page loaded again, so that nothing moves under the thumb.
const SECONDS = 5;
const shown = document.querySelector('[data-offers]');

async function look() {
  if (document.hidden) return;
  try {
    const reply = await fetch(location.href);
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const now = page.querySelector('[data-offers]');
    if (reply.redirected || (reply.ok && now?.dataset.offers !== shown.dataset.offers)) location.reload();
  } catch { /* no signal: the next look tells */ }
}

setInterval(look, SECONDS * 1000);
document.addEventListener('visibilitychange', look);
document.addEventListener('homeward:due', look);
