"""What the checkers of all lessons are made of: ways to look at a learner's answer.

A checker looks at one thing after the other and raises :class:`Wrong` at the first that is not as
it should be, so that what it says is about the answer at hand::

    @hints("First hint.", "A more specific one.", "Nearly the answer.")
    def exercise_1(answer):
        for image in fresh_images():
            result = call(answer, image, form="halve(image)")
            brightness = expect_array(result, image.shape)
            if not np.allclose(brightness, image / 2):
                raise Wrong("The result is not half as bright.")
        return "Half the light is left."
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import is_keras_model
from mnistedu.data import Dataset, load_digits

if TYPE_CHECKING:
    import keras

HINTS = 3  # for each exercise
MIN_VALIDATION = 100  # images; fewer say little

BLANK = "Put your answer where the `...` stands in the cell above, run that cell, then this one."
RELOAD = "Take `data` as `load_mnist` returns it, at the start of the lesson."
NOTHING_RETURNED = (
    "Your function gives back nothing so far. Write it in the cell above, run that cell, then this "
    "one. (If you have written it: does it end in `return`?)"
)


class Blank(Exception):  # noqa: N818 - it is no error
    """There is no answer yet; the text says what to do."""


class Wrong(Exception):  # noqa: N818 - of the learner's, not of the program's
    """An answer is wrong.

    Parameters
    ----------
    what : str
        What is wrong with it, never what would be right.
    *hints : str
        Hints for just this mistake, up to three. They take the place of the exercise's first ones.
    """

    def __init__(self, what: str, *hints: str) -> None:
        super().__init__(what)
        self.hints = hints


def hints(*ladder: str) -> Callable[[Callable], Callable]:
    """Give a checker its three hints, each more specific than the one before.

    Parameters
    ----------
    *ladder : str
        Three of them.

    Returns
    -------
    decorator : callable
    """
    if len(ladder) != HINTS:
        raise ValueError(f"an exercise has {HINTS} hints, got {len(ladder)}")

    def attach(checker: Callable) -> Callable:
        checker.hints = ladder
        return checker

    return attach


def is_blank(answer: object) -> bool:
    """Tell whether an answer is what an untouched cell holds.

    Parameters
    ----------
    answer : object

    Returns
    -------
    blank : bool

    Examples
    --------
    >>> is_blank(...), is_blank(None), is_blank((..., 3)), is_blank(0)
    (True, True, True, False)
    """
    if isinstance(answer, (tuple, list)):
        return any(is_blank(part) for part in answer)
    return answer is None or answer is ... or answer is NotImplemented


def refuse_blank(answer: object) -> None:
    """Raise :class:`Blank` for what an untouched cell holds.

    Parameters
    ----------
    answer : object
    """
    if is_blank(answer):
        raise Blank(BLANK)


def call(function: object, *arguments: object, form: str) -> object:
    """Call a learner's function on copies of some arguments.

    Parameters
    ----------
    function : object
        Hopefully a function.
    *arguments : object
    form : str
        How the exercise writes the call, as in ``"pool(feature_map)"``.

    Returns
    -------
    result : object
        Never blank.

    Raises
    ------
    Blank
        If the function gives back nothing.
    Wrong
        If it is no function, fails, or changes what it was given.

    Examples
    --------
    >>> call(lambda a: a + 1, 2, form="add_one(a)")
    3
    >>> call(3, 2, form="add_one(a)")
    Traceback (most recent call last):
        ...
    mnistedu.exercises.expectations.Wrong: A function `add_one(a)` is asked for, and this is ...
    """
    if not callable(function):
        raise Wrong(
            f"A function `{form}` is asked for, and this is {describe(function)}.",
            "Pass the function itself, by its name and without parentheses. It is tried on values "
            "of its own, so a single result does not help.",
        )
    given = copy.deepcopy(arguments)
    try:
        result = function(*given)
    except NotImplementedError as error:
        raise Blank(BLANK) from error
    except Exception as error:
        shown = ", ".join(describe(argument) for argument in arguments)
        raise Wrong(
            f"Your function failed on {shown}: {type(error).__name__}: {error}",
            f"The exercise calls it as `{form}`. Call it like that in a cell of your own, and "
            "Python shows you the line that fails.",
        ) from error
    if is_blank(result):
        raise Blank(NOTHING_RETURNED if result is None else BLANK)
    for before, after in zip(arguments, given, strict=True):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after):
            raise Wrong(
                "Your function changes the array that it was given.",
                "`a -= b` and `a[...] = b` write into the caller's array, which may still be "
                "needed. Make a new one: `a - b`, or `a.copy()` before you write.",
            )
    return result


def expect_array(
    value: object, shape: Sequence[int] | None = None, *, name: str = "The result"
) -> np.ndarray:
    """Take a value for an array of numbers, of some shape.

    Parameters
    ----------
    value : object
    shape : sequence of int, optional
        An empty one for a single number. Any, if left out.
    name : str
        What to call it, at the start of a sentence.

    Returns
    -------
    array : ndarray of dtype float64

    Raises
    ------
    Wrong
        If it is something else, or holds numbers that are not finite.

    Examples
    --------
    >>> expect_array([1, 2], shape=(2,))
    array([1., 2.])
    >>> expect_array([1, 2], shape=(3,))
    Traceback (most recent call last):
        ...
    mnistedu.exercises.expectations.Wrong: The result should have shape (3,), and yours has (2,).
    """
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        wanted = "a number" if shape == () else "an array of numbers"
        raise Wrong(f"{name} should be {wanted}, and yours is {describe(value)}.") from error
    if shape is not None and array.shape != tuple(shape):
        wanted = f"have shape {tuple(shape)}" if shape else "be a single number"
        raise Wrong(f"{name} should {wanted}, and yours has {_shape(array)}.")
    if not np.isfinite(array).all():
        raise Wrong(f"{name} holds `nan` or infinite numbers.")
    return array


def expect_network(answer: object, *, form: str) -> tuple[keras.Model, Dataset]:
    """Take an answer for a network with the data that it learned from.

    Parameters
    ----------
    answer : object
    form : str
        How the exercise writes the pair, as in ``"(small, data)"``.

    Returns
    -------
    model : keras.Model
    data : Dataset

    Raises
    ------
    Wrong
        If it is no such pair, or the network does not take images and answer with ten numbers.
    """
    if not (isinstance(answer, tuple) and len(answer) == 2):
        raise Wrong(f"The pair `{form}` is asked for, and this is {describe(answer)}.")
    model, data = answer
    if not is_keras_model(model):
        raise Wrong(
            f"A Keras model is asked for, and this is {describe(model)}.",
            "Pass the network itself: it is asked about images, so a number does not help.",
        )
    if not isinstance(data, Dataset):
        raise Wrong(f"The whole data set `data` is asked for, and this is {describe(data)}.")
    # A model that was never called and has no input layer has no shapes yet.
    takes, makes = (getattr(model, name, None) for name in ("input_shape", "output_shape"))
    if tuple(takes or ())[1:] != (28, 28, 1) or tuple(makes or ())[1:] != (10,):
        raise Wrong(
            f"The network takes inputs of shape {takes} and returns {makes}.",
            "It should take images of shape (28, 28, 1) and answer with ten probabilities.",
        )
    return model, data


def expect_accuracy(model: keras.Model, data: Dataset, bars: Mapping[str, float]) -> float:
    """Return a network's accuracy on the validation images, if it is high enough.

    Parameters
    ----------
    model : keras.Model
    data : Dataset
    bars : mapping of str to float
        The accuracy that is asked for on ``"mnist"`` and on the bundled ``"digits"``.

    Returns
    -------
    accuracy : float

    Raises
    ------
    Wrong
        If the accuracy is lower, or there are too few validation images.
    """
    from mnistedu.evaluation import evaluate

    bar = accuracy_bar(data, bars)
    accuracy = evaluate(model, data.validation).accuracy
    if accuracy < bar:
        raise Wrong(f"It reads {accuracy:.1%} of the validation images; {bar:.0%} are asked for.")
    return accuracy


def accuracy_bar(data: Dataset, bars: Mapping[str, float]) -> float:
    """Return which accuracy is asked for on the validation images.

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
    Wrong
        If there are too few validation images.

    Examples
    --------
    >>> from mnistedu import load_digits
    >>> accuracy_bar(load_digits(), {"mnist": 0.95, "digits": 0.85})
    0.85
    """
    count = len(data.validation)
    if count < MIN_VALIDATION:
        raise Wrong(f"`data` has {count} validation images, too few to tell.", RELOAD)
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
    """Say what a value is, for a sentence.

    Parameters
    ----------
    value : object

    Returns
    -------
    text : str

    Examples
    --------
    >>> describe(np.zeros((28, 28), np.uint8))
    'an array of shape (28, 28) and dtype uint8'
    >>> describe([1, 2]), describe(0.5), describe("7")
    ('a list of 2', 'a number, 0.5', "a text, '7'")
    """
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, (bool, int, float, np.number, np.ndarray)):
        return f"a number, {value}"
    if isinstance(value, str):
        return f"a text, {value!r}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    is_function = callable(value) and not is_keras_model(value)
    return "a function" if is_function else f"a {type(value).__name__}"


def _shape(array: np.ndarray) -> str:
    return f"{array.shape}" if array.ndim else "none: it is one number"
