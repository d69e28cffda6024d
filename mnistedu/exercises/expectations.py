"""Building blocks of the checkers: calling a learner's function and checking what it returns.

A checker checks one property at a time and raises :class:`WrongAnswer` at the first one that does
not hold, so that each message is about one mistake::

    @hints("First hint.", "A more specific one.", "Nearly the answer.")
    def exercise_1(answer):
        for image in fresh_images():
            result = call(answer, image, form="halve(image)")
            brightness = expect_array(result, image.shape)
            if not np.allclose(brightness, image / 2):
                raise WrongAnswer("The result is not half as bright.")
        return "Every pixel is half as bright."
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from mnistedu._backend import is_keras_model
from mnistedu.data import Dataset, load_digits

if TYPE_CHECKING:
    import keras

HINTS = 3  # per exercise
MIN_VALIDATION = 100  # images; fewer say little

BLANK = "Replace the `...` in the cell above with your answer, run that cell, then this one."
RELOAD = "Pass `data` as `load_mnist` returned it at the start of the lesson."
NOTHING_RETURNED = (
    "Your function does not return anything yet. Complete it in the cell above, run that cell, "
    "then this one. (If it is complete, does it end with `return`?)"
)


class BlankAnswer(Exception):  # noqa: N818 - not an error
    """The exercise has not been answered yet; the message says what to do."""


class WrongAnswer(Exception):  # noqa: N818 - the learner's error, not the program's
    """The answer is wrong.

    Parameters
    ----------
    message : str
        What is wrong with the answer, but not what would be right.
    *hints : str
        Up to three hints about this particular mistake. They replace the first hints of the
        exercise.
    """

    def __init__(self, message: str, *hints: str) -> None:
        super().__init__(message)
        self.hints = hints


class Checker(Protocol):
    """A function that checks the answer to one exercise.

    Attributes
    ----------
    hints : tuple of str
        Three hints, from general to specific.
    """

    hints: tuple[str, ...]

    def __call__(self, answer: object, /) -> str:
        """Return a message if the answer is right, else raise an exception."""


def hints(*texts: str) -> Callable[[Callable[[object], str]], Checker]:
    """Return a decorator that attaches hints to a checker.

    Parameters
    ----------
    *texts : str
        Three hints, each more specific than the last.

    Returns
    -------
    decorator : callable
        Sets the attribute ``hints`` of a function and returns the function.

    Raises
    ------
    ValueError
        If there are not three hints.
    """
    if len(texts) != HINTS:
        raise ValueError(f"an exercise has {HINTS} hints, got {len(texts)}")

    def attach(function: Callable[[object], str]) -> Checker:
        checker = cast(Checker, function)
        checker.hints = texts
        return checker

    return attach


def is_blank(answer: object) -> bool:
    """Check whether an answer is the placeholder of an unanswered exercise.

    Parameters
    ----------
    answer : object
        Any value.

    Returns
    -------
    blank : bool
        True for ``...``, ``None``, ``NotImplemented``, and a list or tuple that contains one.

    Examples
    --------
    >>> is_blank(...), is_blank(None), is_blank((..., 3)), is_blank(0)
    (True, True, True, False)
    """
    if isinstance(answer, (tuple, list)):
        return any(is_blank(part) for part in answer)
    return answer is None or answer is ... or answer is NotImplemented


def check_not_blank(answer: object) -> None:
    """Raise :class:`BlankAnswer` if an answer is blank.

    Parameters
    ----------
    answer : object
        Any value.

    Raises
    ------
    BlankAnswer
        If :func:`is_blank` is true.
    """
    if is_blank(answer):
        raise BlankAnswer(BLANK)


def call(function: object, *arguments: object, form: str) -> object:
    """Call a learner's function with copies of the arguments.

    Parameters
    ----------
    function : object
        The learner's answer, which should be a function.
    *arguments : object
        Positional arguments; each is copied deeply.
    form : str
        The call as written in the exercise, such as ``"pool(feature_map)"``.

    Returns
    -------
    result : object
        The returned value; never blank.

    Raises
    ------
    BlankAnswer
        If the function returns nothing.
    WrongAnswer
        If `function` is not callable, raises an exception, or modifies an argument.

    Examples
    --------
    >>> call(lambda a: a + 1, 2, form="add_one(a)")
    3
    >>> call(3, 2, form="add_one(a)")
    Traceback (most recent call last):
        ...
    mnistedu.exercises.expectations.WrongAnswer: Expected a function `add_one(a)`, got a number, 3.
    """
    if not callable(function):
        raise WrongAnswer(
            f"Expected a function `{form}`, got {describe(function)}.",
            "Pass the function itself: its name, without parentheses. The checker calls it with "
            "its own values, so a single result is not enough.",
        )
    copies: tuple[Any, ...] = copy.deepcopy(arguments)
    try:
        result = function(*copies)
    except NotImplementedError as error:
        raise BlankAnswer(BLANK) from error
    except Exception as error:
        shown = ", ".join(describe(argument) for argument in arguments)
        raise WrongAnswer(
            f"Your function failed on {shown}: {type(error).__name__}: {error}",
            f"The exercise calls it as `{form}`. Call it like that in a cell of your own, and "
            "Python shows you the line that fails.",
        ) from error
    if is_blank(result):
        raise BlankAnswer(NOTHING_RETURNED if result is None else BLANK)
    for before, after in zip(arguments, copies, strict=True):
        if not _is_unchanged(before, after):
            raise WrongAnswer(
                "Your function modifies the array that was passed to it.",
                "`a -= b` and `a[...] = b` write into the caller's array, which may still be "
                "needed. Create a new one: `a - b`, or call `a.copy()` before you write.",
            )
    return result


def expect_array(
    value: object, shape: Sequence[int] | None = None, *, name: str = "The result"
) -> np.ndarray:
    """Convert a value to an array of numbers and check its shape.

    Parameters
    ----------
    value : object
        The value to convert.
    shape : sequence of int, optional
        The expected shape; empty for a single number. By default, any shape is accepted.
    name : str
        Name of the value in messages, as the start of a sentence.

    Returns
    -------
    array : ndarray of dtype float64
        The converted value.

    Raises
    ------
    WrongAnswer
        If the value cannot be converted, has another shape, or contains NaN or infinity.

    Examples
    --------
    >>> expect_array([1, 2], shape=(2,))
    array([1., 2.])
    >>> expect_array([1, 2], shape=(3,))
    Traceback (most recent call last):
        ...
    mnistedu.exercises.expectations.WrongAnswer: The result should have shape (3,), but yours has
    (2,).
    """
    try:
        if np.asarray(value).dtype.kind in "US":  # "7" would be converted to 7.0
            raise TypeError("text")
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        expected = "a number" if shape == () else "an array of numbers"
        raise WrongAnswer(
            f"{name} should be {expected}, but yours is {describe(value)}."
        ) from error
    if shape is not None and array.shape != tuple(shape):
        expected = f"have shape {tuple(shape)}" if shape else "be a single number"
        raise WrongAnswer(f"{name} should {expected}, but yours {_describe_shape(array)}.")
    if not np.isfinite(array).all():
        raise WrongAnswer(f"{name} contains `nan` or infinite values.")
    return array


def expect_model(answer: object, *, form: str) -> tuple[keras.Model, Dataset]:
    """Check that an answer is a Keras model of digits together with its data set.

    Parameters
    ----------
    answer : object
        The learner's answer.
    form : str
        The pair as written in the exercise, such as ``"(small, data)"``.

    Returns
    -------
    model : keras.Model
        A model from images of shape (28, 28, 1) to ten values.
    data : Dataset
        The data set.

    Raises
    ------
    WrongAnswer
        If the answer is not such a pair.
    """
    if not (isinstance(answer, tuple) and len(answer) == 2):
        raise WrongAnswer(f"Expected the pair `{form}`, got {describe(answer)}.")
    model, data = answer
    if not is_keras_model(model):
        raise WrongAnswer(
            f"Expected a Keras model, got {describe(model)}.",
            "Pass the model itself, not its accuracy: the checker evaluates it.",
        )
    if not isinstance(data, Dataset):
        raise WrongAnswer(f"Expected the whole data set `data`, got {describe(data)}.")
    # A model that was never called and has no input layer has no shapes yet.
    takes, returns = (getattr(model, name, None) for name in ("input_shape", "output_shape"))
    if tuple(takes or ())[1:] != (28, 28, 1) or tuple(returns or ())[1:] != (10,):
        raise WrongAnswer(
            f"The model maps shape {takes} to shape {returns}.",
            "It should take images of shape (28, 28, 1) and return ten probabilities.",
        )
    return model, data


def expect_accuracy(model: keras.Model, data: Dataset, bars: Mapping[str, float]) -> float:
    """Return a network's accuracy on the validation images, if it is high enough.

    Parameters
    ----------
    model : keras.Model
    data : Dataset
    bars : mapping of str to float
        The accuracy required on ``"mnist"`` and on the bundled ``"digits"``.

    Returns
    -------
    accuracy : float

    Raises
    ------
    WrongAnswer
        If the accuracy is lower, or there are too few validation images.
    """
    from mnistedu.evaluation import evaluate

    bar = accuracy_bar(data, bars)
    accuracy = evaluate(model, data.validation).accuracy
    if accuracy < bar:
        raise WrongAnswer(
            f"It classifies {accuracy:.1%} of the validation images correctly; "
            f"the bar is {bar:.0%}."
        )
    return accuracy


def accuracy_bar(data: Dataset, bars: Mapping[str, float]) -> float:
    """Return the accuracy on the validation images that an exercise requires.

    A data set is what its images are, not what it is called.

    Parameters
    ----------
    data : Dataset
    bars : mapping of str to float
        For ``"mnist"`` and for the bundled ``"digits"``.

    Returns
    -------
    bar : float

    Raises
    ------
    WrongAnswer
        If there are too few validation images.

    Examples
    --------
    >>> from mnistedu import load_digits
    >>> accuracy_bar(load_digits(), {"mnist": 0.95, "digits": 0.85})
    0.85
    """
    count = len(data.validation)
    if count < MIN_VALIDATION:
        raise WrongAnswer(
            f"`data` has {count} validation images, too few to judge a model.", RELOAD
        )
    bundled = load_digits()
    known = {
        (image.tobytes(), int(label))
        for split in (bundled.train, bundled.validation, bundled.test)
        for image, label in zip(split.images, split.labels, strict=True)
    }
    images, labels = data.validation
    given = {(image.tobytes(), int(label)) for image, label in zip(images, labels, strict=True)}
    return bars["digits" if given <= known else "mnist"]


def describe(value: object) -> str:
    """Describe a value in a few words, for use in a message.

    Parameters
    ----------
    value : object
        Any value.

    Returns
    -------
    text : str
        A noun with its article.

    Examples
    --------
    >>> describe(np.zeros((28, 28), np.uint8))
    'an array of shape (28, 28) and dtype uint8'
    >>> describe([1, 2]), describe(0.5), describe("7")
    ('a list of length 2', 'a number, 0.5', "a string, '7'")
    """
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, (bool, int, float, np.number, np.ndarray)):
        return f"a number, {value}"
    if isinstance(value, str):
        return f"a string, {value!r}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of length {len(value)}"
    is_function = callable(value) and not is_keras_model(value)
    return "a function" if is_function else f"a {type(value).__name__}"


def _describe_shape(array: np.ndarray) -> str:
    return f"has {array.shape}" if array.ndim else "is a single number"


def _is_unchanged(before: object, after: object) -> bool:
    """Compare arrays, and lists of arrays; other values are taken to be unchanged."""
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_is_unchanged, before, after))
    return not isinstance(before, np.ndarray) or np.array_equal(before, np.asarray(after))
