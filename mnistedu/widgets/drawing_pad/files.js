/* Two buttons, Save and Open. Files and pictures can also be dropped or pasted onto the pad. */

const MAX_BYTES = 900_000; // of a text; servers may refuse longer messages
const MAX_SIDE = 1000; // pixels of a picture; the network sees 28

function render({ model, el }) {
  const closing = new AbortController();
  const { signal } = closing;
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*,.json,.jsonl";
  input.style.display = "none"; // nbclassic shows hidden inputs
  const add = (label, title, act) => {
    const button = document.createElement("button");
    button.className = "jupyter-widgets jupyter-button widget-button";
    button.textContent = label;
    button.title = title;
    button.addEventListener("click", act, { signal });
    el.append(button);
  };
  let saving = false;
  add("Save", model.get("save_title"), () => {
    saving = true;
    model.send({ save: true });
  });
  add("Open", model.get("open_title"), () => input.click());
  el.append(input);
  el.classList.add("mnistedu-buttons");
  input.addEventListener("change", () => open(model, input.files[0]).then(() => { input.value = ""; }), { signal });

  const download = () => {
    if (!saving) return;
    saving = false;
    const { name, text } = model.get("saved");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  model.on("change:saved", download);
  if (model.get("takes_drops")) takeDrops(model, el, signal);
  const storing = model.get("storage_key") ? store(model) : null;
  return () => {
    model.off("change:saved", download);
    if (storing) model.off("change:drawing", storing);
    closing.abort();
  };
}

async function open(model, file) {
  if (!file) return;
  if (file.type.startsWith("image/")) {
    model.send({ open: file.name, image: await shrink(file).catch(() => "") });
  } else if (file.size > MAX_BYTES) {
    model.send({ open: file.name, error: `it has more than ${MAX_BYTES / 1000} kB` });
  } else {
    model.send({ open: file.name, text: await file.text() });
  }
}

/* A picture as the base64 of a JPEG of moderate size. */
async function shrink(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(scale * bitmap.width));
  canvas.height = Math.max(1, Math.round(scale * bitmap.height));
  const context = canvas.getContext("2d");
  context.fillStyle = "white"; // behind what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.92).split(",")[1];
}

function takeDrops(model, el, signal) {
  let frame = 0;
  const attach = () => {
    const pad = el.closest(".mnistedu-pad");
    if (!pad) {
      frame = requestAnimationFrame(attach);
      return;
    }
    const on = (type, handle) => pad.addEventListener(type, handle, { signal });
    const take = (event, data) => {
      const [file] = data?.files ?? [];
      if (!file) return;
      event.preventDefault();
      event.stopPropagation();
      open(model, file);
    };
    on("dragover", event => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      event.stopPropagation();
    });
    on("drop", event => take(event, event.dataTransfer));
    on("paste", event => take(event, event.clipboardData));
  };
  attach();
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));
}

/* Keep the drawing while the page is reloaded, where that starts a new kernel. */
function store(model) {
  const key = model.get("storage_key");
  const stored = sessionStorage.getItem(key);
  if (stored && !model.get("drawing")) model.send({ open: "", text: stored });
  const write = () => sessionStorage.setItem(key, model.get("drawing"));
  model.on("change:drawing", write);
  return write;
}

export default { render };
