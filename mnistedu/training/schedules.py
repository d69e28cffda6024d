"""Learning-rate schedules.

A schedule is a function from the progress of training, from 0 to 1, to a factor on the optimizer's
learning rate. It does not depend on epochs or steps, so it can be used for training of any length.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp


def one_cycle(progress: jax.Array | float) -> jax.Array:
    """Increase to the full learning rate in the first quarter, then decrease to 0.

    Parameters
    ----------
    progress : float or jax.Array
        Fraction of the training that is done, from 0 to 1.

    Returns
    -------
    factor : jax.Array, dtype float32
        Factor on the optimizer's learning rate, from 0 to 1.

    References
    ----------
    Smith, L. N. and Topin, N. (2018). Super-convergence: very fast training of neural networks
    using large learning rates. arXiv:1708.07120.

    Examples
    --------
    >>> [round(float(one_cycle(progress)), 2) for progress in (0.0, 0.25, 0.5, 1.0)]
    [0.04, 1.0, 0.75, 0.0]
    """
    warm_up = 0.25
    rise = 0.04 + 0.96 * progress / warm_up
    fall = 0.5 * (1 + jnp.cos(jnp.pi * (progress - warm_up) / (1 - warm_up)))
    return jnp.where(progress < warm_up, rise, fall).astype(jnp.float32)
