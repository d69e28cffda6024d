"""Training: ``train``, its compiled loop, augmentation and learning-rate schedules.

`trainer` checks and prepares, `loop` runs the epochs, `steps` are the compiled programs, and
`compilation_cache` keeps them on disk.
"""

from mnistedu.training.augmentation import augment
from mnistedu.training.schedules import one_cycle
from mnistedu.training.trainer import train

__all__ = ["augment", "one_cycle", "train"]
