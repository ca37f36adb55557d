// A new offer makes itself heard and felt: by a push message where the branch sends them, by the open page in any case.
// Browsers allow a page sound and vibration only after it was touched: a page that was not yet says so by its switch.
const box = document.querySelector('[data-alerts]');
const offers = document.querySelector('[data-offers]');
const ON = 'homeward.alerts'; // 'off' where the driver wants silence
const SEEN = 'homeward.offers';
const TONES = [[880, 0], [1175, 0.22], [880, 0.6], [1175, 0.82]];

let sound;
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';
const wanted = () => localStorage.getItem(ON) !== 'off';
const shown = () => (offers?.dataset.offers ?? '').split(':')[1]?.split(',').filter(Boolean) ?? [];

function chime() {
  sound ??= new AudioContext();
  for (const [pitch, after] of TONES) {
    const tone = new OscillatorNode(sound, { frequency: pitch });
    const loudness = new GainNode(sound, { gain: 0 });
    const begin = sound.currentTime + after;
    loudness.gain.setValueAtTime(0.5, begin);
    loudness.gain.exponentialRampToValueAtTime(0.001, begin + 0.2);
    tone.connect(loudness).connect(sound.destination);
    tone.start(begin);
    tone.stop(begin + 0.2);
  }
}

async function alarm() {
  sound ??= new AudioContext();
  // Without a touch resume() waits for one: the offer is then heard with the first touch, and seen before.
  await Promise.race([sound.resume(), new Promise((done) => { setTimeout(done, 300); })]);
  box.querySelector('[data-silent]').hidden = sound.state === 'running';
  if (sound.state === 'running') chime();
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.([300, 150, 300, 150, 300]);
}

/** Whether there is an offer that was not there before; offers are told once, also over a reload. */
function news() {
  const now = shown();
  const before = (sessionStorage.getItem(SEEN) ?? '').split(',');
  sessionStorage.setItem(SEEN, now.join(','));
  return now.some((id) => !before.includes(id));
}

const look = () => { if (news() && wanted()) alarm(); };

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

/** Tell the server where this browser's push messages go; again at every visit, because a subscription ends with its session. */
async function subscribe(key) {
  const { pushManager } = await navigator.serviceWorker.ready;
  const told = (await pushManager.getSubscription() ?? await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) })).toJSON();
  const body = new URLSearchParams({ endpoint: told.endpoint, p256dh: told.keys.p256dh, auth: told.keys.auth });
  const reply = await fetch('/driver/push', { method: 'POST', body, headers: { 'X-CSRFToken': meta('csrf-token') } });
  if (!reply.ok) throw new Error(`push: ${reply.status}`);
}

async function push(key) {
  const button = box.querySelector('[data-push]');
  const failed = box.querySelector('[data-push-failed]');
  if (!key || !('PushManager' in window) || Notification.permission === 'denied') return;
  if (Notification.permission === 'granted') { await subscribe(key).catch(() => {}); return; }
  button.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      if (await Notification.requestPermission() === 'granted') await subscribe(key);
      button.hidden = true;
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
}

if (box) {
  const toggle = box.querySelector('[data-alert-switch]');
  toggle.checked = wanted();
  toggle.addEventListener('change', () => {
    localStorage.setItem(ON, toggle.checked ? 'on' : 'off');
    if (toggle.checked) alarm();
  });
  // The first touch anywhere gives the page its voice.
  addEventListener('pointerdown', () => {
    sound ??= new AudioContext();
    sound.resume().then(() => { box.querySelector('[data-silent]').hidden = true; });
  }, { once: true });
  look();
  // Offers come by a new page or into this one.
  if (offers) new MutationObserver(look).observe(offers, { attributes: true, attributeFilter: ['data-offers'] });
  push(box.dataset.pushKey);
}
