"""The devices of a training run: those of Keras's distribution, or one.

In the scope of a ``keras.distribution``, each device stores a part of the images and computes a
part of each batch. The images stay where they are: a batch is collected from all devices by a sum,
to which each device adds the images that it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import NamedSharding, PartitionSpec

from mnistedu._backend import import_keras

if TYPE_CHECKING:
    import keras


def count_shards() -> int:
    """Return the number of parts that a batch is divided into.

    Returns
    -------
    shards : int
        1 without a distribution.

    Examples
    --------
    >>> count_shards()
    1
    """
    distribution = _distribution()
    if distribution is None:
        return 1
    return distribution.device_mesh.backend_mesh.shape[distribution.batch_dim_name]


def check_devices(model: keras.Model, batch_size: int, n_images: int) -> None:
    """Check that a model and its batches can be divided over the devices.

    Parameters
    ----------
    model : keras.Model
        A compiled model.
    batch_size : int
        Number of images per step.
    n_images : int
        Number of training images.

    Raises
    ------
    ValueError
        If the model has not been built for these devices, or their number does not divide the
        batch size.
    """
    distribution = _distribution()
    for variable in [*model.weights, *model.optimizer.variables]:
        devices = variable.value.sharding.device_set
        if distribution is None and len(devices) > 1:
            raise ValueError(
                f"the model is distributed over {len(devices)} devices, but train was called "
                "outside of the distribution's scope; call train in the scope: with "
                "distribution.scope(): mnistedu.train(model, data)"
            )
        if distribution and devices != {*distribution.device_mesh.backend_mesh.devices.flat}:
            raise ValueError(
                "the model was built outside of the distribution's scope; build, load and compile "
                "it in the scope: with distribution.scope(): model = mnistedu.build_cnn()"
            )
    shards = count_shards()
    if batch_size % shards:
        smaller = batch_size // shards * shards
        choices = [f"{size:,}" for size in (smaller, smaller + shards) if 0 < size <= n_images]
        raise ValueError(
            f"batch_size must be a multiple of {shards}, the number of devices that share a batch, "
            f"and at most {n_images:,}, the number of training images, got {batch_size:,}; use "
            f"{' or '.join(choices) or 'fewer devices'}"
        )


def to_devices(array: np.ndarray, axis: int | None = None) -> jax.Array:
    """Copy an array to the devices.

    Parameters
    ----------
    array : ndarray
        The same in each process.
    axis : int, optional
        The axis to divide, whose length is a multiple of the number of devices. By default, each
        device gets the whole array.

    Returns
    -------
    array : jax.Array
        The same array.

    Examples
    --------
    >>> to_devices(np.arange(3), axis=0).tolist()
    [0, 1, 2]
    """
    distribution = _distribution()
    if distribution is None:
        return jax.device_put(array)
    spec = PartitionSpec() if axis is None else _spec(distribution, axis)
    sharding = NamedSharding(distribution.device_mesh.backend_mesh, spec)
    return jax.make_array_from_callback(array.shape, sharding, lambda index: array[index])


def divide_images(images: np.ndarray) -> jax.Array:
    """Divide images over the devices.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28)
        The images.

    Returns
    -------
    images : jax.Array of shape (m, 28, 28)
        The images, followed by as many blank ones as make m a multiple of the number of devices.

    Examples
    --------
    >>> divide_images(np.zeros((3, 28, 28), np.uint8)).shape
    (3, 28, 28)
    """
    padding = -len(images) % count_shards()
    return to_devices(np.pad(images, [(0, padding), (0, 0), (0, 0)]) if padding else images, axis=0)


def take_images(images: jax.Array, rows: jax.Array) -> jax.Array:
    """Take images by their indices, inside or outside of a compiled program.

    Parameters
    ----------
    images : jax.Array of shape (m, 28, 28)
        Result of :func:`divide_images`.
    rows : jax.Array of shape (n,), dtype int
        Indices of the images. The number of devices divides n.

    Returns
    -------
    batch : jax.Array of shape (n, 28, 28)
        The images at these indices, divided over the devices.

    Examples
    --------
    >>> images = divide_images(np.zeros((3, 28, 28), np.uint8))
    >>> take_images(images, jnp.array([2, 0])).shape
    (2, 28, 28)
    """
    distribution = _distribution()
    if distribution is None:
        return images[rows]
    axis, shards = distribution.batch_dim_name, count_shards()

    def take(shard: jax.Array, rows: jax.Array) -> jax.Array:
        device = jax.lax.axis_index(axis)
        local = rows - device * len(shard)
        is_here = (local >= 0) & (local < len(shard))
        found = jnp.where(is_here[:, None, None], shard[local], 0)
        batch = jax.lax.psum(found, axis).reshape(shards, -1, *shard.shape[1:])
        return jax.lax.dynamic_index_in_dim(batch, device, keepdims=False)

    divided = _spec(distribution, 0)
    return jax.shard_map(
        take,
        mesh=distribution.device_mesh.backend_mesh,
        in_specs=(divided, PartitionSpec()),
        out_specs=divided,
        check_vma=False,
    )(images, rows)


def agree(number: int) -> int:
    """Return the number of the first process, in all processes.

    Parameters
    ----------
    number : int
        A number that may differ between processes, such as one that depends on time.

    Returns
    -------
    number : int
        Of the process with the index 0.

    Examples
    --------
    >>> agree(3)
    3
    """
    if jax.process_count() == 1:
        return number
    return int(multihost_utils.broadcast_one_to_all(np.int32(number)))


def _distribution() -> keras.distribution.DataParallel | None:
    return import_keras().distribution.distribution()


def _spec(distribution: keras.distribution.DataParallel, axis: int) -> PartitionSpec:
    return PartitionSpec(*[None] * axis, distribution.batch_dim_name)
