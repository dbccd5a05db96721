// Ctrl-K: a dialog over the search page. Its links walk with the arrow keys.
(() => {
  const palette = document.getElementById("palette");
  if (!palette) return;
  const input = palette.querySelector("input");
  const items = () => [...palette.querySelectorAll("a.palette-item")];

  function open() {
    palette.showModal();
    input.select();
  }

  function walk(step) {
    const all = items();
    const here = all.findIndex((item) => item.classList.contains("at"));
    all[here]?.classList.remove("at");
    const next = all[Math.max(0, Math.min(all.length - 1, here + step))];
    next?.classList.add("at");
    next?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      open();
    }
  });

  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !event.isComposing) {
      const chosen = palette.querySelector("a.palette-item.at");
      if (!chosen) return;
      event.preventDefault();
      chosen.click();
    }
  });
})();
