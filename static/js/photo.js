// Photos are shrunk on the phone before they are sent: at night, on the street, a 12-megapixel picture takes a minute.
// Whatever cannot be read here is sent as it is; the server re-encodes every photo anyway and refuses what is none.

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
  return { canvas, file: new File([blob], name, { type: 'image/jpeg', lastModified: file.lastModified }) };
}

function attach(field) {
  const input = field.querySelector('input[type=file]');
  const previews = field.querySelector('.photo-previews');
  let turn = 0;
  field.dataset.ready = '0';

  async function chosen() {
    const mine = ++turn;
    const files = new DataTransfer();
    const shown = [];
    for (const original of input.files) {
      try {
        const { canvas, file } = await shrink(original);
        canvas.setAttribute('role', 'img');
        canvas.setAttribute('aria-label', `${previews.dataset.label} ${original.name}`);
        shown.push(canvas);
        files.items.add(file.size < original.size ? file : original);
      } catch {
        shown.push(Object.assign(document.createElement('span'), { textContent: original.name }));
        files.items.add(original);
      }
    }
    if (mine !== turn) return; // another photo was chosen meanwhile
    input.files = files.files;
    previews.replaceChildren(...shown);
    field.querySelector('.field-error').hidden = true;
  }

  let working = Promise.resolve();
  input.addEventListener('change', () => { working = chosen(); });
  // A quick tap on "next" waits until the photo is small: the form goes once it is.
  input.form?.addEventListener('submit', (event) => {
    if (field.dataset.ready === String(turn)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    working.then(() => { field.dataset.ready = String(turn); input.form.requestSubmit(submitter); });
  }, { capture: true });
}

document.querySelectorAll('[data-photo]').forEach(attach);
