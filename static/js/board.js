// Dragging a card to another column sends its plain form: card data-move="URL", column data-stage.
// What the card still lacks for a stage (data-lacks, JSON) is said while it hovers over it.
(() => {
  const board = document.querySelector("[data-board]");
  if (!board || typeof Sortable === "undefined") return;
  const note = document.createElement("div");
  note.className = "board-drop";

  function lacks(card, stage) {
    const all = card.dataset.lacks ? JSON.parse(card.dataset.lacks) : {};
    return all[stage] || [];
  }

  function mark(column, card) {
    for (const other of board.querySelectorAll(".board-column.target")) other.classList.remove("target");
    note.remove();
    if (!column) return;
    column.classList.add("target");
    const cards = column.querySelector("[data-stage]");
    const missing = lacks(card, cards.dataset.stage);
    if (missing.length === 0) return;
    note.textContent = missing.join(" · ");
    cards.before(note);
  }

  function send(card, stage) {
    const form = board.querySelector("form[data-move-form]");
    if (!form) return;
    form.action = card.dataset.move;
    form.elements.stage.value = stage;
    form.submit();
  }

  for (const cards of board.querySelectorAll("[data-stage]")) {
    new Sortable(cards, {
      group: "stages",
      draggable: ".board-card",
      ghostClass: "is-ghost",
      chosenClass: "is-dragged",
      delay: 200,
      delayOnTouchOnly: true,
      sort: false,
      onMove: (event) => mark(event.to.closest(".board-column"), event.dragged),
      onEnd: (event) => {
        mark(null);
        if (event.to !== event.from) send(event.item, event.to.dataset.stage);
      },
    });
  }
})();
