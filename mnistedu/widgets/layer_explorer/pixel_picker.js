/* An enlarged image of which a pixel can be picked: by pointing at it, by touch or with arrow keys. */

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function render({ model, el }) {
  const image = document.createElement("img");
  const frame = document.createElement("i");
  el.classList.add("mnistedu-picker");
  el.tabIndex = 0;
  el.setAttribute("role", "application");
  el.dataset.lmSuppressShortcuts = true;
  image.draggable = false;
  el.append(image, frame);

  const show = () => {
    const [rows, columns, row, column] = ["rows", "columns", "row", "column"].map(name => model.get(name));
    image.src = model.get("url");
    image.alt = "";
    el.setAttribute("aria-label", `${model.get("label")}: row ${row + 1}, column ${column + 1}`);
    frame.style.cssText = `width:${100 / columns}%;height:${100 / rows}%;`
      + `left:${100 * column / columns}%;top:${100 * row / rows}%`;
  };
  const pick = (row, column) => {
    const limit = (value, count) => Math.max(0, Math.min(count - 1, value));
    row = limit(row, model.get("rows"));
    column = limit(column, model.get("columns"));
    if (row === model.get("row") && column === model.get("column")) return;
    model.set("row", row);
    model.set("column", column);
    model.save_changes();
    show();
  };
  const point = event => {
    const box = image.getBoundingClientRect();
    pick(
      Math.floor(model.get("rows") * (event.clientY - box.top) / box.height),
      Math.floor(model.get("columns") * (event.clientX - box.left) / box.width),
    );
  };
  el.addEventListener("pointermove", point);
  el.addEventListener("pointerdown", point);
  el.addEventListener("keydown", event => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    pick(model.get("row") + step[0], model.get("column") + step[1]);
  });
  const names = ["url", "label", "rows", "columns", "row", "column"];
  for (const name of names) model.on(`change:${name}`, show);
  show();
  return () => { for (const name of names) model.off(`change:${name}`, show); };
}

export default { render };
