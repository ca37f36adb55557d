// Tells the desk where the driver is: on shift only, every ten seconds while moving, every minute while still. Points wait
// here while there is no signal, a bounded number of them, and go out in order. Sending twice is harmless (the server
// takes only what is later than what it knows).
const PATH = '/api/v1/driver/positions';
const KEPT = 'homeward.positions';
const MOST_KEPT = 1000; // some hours; then every second of the older half goes
const MOST_SENT = 120;
const MOVING_MS = 10_000;
const STILL_MS = 60_000;
const MOVED_M = 15;

const duty = document.querySelector('meta[name="on-duty"]');
let csrf = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
let last = null;
let watch = null;
let sentAt = 0;
let sending = false;
let timers = [];

function kept() {
  try { return JSON.parse(localStorage.getItem(KEPT) ?? '[]'); } catch { return []; }
}

function keep(points) {
  if (points.length) localStorage.setItem(KEPT, JSON.stringify(points));
  else localStorage.removeItem(KEPT);
}

/** Older points thin out first: of a long time without signal the whole way stays, in coarser steps. */
function bounded(points) {
  if (points.length <= MOST_KEPT) return points;
  const half = points.length >> 1;
  return [...points.slice(0, half).filter((_, at) => at % 2 === 0), ...points.slice(half)];
}

function metres(a, b) {
  const east = (b.lon - a.lon) * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(b.lat - a.lat, east) * 111_195;
}

function found({ coords, timestamp }) {
  const at = Math.min(timestamp, Date.now());
  const point = {
    at: new Date(at).toISOString(), lat: coords.latitude, lon: coords.longitude, accuracy_m: Math.round(coords.accuracy),
    ...(coords.heading >= 0 && coords.speed > 1 ? { heading: Math.round(coords.heading) % 360 } : {}),
  };
  const since = last ? at - last.at : Infinity;
  const moving = !last || metres(last, point) > Math.max(MOVED_M, Math.min(coords.accuracy, 100));
  if (since < MOVING_MS || (!moving && since < STILL_MS)) return;
  last = { at, lat: point.lat, lon: point.lon };
  keep(bounded([...kept(), point]));
  tell('');
  send();
}

async function post(points) {
  return fetch(PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
    body: JSON.stringify({ sent_at: new Date().toISOString(), points }),
  });
}

/** A page from the phone's own store carries an old form token: the newest is asked for once. */
async function renewed(points) {
  const session = await fetch('/api/v1/sessions/current');
  if (!session.ok) return session;
  csrf = (await session.json()).csrf_token;
  return post(points);
}

async function send() {
  if (sending || Date.now() - sentAt < MOVING_MS - 500 || navigator.onLine === false) return;
  sending = true;
  try {
    for (let points = kept(); points.length; points = kept()) {
      const batch = points.slice(0, MOST_SENT);
      sentAt = Date.now();
      let answer = await post(batch);
      if (answer.status === 400) answer = await renewed(batch);
      if (answer.status === 401 || answer.status === 403) return stop();
      if (answer.status === 409 && (await answer.json()).code === 'off_shift') return stop();
      if (answer.status === 409 || answer.status === 429 || answer.status >= 500) return undefined; // later
      keep(kept().slice(batch.length)); // taken, or never to be taken
    }
  } catch { /* no signal: they wait */ } finally { sending = false; }
  return undefined;
}

function ask() {
  navigator.geolocation.getCurrentPosition(found, () => {}, { enableHighAccuracy: true, maximumAge: 5000, timeout: 20_000 });
}

function tell(words) {
  const note = document.getElementById('position-note');
  if (note) note.remove();
  if (!words) return;
  const line = Object.assign(document.createElement('p'), { id: 'position-note', className: 'note note--wait', textContent: words });
  line.setAttribute('role', 'status');
  document.getElementById('main').prepend(line);
}

function stop() {
  keep([]);
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  timers.forEach(clearInterval);
  timers = [];
  watch = null;
}

function start() {
  const denied = (error) => { if (error.code === error.PERMISSION_DENIED) tell(duty.dataset.denied); };
  watch = navigator.geolocation.watchPosition(found, denied, { enableHighAccuracy: true, maximumAge: 5000 });
  timers = [setInterval(ask, STILL_MS), setInterval(send, MOVING_MS)];
  addEventListener('online', () => { sentAt = 0; send(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && watch !== null) ask(); });
  send();
}

if (duty?.content === 'yes' && 'geolocation' in navigator) start();
else keep([]);
