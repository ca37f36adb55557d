// Columns of a chart are links: one stop for the tab key, arrows, Home and End go from column to column.
for (const chart of document.querySelectorAll('[data-chart]')) {
  const columns = [...chart.querySelectorAll('a')];
  const stop = (at) => columns.forEach((column, number) => column.setAttribute('tabindex', number === at ? '0' : '-1'));
  stop(columns.length - 1);
  chart.addEventListener('keydown', (event) => {
    const here = columns.indexOf(document.activeElement);
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: columns.length - 1 }[event.key];
    if (to === undefined || !columns[to]) return;
    event.preventDefault();
    stop(to);
    columns[to].focus();
  });
}
