# %% [markdown]
# # Draw a digit
#
# Draw a digit from 0 to 9 on the sheet, with mouse, finger or pen. A network reads while you draw.

# %%
import html
import os
from pathlib import Path

import ipywidgets

import mnistedu

pad = mnistedu.DrawingPad()

# %%
folder = Path(os.environ.get("MNISTEDU_MODELS", "."))
models = {path.name: path for path in sorted(folder.glob("*.keras"))}
chooser = ipywidgets.Dropdown(
    options=["the network of mnistedu", *models],
    description="Read by",
    style={"description_width": "auto"},
)
state = ipywidgets.HTML()


# %%
def choose(change):
    state.value = f"Loading {html.escape(change.new)} …"
    path = models.get(change.new)
    try:
        pad.recognizer = mnistedu.Recognizer(mnistedu.load_model(path) if path else None)
    except Exception as error:
        state.value = f"{html.escape(str(error))} The last network still reads."
    else:
        state.value = ""


chooser.observe(choose, "value")

# %% alt="The empty pad, and below it a list of networks to choose from: run this notebook to draw."
page = ipywidgets.VBox([pad, chooser, state])
page

# %%
assert pad.recognizer.predict(mnistedu.Ink([[(40, 10), (40, 90)]])).digit == 1
