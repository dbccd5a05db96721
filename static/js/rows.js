// The acts of a row lie over its last columns while a pointer or the focus rests on it. One cell
// serves all rows, so the page carries it once; each act also stands on the record's own page.
(() => {
  const desk = window.matchMedia("(min-width: 768px)"); // On a phone a row is a card with its own act.
  let cell = null;

  function show(row) {
    const acts = row?.closest(".table-scroll")?.querySelector("template[data-row-acts]");
    if (!acts || !desk.matches || row.contains(cell)) return;
    cell?.remove();
    cell = acts.content.firstElementChild.cloneNode(true);
    const id = row.dataset.href.split("/").at(-1);
    for (const link of cell.querySelectorAll("[data-url]")) link.href = link.dataset.url.replace("{pk}", id);
    row.append(cell);
  }

  for (const kind of ["mouseover", "focusin"]) {
    document.addEventListener(kind, (event) => show(event.target.closest?.("tr[data-href]")));
  }
})();
