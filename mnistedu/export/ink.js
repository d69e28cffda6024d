// From pen strokes to an image of 28x28 grey levels, step by step as in mnistedu/ink/rasterize.py.

const SIZE = 28; // pixels, the side of an image
const BOX = 20; // pixels, the side of the box that a digit fills
const PEN = 2.4; // pixels, the width of the line
const GRID = 5; // cells that a pixel is divided into, each way
const MARGIN = Math.floor((PEN / 2) * GRID); // cells that the pen reaches beyond its middle

/** Draw strokes, lists of [x, y] with y pointing down, at least one; return 784 grey levels. */
function drawInk(strokes) {
  return placeByMass(thicken(trace(scale(strokes))));
}

/** Bring the points to whole cells of the box. */
function scale(strokes) {
  const points = strokes.map((stroke) => stroke.map((point) => point.map(Math.fround)));
  const all = points.flat();
  const [left, top] = [0, 1].map((axis) => all.reduce((a, p) => Math.min(a, p[axis]), Infinity));
  const extent = all.reduce((a, [x, y]) => Math.max(a, x - left, y - top), 0) || 1;
  const factor = (GRID * (BOX - PEN)) / extent;
  return points.map((stroke) =>
    stroke.map(([x, y]) => [roundToEven((x - left) * factor), roundToEven((y - top) * factor)]),
  );
}

/** Return the cells on the lines from point to point. */
function trace(strokes) {
  const cells = [];
  for (const stroke of strokes) {
    stroke.forEach(([x, y], i) => {
      const [nextX, nextY] = stroke[i + 1] ?? [x, y];
      const count = Math.max(Math.abs(nextX - x), Math.abs(nextY - y)) + 1;
      for (let step = 0; step < count; step++) {
        const along = step / count;
        cells.push([roundToEven(x + along * (nextX - x)), roundToEven(y + along * (nextY - y))]);
      }
    });
  }
  return cells;
}

/** Draw a round pen on every cell; return the cells that it touches, row by row. */
function thicken(cells) {
  const width = cells.reduce((a, [x]) => Math.max(a, x), 0) + 2 * MARGIN + 1;
  const height = cells.reduce((a, [, y]) => Math.max(a, y), 0) + 2 * MARGIN + 1;
  const line = new Uint8Array(width * height);
  const radius = (PEN / 2) * GRID;
  for (let down = -MARGIN; down <= MARGIN; down++) {
    const half = Math.floor(Math.sqrt(radius ** 2 - down ** 2));
    for (const [x, y] of cells) {
      const middle = (y + MARGIN + down) * width + x + MARGIN;
      line.fill(1, middle - half, middle + half + 1);
    }
  }
  return { line, width, height };
}

/** Put a digit into an image, its centre of mass in the middle as far as it fits. */
function placeByMass({ line, width, height }) {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  line.forEach((ink, i) => {
    mass += ink;
    massX += ink * ((i % width) + 0.5);
    massY += ink * (Math.floor(i / width) + 0.5);
  });
  const corner = (centre, length) => {
    const middle = ((SIZE + 1) / 2) * GRID;
    return Math.min(Math.max(Math.ceil(middle - centre - 0.5), 0), SIZE * GRID - length);
  };
  const left = corner(massX / mass, width);
  const top = corner(massY / mass, height);
  const counts = new Uint8Array(SIZE * SIZE);
  line.forEach((ink, i) => {
    const column = Math.floor((left + (i % width)) / GRID);
    const row = Math.floor((top + Math.floor(i / width)) / GRID);
    counts[row * SIZE + column] += ink;
  });
  return counts.map((count) => Math.round((255 * count) / GRID ** 2));
}

/** Round as NumPy does: a half to the even neighbour. */
function roundToEven(value) {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}
