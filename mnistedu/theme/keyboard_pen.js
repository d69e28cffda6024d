/* A pen for the keyboard: arrow keys move it, also two at once, Space puts it down or lifts it. */

const STEP = 1 / 28; // of the sheet's side

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/* Calls `fire` with "down", "move" or "up", and the position in parts of the sheet's
   side. `el` gets a mark that shows where the pen is. */
function addKeyboardPen(canvas, el, fire, signal) {
  const cursor = document.createElement("i");
  cursor.className = "mnistedu-pen-cursor";
  cursor.hidden = true;
  el.append(cursor);
  const held = new Set();
  let [x, y] = [0.5, 0.5];
  let down = false;

  const show = () => {
    cursor.hidden = false;
    cursor.classList.toggle("mnistedu-down", down);
    cursor.style.left = `${100 * x}%`;
    cursor.style.top = `${100 * y}%`;
  };
  const lift = () => {
    if (down) fire("up", x, y);
    down = false;
  };
  const hide = () => {
    lift();
    held.clear();
    cursor.hidden = true;
  };
  const move = () => {
    const steps = [...held].map(key => ARROWS[key]);
    const limit = value => Math.min(1 - STEP, Math.max(STEP, value));
    x = limit(x + STEP * steps.reduce((sum, [dx]) => sum + dx, 0));
    y = limit(y + STEP * steps.reduce((sum, [, dy]) => sum + dy, 0));
    if (down) fire("move", x, y);
  };

  canvas.parentElement.addEventListener("keydown", event => {
    const { key } = event;
    if (key === "Escape") canvas.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || !(key in ARROWS || key === " ")) return;
    event.preventDefault();
    event.stopPropagation();
    if (key in ARROWS) {
      held.add(key);
      move();
    } else if (!event.repeat) {
      if (down) lift();
      else {
        down = true;
        fire("down", x, y);
      }
    }
    show();
  }, { capture: true, signal });
  canvas.addEventListener("keyup", event => held.delete(event.key), { signal });
  canvas.addEventListener("blur", hide, { signal });
  canvas.addEventListener("pointerdown", event => { if (event.isTrusted) hide(); }, { signal });
}
