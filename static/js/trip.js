// A trip's page says when somebody changed the trip meanwhile; what is being read or typed stays where it is.
import './live.js';

const changed = document.getElementById('changed');
const look = () => { if (changed) globalThis.htmx.trigger(changed, 'look'); };

document.addEventListener('live:changed', ({ detail }) => {
  if (detail.subject === 'trip' && String(detail.id) === changed?.dataset.trip) look();
});
for (const name of ['live:reset', 'live:look']) document.addEventListener(name, look);
