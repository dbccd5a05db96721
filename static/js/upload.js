// Pictures chosen on a phone are shown at once as tiles before the one that adds more.
document.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file][data-preview]");
  if (!input) return;
  const tile = input.closest(".upload-tile");
  const row = tile.parentElement;
  row.querySelectorAll("[data-chosen]").forEach((old) => old.remove());
  for (const file of input.files) {
    const shown = document.createElement("span");
    shown.className = "upload-tile";
    shown.dataset.chosen = "";
    if (file.type.startsWith("image/")) {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = file.name;
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
      shown.append(picture);
    } else {
      shown.textContent = file.name;
    }
    row.insertBefore(shown, tile);
  }
});
