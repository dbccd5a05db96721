// What a request looks like while it runs, and what a person is told when the network is gone.
(() => {
  const root = document.documentElement;
  const PATIENCE = 150; // Milliseconds in which nothing moves: most answers are faster.
  let running = 0;
  let timer = 0;

  document.addEventListener("htmx:before:request", () => {
    running += 1;
    clearTimeout(timer);
    timer = setTimeout(() => root.classList.toggle("is-loading", running > 0), PATIENCE);
  });

  document.addEventListener("htmx:finally:request", () => {
    running = Math.max(0, running - 1);
    if (running === 0) root.classList.remove("is-loading");
  });

  document.addEventListener("htmx:error", (event) => {
    const { ctx, error } = event.detail;
    if (!ctx || !(error instanceof TypeError)) return;
    showFailure(ctx.sourceElement);
  });

  function showFailure(source) {
    const words = document.body.dataset;
    const flash = document.createElement("div");
    flash.className = "flash flash-error";
    flash.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = words.wordFailed;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn-link";
    again.textContent = words.wordRetry;
    again.addEventListener("click", () => {
      flash.remove();
      source instanceof HTMLFormElement ? source.requestSubmit() : source.click();
    });
    flash.append(text, again);
    document.getElementById("toasts")?.replaceChildren(flash);
  }

  function markNetwork() {
    root.classList.toggle("is-offline", !navigator.onLine);
  }
  markNetwork();
  window.addEventListener("online", markNetwork);
  window.addEventListener("offline", markNetwork);
})();
