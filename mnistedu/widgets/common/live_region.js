/* A text that screen readers announce when nothing has happened for a moment: never while a pointer
   is down, and of several texts that follow each other only the last. */

const DELAY = 1000; // milliseconds

function render({ model, el }) {
  const closing = new AbortController();
  let down = false;
  let timer = 0;

  const schedule = () => {
    clearTimeout(timer);
    if (!down) timer = setTimeout(announce, DELAY);
  };
  const announce = () => {
    if (el.textContent !== model.get("text")) el.textContent = model.get("text");
    model.set("announced", el.textContent);
    model.save_changes();
  };
  const listen = (types, isDown) => {
    for (const type of types)
      addEventListener(type, () => { down = isDown; schedule(); }, { capture: true, signal: closing.signal });
  };

  el.classList.add("mnistedu-unseen");
  el.setAttribute("role", "status");
  listen(["pointerdown"], true);
  listen(["pointerup", "pointercancel"], false);
  model.on("change:text", schedule);
  if (model.get("text") !== model.get("announced")) schedule(); // an earlier view had no time to
  return () => {
    clearTimeout(timer);
    model.off("change:text", schedule);
    closing.abort();
  };
}

export default { render };
