// What every page shares: the CSRF header, messages when a request fails, dialogs, and forms that are sent once.
import './clocks.js';
import { release, say } from './saying.js';

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';
document.addEventListener('htmx:configRequest', (event) => {
  event.detail.headers['X-CSRFToken'] = meta('csrf-token');
});
document.addEventListener('htmx:sendError', () => say('offline'));
document.addEventListener('htmx:responseError', (event) => {
  const status = event.detail.xhr.status;
  say(status === 401 ? 'expired' : status === 503 || status === 429 ? 'busy' : 'failed');
});

// Dialogs. The opener keeps its href for browsers without script.
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]');
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  event.target.closest('[data-closes]')?.closest('dialog')?.close();
});

// A second tap on a slow line must not send the form again (the server guards this too, R3).
// The button stays enabled until the form data is collected, or its name and value would be lost.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-once]') || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  const buttons = [...form.elements].filter((element) => element.type === 'submit');
  setTimeout(() => buttons.forEach((button) => button.setAttribute('aria-disabled', 'true')));
});
// Coming back with the browser's back button restores the page as it was left: allow sending again.
addEventListener('pageshow', release);
document.addEventListener('htmx:afterRequest', release);

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
});

// A message above the form names its field: "Please fill this in" alone would not say what.
function name(link) {
  const field = document.querySelector(link.hash);
  const label = field?.labels?.[0] ?? field?.querySelector('legend');
  link.dataset.named = 'yes';
  if (label) link.prepend(label.firstChild.textContent.trim(), document.documentElement.lang.startsWith('zh') ? '：' : ': ');
}

function settle(root) {
  root.querySelectorAll('.error-summary a[href^="#f-"]:not([data-line], [data-named])').forEach(name);
  root.querySelectorAll('dialog[data-open-now]').forEach((dialog) => dialog.open || dialog.showModal());
  // Who was faster and stands in it already is left where they are.
  const wanted = root.querySelector('[data-focus]');
  if (wanted && !wanted.contains(document.activeElement)) wanted.focus();
}
settle(document);
// A narrow menu scrolls: the page one is on is in sight.
document.querySelector('.bar-nav [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
document.addEventListener('htmx:load', (event) => settle(event.detail.elt));
