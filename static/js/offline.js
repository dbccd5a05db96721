// What is written without a network waits on this device and is sent once there is one.
// An entry belongs to the person who wrote it: nobody else who logs in here sees or sends it.
// Each is kept before it is sent and let go when the server has named its key: nothing is lost on
// the way, and a second sending of the same key changes nothing.
(() => {
  const strip = document.querySelector("[data-offline-strip]");
  const { person, zone, forms = "" } = strip?.dataset || {};
  const FORMS = forms.split(" ").filter(Boolean);
  if (!FORMS.length || !window.indexedDB) return;
  const root = document.documentElement;
  const words = document.getElementById("waiting").dataset;
  const form = document.querySelector("form[data-offline]");
  const SENDING_FOR = 30000; // Milliseconds after which a sending without an answer counts as failed.
  let signedOut = false;

  // The store -------------------------------------------------------------------------------
  function opened() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open("desk", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  async function store(mode, act) {
    const database = await opened();
    try {
      const transaction = database.transaction("waiting", mode);
      const asked = act(transaction.objectStore("waiting"));
      return await new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }

  const put = (entry) => store("readwrite", (waiting) => waiting.put(entry));
  const drop = (key) => store("readwrite", (waiting) => waiting.delete(key));
  const find = (key) => store("readonly", (waiting) => waiting.get(key));

  async function own() {
    const all = await store("readonly", (waiting) => waiting.getAll());
    const mine = all.filter((entry) => entry.person === person && !isOnItsWay(entry));
    return mine.sort((one, other) => one.at - other.at);
  }

  function isOnItsWay(entry) {
    return entry.state === "sending" && Date.now() - entry.at < SENDING_FOR;
  }

  // From the form ---------------------------------------------------------------------------
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function local(at) {
    const parts = { timeZone: zone, dateStyle: "short", timeStyle: "short" };
    return new Intl.DateTimeFormat("sv-SE", parts).format(at).replace(" ", "T");
  }

  function fieldsOf(source) {
    const data = new FormData(source);
    data.delete("csrfmiddlewaretoken");
    return [...data].filter(([, value]) => !(value instanceof File) || value.size);
  }

  // Sent later, an empty moment would mean the time of sending. A plan brings its own.
  function momentOf(source) {
    const moment = source.querySelector("input[type=datetime-local]");
    return moment && !moment.value && !source.dataset.client ? moment.name : "";
  }

  function entryOf(source, state) {
    const { elements, dataset } = source;
    return {
      key: elements.request_id.value,
      person,
      state,
      url: dataset.offline,
      title: dataset.title,
      client: dataset.client || elements.client_text.value,
      said: elements.said.value,
      listed: state === "waiting" || Boolean(dataset.listed),
      at: Date.now(),
      moment: momentOf(source),
      fields: fieldsOf(source),
      refusal: "",
    };
  }

  function isComplete(source) {
    const { client, client_text: typed, said } = source.elements;
    const lacking = [
      [typed, typed && !client.value && !typed.value.trim(), words.wordClient],
      [said, !said.value.trim(), words.wordSaid],
    ].filter(([, lacks]) => lacks);
    for (const [field, , sentence] of lacking) {
      field.setCustomValidity(sentence);
      field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
    }
    lacking[0]?.[0].reportValidity();
    return lacking.length === 0;
  }

  async function keep(source, button) {
    const offline = !navigator.onLine;
    if (source.dataset.keeping || (offline && !isComplete(source))) return;
    source.dataset.keeping = "true";
    try {
      await put(entryOf(source, offline ? "waiting" : "sending"));
      if (offline) begin(source);
    } catch (fault) {
      say(offline ? words.wordFull : "", { late: true });
      if (offline) throw fault;
    } finally {
      delete source.dataset.keeping;
    }
    if (offline) return;
    source.dataset.kept = "true";
    source.requestSubmit(button?.form === source ? button : undefined);
  }

  // Ready for the next one; what belongs to one plan is not written twice.
  function begin(source) {
    say(words.wordKept);
    source.inert = !FORMS.includes(source.dataset.offline);
    source.reset();
    source.elements.request_id.value = newKey();
    delete source.dataset.listed;
    history.replaceState(null, "", location.pathname);
    window.scrollTo(0, 0);
    show();
  }

  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form || form.dataset.kept) return;
      event.preventDefault();
      keep(form, event.submitter);
    },
    true,
  );

  // Back into the form ----------------------------------------------------------------------
  function fill(entry) {
    const names = new Set(entry.fields.map(([name]) => name));
    for (const control of form.elements) {
      const given = entry.fields.filter(([name]) => name === control.name).map(([, value]) => value);
      names.delete(control.name);
      if (!control.name || control.name === "csrfmiddlewaretoken") continue;
      if (control.type === "file") giveFiles(control, given);
      else if (["checkbox", "radio"].includes(control.type)) control.checked = given.includes(control.value);
      else control.value = given.at(-1) ?? "";
    }
    for (const [name, value] of entry.fields) if (names.has(name)) form.append(hidden(name, value));
    if (entry.moment) form.elements[entry.moment].value = local(entry.at);
    for (const part of form.querySelectorAll("details")) {
      part.open = [...part.querySelectorAll("input, textarea, select")].some((one) => one.value);
    }
    form.dataset.listed = "true";
    form.querySelector("[data-refusal]")?.remove();
    if (entry.refusal) form.prepend(refusalOf(entry));
  }

  function giveFiles(control, files) {
    const bag = new DataTransfer();
    for (const file of files) bag.items.add(file);
    control.files = bag.files;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function hidden(name, value) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    return input;
  }

  function refusalOf(entry) {
    const shown = document.createElement("p");
    shown.className = "strip strip-late";
    shown.dataset.refusal = "";
    shown.setAttribute("role", "alert");
    shown.textContent = entry.refusal;
    return shown;
  }

  async function openNamed() {
    const key = new URLSearchParams(location.hash.slice(1)).get("waiting");
    const entry = key && form ? await find(key) : null;
    if (entry?.person !== person) return;
    document.getElementById("waiting").close();
    fill(entry);
    await show();
  }

  // The days of a page that was kept yesterday are yesterday's: no “tomorrow” then, and none past.
  function correctDays() {
    const today = local(Date.now()).slice(0, 10);
    if (form.dataset.day === today) return;
    for (const day of form.querySelectorAll("[name=next_contact_on]")) {
      if (!day.value) continue;
      if (day.value <= today) day.closest("label").remove();
      else day.nextElementSibling.textContent = day.value.slice(5);
    }
  }

  // Sending ---------------------------------------------------------------------------------
  const isLogin = (answer) => new URL(answer.url).pathname.startsWith("/login/");

  // The token of whoever is logged in now; null where that is not the writer of these entries.
  async function token() {
    const answer = await fetch(FORMS[0], { cache: "no-store" });
    if (isLogin(answer)) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-offline-strip]")?.dataset.person;
    return now === person ? page.querySelector("[name=csrfmiddlewaretoken]").value : null;
  }

  async function send(entry, csrf) {
    const body = new FormData();
    for (const [name, value] of entry.fields) body.append(name, value);
    if (entry.moment) body.set(entry.moment, local(entry.at));
    const answer = await fetch(entry.url, { method: "POST", body, headers: { "X-CSRFToken": csrf } });
    if (isLogin(answer)) return "login";
    if (answer.redirected) return "sent"; // Also where the page behind it is not there any more.
    if (answer.status >= 500 || answer.status === 429) return "later";
    entry.refusal = sentenceOf(await answer.text());
    return "refused";
  }

  function sentenceOf(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = page.querySelectorAll("[data-error-summary] li, .refusal p:first-child");
    return [...found].map((one) => one.textContent.trim()).join(" ") || words.wordRefused;
  }

  async function settle(entry, outcome) {
    if (outcome === "sent") {
      await drop(entry.key);
      say(words.wordSent.replace("{client}", entry.client));
    } else if (outcome === "refused") {
      await put({ ...entry, state: "refused", listed: true });
    } else if (outcome === "login") {
      signedOut = true;
    }
  }

  async function sendAll() {
    const here = form?.elements.request_id.value;
    const waiting = (await own()).filter((one) => one.state !== "refused" && one.key !== here);
    if (!waiting.length) return;
    const csrf = await token();
    signedOut = csrf === null;
    for (const entry of signedOut ? [] : waiting) await settle(entry, await send(entry, csrf));
  }

  let running = false;
  async function flush() {
    if (running || !navigator.onLine) return show();
    running = true;
    try {
      await (navigator.locks ? navigator.locks.request("desk", sendAll) : sendAll());
    } catch (fault) {
      if (!(fault instanceof TypeError)) throw fault; // The network is gone again: all still waits.
    } finally {
      running = false;
      await show();
    }
  }

  // What the page shows ---------------------------------------------------------------------
  function say(sentence, { late = false } = {}) {
    if (!sentence) return;
    const toast = document.createElement("div");
    toast.className = late ? "flash flash-error" : "flash";
    toast.dataset.toast = "";
    toast.append(Object.assign(document.createElement("span"), { textContent: sentence }));
    document.getElementById("toasts").append(toast);
  }

  function stripWords(count, refused) {
    if (!count) return words.wordNone;
    if (signedOut) return words.wordLogin;
    if (!navigator.onLine) return words.wordWaits;
    return refused ? words.wordSomeRefused : words.wordSending;
  }

  async function show() {
    const mine = await own();
    const refused = mine.filter((entry) => entry.state === "refused").length;
    root.classList.toggle("has-waiting", mine.length > 0);
    const count = signedOut || !refused || !navigator.onLine ? mine.length : refused;
    strip.querySelector("[data-words]").textContent = stripWords(mine.length, refused).replace("{n}", count);
    strip.querySelector("[data-dialog]").hidden = mine.length === 0;
    const login = strip.querySelector("[data-login]");
    login.hidden = !signedOut;
    login.href = `/login/?next=${encodeURIComponent(location.pathname)}`;
    document.querySelector("[data-waiting-list]").replaceChildren(...mine.map(rowOf));
  }

  function rowOf(entry) {
    const row = document.getElementById("waiting-row").content.firstElementChild.cloneNode(true);
    const moment = { timeZone: zone, month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
    const at = new Intl.DateTimeFormat(root.lang, moment).format(entry.at);
    row.querySelector("[data-client]").textContent = entry.client;
    row.querySelector("[data-about]").textContent = `${entry.title} · ${at}`;
    row.querySelector("[data-said]").textContent = entry.said;
    row.querySelector("[data-state]").textContent = entry.refusal;
    row.querySelector("[data-open]").href = `${entry.url}#waiting=${entry.key}`;
    const remove = row.querySelector("[data-drop]");
    remove.addEventListener("click", () => sureToDrop(remove, entry));
    return row;
  }

  async function sureToDrop(button, entry) {
    if (button.dataset.asked) {
      await drop(entry.key);
      await show();
    }
    button.dataset.asked = "true";
    button.textContent = button.dataset.wordSure;
  }

  // The pages that open without a network ---------------------------------------------------
  const CACHE = `desk:${person}`;

  async function forgetOthers() {
    for (const name of await caches.keys()) {
      if (name.startsWith("desk:") && name !== CACHE) await caches.delete(name);
    }
  }

  async function keepPage(address) {
    const answer = await fetch(address, { cache: "no-store" });
    if (!answer.ok || answer.redirected) return [];
    await (await caches.open(CACHE)).put(address, answer.clone());
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const parts = page.querySelectorAll("script[src], link[rel=stylesheet], link[rel=preload], link[rel=icon]");
    return [...parts].map((part) => part.getAttribute("src") || part.getAttribute("href"));
  }

  async function keepParts(addresses) {
    const parts = await caches.open("desk-parts");
    await parts.addAll([...addresses]);
    for (const old of await parts.keys()) {
      if (!addresses.has(new URL(old.url).pathname)) await parts.delete(old); // of an earlier release
    }
  }

  async function prepare() {
    if (!navigator.serviceWorker || !window.caches) return;
    await forgetOthers();
    if (!navigator.onLine || !matchMedia("(max-width: 767px), (pointer: coarse)").matches) return;
    await navigator.serviceWorker.register(`/worker.js?forms=${FORMS.join(",")}`);
    const { active } = await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) active.postMessage("claim"); // It began before this page.
    const stamp = `${person} ${local(Date.now()).slice(0, 10)}`;
    const kept = await (await caches.open(CACHE)).match(FORMS[0]);
    if (kept && sessionStorage.getItem("desk") === stamp) return;
    await keepParts(new Set((await Promise.all(FORMS.map(keepPage))).flat()));
    sessionStorage.setItem("desk", stamp);
  }

  // At the start of each page ---------------------------------------------------------------
  // What the server has taken is let go; what it has refused stands in this page's form with all
  // its words, so only an entry that was listed before stays listed.
  async function hear() {
    for (const toast of document.querySelectorAll("[data-sent]")) await drop(toast.dataset.sent);
    if (!form) return;
    const summary = form.querySelector("[data-error-summary]");
    if (summary) await hearRefusal(summary);
    if (form.hasAttribute("data-from-device")) {
      form.elements.request_id.value = newKey(); // The page's own may be used up.
      correctDays();
    }
    if (location.hash === "#kept") await hearFailure();
    await openNamed();
  }

  async function hearRefusal(summary) {
    const entry = await find(form.elements.request_id.value);
    if (!entry) return;
    if (!entry.listed) return drop(entry.key);
    form.dataset.listed = "true";
    const refusal = [...summary.querySelectorAll("li")].map((one) => one.textContent.trim()).join(" ");
    await put({ ...entry, state: "refused", refusal });
  }

  // The network broke while a form was sent; the worker has led here.
  async function hearFailure() {
    for (const entry of await store("readonly", (waiting) => waiting.getAll())) {
      if (entry.state === "sending") await put({ ...entry, state: "waiting", listed: true });
    }
    history.replaceState(null, "", location.pathname);
    say(words.wordKept);
  }

  window.addEventListener("online", flush);
  window.addEventListener("offline", show);
  window.addEventListener("hashchange", openNamed);
  document.querySelector("[data-send-now]").addEventListener("click", flush);
  const settled = hear().then(flush);
  const prepareLater = () => settled.then(prepare).catch((fault) => {
    if (!(fault instanceof TypeError)) throw fault; // The network is away: another time.
  });
  if (document.readyState === "complete") prepareLater();
  else window.addEventListener("load", prepareLater);
})();
