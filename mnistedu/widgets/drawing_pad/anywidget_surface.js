/* The sheet on the page. It shows a stroke before the kernel knows of it, and sends the points in
   batches; the kernel answers with all strokes. */

const KEYS = /^([0-9]|Enter|Delete)$/;
const KEYS_WITH_CTRL = /^[zy]$/i;

function render({ model, el }) {
  const closing = new AbortController();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = model.get("size");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", model.get("label"));
  el.classList.add("mnistedu-surface");
  el.dataset.lmSuppressShortcuts = true;
  el.append(canvas);

  const draw = makeDrawing(model, canvas);
  const strokes = makeStrokes(model, draw);
  followPointer(canvas, strokes, closing.signal);
  const fire = (type, x, y) => {
    const keyboard = { pointerId: -1, ...toPage(canvas, x, y) };
    canvas.dispatchEvent(new PointerEvent(`pointer${type}`, keyboard));
  };
  addKeyboardPen(canvas, el, fire, closing.signal);
  canvas.addEventListener("keydown", event => {
    const ctrl = event.ctrlKey || event.metaKey;
    if (!(ctrl ? KEYS_WITH_CTRL : KEYS).test(event.key) || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    model.send({ key: event.key, shift: event.shiftKey, ctrl });
  }, closing);

  const show = () => {
    draw.clear();
    model.get("strokes").forEach(draw.line);
    strokes.drop(model.get("taken"));
    strokes.pending.forEach(stroke => draw.line(stroke.points));
  };
  const shown = ["strokes", "taken", "pen"].map(name => `change:${name}`);
  for (const event of shown) model.on(event, show);
  show();
  return () => {
    for (const event of shown) model.off(event, show);
    closing.abort();
  };
}

function makeDrawing(model, canvas) {
  const context = canvas.getContext("2d");
  return {
    clear: () => context.clearRect(0, 0, canvas.width, canvas.height),
    line: points => drawLine(context, points, model.get("pen")),
  };
}

/* The strokes of this page that the kernel has not taken yet. */
function makeStrokes(model, draw) {
  const page = Math.random().toString(36).slice(2);
  const pending = [];
  let count = 0;
  let stroke = null;
  let sent = 0;
  let frame = 0;

  const send = end => {
    cancelAnimationFrame(frame);
    frame = 0;
    const { name, points } = stroke;
    model.send({ stroke: name, points: points.slice(sent), begin: !sent, end });
    sent = points.length;
  };
  return {
    pending,
    drop: name => {
      const index = pending.findIndex(each => each.name === name);
      pending.splice(0, index + 1);
    },
    extend: point => {
      if (stroke) {
        stroke.points.push(point);
        frame ||= requestAnimationFrame(() => send(false));
      } else {
        stroke = { name: `${page}-${count++}`, points: [point] };
        sent = 0;
        pending.push(stroke);
        send(false);
      }
      draw.line(stroke.points.slice(-2));
    },
    end: () => {
      if (stroke) send(true);
      stroke = null;
    },
  };
}

/* The first pointer that is pressed draws, wherever it is on the sheet, and no other meanwhile. */
function followPointer(canvas, strokes, signal) {
  let pointer = null;
  const on = (type, handle) => canvas.addEventListener(type, handle, { signal });
  const follow = event => {
    const [x, y] = toCanvas(canvas, event);
    if (x < 0 || x > canvas.width || y < 0 || y > canvas.height) strokes.end();
    else strokes.extend([x, y].map(hundredths));
  };
  const end = event => {
    if (event.pointerId !== pointer) return;
    strokes.end();
    pointer = null;
  };
  on("pointerdown", event => {
    if (pointer !== null || event.button) return;
    pointer = event.pointerId;
    follow(event);
  });
  on("pointermove", event => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    (events.length ? events : [event]).forEach(follow);
  });
  for (const type of ["pointerup", "pointercancel", "pointerleave"]) on(type, end);
}

const hundredths = value => Math.round(100 * value) / 100;

export default { render };
