/* Reports a click on one of the maps in a view's pictures of layers. */

function render({ model, el }) {
  const closing = new AbortController();
  let frame = 0;
  const attach = () => {
    const view = el.closest(".mnistedu-view");
    if (view) view.addEventListener("click", report, closing);
    else frame = requestAnimationFrame(attach);
  };
  const report = event => {
    const maps = event.target.closest?.("[data-layer]");
    if (!maps) return;
    const { layer, columns, rows, count } = maps.dataset;
    const box = maps.querySelector("img").getBoundingClientRect();
    const column = Math.floor(columns * (event.clientX - box.left) / box.width);
    const row = Math.floor(rows * (event.clientY - box.top) / box.height);
    const map = row * columns + column;
    if (map >= 0 && map < count) model.send({ layer, map });
  };
  attach();
  return () => {
    cancelAnimationFrame(frame);
    closing.abort();
  };
}

export default { render };
