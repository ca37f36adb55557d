// A form whose page stays until the server has taken it: without signal, or when a rule objects, photos and signature
// would be lost with the page. The server's messages are put beside the fields they speak of.
import { say } from './app.js';

const form = document.querySelector('form[data-stays]');
const MESSAGE = '.field-error[id]';

/** Show what the answered page says: its summary, and the message of every field. */
function tell(page) {
  const told = document.getElementById('told');
  told.replaceChildren(...page.getElementById('told').childNodes);
  for (const message of form.querySelectorAll(MESSAGE)) {
    const said = page.getElementById(message.id);
    message.textContent = said?.textContent ?? '';
    message.hidden = said?.hidden ?? true;
    message.closest('.field')?.classList.toggle('has-error', !message.hidden);
  }
  form.dispatchEvent(new Event('answered'));
  const link = told.querySelector('a[href^="#"]');
  if (link) location.hash = link.hash;
  told.scrollIntoView({ block: 'center' });
  told.querySelector('[data-focus], a')?.focus({ preventScroll: true });
}

async function send() {
  // The redirect of a form that was taken is not followed: the next page must be asked for once.
  const reply = await fetch(form.action, { method: 'POST', body: new FormData(form), redirect: 'manual' });
  if (reply.type === 'opaqueredirect') location.assign(form.dataset.stays);
  else if (reply.status === 422 || reply.status === 409) {
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    if (page.getElementById('told')) tell(page);
    else location.assign(form.dataset.stays); // the trip has moved on: see how it stands
  } else say([429, 503].includes(reply.status) ? 'busy' : reply.status === 401 ? 'expired' : 'failed');
}

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = 'yes';
  const button = event.submitter;
  button?.setAttribute('aria-disabled', 'true');
  document.getElementById('flash').replaceChildren();
  try {
    await send();
  } catch {
    say('offline');
    scrollTo(0, 0);
  } finally {
    delete form.dataset.sending;
    button?.removeAttribute('aria-disabled');
  }
});
