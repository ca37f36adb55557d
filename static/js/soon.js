// What is only waiting for the service is sent by itself after a moment; the button stays for those without patience.
const form = document.querySelector('form[data-soon]');
if (form) setTimeout(() => form.requestSubmit(), 2500);
