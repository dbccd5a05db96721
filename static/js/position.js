// Check-in: the position of this one moment, read when the button is pressed and at no other time.
(() => {
  const button = document.querySelector("[data-check-in]");
  if (!button) return;
  const { form } = button;
  const note = form.querySelector("[data-position-note]");

  function failed() {
    note.textContent = button.dataset.wordFailed;
    button.disabled = false;
  }

  function send({ coords, timestamp }) {
    form.elements.latitude.value = coords.latitude;
    form.elements.longitude.value = coords.longitude;
    form.elements.accuracy.value = Math.round(coords.accuracy);
    form.elements.age.value = Math.max(0, Math.round((Date.now() - timestamp) / 1000));
    form.submit();
  }

  button.addEventListener("click", () => {
    button.disabled = true;
    if (!navigator.geolocation) failed();
    else navigator.geolocation.getCurrentPosition(send, failed, { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 });
  });
})();
