// The bell of a page that stays open: asked once a minute, while somebody may be looking at it.
(() => {
  const MINUTE = 60_000;
  const bells = [...document.querySelectorAll("[data-unread]")];
  if (bells.length === 0) return;
  const place = bells[0].dataset.unread;
  let mark = `"${bells[0].querySelector(".bell-count")?.textContent || 0}"`;
  let asked = Date.now();

  function show(figure) {
    for (const bell of bells) {
      bell.querySelector(".bell-count")?.remove();
      bell.insertAdjacentHTML("beforeend", figure);
    }
  }

  async function ask() {
    asked = Date.now();
    const headers = { "If-None-Match": mark };
    const answer = await fetch(place, { headers, cache: "no-store", redirect: "manual" }).catch(() => null);
    if (answer?.status !== 200) return; // The same as before, logged out, or no network.
    mark = answer.headers.get("ETag");
    show(await answer.text());
  }

  function look() {
    if (document.visibilityState === "visible" && Date.now() - asked >= MINUTE) ask();
  }
  setInterval(look, MINUTE / 4);
  document.addEventListener("visibilitychange", look);
})();
