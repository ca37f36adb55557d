// Who is calling: a bar on every page of the desk. It never takes anybody away from what they are typing; only a board at
// which nobody is doing anything opens the booking by itself, once the call at its own extension is answered.
import './live.js';

const bar = document.getElementById('calls');
const OPENED = 'homeward.call';
const IDLE_MS = 2_000;
let lastDone = 0;

for (const name of ['keydown', 'pointerdown']) document.addEventListener(name, () => { lastDone = Date.now(); }, true);

const look = () => globalThis.htmx.trigger(bar, 'look');
for (const name of ['live:call', 'live:reset', 'live:open', 'live:look']) document.addEventListener(name, look);

/** Nobody types, has ticked trips, points a dialog at, or has just done something. */
function idle() {
  if (!document.getElementById('board') || document.querySelector('dialog[open], [name=trip_ids]:checked')) return false;
  return !document.activeElement?.matches('input, textarea, select') && Date.now() - lastDone > IDLE_MS;
}

bar.addEventListener('htmx:afterSwap', () => {
  const mine = bar.querySelector('[data-mine][data-state="answered"]');
  if (!mine || sessionStorage.getItem(OPENED) === mine.dataset.call || !idle()) return;
  sessionStorage.setItem(OPENED, mine.dataset.call); // whoever goes back to the board wants the board
  location.assign(mine.querySelector('a').href);
});

// Enter takes the call where it would do nothing else.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.target !== document.body || document.querySelector('dialog[open]')) return;
  bar.querySelector('.call-bar a')?.click();
});
