"""Looking into a model: the outputs of its layers, and which pixels a prediction depends on.

`features` computes layer outputs, embeddings and filters; `attribution` saliency and occlusion;
`probe` does all of it for one image while the model may be training.
"""

from mnistedu.inspection.attribution import occlusion, saliency, score_function
from mnistedu.inspection.features import embed, kernel_pictures, layer_output

__all__ = ["embed", "kernel_pictures", "layer_output", "occlusion", "saliency", "score_function"]
