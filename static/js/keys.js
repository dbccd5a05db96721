// One-letter keys. data-key="e" on a link or button is pressed by that key; J and K walk the rows.
(() => {
  function isTyping(target) {
    return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  }

  function rows() {
    return [...document.querySelectorAll("tr[data-href], [data-row]")].filter((row) => row.offsetParent);
  }

  function walk(step) {
    const all = rows();
    const here = all.findIndex((row) => row.classList.contains("at"));
    const next = all[Math.max(0, Math.min(all.length - 1, here + step))];
    if (!next) return;
    all[here]?.classList.remove("at");
    next.classList.add("at");
    next.scrollIntoView({ block: "nearest" });
    next.querySelector("a")?.focus({ preventScroll: true });
  }

  function press(key) {
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    target?.click();
    return Boolean(target);
  }

  const ACTS = {
    j: () => walk(1),
    k: () => walk(-1),
    "?": () => document.getElementById("keys")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (ACTS[key]) {
      event.preventDefault();
      ACTS[key]();
    } else if (/^([a-z]|escape)$/.test(key) && press(key)) {
      event.preventDefault();
    }
  });

  // A click anywhere on a row opens it, except on what has an act of its own or on selected text.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, summary, form")) return;
    if (event.target.closest(".select") || String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
    else window.location.assign(row.dataset.href);
  });
})();
