// Photos are shrunk on the phone before they are sent: at night, on the street, a 12-megapixel picture takes a minute.
// Whatever cannot be read here is sent as it is; the server re-encodes every photo anyway and refuses what is none.

import { keepPhotos, photosOf } from './queue.js';

const LONGEST = 1600;
const QUALITY = 0.82;

async function shrink(file) {
  // from-image turns the picture upright by its EXIF mark, which re-encoding drops together with the place it was taken.
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', QUALITY); });
  const name = `${file.name.replace(/\.[^.]*$/, '')}.jpg`;
  const small = new File([blob], name, { type: 'image/jpeg', lastModified: file.lastModified });
  return { shown: canvas, file: small.size < file.size ? small : file };
}

/** A photo as it is sent, and what is shown for it. */
async function prepare(file, words) {
  try {
    const photo = await shrink(file);
    photo.shown.setAttribute('role', 'img');
    photo.shown.setAttribute('aria-label', `${words} ${file.name}`);
    return photo;
  } catch {
    return { shown: Object.assign(document.createElement('span'), { textContent: file.name }), file };
  }
}

function attach(field) {
  const input = field.querySelector('input[type=file]');
  const previews = field.querySelector('.photo-previews');
  const words = previews.dataset;
  const person = document.querySelector('meta[name="person"]')?.content;
  const draft = person && input.form?.dataset.draft;
  const key = draft && `${person}:${draft}:${input.name}`;
  let photos = [];

  // A reload, or the phone putting the page away, must not cost the photos: they stay with the draft of the form.
  const remember = () => { if (key) keepPhotos(key, photos.map(({ file }) => file)).catch(() => {}); };

  function show() {
    const files = new DataTransfer();
    photos.forEach(({ file }) => files.items.add(file));
    input.files = files.files;
    previews.replaceChildren(...photos.map((photo) => {
      const figure = document.createElement('figure');
      const remove = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn--small', textContent: words.remove });
      remove.setAttribute('aria-label', `${words.remove} ${photo.file.name}`);
      remove.addEventListener('click', () => {
        photos = photos.filter((one) => one !== photo);
        show();
        remember();
        input.focus();
      });
      figure.append(photo.shown, remove);
      return figure;
    }));
    field.querySelector('.field-error').hidden = true;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  // A camera hands over one picture at a time: where several are asked for, the next one is added to those before.
  async function chosen(files) {
    const taken = [];
    for (const file of files) taken.push(await prepare(file, words.label));
    photos = input.multiple ? [...photos, ...taken] : taken;
    show();
    remember();
  }

  async function restore() {
    const files = await photosOf(key);
    if (!files.length || photos.length) return;
    for (const file of files) photos.push(await prepare(file, words.label));
    show();
  }

  let working = key ? restore().catch(() => {}) : Promise.resolve();
  let waiting = 0;
  input.addEventListener('change', () => {
    const files = [...input.files];
    if (!files.length) { show(); return; } // the camera was put away: what was taken before stays
    waiting += 1;
    working = working.then(() => chosen(files)).finally(() => { waiting -= 1; });
  });
  // A quick tap on "next" waits until the photo is small: the form goes once it is.
  input.form?.addEventListener('submit', (event) => {
    if (!waiting) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    working.then(() => { input.form.requestSubmit(submitter); });
  }, { capture: true });
}

document.querySelectorAll('[data-photo]').forEach(attach);
