// Lists: filters, order, pages and search answer without a reload and keep their address.
// Every link that changes a list begins with "?": without this file it is an ordinary page.
(() => {
  const PAUSE = 250; // Milliseconds after the last key.
  let timer = 0;

  function show(query, { replace = false } = {}) {
    const url = location.pathname + query;
    history[replace ? "replaceState" : "pushState"]({ list: true }, "", url);
    htmx.ajax("GET", url, { target: "#list", swap: "innerMorph", push: "false" });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest('#list a[href^="?"]:not([hx-get])');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.getAttribute("href"));
  });

  function queryOf(form) {
    const query = new URLSearchParams(new FormData(form));
    if (!query.get("q")) query.delete("q");
    return `?${query}`;
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#list .filters-search");
    if (!form) return;
    event.preventDefault();
    clearTimeout(timer);
    show(queryOf(form));
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("#list .filters-search");
    if (!form || event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(queryOf(form), { replace: true }), PAUSE);
  });

  window.addEventListener("popstate", (event) => {
    if (event.state?.list || document.getElementById("list")) location.reload();
  });
})();
