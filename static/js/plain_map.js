// A map without a background: points, their names and a scale bar in an SVG. Dragging, the wheel, arrows, + and − move it.
const SVG = 'http://www.w3.org/2000/svg';
const DEGREE_M = 111_195;
const NEAREST = 0.2; // metres a pixel
const FURTHEST = 20_000;
const STEP_PX = 60;

function make(name, attributes = {}, text = '') {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/** A round length that is about 100 pixels long, and its name. */
function scaleBar(metresAPixel) {
  const wanted = 120 * metresAPixel;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const metres = [5, 2, 1].map((number) => number * power).find((length) => length <= wanted) ?? power;
  return { pixels: metres / metresAPixel, words: metres >= 1000 ? `${metres / 1000} km` : `${Math.round(metres)} m` };
}

export function plain(area) {
  const svg = make('svg', { class: 'plain-map', 'aria-hidden': 'true' });
  area.tabIndex = 0;
  area.append(svg, buttons());
  let at = { lat: 30, lon: 110 };
  let scale = 2000;
  let marks = [];

  const size = () => ({ width: area.clientWidth || 600, height: area.clientHeight || 400 });
  const east = () => DEGREE_M * Math.cos((at.lat * Math.PI) / 180);
  const seen = (mark) => ({
    x: size().width / 2 + ((mark.lon - at.lon) * east()) / scale,
    y: size().height / 2 - ((mark.lat - at.lat) * DEGREE_M) / scale,
  });
  const point = (x, y) => ({
    lat: Math.max(-85, Math.min(85, at.lat - ((y - size().height / 2) * scale) / DEGREE_M)),
    lon: at.lon + ((x - size().width / 2) * scale) / east(),
  });

  function draw() {
    const { width, height } = size();
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.replaceChildren(...marks.map(drawn), bar(height));
  }
  function drawn(mark) {
    const { x, y } = seen(mark);
    const group = make('g', { class: `mark mark--${mark.kind}`, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
    group.append(make('title', {}, mark.title));
    group.append(make('text', { class: `mark-sign mark-sign--${mark.kind}`, 'text-anchor': 'middle', dy: '6' }, mark.sign));
    group.append(make('text', { class: 'mark-name', x: '12', dy: '5' }, mark.label));
    if (mark.href) group.addEventListener('click', () => { if (!moved) location.href = mark.href; });
    return group;
  }
  function bar(height) {
    const { pixels, words } = scaleBar(scale);
    const group = make('g', { class: 'scale-bar', transform: `translate(16 ${height - 16})` });
    group.append(make('path', { d: `M0 -6 V0 H${pixels.toFixed(1)} V-6` }), make('text', { x: '4', y: '-10' }, words));
    return group;
  }
  function zoom(factor, x = size().width / 2, y = size().height / 2) {
    const before = point(x, y);
    scale = Math.max(NEAREST, Math.min(FURTHEST, scale * factor));
    const after = point(x, y);
    at = { lat: at.lat + before.lat - after.lat, lon: at.lon + before.lon - after.lon };
    draw();
  }
  function pan(x, y) { at = point(size().width / 2 + x, size().height / 2 + y); draw(); }
  function buttons() {
    const box = Object.assign(document.createElement('div'), { className: 'map-zoom' });
    for (const [sign, words, factor] of [['+', area.dataset.nearer, 0.5], ['−', area.dataset.further, 2]]) {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn', textContent: sign });
      button.setAttribute('aria-label', words);
      button.addEventListener('click', (event) => { event.stopPropagation(); zoom(factor); });
      box.append(button);
    }
    return box;
  }

  let from = null;
  let moved = false;
  svg.addEventListener('pointerdown', (event) => { from = event; moved = false; });
  svg.addEventListener('pointermove', (event) => {
    if (!from || !(event.buttons & 1)) return;
    const [x, y] = [from.clientX - event.clientX, from.clientY - event.clientY];
    if (!moved && Math.hypot(x, y) < 4) return;
    moved = true;
    svg.setPointerCapture(event.pointerId);
    from = event;
    pan(x, y);
  });
  svg.addEventListener('pointerup', (event) => {
    const box = svg.getBoundingClientRect();
    if (from && !moved && !event.target.closest('.mark')) {
      pan(event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2);
    }
    from = null;
  });
  svg.addEventListener('wheel', (event) => {
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  const keys = {
    ArrowLeft: () => pan(-STEP_PX, 0), ArrowRight: () => pan(STEP_PX, 0), ArrowUp: () => pan(0, -STEP_PX),
    ArrowDown: () => pan(0, STEP_PX), '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2),
  };
  area.addEventListener('keydown', (event) => {
    if (event.target !== area || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  new ResizeObserver(draw).observe(area);

  return {
    show(found) { marks = found; draw(); },
    fit() {
      if (!marks.length) return;
      const [lats, lons] = [marks.map((mark) => mark.lat), marks.map((mark) => mark.lon)];
      at = { lat: (Math.min(...lats) + Math.max(...lats)) / 2, lon: (Math.min(...lons) + Math.max(...lons)) / 2 };
      const tall = ((Math.max(...lats) - Math.min(...lats)) * DEGREE_M) / Math.max(80, size().height - 90);
      const wide = ((Math.max(...lons) - Math.min(...lons)) * east()) / Math.max(80, size().width - 180);
      scale = Math.max(2, tall, wide);
      draw();
    },
    centre: () => at,
    goTo(place) { at = { lat: place.lat, lon: place.lon }; scale = 4; draw(); },
    resized: draw,
  };
}
