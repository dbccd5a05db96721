// What is written down in a hurry: chips and fields that mean the same thing never contradict.
(() => {
  const form = document.querySelector("form.capture");
  if (!form) return;
  const day = form.elements.other_day;
  const days = () => [...form.querySelectorAll("[name=next_contact_on]")];

  function showDay() {
    day.closest(".near-day").classList.toggle("near-day-set", Boolean(day.value));
  }

  function dayTyped() {
    showDay();
    if (day.value) for (const one of days()) one.checked = false;
    else if (!days().some((one) => one.checked)) days().find((one) => one.value === "").checked = true;
  }

  function dayPressed() {
    day.value = "";
    showDay();
  }

  function clientPressed(choice) {
    form.elements.client.value = choice.value;
    form.elements.client_text.value = choice.nextElementSibling.textContent.trim();
  }

  form.addEventListener("change", ({ target }) => {
    if (target === day) dayTyped();
    else if (target.name === "next_contact_on") dayPressed();
    else if (target.name === "client_choice") clientPressed(target);
  });
  form.addEventListener("input", ({ target }) => {
    if (target.name !== "client_text") return;
    for (const choice of form.querySelectorAll("[name=client_choice]")) choice.checked = false;
  });
  form.addEventListener("reset", () => {
    if (form.elements.client) form.elements.client.value = "";
    form.querySelectorAll("[data-chosen]").forEach((tile) => tile.remove());
    setTimeout(showDay);
  });
  if (day) showDay();
})();
