// The weights page: sums and points follow the typing, by what the server says of each set; the
// server has the last word on sending.
(() => {
  const form = document.querySelector(".weights");
  if (!form) return;
  const format = (value) => String(Math.round(value * 100) / 100);
  const equal = (one, other) => Math.abs(one - other) < 0.001;

  function number(field) {
    const value = Number(field.value.trim());
    return field.value.trim() === "" || Number.isNaN(value) ? null : value;
  }

  const total = (fields) => fields.reduce((sum, field) => (sum === null || number(field) === null ? null : sum + number(field)), 0);
  const weights = (set) => [...(set?.querySelectorAll("[data-weight]") ?? [])];
  const shareFields = [...form.querySelectorAll("[data-share]")]; // only beside the weights
  const share = (name) => number(shareFields.find((field) => field.dataset.share === name)) ?? 0;

  // How much of a weight the whole is made of, by the word of the server (weights.Shares).
  const counting = {
    none: () => 0,
    left: () => 100 - share("overall"),
    scaled: () => 10000 / (100 + (total(weights(form.querySelector("[data-common]"))) ?? 0)),
    team: () => share("team"),
    each: () => 100,
  };

  function wanted(set) {
    if (set.dataset.wanted === "any") return null;
    return set.dataset.wanted === "left" ? 100 - share("team") - share("overall") : Number(set.dataset.wanted);
  }

  function say(badge, sum, holds) {
    badge.classList.toggle("badge-done", holds);
    badge.classList.toggle("badge-late", !holds);
    badge.lastChild.textContent = badge.textContent.replace(/[\d.?-]+%/, `${sum === null ? "?" : format(sum)}%`);
  }

  function follow(set) {
    const factor = counting[set.dataset.counting]();
    for (const field of weights(set)) {
      const value = number(field);
      const points = field.closest("tr").querySelector("[data-points]");
      points.textContent = value === null ? "—" : ((value * factor) / 100).toFixed(1);
      field.classList.toggle("is-changed", value !== Number(field.dataset.current));
    }
    const sum = total(weights(set));
    const due = wanted(set);
    const holds = sum !== null && (due === null || equal(sum, due));
    for (const field of set.querySelectorAll(".is-wrong")) field.classList.toggle("is-wrong", !holds);
    say(set.querySelector("[data-sum] .badge"), sum, holds);
  }

  function followShares() {
    const badge = form.querySelector("[data-shares] .badge");
    if (!badge) return;
    const sum = total(shareFields);
    const holds = sum !== null && equal(sum, 100);
    for (const field of shareFields) field.classList.toggle("is-wrong", !holds);
    say(badge, sum, holds);
  }

  // What is missing may be typed by now: the server says so on sending, no grey button before it.
  function unlock() {
    const last = document.querySelector("[data-last].btn-locked");
    last?.classList.replace("btn-locked", "btn-primary");
    last?.querySelector("svg")?.remove();
  }

  form.addEventListener("input", () => {
    form.querySelectorAll("[data-set]").forEach(follow);
    followShares();
    unlock();
  });
  for (const field of document.querySelectorAll('[form="draft"]')) field.addEventListener("input", unlock);
})();
