// The network: its weights out of the page, and its answer to an image.
// A value between two layers is { shape, data }, channels last, as in Keras.

/** Unpack what mnistedu/export/packing.py packed: text of base64, compressed by gzip. */
async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/** Read the description of a network; each array in it becomes a value. */
function readNetwork(description, buffer) {
  return JSON.parse(description, (key, value) =>
    value?.planes === undefined ? value : readArray(value, buffer),
  );
}

/** Read whole numbers, kept as planes of their bytes, the highest first, and scale them. */
function readArray({ shape, planes, start }, buffer) {
  const count = shape.reduce((a, b) => a * b, 1);
  const channels = shape.at(-1);
  const bytes = new Uint8Array(buffer, start, planes * count);
  const scales = new DataView(buffer, start + planes * count, 4 * channels);
  const zero = 2 ** (8 * planes - 1);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let whole = 0;
    for (let plane = 0; plane < planes; plane++) whole = 256 * whole + bytes[plane * count + i];
    data[i] = (whole - zero) * scales.getFloat32(4 * (i % channels), true);
  }
  return { shape, data };
}

/** Ask for the probabilities of the ten digits. */
function ask(network, image) {
  const values = [{ shape: network.input, data: Float32Array.from(image, (grey) => grey / 255) }];
  for (const { operation, inputs, ...options } of network.steps) {
    values.push(OPERATIONS[operation](options, ...inputs.map((input) => values[input])));
  }
  return Array.from(values.at(-1).data);
}

const OPERATIONS = {
  convolve({ kernel, bias, strides, dilation, padding }, x) {
    const [rows, columns, channels, filters] = kernel.shape;
    const window = slide(x, [rows, columns], strides, dilation, padding);
    const data = new Float32Array(window.height * window.width * filters);
    for (let out = 0; out < data.length; out += filters) data.set(bias.data, out);
    window.visit((place, from, to) => {
      for (let channel = 0; channel < channels; channel++) {
        const value = x.data[from * channels + channel];
        if (value === 0) continue; // as half of all values are after a rectifier
        const weight = (place * channels + channel) * filters;
        const out = to * filters;
        for (let i = 0; i < filters; i++) data[out + i] += value * kernel.data[weight + i];
      }
    });
    return { shape: [window.height, window.width, filters], data };
  },

  maxPool({ size, strides, padding }, x) {
    const channels = x.shape[2];
    const window = slide(x, size, strides, [1, 1], padding);
    const data = new Float32Array(window.height * window.width * channels).fill(-Infinity);
    window.visit((place, from, to) => {
      for (let i = 0; i < channels; i++) {
        const value = x.data[from * channels + i];
        if (value > data[to * channels + i]) data[to * channels + i] = value;
      }
    });
    return { shape: [window.height, window.width, channels], data };
  },

  averagePool({ size, strides, padding }, x) {
    const channels = x.shape[2];
    const window = slide(x, size, strides, [1, 1], padding);
    const data = new Float32Array(window.height * window.width * channels);
    const counts = new Uint32Array(window.height * window.width); // places in the image, not beside
    window.visit((place, from, to) => {
      counts[to]++;
      for (let i = 0; i < channels; i++) data[to * channels + i] += x.data[from * channels + i];
    });
    const mean = data.map((sum, i) => sum / counts[Math.floor(i / channels)]);
    return { shape: [window.height, window.width, channels], data: mean };
  },

  globalAverage({ shape }, x) {
    const channels = x.shape[2];
    const sums = new Float64Array(channels);
    x.data.forEach((value, i) => (sums[i % channels] += value));
    return { shape, data: Float32Array.from(sums, (sum) => (sum * channels) / x.data.length) };
  },

  globalMax({ shape }, x) {
    const channels = x.shape[2];
    const data = new Float32Array(channels).fill(-Infinity);
    x.data.forEach((value, i) => (data[i % channels] = Math.max(data[i % channels], value)));
    return { shape, data };
  },

  dense({ kernel, bias }, x) {
    const [width, units] = kernel.shape;
    const rows = x.data.length / width;
    const data = new Float32Array(rows * units);
    for (let row = 0; row < rows; row++) {
      const out = data.subarray(row * units, (row + 1) * units);
      out.set(bias.data);
      for (let column = 0; column < width; column++) {
        const value = x.data[row * width + column];
        if (value === 0) continue;
        for (let i = 0; i < units; i++) out[i] += value * kernel.data[column * units + i];
      }
    }
    return { shape: [...x.shape.slice(0, -1), units], data };
  },

  /** Multiply the rows (axis 0) or the columns (axis 1) of an image by a matrix. */
  resample({ matrix, axis }, x) {
    const [height, width, channels] = x.shape;
    const [length, count] = matrix.shape;
    const shape = axis === 0 ? [count, width, channels] : [height, count, channels];
    const stride = axis === 0 ? width * channels : channels; // from one place to the next
    const data = new Float32Array(shape.reduce((a, b) => a * b));
    for (let i = 0; i < data.length; i++) {
      const block = Math.floor(i / (stride * count));
      const to = Math.floor(i / stride) % count;
      let sum = 0;
      for (let from = 0; from < length; from++) {
        const weight = matrix.data[from * count + to];
        if (weight) sum += weight * x.data[(block * length + from) * stride + (i % stride)];
      }
      data[i] = sum;
    }
    return { shape, data };
  },

  /** Multiply and shift: all values alike, or each channel in its own way. */
  scale({ factor, offset }, x) {
    const at = (values, i) => values.data[i % values.data.length];
    return { ...x, data: x.data.map((value, i) => value * at(factor, i) + at(offset, i)) };
  },

  reshape: ({ shape }, x) => ({ shape, data: x.data }),

  add: (_, ...xs) => ({ ...xs[0], data: sum(xs) }),

  average: (_, ...xs) => ({ ...xs[0], data: sum(xs).map((value) => value / xs.length) }),

  rectify({ slope, most, threshold }, x) {
    const rectify = (value) =>
      value >= threshold ? Math.min(value, most ?? Infinity) : slope * (value - threshold);
    return { ...x, data: x.data.map(rectify) };
  },

  activate: ({ name }, x) => ({ ...x, data: x.data.map(ACTIVATIONS[name]) }),

  softmax(_, x) {
    const width = x.shape.at(-1);
    const data = new Float32Array(x.data.length);
    for (let start = 0; start < data.length; start += width) {
      const row = x.data.subarray(start, start + width);
      const most = row.reduce((a, b) => Math.max(a, b));
      const powers = Array.from(row, (value) => Math.exp(value - most));
      const total = powers.reduce((a, b) => a + b);
      powers.forEach((power, i) => (data[start + i] = power / total));
    }
    return { ...x, data };
  },
};

const sigmoid = (value) => 1 / (1 + Math.exp(-value));

const ACTIVATIONS = {
  elu: (value) => (value > 0 ? value : Math.expm1(value)),
  selu: (value) => 1.0507009873554805 * (value > 0 ? value : 1.6732632423543772 * Math.expm1(value)),
  sigmoid,
  silu: (value) => value * sigmoid(value),
  softplus: (value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))),
  tanh: Math.tanh,
};

function sum(xs) {
  return xs[0].data.map((value, i) => xs.reduce((total, x) => total + x.data[i], 0));
}

/**
 * Slide a window over an image. `visit` calls back for every place of the window that falls on the
 * image: the number of the place, and those of the pixels that it comes from and goes to.
 */
function slide(x, size, strides, dilation, padding) {
  const sides = [0, 1].map((axis) => {
    const extent = (size[axis] - 1) * dilation[axis] + 1;
    const length = x.shape[axis];
    if (padding === "valid") {
      return { before: 0, count: Math.floor((length - extent) / strides[axis]) + 1 };
    }
    const count = Math.ceil(length / strides[axis]);
    const missing = Math.max((count - 1) * strides[axis] + extent - length, 0);
    return { before: Math.floor(missing / 2), count };
  });
  const [rows, columns] = sides;
  const [imageHeight, imageWidth] = x.shape;
  const visit = (action) => {
    for (let row = 0; row < rows.count; row++) {
      for (let column = 0; column < columns.count; column++) {
        for (let place = 0; place < size[0] * size[1]; place++) {
          const down = Math.floor(place / size[1]) * dilation[0];
          const right = (place % size[1]) * dilation[1];
          const y = row * strides[0] - rows.before + down;
          const z = column * strides[1] - columns.before + right;
          if (y < 0 || y >= imageHeight || z < 0 || z >= imageWidth) continue;
          action(place, y * imageWidth + z, row * columns.count + column);
        }
      }
    }
  };
  return { height: rows.count, width: columns.count, visit };
}
