// Trips ticked on the board stay ticked when its rows are shown anew.
const chosen = new Set();

document.addEventListener('change', ({ target }) => {
  if (target.name !== 'trip_ids') return;
  if (target.checked) chosen.add(target.value);
  else chosen.delete(target.value);
});
document.addEventListener('htmx:load', () => {
  for (const box of document.querySelectorAll('#board [name=trip_ids]')) box.checked = chosen.has(box.value);
});
