// A long form as steps: one screen each. The address names the step (#check-car), so that the phone's back button goes
// one step back, a reload stays, and a message's link leads to its field. Without this script it is one long page.
const form = document.querySelector('form[data-steps]');

if (form) {
  const steps = [...form.querySelectorAll('.check-step')];
  const links = steps.map((step) => document.querySelector(`.check-nav a[href="#${step.id}"]`));
  const [back, next, save] = ['back', 'next', 'save'].map((name) => document.querySelector(`[data-step-${name}]`));
  let now = -1;

  const shown = (field) => getComputedStyle(field.closest('.field') ?? field).display !== 'none'; // a companion's, where the customer signs
  const unanswered = (root) => [...root.querySelectorAll('input:invalid, select:invalid, textarea:invalid')].filter(shown);

  function mark() {
    links.forEach((link, index) => {
      link.toggleAttribute('aria-current', false);
      if (index === now) link.setAttribute('aria-current', 'step');
      const unsigned = steps[index].querySelector('[data-signature] input[value=""], [data-signature] input:not([value])');
      link.classList.toggle('is-done', !unsigned && unanswered(steps[index]).length === 0);
    });
  }

  function show(index, calm) {
    if (index === now) return;
    now = index;
    steps.forEach((step, each) => { step.hidden = each !== index; });
    const last = index === steps.length - 1;
    back.hidden = index === 0;
    next.hidden = last;
    save.hidden = !last;
    mark();
    if (calm) return;
    scrollTo(0, 0);
    steps[index].querySelector('h2').focus({ preventScroll: true });
  }

  /** The step that holds what the address names. */
  function named() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    return target ? steps.findIndex((step) => step.contains(target)) : -1;
  }

  /** Say by the field that it wants an answer, and go there. */
  function ask(field) {
    const panel = field.closest('[data-panel]');
    const message = panel ? document.getElementById('f-panels') : field.closest('.field').querySelector('.field-error');
    message.textContent = panel ? message.dataset.unanswered : form.dataset.unanswered;
    message.hidden = false;
    if (!panel) field.closest('.field').classList.add('has-error');
    message.scrollIntoView({ block: 'center' });
    if (!panel) field.focus({ preventScroll: true });
  }

  function first(root) {
    const [field] = unanswered(root);
    if (field) ask(field);
    return Boolean(field);
  }

  function go(index) { location.hash = steps[index].id; }

  steps.forEach((step, index) => {
    const where = step.querySelector('[data-step-now]');
    where.textContent = form.dataset.stepWords.replace('{now}', index + 1).replace('{all}', steps.length);
    where.hidden = false;
  });
  addEventListener('hashchange', () => { const index = named(); if (index >= 0) show(index); });
  back.addEventListener('click', () => go(now - 1));
  next.addEventListener('click', () => { if (!first(steps[now])) go(now + 1); });
  form.addEventListener('input', (event) => {
    const field = event.target.closest('.field');
    const message = field?.querySelector('.field-error');
    if (message) message.hidden = true;
    field?.classList.remove('has-error');
    mark();
  });
  form.classList.add('is-stepped');
  form.addEventListener('answered', mark); // by a script, not a finger
  // What is missing is shown before anything is sent; whether it is right, the server says.
  form.addEventListener('submit', (event) => {
    const open = steps.findIndex((step) => unanswered(step).length);
    if (open < 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    history.replaceState(null, '', `#${steps[open].id}`);
    show(open);
    first(steps[open]);
  }, { capture: true });
  // Enter in a field goes on, as "next" on a phone's keyboard does; it sends only where the signature is.
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target.tagName !== 'INPUT' || now === steps.length - 1) return;
    event.preventDefault();
    if (!event.target.closest('dialog')) next.click();
  });

  const wrong = steps.findIndex((step) => step.querySelector('.has-error, .field-error:not([hidden])'));
  show(Math.max(wrong, named(), 0), true);
}
