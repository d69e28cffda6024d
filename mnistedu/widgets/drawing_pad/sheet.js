/* What the scripts of both surfaces share: lines, and positions on the sheet. */

const DOT = 0.1; // pixels that are added to a line, because one of no length is not drawn

function drawLine(context, points, width) {
  context.save();
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  const [x, y] = points.at(-1);
  context.lineTo(x + DOT, y);
  context.stroke();
  context.restore();
}

/* Where an event is, in pixels of the canvas. */
function toCanvas(canvas, { clientX, clientY }) {
  const box = canvas.getBoundingClientRect();
  return [
    canvas.width * (clientX - box.left) / box.width,
    canvas.height * (clientY - box.top) / box.height,
  ];
}

/* Where a pen at a position, in parts of the sheet's side, is on the page. */
function toPage(canvas, x, y) {
  const box = canvas.getBoundingClientRect();
  return { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
}
