# %% [markdown]
# # Start here: draw a digit and see it recognized
#
# *About 10 minutes.*
#
# **What you'll do.** Draw a digit with your mouse or your finger, watch the computer recognize it,
# and find your way around this course.
#
# **What you'll learn**
#
# - how to run a cell, how to stop one, and how to get help;
# - where each lesson leads;
# - what to do when something does not work.
#
# **What you'll need.** This page, open in JupyterLab, and nothing else. On a phone, close the list
# of files first (the folder icon at the left edge), so that the lesson gets the whole screen.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the [lesson](../00-start-here.ipynb) first.*

# %% [markdown]
# ## Draw a digit
#
# The grey box below is a *cell*. Click or tap into it, then press the button ▶ in the bar above
# this page. (On a keyboard, hold down *Shift* and press *Enter*.) After a moment a drawing pad
# appears. Draw a digit on it, large or small.

# %% alt="The empty pad: run this notebook to draw a digit."
import mnistedu

pad = mnistedu.DrawingPad()
pad

# %% [markdown]
# You see the pad, the small image that the computer gets, and its prediction. If there is only a
# picture of a pad, the page is not running: open it in JupyterLab to draw.
#
# That was it: a machine has recognized your handwriting. It predicts while you draw, and shows what
# else the digit might be. Draw slowly and watch the prediction change. Try all ten digits, try a
# letter, try to fool it.
#
# What recognizes your digits is a *neural network*: a long list of numbers that were learned from
# other people's handwriting. In this course you will build one yourself, every part of it.

# %% [markdown]
# ## Draw with a program
#
# A program can draw, too. A drawing is a list of *strokes*, and a stroke is a list of points: how
# far to the right, then how far down. **Before you run the next cell:** follow the four points with
# your finger. Which digit will it be?

# %% alt="The pad with a 7 drawn on it, and the prediction 7."
seven = mnistedu.Ink([[(150, 110), (390, 110), (330, 230), (250, 440)]])

another_pad = mnistedu.DrawingPad()
another_pad.draw(seven)
another_pad

# %%
print(another_pad.prediction)
assert another_pad.prediction.digit == 7

# %% [markdown]
# A line that begins with `assert` is a promise: if it does not hold, the cell stops with a message.
# The lessons use such lines to make sure that what they tell you is also true on your machine.
#
# However large you draw, the network gets a tiny image of 28 rows, each of 28 points:

# %%
image = another_pad.prediction.image
print(image.shape)
assert image.shape == (28, 28)

# %% [markdown]
# <details><summary><b>Question.</b> In which direction does the second number of a point
# grow?</summary>
#
# Downwards. The 7 begins at the top, at 110, and ends at the bottom, at 440. This is how images are
# counted too: rows from the top.
#
# </details>

# %% [markdown]
# ## Run a cell
#
# You have done it already: click into the cell, then press ▶ or *Shift* and *Enter*. You can change
# any cell and run it again, as often as you like. You cannot break anything.
#
# The notebook remembers what you did. **Before you run them:** if you run the first cell below once
# and the second one three times, what does the second one print at the end?

# %%
count = 0

# %%
count = count + 1
print("This cell has run", count, "times since the one above it.")
assert count >= 1

# %% [markdown]
# The number in brackets to the left of a cell says when it was run: `[1]` first, then `[2]`. A cell
# that is still running shows `[*]`. Because the notebook remembers, the order matters. Go from top
# to bottom. If you are lost, choose *Run*, then *Restart Kernel and Run All Cells* from the menu.
#
# <details><summary><b>Question.</b> You have run the second cell three times, and now run the first
# one again, then the second. What is printed?</summary>
#
# 1 again. The first cell sets the count back to 0. Where the cells stand on the page does not
# matter, only the order in which they were run.
#
# </details>

# %% [markdown]
# ## Stop a cell
#
# Some cells take a while. The square button ■ next to ▶ stops the one that is running. To try it,
# change the 3 below to 60, run the cell, and stop it before it is done. The *kernel*, the program
# that runs your cells, then shows a message that ends with `KeyboardInterrupt`. That is expected.

# %%
import time

seconds = 3  # 60 to try the button
for elapsed in range(seconds):
    print(elapsed, "of", seconds, "seconds")
    time.sleep(1)

# %% [markdown]
# If that does not help, choose *Kernel*, then *Restart Kernel*. The notebook forgets everything
# that it has computed, but nothing that you have written. Then run it again from the top.
#
# <details><summary><b>Question.</b> After a restart a cell fails with <code>name 'pad' is not
# defined</code>. Why?</summary>
#
# The kernel has forgotten `pad`, because the cell that creates it has not been run since. Run it,
# or all cells above the one that failed.
#
# </details>

# %% [markdown]
# ## Ask for help
#
# `help` explains anything that has a name. In JupyterLab there is a quicker way: click on a name,
# hold down *Shift* and press *Tab*.

# %%
help(mnistedu.Ink.undo)

# %% [markdown]
# ## Read an error message
#
# Sooner or later a cell ends in a long red message. You need not read all of it: **the last line
# says what is wrong**. Here we ask for the image of an empty drawing, on purpose, and print only
# that line.

# %%
try:
    mnistedu.Ink().to_image()
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# <details><summary><b>Question.</b> What does the message tell you to do?</summary>
#
# To draw at least one point before you ask for an image. A good message says what was expected,
# what came instead, and what you can do about it.
#
# </details>

# %% [markdown]
# ## Check that everything is there
#
# The cells below check that your machine has what the lessons need. First the digits. They are
# downloaded once; without an internet connection you get a smaller collection instead, and a notice
# says so.

# %%
from mnistedu.displays import DigitsDisplay

data = mnistedu.load_mnist(fallback="digits")
assert data.name in ("mnist", "digits")
data

# %%
DigitsDisplay(data.train.images[:10], data.train.labels[:10]).plot()

# %% [markdown]
# Next, the programs that the lessons use. If you ask someone for help, include what this cell
# prints.

# %%
import sys
from importlib.metadata import version

print("Python", sys.version.split()[0])
for name in ("mnistedu", "keras", "jax", "numpy", "ipywidgets", "ipycanvas", "jupyterlab"):
    print(name, version(name))
assert sys.version_info >= (3, 11)

# %% [markdown]
# Last, that they work together.

# %%
import keras

print("Keras computes with", keras.backend.backend())
assert keras.backend.backend() == "jax"

# %% [markdown]
# ## Fix what does not work
#
# - *A picture instead of a pad.* The page is not running. Open it in JupyterLab and run the cell.
# - *A pad on which you cannot draw.* Reload the page in the browser, then run the cell again.
# - *`No module named 'mnistedu'`.* The notebook runs on another Python. Choose the kernel at the
#   top right, or start JupyterLab with `make lab`.
# - *`name ... is not defined`.* A cell further up has not been run. Choose *Run*, then *Run All
#   Above Selected Cell*.
# - *A notice about the bundled digits.* The digits could not be downloaded. Carry on: every lesson
#   works with the bundled ones.
# - *`[*]` for minutes.* Stop the cell. If that does not help, restart the kernel.
# - *A message about Keras and `'jax'`.* Something else has started Keras first. Restart the kernel
#   and run from the top.

# %% [markdown]
# ## Find your way
#
# - [01 Digits are data](01-digits-are-data.ipynb): see images as numbers, and classify digits
#   without a network.
# - [02 Preprocess](02-preprocess.ipynb): turn a drawing into an image that a model can recognize.
# - [03 Train an MLP](03-train-an-mlp.ipynb): build a network from a single neuron, and train it.
# - [04 Train a CNN](04-train-a-cnn.ipynb): slide a window over a digit, and build a better network
#   on that idea.
# - [05 Evaluate](05-evaluate.ipynb): find out how good a network really is.
# - [06 Draw and predict](06-draw-and-predict.ipynb): draw on a pad like the one above, with a
#   network of your own.
# - [07 Why your digits differ](07-why-your-digits-differ.ipynb): find out why a network fails on
#   your handwriting, and adapt it.
# - [08 Faster and further](08-faster-and-further.ipynb): see what makes training fast, and train on
#   several devices.
#
# Each lesson opens with what you will do and need, and closes with exercises. They build on each
# other, but each one runs by itself. If you know some Python, go on to
# [lesson 01](01-digits-are-data.ipynb). If you are new to it, lesson 06 needs the least of it.

# %% [markdown]
# ## On your own
#
# Each exercise has a cell to fill in, where the `...` is, and a cell that checks your answer. A
# wrong answer gets a hint; `hint=2` and `hint=3` give more specific ones.

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 00.1 Draw a four (easy)
#
# Draw a 4 that the network recognizes as a 4 and is sure of. Draw it on the pad at the top and
# replace the dots by `pad.ink`, or write its strokes down as we did with the 7.

# %% tags=["blank"]
four = ...

# %% tags=["solution"]
four = mnistedu.Ink([[(180, 90), (140, 280), (370, 270)], [(320, 100), (290, 450)]])

# %%
check("00.1", four)

# %% [markdown]
# ### 00.2 Count the points (medium)
#
# Write `count_points(ink)`, which returns how many points a drawing has, all its strokes together.
# `ink.strokes` holds the strokes, and `len` counts what a list holds.


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
# Draw a digit that any person recognizes and the network does not: it takes it for another digit,
# or is not sure. Answer with the drawing and the digit that you mean, `pad.ink, 4` for instance.
# You may need several attempts. (No program can know what a person recognizes. The check turns your
# drawing, slants it, changes its width and leaves out strokes. If the network then recognizes the
# digit that you mean, the check takes it that a person does, too.)

# %% tags=["blank"]
fooled = ...

# %% [markdown] tags=["solution"]
# One way of many: squeeze a 4 to about a third of its width. It is still a 4, but the network is no
# longer sure.

# %% tags=["solution"]
narrow = mnistedu.Ink([stroke * [0.35, 1] for stroke in four.strokes])
fooled = narrow, 4

# %%
check("00.3", fooled)

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/00-start-here.ipynb). The next lesson
# is [01 Digits are data](01-digits-are-data.ipynb).

# %% [markdown] tags=["solution"]
# The next lesson is [01 Digits are data](../01-digits-are-data.ipynb).

# %% [markdown]
# ## In practice
#
# - **Save your notebook** (*Ctrl* and *S*). What a cell has computed is lost when the kernel stops;
#   what you wrote is kept.
# - Before you trust a notebook, your own or another's, restart the kernel and run it from the top.
#   Cells that were run in another order can show results that the page does not explain.
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
