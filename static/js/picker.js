// A field that finds a record while one types: text in sight, the chosen id in a hidden field where
// there is one, else the text itself says who is meant.
// The options come as HTML from data-picker; without this script the text alone is sent.
(() => {
  const PAUSE = 150;

  function parts(field) {
    const picker = field.closest("[data-picker]");
    return { picker, chosen: picker.querySelector("input[type=hidden]"), list: picker.querySelector("[role=listbox]") };
  }

  let timer = 0;
  function close(field) {
    clearTimeout(timer);
    parts(field).list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  async function find(field) {
    const { picker, list } = parts(field);
    const asked = field.value;
    const separator = picker.dataset.picker.includes("?") ? "&" : "?";
    const address = `${picker.dataset.picker}${separator}q=${encodeURIComponent(asked)}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    // An answer that comes after the person has gone on would open a list over what they do now.
    if (!answer.ok || field.value !== asked || document.activeElement !== field) return;
    list.innerHTML = await answer.text();
    [...list.children].forEach((option, index) => {
      option.id = `${list.id}-${index}`;
    });
    list.hidden = list.children.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
  }

  function choose(field, option) {
    const { picker, chosen } = parts(field);
    field.value = option.dataset.label;
    if (chosen) chosen.value = option.dataset.value;
    close(field);
    picker.dispatchEvent(new CustomEvent("picker:chosen", { bubbles: true, detail: { ...option.dataset } }));
  }

  function walk(field, step) {
    const { list } = parts(field);
    const options = [...list.querySelectorAll("[role=option]")];
    const here = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = options[Math.max(0, Math.min(options.length - 1, here + step))];
    if (!next) return;
    options[here]?.setAttribute("aria-selected", "false");
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", next.id);
  }

  function later(field) {
    clearTimeout(timer);
    timer = setTimeout(() => find(field).catch(() => close(field)), PAUSE);
  }

  const isField = (target) => target.matches?.("[data-picker] input[role=combobox]");
  document.addEventListener("input", (event) => {
    if (!isField(event.target)) return;
    const { chosen } = parts(event.target);
    if (chosen) chosen.value = "";
    later(event.target);
  });
  document.addEventListener("focusin", (event) => isField(event.target) && later(event.target));
  document.addEventListener("focusout", (event) => isField(event.target) && close(event.target));

  // mousedown, because the click would come after the field has lost its focus.
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-picker] [role=option]");
    if (!option) return;
    event.preventDefault();
    choose(option.closest("[data-picker]").querySelector("input[role=combobox]"), option);
  });

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!isField(field) || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(field, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      const option = parts(field).list.querySelector("[aria-selected=true]");
      if (!option || parts(field).list.hidden) return;
      event.preventDefault();
      choose(field, option);
    } else if (event.key === "Escape" && !parts(field).list.hidden) {
      event.stopPropagation();
      close(field);
    }
  });
})();
