// A toast leaves after four seconds, unless it tells of an error or is being pointed at.
(() => {
  const STAY = 4000;

  function leave(toast) {
    toast.classList.add("flash-out");
    setTimeout(() => toast.remove(), 200);
  }

  function arm(toast) {
    if (toast.dataset.armed) return;
    toast.dataset.armed = "true";
    if (toast.classList.contains("flash-error")) {
      const close = document.createElement("button");
      close.type = "button";
      close.className = "btn-link";
      close.textContent = document.body.dataset.wordClose;
      close.addEventListener("click", () => toast.remove());
      toast.append(close);
      return;
    }
    const wait = () => setTimeout(() => (toast.matches(":hover, :focus-within") ? wait() : leave(toast)), STAY);
    wait();
  }

  function armAll() {
    document.querySelectorAll("#toasts > [data-toast]").forEach(arm);
  }
  const toasts = document.getElementById("toasts");
  if (toasts) new MutationObserver(armAll).observe(toasts, { childList: true });
  armAll();
})();
