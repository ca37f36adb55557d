// Suggestions under a field (ARIA combobox): arrows move, Enter takes, Escape closes. htmx fetches them as one types;
// the server also finds places by their pinyin initials, which a datalist could not show.

const open = (list) => !list.hidden && list.children.length > 0;

function close(input, list) {
  list.hidden = true;
  input.setAttribute('aria-expanded', 'false');
  input.removeAttribute('aria-activedescendant');
}

function choose(input, list, option) {
  input.value = option.textContent;
  const point = input.form.elements[`${input.name}_point`];
  if (point) {
    point.value = option.dataset.point ?? '';
    point.dataset.filled = point.value; // it came with the address, and goes with it
  }
  close(input, list);
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

function move(input, list, step) {
  const options = [...list.children];
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  const next = (at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length;
  options.forEach((option, index) => option.setAttribute('aria-selected', String(index === next)));
  input.setAttribute('aria-activedescendant', options[next].id);
  options[next].scrollIntoView({ block: 'nearest' });
}

for (const input of document.querySelectorAll('[role=combobox]')) {
  const list = document.getElementById(input.getAttribute('aria-controls'));
  list.addEventListener('htmx:afterSwap', () => {
    const useful = document.activeElement === input && list.children.length > 0;
    list.hidden = !useful;
    input.setAttribute('aria-expanded', String(useful));
  });
  // Before the field loses its focus to the press, or the list would be gone.
  list.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    const option = event.target.closest('[role=option]');
    if (option) choose(input, list, option);
  });
  input.addEventListener('blur', () => close(input, list));
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || !open(list)) return;
    const chosen = list.querySelector('[aria-selected=true]');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(input, list, event.key === 'ArrowDown' ? 1 : -1);
    else if (event.key === 'Enter' && chosen) choose(input, list, chosen);
    else if (event.key === 'Escape') close(input, list);
    else return;
    event.preventDefault();
  });
}
