"""The training monitor as a still picture."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

import mnistedu
from mnistedu import Dataset, TrainingMonitor


def test_a_picture_stands_in_where_no_widget_can_show(digits: Dataset) -> None:
    monitor = TrainingMonitor(digits)
    assert "image/png" not in monitor._repr_mimebundle_()[0]
    mnistedu.train(mnistedu.build_mlp(), digits, epochs=2, callbacks=[monitor], verbose=False)
    bundle, metadata = monitor._repr_mimebundle_()
    assert "2 of 2 epochs" in metadata["image/png"]["alt"]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))))
    width = picture.shape[1] // 3
    for panel in range(3):
        assert picture[:, panel * width : (panel + 1) * width, :3].std() > 10
