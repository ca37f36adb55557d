// Keyboard shortcuts declared in the page: data-key="n" clicks or focuses its element; "Alt+q" works while typing too.
// "?" lists them. One-letter keys can be switched off, for people whose speech input types letters (WCAG 2.1.4).

const STORE = 'homeward.keys';
const dialog = document.getElementById('keys');
const toggle = document.getElementById('keys-on');
const on = () => localStorage.getItem(STORE) !== 'off';

/** Whether a key now goes into a text field. Radio buttons and checkboxes take no letters. */
function typing(element) {
  if (element.isContentEditable || element.matches('textarea, select')) return true;
  return element.matches('input') && !['radio', 'checkbox', 'button', 'submit', 'file'].includes(element.type);
}

/** The key as data-key names it. With Alt the physical key counts: on a Mac Alt+q types another letter. */
function named(event) {
  if (!event.altKey) return event.key;
  const letter = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1] ?? event.key;
  return `Alt+${letter.toLowerCase()}`;
}

/** The marked elements, the page's own before those of the menu: where both have a key, the page's counts. */
function marked(scope) {
  const inMenu = (element) => Number(element.closest('header.bar') !== null);
  return [...scope.querySelectorAll('[data-key]')].sort((one, other) => inMenu(one) - inMenu(other));
}

/** The visible element for a key; inside an open dialog only the dialog's own keys count. Several questions may have
 * the same numbers: the question one is at counts, else the first that is not answered. */
function target(key) {
  const found = marked(document.querySelector('dialog[open]') ?? document)
    .filter((element) => element.dataset.key === key && element.checkVisibility?.() !== false && !element.disabled);
  const question = (element) => element.closest('[data-answers] fieldset');
  return found.find((element) => question(element)?.contains(document.activeElement))
    ?? found.find((element) => !question(element)?.querySelector(':checked')) ?? found[0];
}

/** After an answer by key: on to the next question, and from the last one to the button that saves. */
function goOn(answered) {
  const form = answered.closest('[data-answers]');
  const questions = [...form.querySelectorAll('fieldset:has([data-key]), [data-question]')].filter((one) => one.checkVisibility?.() !== false);
  const next = questions[questions.indexOf(answered.closest('fieldset')) + 1];
  (next?.querySelector('input') ?? form.querySelector('.btn--primary'))?.focus();
}

function use(element) {
  if (element.matches('input:not([type=radio], [type=checkbox], [type=submit]), select, textarea')) {
    element.focus();
    element.select?.();
    return;
  }
  element.focus();
  element.click();
  if (element.matches('[data-answers] [type=radio]')) goOn(element);
}

function words(element) {
  const label = element.dataset.keyLabel ?? element.getAttribute('aria-label')
    ?? element.labels?.[0]?.textContent ?? element.textContent;
  const named = label.trim() || element.querySelector('[aria-label]')?.getAttribute('aria-label') || '';
  // The hint itself is part of a button's text ("Book Enter"); it stands in the list's first column already.
  const hint = element.querySelector?.('kbd')?.textContent ?? '';
  return (hint && named.endsWith(hint) ? named.slice(0, -hint.length) : named).replace(/\s+/g, ' ').trim();
}

function list() {
  const rows = [];
  const seen = new Set();
  for (const element of marked(document)) {
    if (seen.has(element.dataset.key) || element.closest('dialog')) continue;
    seen.add(element.dataset.key);
    const term = document.createElement('dt');
    term.append(Object.assign(document.createElement('kbd'), { textContent: element.dataset.key }));
    rows.push(term, Object.assign(document.createElement('dd'), { textContent: words(element) }));
  }
  dialog?.querySelector('.key-list').replaceChildren(...rows);
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return;
  if (!event.altKey && (typing(event.target) || !on())) return;
  const element = target(named(event));
  if (!element) return;
  event.preventDefault();
  use(element);
});

document.querySelectorAll('[data-opens="keys"]').forEach((button) => {
  button.hidden = false;
  button.addEventListener('click', list);
});
if (toggle) {
  toggle.checked = on();
  toggle.addEventListener('change', () => localStorage.setItem(STORE, toggle.checked ? 'on' : 'off'));
}
