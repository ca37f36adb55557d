// The board looks again every few seconds, and nothing moves under the cursor or the keyboard: an answer that would move
// rows waits while somebody points at one or stands on one, says so, and is shown when they leave, ask, or fall still.

const board = document.getElementById('board');
const notice = document.getElementById('held');
const STILL_MS = 15_000;
let held = null;
let lastMoved = Date.now();

const touch = () => { lastMoved = Date.now(); };
for (const name of ['pointermove', 'keydown', 'pointerdown']) document.addEventListener(name, touch, { passive: true });

/** Which rows stand where: as long as this is the same, new figures can be put in place without anything moving. */
function order(root) {
  return [...root.querySelectorAll('h2, [data-row]')].map((one) => one.dataset.row ?? one.id).join();
}

function busy() {
  const inUse = board.querySelector('tr:hover, .duty > li:hover, a:focus-visible, button:focus-visible');
  return inUse && Date.now() - lastMoved < STILL_MS;
}

function show() {
  if (held === null) return;
  const at = document.activeElement?.id;
  board.innerHTML = held;
  held = null;
  notice.hidden = true;
  globalThis.htmx.process(board);
  board.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt: board } }));
  if (at) document.getElementById(at)?.focus();
}

board.addEventListener('htmx:beforeSwap', (event) => {
  if (event.target !== board || !event.detail.shouldSwap) return;
  const fresh = document.createElement('template');
  fresh.innerHTML = event.detail.xhr.responseText;
  if (busy() && order(fresh.content) !== order(board)) {
    event.detail.shouldSwap = false;
    held = event.detail.xhr.responseText;
    notice.hidden = false;
  } else {
    held = null;
    notice.hidden = true;
  }
});
notice.addEventListener('click', show);
board.addEventListener('pointerleave', () => { if (!busy()) show(); });
board.addEventListener('focusout', () => setTimeout(() => { if (!busy()) show(); }));
