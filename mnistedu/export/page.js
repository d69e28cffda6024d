// The page: pen strokes in, a prediction out. Nothing is stored, and nothing leaves the page.

const SHEET = 560; // units a side, as on the drawing pad of the notebooks
const SHEET_PEN = 36;
const FINEST = 2; // pixels of the canvas for a unit
const PAUSE = 40; // milliseconds between two predictions while the pen moves
const KEYBOARD = -1; // as the pointer
const SILENCE = 700; // milliseconds without a stroke before the answer is read aloud

const byId = (id) => document.getElementById(id);
const sheet = byId("sheet");
const pen = sheet.getContext("2d");
const view = byId("view").getContext("2d");

const strokes = [];
const undos = []; // functions, each of which takes one change back
let pointer = null; // the one that draws
let reading = 0; // the timer of the next prediction
let speaking = 0; // the timer of the next announcement
let readFrom = 0; // the earliest time of the next prediction

try {
  const weights = await unpack(byId("weights").textContent.trim());
  const network = readNetwork(byId("network").textContent, weights);
  start((drawing) => read(network, drawing));
} catch (error) {
  byId("sentence").textContent = `This page needs a browser of 2023 or newer: ${error.message}`;
}

/** Read a drawing: the image that the network sees, its probabilities, and whether they are clear. */
function read(network, drawing) {
  if (!drawing.length) {
    return { image: new Uint8Array(SIZE * SIZE), probabilities: null, digit: null, confident: false };
  }
  const image = drawInk(drawing);
  const probabilities = predict(network, image);
  const most = Math.max(...probabilities);
  const confident = most >= network.threshold;
  return { image, probabilities, digit: probabilities.indexOf(most), confident };
}

function start(readDrawing) {
  const update = () => {
    clearTimeout(reading);
    reading = 0;
    const began = performance.now();
    const answer = readDrawing(strokes);
    show(answer);
    readFrom = performance.now() + Math.max(PAUSE, performance.now() - began);
    return answer;
  };
  const updateSoon = () => {
    reading ||= setTimeout(update, Math.max(0, readFrom - performance.now()));
  };
  const change = () => {
    redraw();
    const answer = update();
    byId("clear").disabled = !strokes.length;
    byId("undo").disabled = !undos.length;
    clearTimeout(speaking);
    speaking = setTimeout(() => (byId("live").textContent = inWords(answer)), SILENCE);
  };
  const clear = () => {
    if (pointer !== null) return;
    const cleared = strokes.splice(0);
    if (cleared.length) undos.push(() => strokes.push(...cleared));
    change();
  };
  const undo = () => {
    if (pointer !== null) return;
    undos.pop()?.();
    change();
  };

  const begin = (point) => {
    strokes.push([point]);
    undos.push(() => strokes.pop());
    redraw();
    updateSoon();
  };
  const extend = (...points) => {
    strokes.at(-1).push(...points);
    redraw();
    updateSoon();
  };
  const end = () => {
    pointer = null;
    change();
  };

  sheet.width = sheet.height = FINEST * SHEET;
  pen.scale(FINEST, FINEST);
  pen.lineWidth = SHEET_PEN;
  pen.lineCap = pen.lineJoin = "round";

  const keyboard = {
    down: (point) => {
      pointer = KEYBOARD;
      begin(point);
    },
    move: extend,
    up: end,
  };
  addKeyboardPen(sheet, sheet.parentElement, (type, x, y) => keyboard[type]([SHEET * x, SHEET * y]));

  sheet.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button) return;
    pointer = event.pointerId;
    sheet.setPointerCapture(pointer);
    begin(position(event));
  });
  sheet.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    extend(...(events.length ? events : [event]).map(position));
  });
  sheet.addEventListener("lostpointercapture", end);
  byId("clear").addEventListener("click", clear);
  byId("undo").addEventListener("click", undo);
  document.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (["Delete", "Backspace"].includes(event.key) && !command) clear();
    if (event.key === "z" && command) undo();
  });

  for (let digit = 0; digit < 10; digit++) {
    const row = byId("row").content.cloneNode(true);
    row.querySelector("b").textContent = digit;
    byId("bars").append(row);
  }
  change();
  window.mnistedu = { read: readDrawing }; // for the curious, in the browser's console
}

function position(event) {
  const box = sheet.getBoundingClientRect();
  return [
    ((event.clientX - box.left) * SHEET) / box.width,
    ((event.clientY - box.top) * SHEET) / box.height,
  ];
}

function redraw() {
  pen.clearRect(0, 0, SHEET, SHEET);
  pen.beginPath();
  for (const [first, ...others] of strokes) {
    pen.moveTo(...first);
    for (const point of others.length ? others : [first]) pen.lineTo(...point);
  }
  pen.stroke();
}

function show(answer) {
  showImage(answer.image);
  const top = answer.probabilities ? best(answer.probabilities) : [];
  [...byId("bars").children].forEach((row, digit) => {
    const probability = answer.probabilities?.[digit] ?? 0;
    row.className = top.includes(digit) ? "top" : "";
    row.querySelector("i").style.width = `${100 * probability}%`;
    row.querySelector("em").textContent = top.includes(digit) ? percent(probability) : "";
  });
  byId("answer").className = !top.length ? "blank" : answer.confident ? "sure" : "unsure";
  byId("sign").textContent = answer.confident ? answer.digit : "?";
  byId("sentence").textContent = sentence(answer);
}

function showImage(image) {
  const pixels = view.createImageData(SIZE, SIZE);
  image.forEach((grey, i) => pixels.data.set([grey, grey, grey, 255], 4 * i));
  view.putImageData(pixels, 0, 0);
}

function sentence({ probabilities, digit, confident }) {
  if (!probabilities) return "Draw a digit from 0 to 9";
  if (confident) return `${percent(probabilities[digit])} sure`;
  const [first, second] = best(probabilities);
  return `Not sure: ${first} or ${second}?`;
}

/** Describe an answer for a screen reader. */
function inWords(answer) {
  if (!answer.probabilities) return "The sheet is blank.";
  const top = best(answer.probabilities).map((d) => `${d}: ${percent(answer.probabilities[d])}`);
  const reading = answer.confident ? `Read as ${answer.digit}.` : sentence(answer);
  return `${reading} The most probable digits are ${top.join(", ")}.`;
}

/** Return the three most probable digits, the most probable first. */
function best(probabilities) {
  const digits = probabilities.map((_, digit) => digit);
  return digits.sort((a, b) => probabilities[b] - probabilities[a]).slice(0, 3);
}

/** Format a probability, never as 0 or 100 %. */
function percent(probability) {
  if (probability > 0.999) return "> 99.9 %";
  if (probability < 0.001) return "< 0.1 %";
  return `${(100 * probability).toFixed(1)} %`;
}
