// The board's map: drawn when it is opened, looked up again every ten seconds and when the board changes, while it is seen.
const EVERY_MS = 10_000;
const SOONEST_MS = 5_000;
const KEPT = 'homeward.map-open';

const panel = document.getElementById('map-panel');
const area = panel.querySelector('.map-area');
const failed = panel.querySelector('[data-map-failed]');
let map = null;
let lookedAt = 0;
let drawing = null;

async function open() {
  drawing = await import(area.dataset.drawing);
  map = await drawing.draw(area);
  await refresh();
  map.fit();
}

async function refresh() {
  if (!map || document.hidden || !panel.open) return;
  lookedAt = Date.now();
  const found = await drawing.look();
  map.show(drawing.marksOf(found, area.dataset.stale));
  for (const count of panel.querySelectorAll('[data-count]')) count.textContent = found[count.dataset.count];
  failed.hidden = true;
}

const attempt = (work) => work().catch(() => { failed.hidden = false; });

panel.addEventListener('toggle', () => {
  localStorage.setItem(KEPT, panel.open ? 'yes' : '');
  if (panel.open) attempt(map ? refresh : open);
});
setInterval(() => attempt(refresh), EVERY_MS);
document.getElementById('board').addEventListener('htmx:afterSwap', () => {
  if (Date.now() - lookedAt > SOONEST_MS) attempt(refresh);
});
if (localStorage.getItem(KEPT)) panel.open = true;
