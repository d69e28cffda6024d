/* Shows ipywidgets on a page that has none. The kernel sends the state of each widget; this draws the
   kinds that mnistedu uses, under the class names of ipywidgets, and reports what happens to them. */

function render({ model, el }) {
  const tree = { models: new Map(), send: content => model.send(content) };
  let root = null;
  const receive = ({ states, root: id }) => {
    for (const [each, state] of Object.entries(states))
      if (!tree.models.has(each)) tree.models.set(each, new Model(tree, each, {}));
    for (const [each, state] of Object.entries(states)) tree.models.get(each).update(state);
    if (!id || root) return;
    root = show(tree, id);
    el.append(root.element);
  };
  el.dataset.jpThemeLight = !getComputedStyle(el).colorScheme.includes("dark");
  model.on("msg:custom", receive);
  model.send({ ready: true });
  return () => {
    model.off("msg:custom", receive);
    root?.remove();
  };
}

/* The state of a widget, as anywidgets know it. */
class Model {
  constructor(tree, id, state) {
    Object.assign(this, { tree, id, state, changed: {}, handlers: [] });
  }

  get(name) { return this.state[name]; }

  set(name, value) {
    this.changed[name] = value;
    this.update({ [name]: value });
  }

  save_changes() {
    this.tree.send({ id: this.id, state: this.changed });
    this.changed = {};
  }

  send(content) { this.tree.send({ id: this.id, content }); }

  update(state) {
    Object.assign(this.state, state);
    const events = [...Object.keys(state).map(name => `change:${name}`), "change"];
    for (const [event, handle] of [...this.handlers]) if (events.includes(event)) handle();
  }

  on(event, handle) { this.handlers.push([event, handle]); }

  off(event, handle) {
    this.handlers = this.handlers.filter(each => each[0] !== event || each[1] !== handle);
  }
}

const VIEWS = {
  BoxView: showBox,
  HBoxView: showBox,
  VBoxView: showBox,
  HTMLView: showHTML,
  ButtonView: showButton,
  ToggleButtonView: showToggleButton,
  IntSliderView: showSlider,
  FloatRangeSliderView: showRangeSlider,
  DropdownView: showDropdown,
  AnyView: showAnywidget,
};

/* Show a widget; return its element, and a function that removes it. */
function show(tree, reference) {
  const model = tree.models.get(reference.replace("IPY_MODEL_", ""));
  const layout = tree.models.get(model.get("layout").replace("IPY_MODEL_", ""));
  const isButton = model.get("_view_name").endsWith("ButtonView");
  const element = document.createElement(isButton ? "button" : "div");
  const updates = [];
  /* Bring a part of the element up to date whenever one of these changes, and now. */
  const keep = (source, names, update) => {
    for (const name of names.split(" ")) updates.push([source, `change:${name}`, update]);
    update();
  };
  let own = [];
  keep(model, "_dom_classes", () => {
    element.classList.remove(...own);
    own = model.get("_dom_classes");
    element.classList.add("jupyter-widgets", ...own);
  });
  keep(layout, "display width height", () => {
    for (const name of ["display", "width", "height"]) element.style[name] = layout.get(name) ?? "";
  });
  const end = VIEWS[model.get("_view_name")](model, element, (...watched) => keep(model, ...watched), tree);
  for (const [source, event, update] of updates) source.on(event, update);
  return {
    element,
    remove: () => {
      for (const [source, event, update] of updates) source.off(event, update);
      end?.();
      element.remove();
    },
  };
}

function showBox(model, element, keep, tree) {
  element.classList.add("widget-box");
  if (model.get("_view_name") === "VBoxView") element.classList.add("widget-vbox");
  let children = new Map();
  keep("children", () => {
    const ids = model.get("children");
    const before = children;
    children = new Map(ids.map(id => [id, before.get(id) ?? show(tree, id)]));
    for (const [id, child] of before) if (!children.has(id)) child.remove();
    element.append(...[...children.values()].map(child => child.element));
  });
  return () => children.forEach(child => child.remove());
}

function showHTML(model, element, keep) {
  const content = document.createElement("div");
  element.classList.add("widget-html");
  content.className = "widget-html-content";
  element.append(content);
  keep("value", () => { content.innerHTML = model.get("value"); }); // the kernel has escaped it
}

function makeButton(model, button, keep, press) {
  button.classList.add("jupyter-button", "widget-button");
  button.addEventListener("click", press);
  keep("description disabled tooltip button_style", () => {
    button.classList.toggle("mod-primary", model.get("button_style") === "primary");
    button.textContent = model.get("description");
    button.title = model.get("tooltip") ?? "";
    button.disabled = model.get("disabled");
  });
}

function showButton(model, element, keep) {
  makeButton(model, element, keep, () => model.send({ event: "click" }));
}

function showToggleButton(model, button, keep) {
  button.classList.add("widget-toggle-button");
  makeButton(model, button, keep, () => {
    model.set("value", !model.get("value"));
    model.save_changes();
  });
  keep("value", () => {
    button.classList.toggle("mod-active", model.get("value"));
    button.setAttribute("aria-pressed", model.get("value"));
  });
}

function makeLabel(model, element, kind) {
  const label = document.createElement("label");
  element.classList.add("widget-inline-hbox", kind);
  label.className = "widget-label";
  label.textContent = model.get("description");
  element.append(label);
  return label;
}

function makeRange(model, element, name) {
  const input = document.createElement("input");
  input.type = "range";
  input.setAttribute("aria-label", name);
  for (const bound of ["min", "max", "step"]) input[bound] = model.get(bound);
  element.append(input);
  return input;
}

function showSlider(model, element, keep) {
  makeLabel(model, element, "widget-slider");
  const input = makeRange(model, element, model.get("description"));
  input.addEventListener("input", () => {
    model.set("value", Number(input.value));
    model.save_changes();
  });
  keep("value tooltip", () => {
    input.value = model.get("value");
    input.title = model.get("tooltip") ?? "";
  });
}

function showRangeSlider(model, element, keep) {
  makeLabel(model, element, "widget-slider");
  const ends = [", lowest", ", highest"].map(end => makeRange(model, element, model.get("description") + end));
  const readout = document.createElement("span");
  readout.className = "widget-readout";
  element.append(readout);
  for (const input of ends)
    input.addEventListener("input", () => {
      model.set("value", ends.map(end => Number(end.value)).sort((some, other) => some - other));
      model.save_changes();
    });
  keep("value", () => {
    const values = model.get("value");
    ends.forEach((end, index) => { end.value = values[index]; });
    readout.textContent = values.map(value => `${Math.round(100 * value)}%`).join(" – ");
  });
}

function showDropdown(model, element, keep) {
  const label = makeLabel(model, element, "widget-dropdown");
  const select = document.createElement("select");
  element.append(select);
  label.htmlFor = select.id = `mnistedu-${model.id}`;
  select.addEventListener("change", () => {
    model.set("index", select.selectedIndex);
    model.save_changes();
  });
  keep("_options_labels", () => {
    select.replaceChildren(...model.get("_options_labels").map(text => new Option(text)));
    select.selectedIndex = model.get("index") ?? -1;
  });
  keep("index", () => { select.selectedIndex = model.get("index") ?? -1; });
}

function showAnywidget(model, element) {
  const url = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
  let removed = false;
  let end = null;
  import(url).then(module => {
    URL.revokeObjectURL(url);
    if (!removed) end = module.default.render({ model, el: element });
  });
  return () => {
    removed = true;
    end?.();
  };
}

export default { render };
