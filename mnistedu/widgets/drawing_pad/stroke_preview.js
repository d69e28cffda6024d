/* The page's part of the sheet. ipycanvas reports pointer events to the kernel, and the kernel keeps
   the ink. This script shows a stroke before the kernel knows of it, limits the rate of events of a
   fast pointer, and leaves the page's own keys and the wheel to the page. */

const INTERVAL = 16; // milliseconds between two moves that are reported to the kernel
const KEYS_OF_THE_PAGE = ["Tab", "PageUp", "PageDown", "Home", "End"];
const PATIENCE = 10_000; // milliseconds until a page without a canvas asks for another surface

function render({ model, el }) {
  const closing = new AbortController();
  const start = performance.now();
  let frame = 0;
  const attach = () => {
    const canvas = el.parentElement?.querySelector("canvas");
    if (canvas) extend(model, canvas, el, closing.signal);
    else if (performance.now() > start + PATIENCE) model.send("no canvas");
    else frame = requestAnimationFrame(attach);
  };
  attach();
  return () => {
    cancelAnimationFrame(frame);
    closing.abort();
  };
}

function extend(model, canvas, el, signal) {
  /* Handle events before ipycanvas does: while they are captured, above the canvas. */
  const on = (types, handle) => {
    for (const type of types)
      canvas.parentElement.addEventListener(type, handle, { capture: true, passive: false, signal });
  };
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", model.get("label"));
  canvas.dataset.lmSuppressShortcuts = true; // or Notebook 7 would take Ctrl+Z
  limitRate(canvas, on);
  showStrokes(model, canvas, on, signal);
  on(["wheel"], event => event.stopPropagation());
  on(["keydown"], event => {
    if (KEYS_OF_THE_PAGE.includes(event.key)) event.stopPropagation();
  });
  const fire = (type, x, y) => {
    const mouse = { cancelable: true, ...toPage(canvas, x, y) };
    canvas.dispatchEvent(new MouseEvent(`mouse${type}`, mouse));
  };
  addKeyboardPen(canvas, el, fire, signal);
}

/* Report the latest move once per interval, and none while no pen is down. */
function limitRate(canvas, on) {
  let down = false;
  let pending = null;
  let reported = 0;
  let timer = 0;
  let reporting = false;

  const report = () => {
    clearTimeout(timer);
    if (!pending) return;
    const event = pending;
    pending = null;
    reported = performance.now();
    reporting = true;
    canvas.dispatchEvent(event);
    reporting = false;
  };

  on(["mousedown", "touchstart"], () => { down = true; });
  on(["mousemove", "touchmove"], event => {
    if (reporting) return;
    const wait = reported + INTERVAL - performance.now();
    if (down && !pending && wait <= 0) {
      reported = performance.now();
      return;
    }
    event.stopPropagation();
    if (!down) return;
    event.preventDefault(); // or a finger would scroll the page
    if (!pending) timer = setTimeout(report, wait);
    pending = event;
  });
  on(["mouseup", "mouseout", "touchend", "touchcancel"], event => {
    report();
    if (!down && event.type === "mouseout") event.stopPropagation();
    down = false;
  });
}

/* Draw the strokes that the kernel has not drawn yet, each time ipycanvas has painted the others. */
function showStrokes(model, canvas, on, signal) {
  const context = canvas.getContext("2d");
  const strokes = [];
  let stroke = null;

  const draw = points => drawLine(context, points, model.get("pen"));
  const position = event => toCanvas(canvas, event.touches?.[0] ?? event);

  on(["mousedown", "touchstart"], event => {
    if (!stroke) strokes.push(stroke = []);
    stroke.push(position(event));
    draw(stroke.slice(-1));
  });
  on(["mousemove", "touchmove"], event => {
    if (!stroke) return;
    stroke.push(position(event));
    draw(stroke.slice(-2));
  });
  on(["mouseup", "mouseout", "touchend", "touchcancel"], () => { stroke = null; });

  context.drawImage = (...image) => {
    CanvasRenderingContext2D.prototype.drawImage.apply(context, image);
    strokes.forEach(draw);
  };
  const remove = () => strokes.shift(); // the kernel has drawn it
  model.on("msg:custom", remove);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", remove);
    delete context.drawImage;
  });
}

export default { render };
