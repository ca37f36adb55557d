// A mistake names its line; a text field shows no line numbers. Pressing the mistake marks the line in the field.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-line]');
  const field = link && document.querySelector(link.hash);
  if (!field) return;
  event.preventDefault();
  const lines = field.value.split('\n');
  const line = Math.min(Math.max(Number(link.dataset.line), 1), lines.length) - 1;
  const start = lines.slice(0, line).reduce((length, text) => length + text.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + lines[line].length);
  field.scrollTop = (field.scrollHeight / lines.length) * Math.max(line - 4, 0);
});
