// Forms: one press saves once and says so; an eye shows the password; a comparison fills its field.
(() => {
  function saving(button) {
    const { width } = button.getBoundingClientRect();
    button.dataset.label = button.innerHTML;
    button.style.width = `${width}px`;
    const spinner = document.createElement("span");
    spinner.className = "spinner";
    const words = width > 110 ? document.body.dataset.wordSaving : "";
    button.replaceChildren(spinner, words);
    button.setAttribute("aria-label", document.body.dataset.wordSaving);
    button.classList.add("is-saving");
  }

  function rest() {
    for (const button of document.querySelectorAll(".is-saving[data-label]")) {
      button.innerHTML = button.dataset.label;
      button.style.width = "";
      button.removeAttribute("aria-label");
      button.classList.remove("is-saving");
      button.closest("form")?.removeAttribute("data-sent");
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if ("download" in form.dataset) return; // The page stays, so it may be pressed again.
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    const button = event.submitter;
    // After the browser has read which button was pressed.
    if (button?.classList.contains("btn-primary")) setTimeout(() => saving(button));
  });
  document.addEventListener("htmx:finally:request", rest);
  window.addEventListener("pageshow", (event) => event.persisted && rest());

  document.addEventListener("click", (event) => {
    const eye = event.target.closest("[data-eye]");
    if (eye) {
      const field = eye.parentElement.querySelector("input");
      field.type = field.type === "password" ? "text" : "password";
      eye.setAttribute("aria-pressed", String(field.type === "text"));
    }
    if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    const { fill, value } = event.target.dataset;
    if (fill === undefined) return;
    for (const field of document.querySelectorAll(`form [name="${CSS.escape(fill)}"]`)) {
      if (!["checkbox", "radio"].includes(field.type)) field.value = value;
      else field.checked = value === "True" || value.split(" ").includes(field.value);
    }
  });

  document.querySelector("[data-error-summary]")?.focus();
})();
