// The booking screen: a known caller fills the form, Enter leads through what is still empty, and places are suggested.
import './places.js';

const form = document.getElementById('booking');

function put(field, value) {
  field.value = value;
  field.dataset.filled = value;
  if (field.type === 'hidden') field.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Fill by a click everything, by itself only what is empty: nothing that somebody typed is overwritten. */
function fill(button, onlyEmpty) {
  for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill))) {
    const field = form.elements[name];
    // A point goes with its address: one that is not known takes the old one away.
    if (field && (value || name.endsWith('_point')) && !(onlyEmpty && field.value)) {
      put(field, value);
      field.closest?.('details')?.setAttribute('open', ''); // what was filled in is seen
    }
  }
  if (button.dataset.needs !== undefined) {
    const needs = button.dataset.needs.split(',');
    form.querySelectorAll('[name=needs]').forEach((box) => { box.checked = needs.includes(box.value); });
  }
  form.dispatchEvent(new Event('change', { bubbles: true }));
}

/** What was filled in for the number before goes with it, as long as nobody changed it. */
function forget() {
  for (const field of form.querySelectorAll('[data-filled]')) {
    if (field.value === field.dataset.filled) field.value = '';
    delete field.dataset.filled;
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-fill]');
  if (!button) return;
  fill(button, false);
  (empty()[0] ?? form.querySelector('button.btn--primary')).focus();
});
document.addEventListener('htmx:afterSwap', (event) => {
  if (event.target.id !== 'caller') return;
  forget();
  const first = event.target.querySelector('[data-fill-first]');
  if (first) fill(first, true);
});

/** Required fields with nothing in them. */
function empty() {
  return [...form.querySelectorAll('input[required]')]
    .filter((field) => !field.value.trim() && field.checkVisibility?.() !== false);
}

form.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.isComposing || event.defaultPrevented || !event.target.matches('input')) return;
  const next = empty().find((field) => field !== event.target);
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// A time picked on the clock is meant: whoever opens the field need not also choose "at …".
form.elements.appointed_at.addEventListener('input', () => { form.elements.when.value = 'at'; });
