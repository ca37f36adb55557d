// A long form on the street: what was answered is kept on the phone until the server has taken it.
// Signatures are not kept: they must be fresh. Of photos only their number is: whoever took them is told to again.
const form = document.querySelector('form[data-draft]');
const key = form && `draft:${form.dataset.draft}`;
const LEFT_OUT = new Set(['csrf_token', 'once', 'signature']);

// Drafts hold people's names: the page says which one is still wanted, the others go.
const wanted = document.querySelector('meta[name="draft-wanted"]')?.content;
if (wanted !== undefined) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith('draft:') && name !== `draft:${wanted}`) localStorage.removeItem(name);
  }
}

function keep() {
  const answers = {};
  for (const field of form.elements) {
    if (!field.name || LEFT_OUT.has(field.name)) continue;
    if (field.type === 'file') {
      const taken = field.files.length || Number(field.closest('[data-panel]')?.dataset.lostPhotos ?? 0);
      if (taken) answers[field.name] = taken;
    } else if (!['radio', 'checkbox'].includes(field.type) || field.checked) answers[field.name] = field.value;
  }
  localStorage.setItem(key, JSON.stringify(answers));
}

function restore() {
  const answers = JSON.parse(localStorage.getItem(key) ?? '{}');
  for (const [name, value] of Object.entries(answers)) {
    const field = form.elements[name];
    if (field?.type === 'file') field.closest('[data-panel]').dataset.lostPhotos = value;
    else if (field?.type === 'checkbox') field.checked = true;
    else if (field) field.value = value;
  }
}

if (form) {
  restore();
  for (const kind of ['input', 'change', 'answered']) form.addEventListener(kind, keep);
}
