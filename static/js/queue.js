// What the driver did and the server has not heard yet: one row a step, in the order of the taps, photos with it.
// Rows belong to one person: whoever signs in next on this phone neither sends nor sees them.
import { openDB } from '../vendor/idb/index.js';

const NAME = 'homeward';
const STORE = 'steps';
const PHOTOS = 'photos'; // taken for a form that is not yet filled in, by person, draft and field
const channel = new BroadcastChannel('homeward-steps');

let opened;
function database() {
  opened ??= openDB(NAME, 1, {
    upgrade(db) {
      db.createObjectStore(STORE, { keyPath: 'id', autoIncrement: true });
      db.createObjectStore(PHOTOS);
    },
    terminated() { opened = undefined; },
  });
  return opened;
}

/** Tell every page and the worker that something has changed. */
export function tell(news) {
  channel.postMessage(news);
  dispatchEvent(Object.assign(new Event('homeward:steps'), { news }));
}

/** Hear what other pages and the worker tell, and this one. */
export function hear(listener) {
  channel.addEventListener('message', (event) => listener(event.data));
  addEventListener('homeward:steps', (event) => listener(event.news));
}

/** Keep a step, at the end or in the place of one that was refused; answers its number once it lies on the phone. */
export async function keep(step, place) {
  const id = await (await database()).put(STORE, place ? { ...step, id: place } : step);
  tell({ kind: 'kept', id });
  return id;
}

/** The steps of one person that are not sent, oldest first. */
export async function unsent(person) {
  return (await (await database()).getAll(STORE)).filter((step) => step.person === person);
}

/** Whether steps of somebody else lie on this phone. */
export async function ofOthers(person) {
  return (await (await database()).getAll(STORE)).some((step) => step.person !== person);
}

/** Write down why a step was refused, or (without a reason) that it is to be tried again. */
export async function mark(id, problem) {
  const db = await database();
  const tx = db.transaction(STORE, 'readwrite');
  const step = await tx.store.get(id);
  if (step) await tx.store.put({ ...step, problem });
  await tx.done;
}

/** Forget a step: the server has it, or the driver has dropped it. */
export async function forget(id) { await (await database()).delete(STORE, id); }

/** Keep the photos of a field until its form is done with; none forgets them. */
export async function keepPhotos(key, files) {
  const db = await database();
  await (files.length ? db.put(PHOTOS, files, key) : db.delete(PHOTOS, key));
}

/** The photos that were taken for a field. */
export async function photosOf(key) { return await (await database()).get(PHOTOS, key) ?? []; }

/** Forget every photo but those of one draft of one person. */
export async function forgetPhotos(but) {
  const db = await database();
  for (const key of await db.getAllKeys(PHOTOS)) if (!but || !key.startsWith(`${but}:`)) await db.delete(PHOTOS, key);
}
