/* The page's part of the sheet. ipycanvas tells the kernel what the pointer does, and the kernel
   keeps the ink. Here a line is shown before the kernel has heard of it, a pointer quicker than the
   screen is slowed down, and the page keeps the keys and the wheel that are its own. */

const INTERVAL = 16; // milliseconds between two moves that the kernel is told of
const KEYS_OF_THE_PAGE = [
  "Tab", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End",
];

function render({ model, el }) {
  const closing = new AbortController();
  let frame = 0;
  const attach = () => {
    const canvas = el.parentElement?.querySelector("canvas");
    if (canvas) tend(model, canvas, closing.signal);
    else frame = requestAnimationFrame(attach);
  };
  attach();
  return () => {
    cancelAnimationFrame(frame);
    closing.abort();
  };
}

function tend(model, canvas, signal) {
  /* Listen before ipycanvas does: on the way down to the canvas. */
  const on = (types, handle) => {
    for (const type of types)
      canvas.parentElement.addEventListener(type, handle, { capture: true, passive: false, signal });
  };
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", model.get("label"));
  slowDown(canvas, on);
  showAtOnce(model, canvas, on, signal);
  on(["wheel"], event => event.stopPropagation());
  on(["keydown"], event => {
    if (KEYS_OF_THE_PAGE.includes(event.key)) event.stopPropagation();
    if (event.key === "Escape") canvas.blur();
  });
}

/* Hand on one move for each interval, the latest, and none while no pen is down. */
function slowDown(canvas, on) {
  let down = false;
  let held = null;
  let handedOn = 0;
  let timer = 0;
  let letThrough = false;

  const handOn = () => {
    clearTimeout(timer);
    if (!held) return;
    const event = held;
    held = null;
    handedOn = performance.now();
    letThrough = true;
    canvas.dispatchEvent(event);
    letThrough = false;
  };

  on(["mousedown", "touchstart"], () => { down = true; });
  on(["mousemove", "touchmove"], event => {
    if (letThrough) return;
    const wait = handedOn + INTERVAL - performance.now();
    if (down && !held && wait <= 0) {
      handedOn = performance.now();
      return;
    }
    event.stopPropagation();
    if (!down) return;
    event.preventDefault(); // or a finger would scroll the page
    if (!held) timer = setTimeout(handOn, wait);
    held = event;
  });
  on(["mouseup", "mouseout", "touchend", "touchcancel"], event => {
    handOn();
    if (!down && event.type === "mouseout") event.stopPropagation();
    down = false;
  });
}

/* Draw the strokes that the kernel has not drawn yet, each time ipycanvas has painted the others. */
function showAtOnce(model, canvas, on, signal) {
  const context = canvas.getContext("2d");
  const strokes = [];
  let stroke = null;

  const draw = points => {
    context.save();
    context.lineWidth = model.get("pen");
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    for (const [x, y] of [points[0], ...points]) context.lineTo(x, y);
    context.stroke();
    context.restore();
  };
  const place = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [
      canvas.width * (clientX - box.left) / box.width,
      canvas.height * (clientY - box.top) / box.height,
    ];
  };

  on(["mousedown", "touchstart"], event => {
    if (!stroke) strokes.push(stroke = []);
    stroke.push(place(event.touches?.[0] ?? event));
    draw(stroke.slice(-1));
  });
  on(["mousemove", "touchmove"], event => {
    if (!stroke) return;
    stroke.push(place(event.touches?.[0] ?? event));
    draw(stroke.slice(-2));
  });
  on(["mouseup", "mouseout", "touchend", "touchcancel"], () => { stroke = null; });

  context.drawImage = (...image) => {
    CanvasRenderingContext2D.prototype.drawImage.apply(context, image);
    strokes.forEach(draw);
  };
  const forget = () => strokes.shift(); // the kernel has drawn it
  model.on("msg:custom", forget);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", forget);
    delete context.drawImage;
  });
}

export default { render };
