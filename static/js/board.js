// A board (the desk's, or that of complaints) looks again when it hears that something changed, and nothing moves under the cursor or the keyboard: an answer
// that would move rows waits while somebody points at one or stands on one, says so, and is shown when they leave, ask, or
// fall still.
import './live.js';

const board = document.getElementById('board');
const notice = document.getElementById('held');
const STILL_MS = 15_000;
let held = null;
let kept = [];
let lastMoved = Date.now();

const touch = () => { lastMoved = Date.now(); };
for (const name of ['pointermove', 'keydown', 'pointerdown']) document.addEventListener(name, touch, { passive: true });

/** Which rows stand where: as long as this is the same, new figures can be put in place without anything moving. */
function order(root) {
  return [...root.querySelectorAll('h2, [data-row]')].map((one) => one.dataset.row ?? one.id).join();
}

// Ticked trips stay ticked while they wait.
const ticked = () => [...board.querySelectorAll('[name=trip_ids]:checked')].map((box) => box.value);
function tick(values) {
  for (const box of board.querySelectorAll('[name=trip_ids]')) box.checked = values.includes(box.value);
}

function busy() {
  const inUse = board.querySelector('tr:hover, .duty > li:hover, a:focus-visible, button:focus-visible');
  return inUse && Date.now() - lastMoved < STILL_MS;
}

let asking = false;
let wanted = false;
let asked = 0;
const AT_MOST_EVERY_MS = 250;
const FAILED_MS = 2_000;

/** At once; while an answer is under way or just came, once more after it, however much happens meanwhile. */
function refresh() {
  const soon = asked + AT_MOST_EVERY_MS - Date.now();
  if (asking || soon > 0) {
    if (!wanted && !asking) setTimeout(() => { if (wanted) refresh(); }, soon + 1);
    wanted = true;
    return;
  }
  wanted = false;
  asked = Date.now();
  globalThis.htmx.trigger(board, 'refresh');
}

board.addEventListener('htmx:beforeRequest', (event) => { if (event.target === board) asking = true; });
board.addEventListener('htmx:afterRequest', (event) => {
  if (event.target !== board) return;
  asking = false;
  if (event.detail.successful) found();
  else setTimeout(refresh, FAILED_MS); // what was heard of must be seen
  if (wanted) {
    wanted = false;
    refresh();
  }
});
const subjects = (board.dataset.subjects ?? 'trip driver').split(' ');
document.addEventListener('live:changed', ({ detail }) => { if (subjects.includes(detail.subject)) refresh(); });
for (const name of ['live:reset', 'live:look']) document.addEventListener(name, refresh);

// Whether what is shown is still so. A restart of a few seconds is not worth a word.
const lost = document.getElementById('lost');
const WORTH_SAYING_MS = 4_000;
let since = 0;
let saying = 0;

function found() {
  since = 0;
  clearTimeout(saying);
  lost.hidden = true;
}

function missed() {
  if (since) return;
  since = Date.now();
  saying = setTimeout(() => {
    const time = new Date(since).toLocaleTimeString(document.documentElement.lang, { hour12: false });
    lost.textContent = lost.dataset.words.replace('{}', time);
    lost.hidden = false;
  }, WORTH_SAYING_MS);
}

document.addEventListener('live:open', found);
addEventListener('online', refresh);
document.addEventListener('live:lost', () => {
  missed();
  refresh(); // without a stream, but with a server, the board is as true as ever
});
document.addEventListener('htmx:sendError', (event) => {
  if (event.target !== board) return;
  event.stopPropagation(); // the sign says it, and says since when
  missed();
}, true);

function show() {
  if (held === null) return;
  const at = document.activeElement?.id;
  const ticks = ticked();
  board.innerHTML = held;
  held = null;
  notice.hidden = true;
  tick(ticks);
  globalThis.htmx.process(board);
  board.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt: board } }));
  if (at) document.getElementById(at)?.focus();
}

board.addEventListener('htmx:beforeSwap', (event) => {
  if (event.target !== board || !event.detail.shouldSwap) return;
  if (new URL(event.detail.xhr.responseURL, location.href).pathname !== board.getAttribute('hx-get')) {
    event.detail.shouldSwap = false; // led away to sign in
    location.reload();
    return;
  }
  const fresh = document.createElement('template');
  fresh.innerHTML = event.detail.xhr.responseText;
  if (busy() && order(fresh.content) !== order(board)) {
    event.detail.shouldSwap = false;
    held = event.detail.xhr.responseText;
    notice.hidden = false;
  } else {
    held = null;
    notice.hidden = true;
    kept = ticked();
  }
});
board.addEventListener('htmx:afterSwap', (event) => { if (event.target === board) tick(kept); });
notice.addEventListener('click', show);
board.addEventListener('pointerleave', () => { if (!busy()) show(); });
board.addEventListener('focusout', () => setTimeout(() => { if (!busy()) show(); }));
