// Nothing changes under the cursor: the board waits while a row is pointed at or something in it has the focus.
const board = document.querySelector('[data-steady]');
board?.addEventListener('htmx:beforeRequest', (event) => {
  if (event.target === board && board.querySelector('tr:hover, :focus')) event.preventDefault();
});
