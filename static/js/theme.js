// What must be known before the first paint: the colours and whether the menu is folded.
// Loaded in the head without `defer`, therefore short.
(() => {
  const root = document.documentElement;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const YEAR = 60 * 60 * 24 * 365;

  function paint() {
    const wish = root.dataset.theme;
    const chosen = wish === "light" || wish === "dark" ? wish : device.matches ? "dark" : "light";
    if (root.dataset.bsTheme === chosen) return;
    root.dataset.bsTheme = chosen;
    document.dispatchEvent(new CustomEvent("theme:change"));
  }

  function markChoice() {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      const chosen = (button.dataset.themeChoice || "auto") === root.dataset.theme;
      button.setAttribute("aria-pressed", String(chosen));
    }
  }

  function fold(narrow) {
    root.toggleAttribute("data-sidebar", narrow);
    if (narrow) root.dataset.sidebar = "narrow";
  }

  paint();
  device.addEventListener("change", paint);
  const folded = document.cookie.match(/(?:^|; )sidebar=(\w+)/);
  const cramped = window.matchMedia("(min-width: 768px) and (max-width: 1100px)").matches;
  fold(folded ? folded[1] === "narrow" : cramped);

  document.addEventListener("DOMContentLoaded", markChoice);
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]");
    if (choice) {
      const wish = choice.dataset.themeChoice;
      document.cookie = `theme=${wish}; path=/; max-age=${wish ? YEAR : 0}; samesite=lax`;
      root.dataset.theme = wish || "auto";
      paint();
      markChoice();
    }
    if (event.target.closest("[data-fold-sidebar]")) {
      const narrow = root.dataset.sidebar !== "narrow";
      document.cookie = `sidebar=${narrow ? "narrow" : "wide"}; path=/; max-age=${YEAR}; samesite=lax`;
      fold(narrow);
    }
  });
})();
