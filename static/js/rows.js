// Going through the rows of a list with j and k (data-key on the buttons with data-step): the link of a row is focused,
// Enter opens it. Beyond the last row comes the first.

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-row-step]');
  if (!button) return;
  const rows = [...document.querySelectorAll('tr[data-row]')];
  if (!rows.length) return;
  const here = rows.indexOf(from?.isConnected ? from : rows.find((row) => row.dataset.row === from?.dataset.row));
  const step = Number(button.dataset.rowStep);
  from = rows[here < 0 ? (step > 0 ? 0 : rows.length - 1) : (here + step + rows.length) % rows.length];
  from.querySelector('a[href]')?.focus();
  from.scrollIntoView({ block: 'nearest' });
});

let from = null; // the row one is on: pressing the button takes the focus away from it
document.addEventListener('focusin', (event) => {
  const row = event.target.closest('tr[data-row]');
  if (row) from = row;
});
