// The desk's map. With tiles it is Leaflet, fetched now; without it is drawn here: points, their names and a scale bar.
// Both kinds answer to the same four words: show(marks), fit(), centre(), goTo(point). A mark: {lat, lon, kind, sign,
// label, title, href}.
import { plain } from './plain_map.js';

const loaded = new Map();

function script(url) {
  if (!loaded.has(url)) {
    loaded.set(url, new Promise((done, failed) => {
      const element = Object.assign(document.createElement('script'), { src: url, onload: done, onerror: failed });
      document.head.append(element);
    }));
  }
  return loaded.get(url);
}

function sheet(url) {
  if (document.querySelector(`link[href="${CSS.escape(url)}"]`)) return;
  document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: url }));
}

/** Draw into a `.map-area`; rejects where the library cannot be fetched. */
export async function draw(area) {
  area.setAttribute('role', 'application');
  area.setAttribute('aria-label', area.dataset.words);
  return area.dataset.map === 'plain' ? plain(area) : tiled(area);
}

async function tiled(area) {
  sheet(area.dataset.leafletCss);
  await script(area.dataset.leaflet);
  const { L } = globalThis;
  const map = L.map(area, { zoomControl: false, attributionControl: true }).setView([30, 110], 4);
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: area.dataset.nearer, zoomOutTitle: area.dataset.further }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  await background(L, area, map);
  const layer = L.layerGroup().addTo(map);
  let bounds = null;
  map.on('click', (event) => map.panTo(event.latlng));
  return {
    show(marks) {
      layer.clearLayers();
      bounds = marks.length ? L.latLngBounds(marks.map((mark) => [mark.lat, mark.lon])) : null;
      for (const mark of marks) layer.addLayer(marker(L, mark));
    },
    fit() { if (bounds) map.fitBounds(bounds.pad(0.2), { maxZoom: 15 }); },
    centre() { const at = map.getCenter().wrap(); return { lat: at.lat, lon: at.lng }; },
    goTo(point) { map.setView([point.lat, point.lon], 16); },
    resized() { map.invalidateSize(); },
  };
}

async function background(L, area, map) {
  const words = document.createElement('span');
  words.textContent = area.dataset.attribution; // a setting, but shown as text all the same
  const attribution = words.innerHTML;
  if (area.dataset.map === 'pmtiles') {
    await script(area.dataset.pmtiles);
    const { PMTiles, leafletRasterLayer } = globalThis.pmtiles;
    const file = new PMTiles(area.dataset.address);
    const { minZoom, maxZoom } = await file.getHeader(); // nearer than the file goes, its last pictures are stretched
    const layer = leafletRasterLayer(file, { attribution, minNativeZoom: minZoom, maxNativeZoom: maxZoom, maxZoom: 19 });
    layer.on('tileloadstart', ({ tile }) => { tile.alt = ''; });
    layer.addTo(map);
    return;
  }
  // Our pages send no referrer; those who serve tiles want to know whom they serve, and learn the site, never the page.
  const { address, subdomains } = area.dataset;
  L.tileLayer(address, { attribution, subdomains, maxZoom: 19, referrerPolicy: 'origin' }).addTo(map);
}

function marker(L, mark) {
  const html = document.createElement('span');
  html.className = `mark mark--${mark.kind}`;
  html.append(
    Object.assign(document.createElement('span'), { className: `mark-sign mark-sign--${mark.kind}`, textContent: mark.sign }),
    Object.assign(document.createElement('span'), { className: 'mark-name', textContent: mark.label }),
  );
  const icon = L.divIcon({ html, className: 'mark-at', iconSize: null });
  const made = L.marker([mark.lat, mark.lon], { icon, title: mark.title, keyboard: false });
  if (mark.href) made.on('click', () => { location.href = mark.href; });
  return made;
}

/** What the API answers, as marks. */
export function marksOf(found, stale) {
  const trip = (kind, sign) => (one) => ({
    ...one, kind, sign, label: one.number, title: `${one.number} ${one.address}`, href: `/desk/trips/${one.trip_id}`,
  });
  const driver = (one) => ({
    ...one,
    kind: one.stale ? 'stale' : one.doing,
    sign: one.stale ? '○' : '●',
    label: one.badge_id,
    title: [one.badge_id, one.name, one.trip, one.stale ? stale : ''].filter(Boolean).join(' '),
    href: one.trip_id ? `/desk/trips/${one.trip_id}` : '',
  });
  return [...found.live.map(trip('live', '▲')), ...found.waiting.map(trip('waiting', '■')), ...found.drivers.map(driver)];
}

/** Where everybody is now. */
export async function look() {
  const answer = await fetch('/api/v1/desk/map', { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`the map answered ${answer.status}`);
  return answer.json();
}
