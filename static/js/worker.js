// Lets the forms for visits and calls open without a network. The network comes first, always.
// Kept are those pages, for the one person who is logged in, and the files that they need: the
// pages put them there (offline.js), this only reads them, and forgets them at the logout.
const FORMS = (new URL(self.location).searchParams.get("forms") || "").split(",");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.waitUntil(self.clients.claim()));

async function forget() {
  for (const name of await caches.keys()) if (name.startsWith("desk:")) await caches.delete(name);
}

// The kept page, marked as such: its form's key and its days are those of another moment.
async function kept(path) {
  for (const name of await caches.keys()) {
    const page = name.startsWith("desk:") && (await (await caches.open(name)).match(path));
    if (!page) continue;
    const marked = (await page.text()).replace(" data-offline=", " data-from-device data-offline=");
    return new Response(marked, { headers: page.headers });
  }
  return undefined;
}

// A form that could not be sent is kept already: the fresh one says so.
async function page(request, path) {
  try {
    return await fetch(request);
  } catch (fault) {
    const form = await kept(path === "/" ? FORMS[0] : path);
    if (!form) throw fault;
    if (path === "/") return Response.redirect(FORMS[0]);
    return request.method === "GET" ? form : Response.redirect(`${path}#kept`, 303);
  }
}

async function part(request) {
  try {
    return await fetch(request);
  } catch (fault) {
    const found = await caches.match(request, { cacheName: "desk-parts" });
    if (!found) throw fault;
    return found;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname: path } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (path === "/login/" || path === "/logout/") event.waitUntil(forget());
  else if (path.startsWith("/static/")) event.respondWith(part(request));
  else if (request.mode === "navigate" && (path === "/" || FORMS.includes(path))) {
    event.respondWith(page(request, path));
  }
});
