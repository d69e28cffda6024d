"""What a model's description may name if the file comes from somebody else.

Keras builds a model from a description in JSON, which names classes and functions. Some of them run
code from the file (``Lambda``), read other files or the network (``TFSMLayer``, ``StringLookup``),
or change settings of the process (any function of Keras, by name). So the description is checked
first, and may name nothing but what is listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MODULES = {
    "builtins",
    "keras",
    "keras.activations",
    "keras.constraints",
    "keras.dtype_policies",
    "keras.engine.functional",
    "keras.engine.sequential",
    "keras.initializers",
    "keras.layers",
    "keras.losses",
    "keras.metrics",
    "keras.models",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.regularizers",
    "keras.src.engine.functional",
    "keras.src.engine.sequential",
    "keras.src.models.functional",
    "keras.src.models.sequential",
    "keras.src.ops.nn",
    "keras.src.ops.numpy",
}

CLASSES = set(
    """
    Functional Model Sequential DTypePolicy Policy
    __ellipsis__ __keras_tensor__ __slice__ __tuple__ __numpy__ __tensor__

    Activation ActivityRegularization Add AlphaDropout Attention Average AveragePooling1D
    AveragePooling2D BatchNormalization Bidirectional CenterCrop Concatenate Conv1D Conv1DTranspose
    Conv2D Conv2DTranspose Cropping1D Cropping2D Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout
    ELU EinsumDense Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D GroupNormalization Identity
    InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D Maximum
    Minimum MultiHeadAttention Multiply Normalization PReLU Permute RMSNormalization RNN
    RandomBrightness RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip
    RandomGaussianBlur RandomPerspective RandomRotation RandomShear RandomTranslation RandomZoom
    ReLU RepeatVector Rescaling Reshape Resizing SeparableConv1D SeparableConv2D
    SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D SpectralNormalization
    StackedRNNCells Subtract ThresholdedReLU TimeDistributed UnitNormalization UpSampling1D
    UpSampling2D ZeroPadding1D ZeroPadding2D

    Abs Divide Exp ExpandDims GetItem Gelu Log Max Mean Min Negative Power Relu Relu6 Sigmoid Silu
    Sqrt Square Squeeze Sum Tanh Transpose TrueDivide

    Constant GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform Ones Orthogonal
    RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
    L1 L1L2 L2 OrthogonalRegularizer
    MaxNorm MinMaxNorm NonNeg UnitNorm

    Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer Muon Nadam
    RMSprop SGD
    CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay
    PolynomialDecay

    BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy
    CategoricalHinge CosineSimilarity Hinge Huber KLDivergence LogCosh MeanAbsoluteError
    MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson
    SparseCategoricalCrossentropy SquaredHinge

    Accuracy BinaryAccuracy CategoricalAccuracy F1Score MeanMetricWrapper Precision Recall
    RootMeanSquaredError SparseCategoricalAccuracy SparseTopKCategoricalAccuracy
    TopKCategoricalAccuracy
    """.split()  # noqa: SIM905
)

FUNCTIONS = set(
    """
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu
    linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus
    softsign sparse_plus sparsemax squareplus swish tanh tanh_shrink threshold

    binary_crossentropy binary_focal_crossentropy categorical_crossentropy
    categorical_focal_crossentropy categorical_hinge cosine_similarity hinge huber kl_divergence
    log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error
    mean_squared_logarithmic_error poisson sparse_categorical_crossentropy squared_hinge

    binary_accuracy categorical_accuracy sparse_categorical_accuracy
    sparse_top_k_categorical_accuracy top_k_categorical_accuracy
    """.split()  # noqa: SIM905
)

NUMBERS = re.compile(r"bool|bfloat16|u?int(8|16|32|64)|float(16|32|64)")  # of stored arrays

MAX_DEPTH = 100
MAX_OBJECTS = 20_000  # a layer has about ten: settings, initializers, inputs, outputs
MAX_STEPS_PER_EXECUTION = 1000


class UntrustedError(Exception):
    """A description names something that may not be loaded without trust."""


def check_description(description: object) -> None:
    """Check that the description of a model names only what is listed in this module.

    Parameters
    ----------
    description : dict
        As parsed from the JSON in a model's file.

    Raises
    ------
    UntrustedError
        If it names something else. The message is a clause about the file.
    ValueError
        If it is nested too deep, has too many parts, or unrolls loops, which may never end.

    Examples
    --------
    >>> check_description({"class_name": "Dense", "module": "keras.layers", "config": {"units": 3}})
    >>> check_description({"class_name": "Lambda", "module": "keras.layers", "config": {}})
    Traceback (most recent call last):
        ...
    mnistedu.models.trust.UntrustedError: it holds code (a Lambda layer)
    """
    for count, part in enumerate(_find_dicts(description, depth=0), start=1):
        if count > MAX_OBJECTS:
            raise ValueError(f"it has more than {MAX_OBJECTS:,} parts")
        if "class_name" in part:
            _check_object(part)
        if part.get("unroll"):
            raise ValueError("it unrolls a recurrent layer")
        steps = part.get("steps_per_execution")
        if isinstance(steps, int) and steps > MAX_STEPS_PER_EXECUTION:
            raise ValueError(f"it unrolls {steps:,} steps of training")


def _find_dicts(value: object, depth: int) -> Iterator[dict]:
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _find_dicts(part, depth + 1)


def _check_object(part: dict) -> None:
    name, module, config = part["class_name"], part.get("module"), part.get("config")
    if name in ("Lambda", "__lambda__"):
        raise UntrustedError("it holds code (a Lambda layer)")
    if name in ("__numpy__", "__tensor__"):
        dtype = config.get("dtype") if isinstance(config, dict) else None
        if not (isinstance(dtype, str) and NUMBERS.fullmatch(dtype)):
            raise UntrustedError(f"it holds an array of {str(dtype)[:100]!r}")
    allowed = CLASSES
    if name == "function":
        name, allowed = config, FUNCTIONS
    if not isinstance(name, str) or name not in allowed or (module or "keras") not in MODULES:
        full_name = ".".join(str(text) for text in (module, name) if text)
        raise UntrustedError(f"it names {full_name[:100]!r}")
    if part.get("registered_name") not in (None, name, part["class_name"]):
        raise UntrustedError(f"it names {str(part['registered_name'])[:100]!r}")
