// Pointing on the map for the address of a booking: the place under the cross is taken. A point that came with a known
// place goes when its address is changed by hand; one that was picked stays until it is removed.
const form = document.getElementById('booking');
const dialog = document.getElementById('picker');
const area = dialog.querySelector('.map-area');
const failed = dialog.querySelector('[data-map-failed]');
const KEPT = 'homeward.map-at';
let map = null;
let field = null;

const hidden = (name) => form.elements[`${name}_point`];

function read(text) {
  const [lat, lon] = text.split(',').map(Number);
  return text && Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : null;
}

function tell(name) {
  form.querySelector(`[data-point-of="${name}"] .point-known`).hidden = !hidden(name).value;
}

async function open() {
  if (!map) {
    const drawing = await import(area.dataset.drawing);
    map = await drawing.draw(area);
    const found = await drawing.look();
    map.show(drawing.marksOf(found, area.dataset.stale));
  }
  map.resized();
  const other = field === 'pickup' ? 'destination' : 'pickup';
  const at = read(hidden(field).value) ?? read(hidden(other).value) ?? read(localStorage.getItem(KEPT) ?? '');
  if (at) map.goTo(at);
  else map.fit();
}

form.addEventListener('click', (event) => {
  const pick = event.target.closest('[data-pick]');
  const unpick = event.target.closest('[data-unpick]');
  if (pick) {
    field = pick.dataset.pick;
    failed.hidden = true;
    dialog.returnValue = '';
    dialog.showModal();
    area.focus();
    open().catch(() => { failed.hidden = false; });
  } else if (unpick) {
    hidden(unpick.dataset.unpick).value = '';
    tell(unpick.dataset.unpick);
    form.querySelector(`[data-pick="${unpick.dataset.unpick}"]`).focus();
  }
});
dialog.addEventListener('close', () => {
  if (dialog.returnValue !== 'take' || !map) return;
  const { lat, lon } = map.centre();
  const text = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  localStorage.setItem(KEPT, text);
  const point = hidden(field);
  point.value = text;
  delete point.dataset.filled;
  tell(field);
});

for (const name of ['pickup', 'destination']) {
  form.elements[name].addEventListener('input', () => {
    const point = hidden(name);
    if (point.value && point.value === point.dataset.filled) point.value = '';
    tell(name);
  });
  form.addEventListener('change', () => tell(name));
  tell(name);
}
