"""Layers on a batch that is divided over devices: each device computes its part where it lies.

XLA divides its own operations over devices by itself, but it knows nothing of kernels, nor of loops
over chunks of a batch. It would collect the whole batch on every device and compute all of it
there. ``jax.shard_map`` runs a function on each device's part, and sums the gradients of the
weights over the devices.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
from jax.sharding import PartitionSpec

from mnistedu._backend import import_keras


def replicates_weights() -> bool:
    """Check whether every device has all weights of a layer.

    Returns
    -------
    replicated : bool
        False in the scope of a ``keras.distribution.ModelParallel``, which may divide the weights.

    Examples
    --------
    >>> replicates_weights()
    True
    """
    distribution = import_keras().distribution
    return isinstance(distribution.distribution(), distribution.DataParallel | None)


def map_shards(
    function: Callable[..., jax.Array], batch: jax.Array, *weights: jax.Array
) -> jax.Array:
    """Apply a function to a batch, on each device to the part of the batch that lies there.

    Parameters
    ----------
    function : callable
        Takes a batch and the weights, and returns an array of results, one for each element of the
        batch.
    batch : jax.Array of shape (n, ...)
        Divided as in the scope of a ``keras.distribution.DataParallel``. Without a scope, or if
        the number of devices does not divide n, it is not divided.
    *weights : jax.Array
        The same on each device.

    Returns
    -------
    results : jax.Array of shape (n, ...)
        Divided as `batch` is.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> map_shards(lambda batch, factor: factor * batch, jnp.arange(3.0), jnp.float32(2)).tolist()
    [0.0, 2.0, 4.0]
    """
    distribution = import_keras().distribution.distribution()
    if distribution is None:
        return function(batch, *weights)
    mesh, axis = distribution.device_mesh.backend_mesh, distribution.batch_dim_name
    if len(batch) % mesh.shape[axis]:
        return function(batch, *weights)
    divided, replicated = PartitionSpec(axis), PartitionSpec()
    return jax.shard_map(
        function,
        mesh=mesh,
        in_specs=(divided, *[replicated] * len(weights)),
        out_specs=divided,
        check_vma=False,  # the primitives of the kernels do not say over which axes they vary
    )(batch, *weights)
