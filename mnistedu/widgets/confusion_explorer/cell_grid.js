// A grid of cells. A click, a touch or an arrow key selects one; Home and End go to the ends of a row.

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function makeCell({ label, text, image, tone, shade }) {
  const children = text ? [element("span", {}, text)] : [];
  if (image) children.unshift(element("img", { src: image, alt: "", draggable: "false" }));
  return element(
    "div",
    {
      role: "option",
      "aria-label": label,
      title: label,
      class: `mnistedu-cell mnistedu-${tone}`,
      style: `--shade: ${shade}%`,
    },
    ...children,
  );
}

function render({ model, el }) {
  // Without the attribute, Jupyter takes the arrow keys for its own cells.
  const list = element("div", { role: "listbox", "data-lm-suppress-shortcuts": "true" });
  el.append(list);

  const selected = () => model.get("selected");

  function draw() {
    const focused = list.contains(document.activeElement);
    list.className = `mnistedu-cells ${model.get("columns") ? "mnistedu-cells-fixed" : ""}`;
    list.style.setProperty("--columns", model.get("columns"));
    list.setAttribute("aria-label", model.get("label"));
    list.replaceChildren(...model.get("cells").map(makeCell));
    mark(focused);
  }

  function mark(focus = list.contains(document.activeElement)) {
    [...list.children].forEach((cell, index) => {
      cell.setAttribute("aria-selected", index === selected());
      cell.tabIndex = index === Math.max(selected(), 0) ? 0 : -1;
    });
    if (focus) list.children[Math.max(selected(), 0)]?.focus({ preventScroll: true });
  }

  function select(index) {
    if (!list.children[index]) return;
    model.set("selected", index);
    model.save_changes();
    mark(true);
    list.children[index].scrollIntoView({ block: "nearest" });
  }

  list.addEventListener("click", (event) => {
    const cell = event.target.closest("[role=option]");
    if (cell) select([...list.children].indexOf(cell));
  });

  list.addEventListener("keydown", (event) => {
    const top = list.children[0]?.offsetTop;
    const columns = [...list.children].filter((cell) => cell.offsetTop === top).length;
    const focused = [...list.children].indexOf(document.activeElement);
    const step = { ...STEPS, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const first = event.ctrlKey ? 0 : focused - (focused % columns);
    const last = event.ctrlKey ? list.children.length : first + columns;
    const target = {
      Home: first, End: Math.min(last, list.children.length) - 1, Enter: focused, " ": focused,
    };
    const index = step ? focused + step : target[event.key];
    if (index === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    select(index);
  });

  model.on("change:cells", draw);
  model.on("change:label", draw);
  model.on("change:selected", () => mark());
  draw();
}

export default { render };
