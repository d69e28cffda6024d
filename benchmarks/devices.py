"""Training on simulated devices: ``python -m benchmarks.devices``.

Simulated devices share the processor's cores, so the time of a step tells what dividing it costs
and not what it gains. The first table has the time of a training step on one device and divided
over several, and the bytes of the sums that a device takes part in. The second one has the
differences between a training on one device and on two, and between two trainings on one device
whose initial weights differ by rounding errors.
"""

from __future__ import annotations

import re
from typing import Any

import jax
import numpy as np

import mnistedu
from benchmarks.keras_side import with_stock_layers
from benchmarks.machine import describe, in_fresh_process, seconds, sentence
from mnistedu._backend import import_keras
from mnistedu.data import Dataset
from mnistedu.training.steps import read_state

keras = import_keras()

DEVICES = (2, 8)
RECIPES = ("flask-mlp", "gradio-cnn", "adadelta-cnn")
BATCH_SIZE = 256
TURNS = 10  # of which the fastest counts
IMAGES_AND_EPOCHS = {1: (128, 1), 2: (256, 1), 10: (1197, 1), 50: (1197, 5)}  # by number of steps
ROUNDING = 2e-7  # of the weights


def compare_steps(recipe: str, devices: int) -> tuple[list[float], int]:
    """Measure a training step of a recipe on one device and on several.

    Parameters
    ----------
    recipe : str
        One of ``RECIPES``.
    devices : int
        The number of devices to simulate. JAX must not have started.

    Returns
    -------
    took : list of float
        Seconds on one device, divided, and divided with Keras's own layers.
    sums : int
        Bytes of the sums over all devices in a step.
    """
    jax.config.update("jax_num_cpu_devices", devices)
    digits = mnistedu.load_digits().train[:BATCH_SIZE]
    batch = mnistedu.to_input(digits.images), digits.labels
    distribution = keras.distribution.DataParallel()
    programs: list[Any] = []
    for scope, stock in ((None, False), (distribution, False), (distribution, True)):
        keras.distribution.set_distribution(scope)
        model = mnistedu.build_recipe(recipe)
        if stock:
            model = with_stock_layers(model)
        model._symbolic_build(data_batch=tuple(array[:1] for array in batch))
        arguments = (
            read_state(model),
            [
                keras.distribution.distribute_tensor(array, scope.get_data_layout(array.shape))
                if scope
                else jax.device_put(array)
                for array in batch
            ],
        )
        step = jax.jit(lambda state, batch, model=model: model.train_step(state, batch)[1])
        programs.append((step.lower(*arguments).compile(), arguments))
    took = [float("inf")] * len(programs)
    for _ in range(TURNS):  # alternately, so that other load slows all of them down alike
        for index, (program, arguments) in enumerate(programs):
            run = seconds(lambda p=program, a=arguments: jax.block_until_ready(p(*a)))
            took[index] = min(took[index], run)
    return took, count_bytes_of_sums(programs[1][0].as_text())


def count_bytes_of_sums(program: str) -> int:
    """Count the bytes of all sums over devices in the text of a compiled program.

    Examples
    --------
    >>> count_bytes_of_sums("%all-reduce.1 = (f32[3,2]{1,0}, f32[]) all-reduce(%a, %b), ...")
    28
    """
    results = re.findall(r"= (.*?) all-reduce(?:-start)?\(", program)
    shapes = [shape for result in results for shape in re.findall(r"[fsu]32\[([\d,]*)\]", result)]
    return 4 * sum(
        int(np.prod([int(side) for side in shape.split(",") if side])) for shape in shapes
    )


def compare_trainings() -> list[tuple[int, list[float], list[float]]]:
    """Compare trainings on one device with one on two and with one of slightly different weights.

    Returns
    -------
    rows : list of (int, list of float, list of float)
        Steps; the largest differences of a weight; the relative differences of the loss.
    """
    jax.config.update("jax_num_cpu_devices", 2)
    rows = []
    for steps, (images, epochs) in IMAGES_AND_EPOCHS.items():
        digits = mnistedu.load_digits()
        data = Dataset(digits.train[:images], digits.validation, digits.test, "digits")
        (weights, loss), *others = (
            _train(data, epochs, scope, rounding)
            for scope, rounding in (
                (None, 0.0),
                (keras.distribution.DataParallel(), 0.0),
                (None, ROUNDING),
            )
        )
        rows.append(
            (
                steps,
                [
                    max(float(abs(a - b).max()) for a, b in zip(weights, other, strict=True))
                    for other, _ in others
                ],
                [abs(other / loss - 1) for _, other in others],
            )
        )
    return rows


def _train(
    data: Dataset, epochs: int, scope: keras.distribution.DataParallel | None, rounding: float
) -> tuple[list[np.ndarray], float]:
    keras.distribution.set_distribution(scope)
    keras.utils.set_random_seed(0)
    model = mnistedu.build_cnn()
    model.set_weights([weights * np.float32(1 + rounding) for weights in model.get_weights()])
    history = mnistedu.train(model, data, epochs=epochs, verbose=False)
    return model.get_weights(), history.history["loss"][-1]


def main() -> None:
    """Print the tables."""
    print(sentence(describe(("keras", "jax"))), end="\n\n")
    print(
        f"| a step, batch {BATCH_SIZE} | devices | on one | divided | with Keras's layers | sums |"
    )
    print("|---|--:|--:|--:|--:|--:|")
    for recipe in RECIPES:
        for devices in DEVICES:
            took, sums = in_fresh_process(compare_steps, recipe, devices)
            times = " | ".join(f"{1e3 * each:.1f} ms" for each in took)
            print(f"| {recipe} | {devices} | {times} | {sums / 1e6:.2f} MB |", flush=True)
    print()
    print("| steps | weights: on two devices | rounded | loss: on two devices | rounded |")
    print("|--:|--:|--:|--:|--:|")
    for steps, weights, losses in in_fresh_process(compare_trainings):
        differences = " | ".join(f"{each:.0e}" for each in (*weights, *losses))
        print(f"| {steps} | {differences} |")


if __name__ == "__main__":
    main()
