"""Layer outputs, filters, embeddings, saliency and occlusion of a model.

`features` computes layer outputs, embeddings and filters; `attribution` computes saliency and
occlusion; `probe` computes them for single images, also while the model is being trained.
"""

from mnistedu.inspection.attribution import occlusion, saliency, score_function
from mnistedu.inspection.features import embed, kernel_pictures, layer_output

__all__ = ["embed", "kernel_pictures", "layer_output", "occlusion", "saliency", "score_function"]
