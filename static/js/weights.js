// The weights page: sums and points follow the typing; the server has the last word on sending.
(() => {
  const form = document.querySelector(".weights");
  if (!form) return;
  const share = form.querySelector("[data-share]"); // only beside the weights
  const format = (value) => String(Math.round(value * 100) / 100);

  function number(field) {
    const value = Number(field.value.trim());
    return field.value.trim() === "" || Number.isNaN(value) ? null : value;
  }

  function follow(set) {
    let total = 0;
    for (const field of set.querySelectorAll("[data-weight]")) {
      const value = number(field);
      total = value === null || total === null ? null : total + value;
      const factor = Number(field.dataset.factor) === 100 ? 100 : number(share) ?? 100;
      const points = field.closest("tr").querySelector("[data-points]");
      points.textContent = value === null ? "—" : ((value * factor) / 100).toFixed(1);
      field.classList.toggle("is-changed", value !== Number(field.dataset.current));
    }
    const badge = set.querySelector("[data-sum] .badge");
    const common = set.dataset.set === "common";
    const wanted = common ? 100 - (number(share) ?? 60) : 100;
    const holds = total !== null && Math.abs(total - wanted) < 0.001;
    for (const field of set.querySelectorAll(".is-wrong")) field.classList.toggle("is-wrong", !holds);
    badge.classList.toggle("badge-done", holds);
    badge.classList.toggle("badge-late", !holds);
    badge.lastChild.textContent = badge.textContent.replace(/[\d.?]+%/, `${total === null ? "?" : format(total)}%`);
  }

  // What is missing may be typed by now: the server says so on sending, no grey button before it.
  function unlock() {
    const last = document.querySelector("[data-last].btn-locked");
    last?.classList.replace("btn-locked", "btn-primary");
    last?.querySelector("svg")?.remove();
  }

  form.addEventListener("input", () => {
    form.querySelectorAll("[data-set]").forEach(follow);
    unlock();
  });
  for (const field of document.querySelectorAll('[form="draft"]')) field.addEventListener("input", unlock);
})();
