// A signature drawn with a finger. What is sent is the strokes, not a picture: they are set into the agreement as lines.
// The hidden input carries {"width", "height", "strokes": [[[x, y, ms], …], …]}: CSS pixels of the box it was drawn in, and
// milliseconds since the first touch.
import SignaturePad from '../vendor/signature_pad/signature_pad.min.js';

const PEN = '#0d1b3e';

function attach(field) {
  const canvas = field.querySelector('canvas');
  const input = field.querySelector('input[type=hidden]');
  const message = field.querySelector('.field-error');
  const pad = new SignaturePad(canvas, { penColor: PEN, minWidth: 1, maxWidth: 2.6, throttle: 8 });
  let width = 0;

  /** Turning the phone changes the box. Strokes are kept and scaled by its width, so the signature keeps its shape. */
  function fit() {
    const box = canvas.getBoundingClientRect();
    if (!box.width || box.width === width) return;
    const strokes = pad.toData();
    const scale = width ? box.width / width : 1;
    for (const stroke of strokes) for (const point of stroke.points) { point.x *= scale; point.y *= scale; }
    width = box.width;
    const density = Math.max(devicePixelRatio || 1, 1);
    canvas.width = box.width * density;
    canvas.height = box.height * density;
    canvas.getContext('2d').scale(density, density);
    pad.clear();
    if (strokes.length) pad.fromData(strokes, { clear: false });
    else restore(); // the box may only get its size later, on a step that is not yet shown
  }

  function write() {
    const drawn = pad.toData();
    const began = drawn[0]?.points[0]?.time ?? 0;
    const strokes = drawn.map((stroke) => stroke.points.map((point) => [
      Math.round(point.x * 10) / 10, Math.round(point.y * 10) / 10, Math.max(Math.round(point.time - began), 0),
    ]));
    const box = canvas.getBoundingClientRect();
    input.value = pad.isEmpty() ? '' : JSON.stringify({ width: box.width, height: box.height, strokes });
    if (input.value) message.hidden = true;
    input.setAttribute('value', input.value);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** A form that came back with an error elsewhere still holds its signature. */
  function restore() {
    if (!input.value) return;
    const drawn = JSON.parse(input.value);
    const scale = width / drawn.width;
    pad.fromData(drawn.strokes.map((points) => ({
      penColor: PEN, minWidth: 1, maxWidth: 2.6, dotSize: 0, velocityFilterWeight: 0.7, compositeOperation: 'source-over',
      points: points.map(([x, y, time]) => ({ x: x * scale, y: y * scale, time, pressure: 0.5 })),
    })), { clear: false });
  }

  fit();
  new ResizeObserver(fit).observe(canvas);
  pad.addEventListener('endStroke', write);
  field.querySelector('[data-clear]').addEventListener('click', () => { pad.clear(); write(); });
  input.form?.addEventListener('submit', (event) => {
    write();
    // A dot from a resting thumb is not a signature.
    if (pad.toData().some((stroke) => stroke.points.length > 1)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    message.textContent = field.dataset.empty;
    message.hidden = false;
    canvas.focus();
  }, { capture: true });
}

document.querySelectorAll('[data-signature]').forEach(attach);
