"""Learning-rate schedules: how large a step is, as training goes on.

A schedule is a function of the progress of training, from 0 to 1, and gives a factor on the
optimizer's own learning rate. It knows neither epochs nor steps, so it fits training of any length.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp


def one_cycle(progress: jax.Array | float) -> jax.Array:
    """Rise to the full learning rate in the first quarter, then fall to nothing.

    Parameters
    ----------
    progress : float or jax.Array
        How much of the training is done, from 0 to 1.

    Returns
    -------
    factor : jax.Array, dtype float32
        What to multiply the optimizer's learning rate by, from 0 to 1.

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
