# %% [markdown]
# # Start here: draw a digit and see it read
#
# *About 10 minutes.*
#
# **What you'll do.** Draw a digit with your mouse or your finger, watch the computer read it, and
# find your way around this course.
#
# **What you'll learn**
#
# - how to run a cell, how to stop one, and how to get help;
# - which way the lessons lead;
# - what to do when something does not work.
#
# **What you'll need.** This page, open in JupyterLab, and nothing else.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the [lesson](../00-start-here.ipynb) first.*

# %% [markdown]
# ## Draw a digit
#
# The grey box below is a *cell*. Click into it, hold down *Shift* and press *Enter*. After a moment
# a sheet appears. Draw a digit on it, large or small.

# %% alt="The empty pad: run this notebook to draw a digit."
import mnistedu

pad = mnistedu.DrawingPad()
pad

# %% [markdown]
# *In the picture:* the sheet, the little image that the computer looks at, and its answer. Where
# this page shows only a still picture, open it in JupyterLab to draw.
#
# That was it: a machine has read your handwriting. It answers while you draw, and it tells you what
# else the digit might be. Draw it slowly and see how the answer changes. Try all ten digits, try a
# letter, try to fool it.
#
# What reads your digits is a *neural network*: numbers that were learned from other people's
# handwriting. By the end of this course you will have built one yourself, every part of it.

# %% [markdown]
# ## Let the program draw
#
# Not only you can draw. A drawing is a list of *strokes*, and a stroke is a list of points: how far
# to the right, how far down. Run the next cell too.

# %% alt="The pad with a 7 on its sheet, and the answer 7."
seven = mnistedu.Ink([[(150, 110), (390, 110), (330, 230), (250, 440)]])

second = mnistedu.DrawingPad()
second.draw(seven)
second

# %%
print(second.prediction)
assert second.prediction.digit == 7

# %% [markdown]
# A line that begins with `assert` is a promise: if it does not hold, the cell stops and says so.
# You will meet many of them. They are how a lesson makes sure that what it tells you is true on
# your machine, too.
#
# However large you draw, the network sees a tiny image, of 28 rows with 28 points each:

# %%
image = second.prediction.image
print(image.shape)
assert image.shape == (28, 28)

# %% [markdown]
# ## Run a cell
#
# You know it already: click into the cell, then *Shift* and *Enter*. The page is alive. You can
# change any cell and run it again, as often as you like; nothing can break.
#
# The notebook remembers what you did. Run the first cell below once, and the second one three
# times.

# %%
count = 0

# %%
count = count + 1
print("This cell has run", count, "times since the one above it.")
assert count >= 1

# %% [markdown]
# The number in brackets at the left of a cell says when it was run: `[1]` first, then `[2]`. A cell
# that is still at work shows `[*]`. Because the notebook remembers, the order matters. Go from top
# to bottom, and if you are lost, choose *Run*, then *Restart Kernel and Run All Cells* from the
# menu.

# %% [markdown]
# ## Stop a cell
#
# Some cells take a while. You can stop any of them with the square button above the page. Run this
# one, and stop it before it is done. (The *kernel*, which does the work, then shows a message that
# ends with `KeyboardInterrupt`. That is all right.)

# %%
import time

for part in ("one", "two", "three"):
    print("part", part, "of three ...")
    time.sleep(1)

# %% [markdown]
# When nothing else helps, choose *Kernel*, then *Restart Kernel*. The notebook forgets everything
# that it has computed, but not a letter of what you wrote. Run it from the top again.

# %% [markdown]
# ## Ask for help
#
# `help` explains anything that has a name. In JupyterLab there is a quicker way: click on a name,
# hold down *Shift* and press *Tab*.

# %%
help(mnistedu.Ink.undo)

# %% [markdown]
# ## Read a message
#
# Sooner or later a cell ends in a long red message. It is no reproach, and you need not read all of
# it: **the last line says what was wrong**. Here we ask for the image of an empty drawing, on
# purpose, and print that line.

# %%
try:
    mnistedu.Ink().to_image()
except ValueError as message:
    print("ValueError:", message)

# %% [markdown]
# ## Check that everything is there
#
# The next three cells look whether your machine has what the lessons need. First the digits. They
# are fetched once from the internet; without a connection the course goes on with a smaller
# collection, and says so.

# %%
from mnistedu.displays import DigitsDisplay

data = mnistedu.load_mnist(fallback="digits")
assert data.name in ("mnist", "digits")
data

# %%
DigitsDisplay(data.train.images[:10], data.train.labels[:10]).plot()

# %% [markdown]
# Then the programs that the lessons are built on. If you ask someone for help, tell them what this
# cell prints.

# %%
import sys
from importlib.metadata import version

print("Python", sys.version.split()[0])
for name in ("mnistedu", "keras", "jax", "numpy", "ipywidgets", "ipycanvas", "jupyterlab"):
    print(name, version(name))
assert sys.version_info >= (3, 11)

# %% [markdown]
# And last, whether they work together.

# %%
import keras

print("Keras computes with", keras.backend.backend())
assert keras.backend.backend() == "jax"

# %% [markdown]
# ## Mend what does not work
#
# - *A picture where the sheet should be.* The page is not running. Open it in JupyterLab and run
#   the cell.
# - *A sheet on which you cannot draw.* Reload the page in the browser, then run the cell again.
# - *`No module named 'mnistedu'`.* The notebook runs on another Python. Choose the kernel at the
#   top right, or start JupyterLab with `make lab`.
# - *`name ... is not defined`.* A cell further up has not been run. Choose *Run*, then *Run All
#   Above Selected Cell*.
# - *A notice about the bundled digits.* There was no connection when the digits were to be fetched.
#   Go on: every lesson works with them.
# - *`[*]` for minutes.* Stop the cell. If that does not help, restart the kernel.
# - *A message about Keras and `'jax'`.* Something else has started Keras first. Restart the kernel
#   and run from the top.

# %% [markdown]
# ## Find your way
#
# - [01 Digits are data](01-digits-are-data.ipynb): look at a picture as numbers, and read digits
#   without any network.
# - [02 Preprocess](02-preprocess.ipynb): turn ink on a sheet into an image that a model can read.
# - [03 Train an MLP](03-train-an-mlp.ipynb): build a network from a single neuron, and train it.
# - [04 Train a CNN](04-train-a-cnn.ipynb): slide a window over a digit, and build a better network
#   from that.
# - [05 Evaluate](05-evaluate.ipynb): find out how good a network really is.
# - [06 Draw and predict](06-draw-and-predict.ipynb): draw on a pad like the one above, and let your
#   own network read.
# - [07 Why your digits differ](07-why-your-digits-differ.ipynb): find out why a network fails on
#   your hand, and teach it.
# - [08 Faster and further](08-faster-and-further.ipynb): see what makes training fast, and train on
#   several devices.
#
# Each lesson opens with what you will do and need, and closes with exercises. They build on each
# other, but each can be run by itself. If you know some Python, go on to lesson 01. If you are new
# to it, lesson 06 asks for the least of it.

# %% [markdown]
# ## On your own
#
# Each exercise has a cell to fill in, where the `...` stands, and a cell that checks your answer.
# A wrong answer gets a hint; `hint=2` and `hint=3` give more specific ones.

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 00.1 Draw a four (easy)
#
# Draw a 4 that the network reads as a 4 and is sure of. Draw it on the pad at the top and put
# `pad.ink` in the place of the dots, or write its strokes down as we did with the 7.

# %% tags=["blank"]
four = ...

# %% tags=["solution"]
four = mnistedu.Ink([[(180, 90), (140, 280), (370, 270)], [(320, 100), (290, 450)]])

# %%
check("00.1", four)

# %% [markdown]
# ### 00.2 Count the points (middling)
#
# Write `count_points(ink)`, which tells how many points a drawing has, all its strokes together.
# `ink.strokes` holds the strokes.


# %% tags=["blank"]
def count_points(ink): ...


# %% tags=["solution"]
def count_points(ink):
    return sum(len(stroke) for stroke in ink.strokes)


# %%
check("00.2", count_points)

# %% [markdown]
# ### 00.3 Fool the network (open)
#
# Draw a digit that any person can read, and the network cannot: it takes it for another, or is not
# sure. Give the drawing and the digit that you mean, `pad.ink, 4` for instance. You may draw many
# before you succeed.

# %% tags=["blank"]
fooled = ...

# %% [markdown] tags=["solution"]
# One way of many: hang a 9 upside down. Whoever sees that the sheet is turned reads a 9; the
# network cannot see it, and takes the drawing for a 6.

# %% tags=["solution"]
nine = mnistedu.Ink(
    [
        [
            (340, 140),
            (250, 90),
            (180, 160),
            (220, 240),
            (330, 210),
            (345, 130),
            (340, 280),
            (310, 460),
        ]
    ]
)
upside_down = mnistedu.Ink([500 - stroke for stroke in nine.strokes])
fooled = upside_down, 9

# %%
check("00.3", fooled)

# %% [markdown]
# ## In practice
#
# - **Save your notebook** (*Ctrl* and *S*). What a cell has computed is lost when the kernel stops;
#   what you wrote is kept.
# - Before you believe a notebook, your own or another's, restart the kernel and run it from the
#   top. Cells that were run in another order can show what the page does not say.
#
# ## Further reading
#
# - *JupyterLab documentation*, [the notebook](https://jupyterlab.readthedocs.io/en/stable/user/notebook.html).
#   Every button and every key.
# - A. Downey, *Think Python*, 3rd edition (2024),
#   [free to read](https://allendowney.github.io/ThinkPython/). From the first line of Python on, in
#   notebooks like these.
# - Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits* (1998). Where the
#   digits of this course come from.
