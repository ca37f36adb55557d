// Carries the steps to the server: strictly in order, one at a time, each until the server has said that it took it.
// Runs in the worker where there is one (a page that is left would take its sending with it), else in the page.
import { forget, mark, tell, unsent } from './queue.js';

const WHOSE = '/driver/phone';
const PROBLEM = 'application/problem+json';
const SECONDS = { asking: 8, step: 25, photos: 150 };
const AGAIN = new Set([400, 408, 425, 429]);

const headers = (more) => ({ Accept: PROBLEM, ...more });

async function ask(address, options, seconds) {
  const signal = AbortSignal.timeout(seconds * 1000);
  const reply = await fetch(address, { ...options, signal, redirect: 'manual', cache: 'no-store' });
  const told = (reply.headers.get('Content-Type') ?? '').includes('json') ? await reply.json() : null;
  return { status: reply.type === 'opaqueredirect' ? 0 : reply.status, ok: reply.ok && told !== null, told };
}

function post(step, me) {
  const form = new FormData();
  for (const [name, value, file] of step.fields) {
    if (file === undefined) form.append(name, value); else form.append(name, value, file);
  }
  return ask(step.action, {
    method: 'POST',
    body: form,
    headers: headers({
      'X-CSRFToken': me.csrf_token, 'X-Phone-Time': step.tapped, 'X-Phone-Clock': new Date().toISOString(),
    }),
  }, step.photos ? SECONDS.photos : SECONDS.step);
}

/** Whether trying again later may help: no signal, a busy server, or the same step still being worked on. */
const passing = ({ status, told }) => status === 0 || status >= 500 || AGAIN.has(status) || told?.code === 'in_flight';

/** Send what there is; answers 'done', 'waiting' (again later), 'refused' (the driver decides) or 'signed-out'. */
async function sendAll() {
  let me;
  try {
    const reply = await ask(WHOSE, { headers: headers() }, SECONDS.asking);
    if (reply.status === 401) return 'signed-out';
    if (!reply.ok) return 'waiting';
    me = reply.told;
  } catch { return 'waiting'; }
  for (;;) {
    const [step] = await unsent(me.person);
    if (!step) return 'done';
    if (step.problem) return 'refused';
    let reply;
    try { reply = await post(step, me); } catch { return 'waiting'; }
    if (reply.ok) {
      await forget(step.id);
      tell({ kind: 'sent', id: step.id, next: reply.told.next });
    } else if (reply.status === 401) return 'signed-out';
    else if (passing(reply)) return 'waiting';
    else {
      const problem = { status: reply.status, code: '', title: '', errors: [], ...reply.told };
      await mark(step.id, problem);
      tell({ kind: 'refused', id: step.id, problem });
      return 'refused';
    }
  }
}

/** Send everything, unless somebody is at it already; tells all pages how it went. */
export function carry() {
  return navigator.locks.request('homeward-carrier', async () => {
    const how = await sendAll();
    tell({ kind: 'went', how });
    return how;
  });
}
