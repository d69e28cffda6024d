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
models = {path.name: path for path in sorted(folder.glob("*.keras")) if path.name.isprintable()}
chooser = ipywidgets.Dropdown(
    options=["the network of mnistedu", *models],
    description="Read by",
    style={"description_width": "auto"},
)
state = ipywidgets.HTML()


# %%
def choose(change):
    if change.new == reading[-1]:
        return
    name = html.escape(change.new)
    state.value = f"Loading {name} …"
    path = models.get(change.new)
    try:
        pad.recognizer = mnistedu.Recognizer(mnistedu.load_model(path) if path else None)
    except PermissionError:
        state.value = f"{name} is not loaded, because it could run code."
    except Exception:
        state.value = f"{name} is not a model that can read digits."
    else:
        state.value = ""
        reading.append(change.new)
    chooser.value = reading[-1]


reading = [chooser.value]
chooser.observe(choose, "value")

# %% alt="The empty pad, and below it a list of networks to choose from: run this notebook to draw."
page = ipywidgets.VBox([pad, chooser, state])
page

# %%
assert pad.recognizer.predict(mnistedu.Ink([[(40, 10), (40, 90)]])).digit == 1
