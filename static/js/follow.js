// Parts of a page that show something moving: <div id data-follow="address" data-every="seconds">. They are looked up again
// while somebody looks, and only what has changed is put in place. Without signal the page stays as it is, silently.

const SLOWER_AFTER_FAULT = 3;
const last = new Map(); // what was answered last, by the part's id: clocks tick on in the page itself

/** A figure in a text that assistive technology reads out when it changes, and only then. */
function tell(part) {
  const line = document.getElementById(`${part.id}-said`);
  if (line && line.textContent !== part.dataset.said) line.textContent = part.dataset.said ?? '';
  const title = document.getElementById(`${part.id}-title`);
  if (title && title.textContent !== part.dataset.title) title.textContent = part.dataset.title ?? '';
}

/** Whether somebody has begun to write on the page: then nothing but the moving part is touched. */
function writing() {
  return [...document.querySelectorAll('form input:not([type=hidden]), form textarea')].some((field) =>
    field === document.activeElement || (['radio', 'checkbox'].includes(field.type)
      ? field.checked !== field.defaultChecked : field.value !== field.defaultValue));
}

function put(shown, fresh) {
  const step = shown.dataset.step;
  const at = document.activeElement?.id;
  const inside = shown.contains(document.activeElement);
  shown.replaceWith(fresh);
  if (inside && at) document.getElementById(at)?.focus({ preventScroll: true });
  tell(fresh);
  fresh.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt: fresh } }));
  // What stands round the moving part depends on how far the trip has come.
  if (fresh.dataset.step !== step && !writing()) location.reload();
}

async function look(id) {
  const shown = document.getElementById(id);
  if (!shown || document.hidden) return 1;
  try {
    const reply = await fetch(shown.dataset.follow, { headers: { 'HX-Request': 'true' }, redirect: 'error' });
    if (reply.status === 404) location.reload(); // the link is over, or the trip somebody else's
    if (!reply.ok) return SLOWER_AFTER_FAULT;
    const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html').getElementById(id);
    if (fresh && fresh.outerHTML !== last.get(id)) {
      last.set(id, fresh.outerHTML);
      put(shown, document.adoptNode(fresh));
    }
    return 1;
  } catch {
    return SLOWER_AFTER_FAULT;
  }
}

function follow(id) {
  let timer;
  let looking = false;
  async function next() {
    clearTimeout(timer);
    if (looking) return;
    looking = true;
    const factor = await look(id);
    looking = false;
    wait(factor);
  }
  function wait(factor = 1) {
    const every = Number(document.getElementById(id)?.dataset.every);
    if (every > 0) timer = setTimeout(next, every * 1000 * factor);
  }
  wait();
  document.addEventListener('visibilitychange', () => { if (!document.hidden && timer) next(); });
  document.addEventListener('homeward:due', (event) => { if (event.target.closest?.(`#${id}`)) next(); });
}

for (const part of document.querySelectorAll('[data-follow][id]')) {
  tell(part);
  follow(part.id);
}
