// Scanning the code on a printed document, where the browser can read codes by itself; elsewhere the phone's own camera
// does, and the button stays hidden.
const area = document.querySelector('[data-scan]');

/** Only a link to our own verification page is followed, whatever a code says. */
function followed(text) {
  let link;
  try { link = new URL(text); } catch { return false; }
  const number = link.pathname.match(/\/verify\/([A-Za-z0-9-]{3,40})$/);
  if (!number) return false;
  location.assign(`/verify/${number[1]}`);
  return true;
}

async function scan(video) {
  const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  addEventListener('pagehide', stop, { once: true });
  for (;;) {
    const codes = await detector.detect(video).catch(() => []);
    if (codes.some((code) => followed(code.rawValue))) return stop();
    await new Promise((resolve) => { setTimeout(resolve, 250); });
  }
}

if (area && 'BarcodeDetector' in window && navigator.mediaDevices) {
  area.hidden = false;
  const message = area.querySelector('.field-error');
  area.querySelector('button').addEventListener('click', () => {
    scan(area.querySelector('video')).catch(() => {
      message.textContent = message.dataset.none;
      message.hidden = false;
    });
  });
}
