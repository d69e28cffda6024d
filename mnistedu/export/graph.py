"""A Keras model as steps that the page can run: each an operation on the results of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras

if TYPE_CHECKING:
    import keras

Step = dict[str, object]
"""The name of an operation in ``network.js``, and its options; weights are arrays."""

_RECTIFY = {"operation": "rectify", "slope": 0.0, "most": None, "threshold": 0.0}
_CURVES = {"elu", "selu", "sigmoid", "silu", "softplus", "tanh"}
_AXES = {"nhwc,hk->nkwc": 0, "nhwc,wk->nhkc": 1}  # of an EinsumDense that resamples an image


def read_graph(model: keras.Model) -> list[Step]:
    """Take a model apart.

    Parameters
    ----------
    model : keras.Model
        Sequential, or made of such layers by the functional API; built.

    Returns
    -------
    steps : list of dict
        In the order of computing. ``"inputs"`` has the numbers of the values that a step works on:
        0 is the image, 1 the result of the first step.

    Raises
    ------
    ValueError
        If a layer is none that the page can run, or the model is no graph of layers.

    Examples
    --------
    >>> import mnistedu
    >>> [step["operation"] for step in read_graph(mnistedu.build_mlp(units=(32,)))]
    ['reshape', 'dense', 'rectify', 'dense', 'softmax']
    """
    steps: list[Step] = []
    _trace(model, [0], steps)
    return steps


def _trace(model: keras.Model, inputs: list[int], steps: list[Step]) -> int:
    """Add the steps of a model, which may be part of another; return the number of its result."""
    keras = import_keras()
    if not getattr(model, "outputs", None):
        raise ValueError(
            f"the page cannot run the model {model.name!r}: it is of the class "
            f"{type(model).__name__}, with code of its own; build it as keras.Sequential"
        )
    numbers = dict(zip(map(id, model.inputs), inputs, strict=True))

    def number(tensor: keras.KerasTensor) -> int:  # type: ignore[name-defined]
        if id(tensor) not in numbers:
            layer, call, _ = tensor._keras_history
            given = [number(source) for source in layer._inbound_nodes[call].input_tensors]
            if isinstance(layer, keras.Model):
                numbers[id(tensor)] = _trace(layer, given, steps)
            else:
                for step in _convert(layer, tensor):
                    steps.append({**step, "inputs": given})
                    given = [len(steps)]
                (numbers[id(tensor)],) = given
        return numbers[id(tensor)]

    return number(model.outputs[0])


def _convert(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    # A class of the learner's own may do anything, whatever it is called and derived from.
    kind = type(layer).__name__ if type(layer).__module__.startswith("keras.") else ""
    if kind not in _CONVERTERS:
        raise ValueError(
            f"the page cannot run the layer {layer.name!r} ({type(layer).__name__}). It can run "
            f"{', '.join(sorted(_CONVERTERS))}"
        )
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        raise _cannot(layer, "data_format='channels_first'")
    return _CONVERTERS[kind](layer, output)


def _cannot(layer: keras.Layer, option: str) -> ValueError:
    return ValueError(f"the page cannot run the layer {layer.name!r} with {option}")


def _nothing(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    """Convert what only acts in training."""
    return []


def _convolve(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    if layer.groups != 1:
        raise _cannot(layer, f"groups={layer.groups}")
    convolve = {
        "operation": "convolve",
        **_kernel_and_bias(layer),
        "strides": layer.strides,
        "dilation": layer.dilation_rate,
        "padding": layer.padding,
    }
    return [convolve, *_activate(layer, output)]


def _dense(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    return [{"operation": "dense", **_kernel_and_bias(layer)}, *_activate(layer, output)]


def _kernel_and_bias(layer: keras.Layer) -> Step:
    kernel = np.asarray(layer.kernel)
    bias = np.zeros(kernel.shape[-1], np.float32) if layer.bias is None else np.asarray(layer.bias)
    return {"kernel": kernel, "bias": bias}


def _activate(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    name = import_keras().activations.serialize(layer.activation)
    known: dict[str, list[dict[str, object]]] = {
        "linear": [],
        "softmax": [{"operation": "softmax"}],
        "relu": [_RECTIFY],
        "relu6": [{**_RECTIFY, "most": 6.0}],
        "leaky_relu": [{**_RECTIFY, "slope": 0.2}],
        **{curve: [{"operation": "activate", "name": curve}] for curve in _CURVES},
    }
    if not isinstance(name, str) or name not in known:
        raise _cannot(layer, f"the activation {getattr(layer.activation, '__name__', name)!r}")
    return known[name]


def _relu(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    options = {"most": layer.max_value, "threshold": float(layer.threshold)}
    return [{**_RECTIFY, "slope": float(layer.negative_slope), **options}]


def _leaky_relu(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    return [{**_RECTIFY, "slope": float(layer.negative_slope)}]


def _softmax(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    if layer.axis not in (-1, len(output.shape) - 1):
        raise _cannot(layer, f"axis={layer.axis}")
    return [{"operation": "softmax"}]


def _pool(operation: str) -> Callable[..., list[Step]]:
    def convert(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
        options = {"size": layer.pool_size, "strides": layer.strides, "padding": layer.padding}
        return [{"operation": operation, **options}]

    return convert


def _shaped(operation: str) -> Callable[..., list[Step]]:
    """Convert a layer of which only the shape of its output has to be known."""

    def convert(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
        return [{"operation": operation, "shape": output.shape[1:]}]

    return convert


def _merge(operation: str) -> Callable[..., list[Step]]:
    def convert(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
        if any(tuple(source.shape) != tuple(output.shape) for source in layer.input):
            raise _cannot(layer, "inputs of different shapes")
        return [{"operation": operation}]

    return convert


def _concatenate(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    if layer.axis not in (-1, len(output.shape) - 1):
        raise _cannot(layer, f"axis={layer.axis}")
    return [{"operation": "concatenate"}]


def _normalize_batch(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    if layer.axis not in (-1, len(output.shape) - 1):
        raise _cannot(layer, f"axis={layer.axis}")
    mean, variance = (np.asarray(v, np.float64) for v in (layer.moving_mean, layer.moving_variance))
    factor = 1 / np.sqrt(variance + layer.epsilon)
    if layer.scale:
        factor = factor * np.asarray(layer.gamma)
    offset = -mean * factor
    if layer.center:
        offset = offset + np.asarray(layer.beta)
    return [{"operation": "scale", "factor": factor, "offset": offset}]


def _rescale(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    factor, offset = (np.atleast_1d(value) for value in (layer.scale, layer.offset))
    if {factor.shape, offset.shape} - {(1,), (output.shape[-1],)}:
        raise _cannot(layer, f"a scale of shape {factor.shape}")
    return [{"operation": "scale", "factor": factor, "offset": offset}]


def _resample(layer: keras.Layer, output: keras.KerasTensor) -> list[Step]:
    if layer.equation not in _AXES or layer.bias is not None:
        raise _cannot(layer, f"the equation {layer.equation!r}")
    axis = _AXES[layer.equation]
    resample = {"operation": "resample", "matrix": np.asarray(layer.kernel), "axis": axis}
    return [resample, *_activate(layer, output)]


_CONVERTERS = {
    "Activation": _activate,
    "Add": _merge("add"),
    "Average": _merge("average"),
    "AveragePooling2D": _pool("averagePool"),
    "BatchNormalization": _normalize_batch,
    "Concatenate": _concatenate,
    "Conv2D": _convolve,
    "Dense": _dense,
    "Dropout": _nothing,
    "EinsumDense": _resample,
    "Flatten": _shaped("reshape"),
    "GaussianNoise": _nothing,
    "GlobalAveragePooling2D": _shaped("globalAverage"),
    "GlobalMaxPooling2D": _shaped("globalMax"),
    "LeakyReLU": _leaky_relu,
    "MaxPooling2D": _pool("maxPool"),
    "ReLU": _relu,
    "Rescaling": _rescale,
    "Reshape": _shaped("reshape"),
    "Softmax": _softmax,
    "SpatialDropout2D": _nothing,
}
