// Messages of the page, and forms that may be sent again. Nothing happens by importing this: app.js is imported by nobody,
// because a page names it with its digest and a second copy would listen a second time.
const flash = document.getElementById('flash');

/** Show one of the messages that the server put on #flash (the words stay in the catalogue). */
export function say(kind) {
  const text = flash?.dataset[kind];
  if (text) sayWords(text);
}

/** Show a message in words that the server or the page has given. */
export function sayWords(text) {
  const line = document.createElement('div');
  line.className = 'flash flash--error';
  line.setAttribute('role', 'alert');
  line.append(Object.assign(document.createElement('p'), { textContent: text }));
  flash.replaceChildren(line);
}

/** Let forms be sent again that were sent and did not arrive. */
export function release() {
  document.querySelectorAll('form[data-sent]').forEach((form) => {
    delete form.dataset.sent;
    for (const element of form.elements) element.removeAttribute('aria-disabled');
  });
}
