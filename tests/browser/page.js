// What a page shows of itself: measured in the browser, judged in `looking.py`.
(() => {
  const TOUCH = 44;
  const CONTROLS = [
    "button", "summary", "select", "textarea", "input:not([type=hidden])", "a.btn", "a.tap", "a.round",
    "a.phone-tab", "a.tab", "a.chip", "a.view", "a.menu-item", "a.card-row-act", "[role=button]",
    "[role=tab]", ".dock a", ".tabs a", ".views a", ".segments a", ".pager a",
  ].join();
  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

  const name = (one) => {
    const words = (one.getAttribute("aria-label") || one.textContent || one.name || "").trim();
    const marks = typeof one.className === "string" ? one.className.trim().split(/\s+/).join(".") : "";
    return `${one.tagName.toLowerCase()}${marks && `.${marks}`} “${words.replace(/\s+/g, " ").slice(0, 30)}”`;
  };
  const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && one.getBoundingClientRect().width > 1 && !one.closest(".sr-only, [inert]") && !one.disabled;

  // The page itself must not scroll sideways; what lies in a scroller of its own may.
  function tooWide() {
    const width = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= width) return [];
    const scrolls = (one) => ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(one).overflowX);
    const inside = (one) => { for (let p = one.parentElement; p && p !== document.body; p = p.parentElement) if (scrolls(p)) return true; return false; };
    const found = [...document.body.querySelectorAll("*")].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.width && box.right > width + 1 && !inside(one);
    });
    return found.slice(-3).map((one) => `${name(one)} ends at ${Math.round(one.getBoundingClientRect().right)}`);
  }

  // A column or a row that has nothing to show takes no room from what has.
  function idle() {
    const found = [...document.querySelectorAll(".side, .actions, .subline")];
    return found.filter((one) => !one.children.length && !one.textContent.trim() && one.offsetParent).map(name);
  }

  // A point belongs to a control if a finger there presses it, or the label that does.
  function presses(one, x, y) {
    const hit = document.elementFromPoint(x, y);
    return !hit || one.contains(hit) || [...(one.labels || [])].some((label) => label.contains(hit));
  }

  // Reaches 44 px up and down and to both sides, counted from wherever its own box leaves room.
  function fits(one) {
    const box = one.getBoundingClientRect();
    const area = [...(one.labels || [])].map((label) => label.getBoundingClientRect());
    const high = Math.max(box.height, ...area.map((label) => label.height));
    const wide = Math.max(box.width, ...area.map((label) => label.width));
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    const half = TOUCH / 2 - 1;
    const tall = high >= TOUCH - 0.5 || (presses(one, x, y - half) && presses(one, x, y + half));
    const broad = wide >= TOUCH - 0.5 || (presses(one, x - half, y) && presses(one, x + half, y));
    return tall && broad;
  }

  function tooSmall() {
    const found = [];
    for (const one of document.querySelectorAll(CONTROLS)) {
      if (!seen(one)) continue;
      one.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const box = one.getBoundingClientRect();
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      const covered = hit && !one.contains(hit) && !hit.contains(one) && ![...(one.labels || [])].some((label) => label.contains(hit));
      if (!covered && !fits(one)) found.push(`${name(one)} ${Math.round(box.width)}×${Math.round(box.height)}`);
    }
    window.scrollTo(0, 0);
    return found;
  }

  // After a Tab press the browser shows focus; each control must then draw something about it.
  function unmarked() {
    const drawn = (one) => {
      const style = getComputedStyle(one);
      return `${style.outlineStyle} ${style.outlineWidth} ${style.boxShadow} ${style.borderColor} ${style.backgroundColor}`;
    };
    const shows = (one) => {
      const style = getComputedStyle(one);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const above = (one, steps) => (steps && one.parentElement ? [one.parentElement, ...above(one.parentElement, steps - 1)] : []);
    const found = [];
    for (const one of document.querySelectorAll(FOCUSABLE)) {
      if (!seen(one) || one.tabIndex < 0) continue;
      const around = [one, ...(one.labels || []), ...above(one, 3)];
      const before = around.map(drawn);
      one.focus({ preventScroll: true });
      if (document.activeElement !== one) continue;
      if (!shows(one) && around.every((part, n) => drawn(part) === before[n])) found.push(name(one));
      one.blur();
    }
    return found;
  }

  const texts = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).map((one) => one.textContent.trim());
  const facts = () => ({
    title: document.title.split("·")[0].trim(),
    language: document.documentElement.lang,
    headings: texts("h1"),
    ordered: document.querySelectorAll("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").length > 0,
  });

  // The one solid button of the page; a form's own stands in its foot.
  const main = () => [...document.querySelectorAll("#main .btn-primary, .bottom-bar .btn-primary, .dock .btn-primary, .drawer .btn-primary")].find(seen);
  const mainAct = () => (main() ? name(main()) : "");
  const onMainAct = () => document.activeElement === main();

  // After a change of colours: the next frame stands, and nothing is still fading.
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  async function painted() {
    await frame();
    await frame();
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
  }

  window.page = { painted, facts, tooWide, idle, tooSmall, unmarked, mainAct, onMainAct };
})();
