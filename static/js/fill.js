// What is known of a caller fills the form by a click; the first car by itself, as long as nothing was typed there yet.
const form = document.getElementById('booking');

function fill(button, onlyEmpty) {
  for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill))) {
    const field = form.elements[name];
    if (field && value && !(onlyEmpty && field.value)) field.value = value;
  }
  if (button.dataset.needs !== undefined) {
    const needs = button.dataset.needs.split(',');
    form.querySelectorAll('[name=needs]').forEach((box) => { box.checked = needs.includes(box.value); });
  }
  form.dispatchEvent(new Event('change', { bubbles: true }));
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-fill]');
  if (button) fill(button, false);
});
document.addEventListener('htmx:afterSwap', (event) => {
  const first = event.target.id === 'caller' && event.target.querySelector('[data-fill-first]');
  if (first) fill(first, true);
});
