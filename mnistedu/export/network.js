// The network: reads its weights from the page, and computes probabilities from an image.
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

/** Compute the probabilities of the ten digits. */
function predict(network, image) {
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
    const sum = weightedSum(kernel);
    window.visit((to, from) => {
      for (let tap = 0; tap < from.length; tap++) {
        if (from[tap] < 0) continue;
        const pixel = x.data.subarray(from[tap] * channels, (from[tap] + 1) * channels);
        sum.add(pixel, tap * channels);
      }
      sum.write(data.subarray(to * filters, (to + 1) * filters), bias);
    });
    return { shape: [window.height, window.width, filters], data };
  },

  maxPool: (options, x) => pool(options, x, -Infinity, Math.max, (most) => most),

  averagePool: (options, x) =>
    pool(options, x, 0, (total, value) => total + value, (total, count) => total / count),

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
    const sum = weightedSum(kernel);
    for (let row = 0; row < rows; row++) {
      sum.add(x.data.subarray(row * width, (row + 1) * width), 0);
      sum.write(data.subarray(row * units, (row + 1) * units), bias);
    }
    return { shape: [...x.shape.slice(0, -1), units], data };
  },

  /** Multiply the rows (axis 0) or the columns (axis 1) of an image by a matrix. */
  resample({ matrix, axis }, x) {
    const [height, width, channels] = x.shape;
    const [length, count] = matrix.shape;
    const shape = axis === 0 ? [count, width, channels] : [height, count, channels];
    const stride = axis === 0 ? width * channels : channels; // from one index to the next
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

  concatenate(_, ...xs) {
    const width = xs.reduce((width, x) => width + x.shape.at(-1), 0);
    const shape = [...xs[0].shape.slice(0, -1), width];
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    let start = 0;
    for (const x of xs) {
      const channels = x.shape.at(-1);
      for (let from = 0, to = start; to < data.length; from += channels, to += width)
        data.set(x.data.subarray(from, from + channels), to);
      start += channels;
    }
    return { shape, data };
  },

  relu({ slope, most, threshold }, x) {
    const relu = (value) =>
      value >= threshold ? Math.min(value, most ?? Infinity) : slope * (value - threshold);
    return { ...x, data: x.data.map(relu) };
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
 * Multiply values by the rows of a kernel and sum the products. Half of the values are 0 after a
 * ReLU: they are skipped. Four rows at a time are faster than one after the other.
 */
function weightedSum(kernel) {
  const width = kernel.shape.at(-1);
  const weights = kernel.data;
  const values = new Float64Array(weights.length / width + 3);
  const starts = new Int32Array(values.length);
  let count = 0;

  const add = (more, row) => {
    for (let i = 0; i < more.length; i++) {
      if (more[i] === 0) continue;
      values[count] = more[i];
      starts[count++] = (row + i) * width;
    }
  };

  const write = (out, bias) => {
    out.set(bias.data);
    values.fill(0, count, count + 3);
    for (let n = 0; n < count; n += 4) {
      const [a, b, c, d] = [values[n], values[n + 1], values[n + 2], values[n + 3]];
      const [p, q, r, s] = [starts[n], starts[n + 1], starts[n + 2], starts[n + 3]];
      for (let i = 0; i < width; i++) {
        out[i] +=
          a * weights[p + i] + b * weights[q + i] + c * weights[r + i] + d * weights[s + i];
      }
    }
    count = 0;
  };

  return { add, write };
}

/** Reduce each channel of each window, without the padding, to one value. */
function pool({ size, strides, padding }, x, start, add, finish) {
  const channels = x.shape[2];
  const window = slide(x, size, strides, [1, 1], padding);
  const data = new Float32Array(window.height * window.width * channels);
  window.visit((to, from) => {
    const inside = from.filter((pixel) => pixel >= 0);
    for (let i = 0; i < channels; i++) {
      let value = start;
      for (const pixel of inside) value = add(value, x.data[pixel * channels + i]);
      data[to * channels + i] = finish(value, inside.length);
    }
  });
  return { shape: [window.height, window.width, channels], data };
}

/**
 * Slide a window over an image. `visit` calls back for every position of the window with the index
 * of the output pixel, and those of the pixels under the window, -1 outside of the image.
 */
function slide(x, size, strides, dilation, padding) {
  const [height, width] = x.shape;
  const rows = stops(height, size[0], strides[0], dilation[0], padding);
  const columns = stops(width, size[1], strides[1], dilation[1], padding);
  const from = new Int32Array(size[0] * size[1]);
  const visit = (action) => {
    for (let to = 0; to < rows.length * columns.length; to++) {
      const top = rows[Math.floor(to / columns.length)];
      const left = columns[to % columns.length];
      for (let tap = 0; tap < from.length; tap++) {
        const row = top + Math.floor(tap / size[1]) * dilation[0];
        const column = left + (tap % size[1]) * dilation[1];
        const inside = row >= 0 && row < height && column >= 0 && column < width;
        from[tap] = inside ? row * width + column : -1;
      }
      action(to, from);
    }
  };
  return { height: rows.length, width: columns.length, visit };
}

/** Return the positions of a window along one axis. */
function stops(length, size, stride, dilation, padding) {
  const extent = (size - 1) * dilation + 1;
  const same = padding === "same";
  const count = same ? Math.ceil(length / stride) : Math.floor((length - extent) / stride) + 1;
  const missing = same ? Math.max((count - 1) * stride + extent - length, 0) : 0;
  return Array.from({ length: count }, (_, i) => i * stride - Math.floor(missing / 2));
}
