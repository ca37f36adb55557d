// Clocks that tick: <time data-since="ISO"> counts up, <time data-until="ISO"> counts down.
// They go by the server's time, because the phone's own clock may be wrong and both sides must see the same waiting time.

const serverTime = Date.parse(document.querySelector('meta[name="server-time"]')?.content ?? '');
// A page that was kept on the phone says how far the phone's clock is ahead: it was not answered just now.
const told = document.querySelector('meta[name="clock-ahead"]')?.content;
const ahead = told ? Number(told) : Number.isNaN(serverTime) ? 0 : Date.now() - serverTime;
const two = (number) => String(number).padStart(2, '0');

function shown(seconds) {
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function tick() {
  const now = Date.now() - ahead;
  for (const element of document.querySelectorAll('time[data-since], time[data-until]')) {
    const { since, until, due, stale } = element.dataset;
    const seconds = Math.floor((since ? now - Date.parse(since) : Date.parse(until) - now) / 1000);
    const text = shown(Math.max(0, seconds));
    // Only a changed text is written: "nothing changes under the cursor", and screen readers are left alone.
    if (element.textContent !== text) element.textContent = text;
    if (stale) element.classList.toggle('is-stale', seconds > Number(stale));
    if (until && seconds <= 0 && !due) {
      element.dataset.due = 'yes';
      element.classList.add('is-over');
      element.dispatchEvent(new CustomEvent('homeward:due', { bubbles: true }));
    }
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener('htmx:load', tick);
