"""Training: ``train``, its compiled loop, augmentation and learning-rate schedules.

`trainer` has the public function, `arguments` checks its arguments, `loop` runs the epochs,
`best_weights` restores the best one, `steps` compiles the training and test steps, `devices`
divides images and batches, and `compilation_cache` stores programs on disk.
"""

from mnistedu.training.augmentation import augment
from mnistedu.training.schedules import one_cycle
from mnistedu.training.trainer import train

__all__ = ["augment", "one_cycle", "train"]
