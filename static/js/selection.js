// Selected rows of a list: the head's box, the count in the foot, Esc to let go.
(() => {
  const boxes = () => [...document.querySelectorAll("input[data-select]")];

  function show() {
    const all = boxes();
    const chosen = all.filter((box) => box.checked);
    for (const box of all) box.closest("tr")?.classList.toggle("selected", box.checked);
    const head = document.querySelector("input[data-select-all]");
    if (head) {
      head.checked = chosen.length > 0 && chosen.length === all.length;
      head.indeterminate = chosen.length > 0 && chosen.length < all.length;
    }
    document.querySelector(".list-foot")?.classList.toggle("has-selection", chosen.length > 0);
    for (const count of document.querySelectorAll("[data-selected-count]")) {
      count.textContent = String(chosen.length);
    }
  }

  function setAll(checked) {
    for (const box of boxes()) box.checked = checked;
    show();
  }

  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest("input[data-select]");
    if (box) {
      const all = boxes();
      if (event.shiftKey && last) {
        const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
        for (const other of all.slice(from, to + 1)) other.checked = box.checked;
      }
      last = box;
      show();
    }
    if (event.target.closest("[data-unselect]")) setAll(false);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-select-all]")) setAll(event.target.checked);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (boxes().some((box) => box.checked)) setAll(false);
  });
  document.addEventListener("htmx:after:swap", show);
  show();
})();
