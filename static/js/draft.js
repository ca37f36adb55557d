// A long form on the street: what was answered is kept on the phone until the server has taken it.
// Signatures and photos are not kept: the one must be fresh, the other is too big for this place.
const form = document.querySelector('form[data-draft]');
const key = form && `draft:${form.dataset.draft}`;
const LEFT_OUT = new Set(['csrf_token', 'once', 'signature']);

function keep() {
  const answers = {};
  for (const [name, value] of new FormData(form)) if (typeof value === 'string' && !LEFT_OUT.has(name)) answers[name] = value;
  localStorage.setItem(key, JSON.stringify(answers));
}

function restore() {
  const answers = JSON.parse(localStorage.getItem(key) || '{}');
  for (const [name, value] of Object.entries(answers)) {
    const field = form.elements[name];
    if (!field) continue;
    if (field instanceof RadioNodeList || field.type !== 'checkbox') {
      if (!field.value) field.value = value;
    } else field.checked = true;
  }
}

if (form) {
  restore();
  form.addEventListener('input', keep);
  document.querySelector('[data-all-sound]')?.addEventListener('click', () => {
    form.querySelectorAll('select[name^=panel_]').forEach((panel) => { if (!panel.value) panel.value = 'sound'; });
    keep();
  });
}
