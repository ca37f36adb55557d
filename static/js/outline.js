// Damage is marked by tapping the part on the car's outline: its answers open as a sheet from below. The answers are the
// form's own fields, so that without this script they are a list and nothing else changes.
const outline = document.querySelector('[data-outline]');

if (outline) {
  const { form } = document.querySelector('[data-panel] input');
  const panels = [...document.querySelectorAll('[data-panel]')];
  const lists = [...document.querySelectorAll('[data-marks]')];
  const { photos, lost } = lists[0].dataset;
  const told = document.querySelector('[data-answered]');
  const sheets = new Map();

  for (const panel of panels) {
    const sheet = document.createElement('dialog');
    sheet.className = 'dialog sheet';
    panel.replaceWith(sheet);
    sheet.append(panel);
    panel.querySelector('[data-closes]').hidden = false;
    sheet.setAttribute('aria-labelledby', (panel.querySelector('legend').id = `sheet-${panel.dataset.panel}`));
    // A tap beside the sheet puts it away.
    sheet.addEventListener('click', (event) => { if (event.target === sheet) sheet.close(); });
    sheets.set(panel.dataset.panel, sheet);
  }

  /** What was answered for a panel: its kind in words, note and number of photos. */
  function read(panel) {
    const name = panel.dataset.panel;
    const chosen = panel.querySelector('input[type=radio]:checked');
    return {
      name,
      part: panel.querySelector('legend').textContent.trim(),
      answer: chosen?.value ?? '',
      word: chosen?.parentElement.textContent.trim() ?? '',
      note: form.elements[`note_${name}`].value.trim(),
      photos: form.elements[`photo_${name}`].files.length,
      lost: Number(panel.dataset.lostPhotos ?? 0),
      wrong: Boolean(panel.querySelector('.field-error:not([hidden])')),
    };
  }

  function line(found, number) {
    const more = [found.note, found.photos && photos.replace('{count}', found.photos), !found.photos && found.lost && lost].filter(Boolean);
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'mark' });
    button.dataset.spot = found.name;
    const sign = Object.assign(document.createElement('b'), { className: 'spot-mark', textContent: number });
    sign.setAttribute('aria-hidden', 'true');
    const words = Object.assign(document.createElement('span'), { textContent: `${found.part} · ${found.word}` });
    if (more.length) words.append(Object.assign(document.createElement('small'), { textContent: more.join(' · ') }));
    button.append(sign, words);
    const item = document.createElement('li');
    item.append(button);
    return item;
  }

  function draw() {
    const found = panels.map(read);
    const damaged = found.filter(({ answer }) => answer && answer !== 'sound');
    panels.forEach((panel, index) => panel.classList.toggle('is-damaged', damaged.includes(found[index])));
    for (const one of found) {
      const number = damaged.indexOf(one) + 1;
      for (const spot of outline.querySelectorAll(`[data-spot="${one.name}"]`)) {
        spot.classList.toggle('is-damaged', number > 0);
        spot.classList.toggle('is-sound', one.answer === 'sound');
        spot.classList.toggle('is-wrong', one.wrong);
        if ('again' in spot.dataset) continue;
        spot.querySelector('.spot-mark').textContent = number || '';
        spot.querySelector('[data-spot-word]').textContent = one.word;
      }
    }
    const answered = found.filter(({ answer }) => answer).length;
    told.textContent = told.dataset.answered.replace('{now}', answered).replace('{all}', panels.length);
    document.querySelector('[data-all-sound]').hidden = answered === panels.length;
    if (answered === panels.length) document.getElementById('f-panels').hidden = true;
    lists.forEach((list) => list.replaceChildren(...damaged.map((one, index) => line(one, index + 1))));
    document.querySelector('[data-no-marks]').hidden = damaged.length > 0 || answered < panels.length;
  }

  document.addEventListener('click', (event) => {
    const name = event.target.closest('[data-spot]')?.dataset.spot;
    if (name) sheets.get(name).showModal();
  });
  addEventListener('hashchange', () => {
    const sheet = document.getElementById(location.hash.slice(1))?.closest('dialog');
    if (sheet && !sheet.open) sheet.showModal();
  });
  document.querySelector('[data-all-sound]').addEventListener('click', () => {
    panels.forEach((panel) => {
      if (!panel.querySelector('input[type=radio]:checked')) panel.querySelector('input[value=sound]').checked = true;
    });
    form.dispatchEvent(new Event('answered'));
    document.querySelector('[data-step-next]')?.focus();
  });
  for (const kind of ['input', 'change', 'answered']) form.addEventListener(kind, draw);

  outline.hidden = false;
  document.querySelectorAll('[data-outline-hint]').forEach((hint) => { hint.hidden = false; });
  draw();
}
