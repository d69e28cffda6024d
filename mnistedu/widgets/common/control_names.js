/* What ipywidgets does not tell screen readers: whether a toggle button is pressed, and the names of
   sliders. */

function render({ el }) {
  const observer = new MutationObserver(() => update(el.closest(".mnistedu-pad, .mnistedu-view")));
  let frame = 0;
  const attach = () => {
    const root = el.closest(".mnistedu-pad, .mnistedu-view");
    if (root) {
      observer.observe(root, { subtree: true, childList: true, attributeFilter: ["class"] });
      update(root);
    } else {
      frame = requestAnimationFrame(attach);
    }
  };
  attach();
  return () => {
    cancelAnimationFrame(frame);
    observer.disconnect();
  };
}

function update(root) {
  for (const button of root?.querySelectorAll(".widget-toggle-button") ?? [])
    button.setAttribute("aria-pressed", button.classList.contains("mod-active"));
  for (const slider of root?.querySelectorAll(".widget-slider") ?? []) {
    const name = slider.querySelector(".widget-label")?.textContent ?? "";
    const handles = [...slider.querySelectorAll("[role=slider]")];
    handles.forEach((handle, index) => {
      const end = handles.length > 1 ? [", lowest", ", highest"][index] : "";
      handle.setAttribute("aria-label", name + end);
    });
  }
}

export default { render };
