// What the server tells as it happens (server-sent events), as events of the document:
//   live:changed {type, subject, id}, live:call, live:reset (look at everything anew), live:open, live:look (no stream: poll).
// The browser itself comes back after a lost connection and names the last event it had; this module does the rest: a page
// that is out of sight lets its connection go, and where the server has none to give, pages look by themselves.

const source = document.querySelector('meta[name="live"]');
const POLL_MS = 10_000;
const HIDDEN_MS = 30_000;
const AGAIN_MS = [2_000, 5_000, 15_000, 30_000];

let stream = null;
let last = source?.dataset.after ?? '';
let refused = 0;
let timer = 0;
let hideTimer = 0;
let poll = 0;

/** One name for this tab: a page that follows another in it takes over the other's place on the server. */
function tab() {
  const known = sessionStorage.getItem('homeward.tab');
  if (known) return known;
  const fresh = crypto.getRandomValues(new Uint32Array(3)).join('');
  sessionStorage.setItem('homeward.tab', fresh);
  return fresh;
}

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

function hear(event) {
  last = event.lastEventId || last;
  tell(event.type, JSON.parse(event.data));
}

function close() {
  stream?.close();
  stream = null;
}

function lookByOurselves(on) {
  clearInterval(poll);
  poll = on ? setInterval(() => { if (!document.hidden) tell('look'); }, POLL_MS) : 0;
}

function open() {
  clearTimeout(timer);
  if (stream || document.hidden) return;
  const query = new URLSearchParams({ tab: tab(), ...(last && { after: last }) });
  stream = new EventSource(`${source.content}?${query}`);
  stream.addEventListener('open', () => {
    refused = 0;
    lookByOurselves(false);
    tell('open');
  });
  for (const name of ['changed', 'call', 'reset']) stream.addEventListener(name, hear);
  stream.addEventListener('error', () => {
    tell('lost');
    if (stream?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    close(); // refused: too many streams, or nobody is signed in any more
    if (!poll) lookByOurselves(true);
    timer = setTimeout(open, AGAIN_MS[Math.min(refused, AGAIN_MS.length - 1)] * (0.75 + Math.random() / 2));
    refused += 1;
  });
}

if (source) {
  open();
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hideTimer);
    if (document.hidden) hideTimer = setTimeout(close, HIDDEN_MS);
    else open();
  });
  // A page kept by the browser for its back button holds no connection, and catches up when it is shown again.
  addEventListener('pagehide', close);
  addEventListener('pageshow', (event) => { if (event.persisted) open(); });
}
