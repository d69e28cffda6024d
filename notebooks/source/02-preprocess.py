# %% [markdown]
# # Preprocess: from ink to a picture that a model can read
#
# *About 25 minutes.*
#
# **What you'll do.** Turn a digit that was drawn somewhere on a large sheet into a small picture
# like those of MNIST, step by step, and measure what each step is worth.
#
# **What you'll learn**
#
# - how images and labels become numbers of the right scale, shape and code;
# - what a bounding box and a centre of mass are, and how to compute both;
# - why a model that is good on its own data fails on pictures that were prepared in another way.
#
# **What you'll need.** A little Python and NumPy: arrays, slices, functions. No neural network yet.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../02-preprocess.ipynb) first.*

# %% [markdown]
# ## Load the digits
#
# MNIST is a large collection of digits that people wrote by hand. `load_mnist` downloads it once.
# Without a network it tells you so and gives you a smaller collection instead, the digits that come
# with scikit-learn; the whole lesson works with either.

# %%
import numpy as np
from PIL import Image, ImageDraw

import mnistedu
from mnistedu.displays import DigitsDisplay, PreprocessingDisplay

data = mnistedu.load_mnist(fallback="digits")
data

# %%
DigitsDisplay(data.train.images[:20], data.train.labels[:20]).plot(columns=10)

# %% [markdown]
# The data set comes in three parts. A model learns from the *training* images. Choices are made on
# the *validation* images. The *test* images are for one final measurement, so this lesson leaves
# them alone.

# %% [markdown]
# ## Scale the pixels and add a channel
#
# An image is a square of 28 rows and 28 columns. Each pixel is one whole number from 0 (background)
# to 255 (full ink), kept in a single byte, which NumPy calls `uint8`. (Our pictures show ink dark
# on white, as on paper.)

# %%
images, labels = data.train
print(images.shape[1:], images.dtype, "from", images.min(), "to", images.max())
assert images.shape[1:] == (28, 28) and images.dtype == np.uint8

# %% [markdown]
# Networks learn best from small numbers, so we divide by 255. They also expect one more axis at the
# end, for the *channels*. A colour photo has three of them, red, green and blue; our images have
# one. A batch of images then has four axes: which image, row, column, channel.

# %%
x = images[:100].astype("float32") / 255
x = x[:, :, :, np.newaxis]
print(x.shape, "from", x.min(), "to", x.max())
assert x.min() == 0 and x.max() == 1

# %% [markdown]
# This is all that `mnistedu.to_input` does. From here on we can use it, because we know what is
# inside.

# %%
assert np.array_equal(x, mnistedu.to_input(images[:100]))

# %% [markdown]
# ## Encode the labels
#
# A model does not answer with a digit but with ten numbers, one for each digit. To compare a label
# with such an answer, write the label as ten numbers too: a one in the place of the digit, zeros
# elsewhere. This is called *one-hot* encoding.

# %%
one_hot = np.eye(10, dtype="float32")[labels]
print(labels[0], "becomes", one_hot[0])
assert (one_hot.argmax(axis=1) == labels).all()

# %% [markdown]
# Many tutorials store the labels in this form. It takes ten times the room and says nothing new, so
# our models take the plain labels. Keras calls a loss that does so *sparse*. `argmax`, the place of
# the largest number, leads back from ten numbers to a digit; we will need it again and again.

# %% [markdown]
# ## Measure how the images were made
#
# Before we can make a picture like these, we have to know what they have in common. Look for the
# *bounding box* of a digit, the smallest rectangle that holds all its ink. `any` tells which rows
# and which columns have ink at all.


# %%
def bounding_box(image):
    rows = np.flatnonzero(image.any(axis=1))
    columns = np.flatnonzero(image.any(axis=0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


top, bottom, left, right = bounding_box(images[0])
print(f"The first digit is {bottom - top} pixels high and {right - left} pixels wide.")

# %% [markdown]
# How large is the longer side of that box, over many images?

# %%
boxes = np.array([bounding_box(image) for image in images[:1000]])
sides = np.maximum(boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2])
print(f"The longer side is 20 pixels in {np.mean(sides == 20):.0%} of the images.")
assert np.mean(sides == 20) > 0.99

# %% [markdown]
# So every digit was scaled to fit a box of 20 by 20. And where does it lie? The *centre of mass* is
# the point on which the digit would balance if ink had weight: the mean of all pixel positions,
# each counted as often as it has ink.


# %%
def centre_of_mass(picture):
    ink = picture.astype(float)
    rows, columns = np.indices(ink.shape)
    return (rows * ink).sum() / ink.sum(), (columns * ink).sum() / ink.sum()


centres = np.array([centre_of_mass(image) for image in images[:1000]])
print("mean centre:", centres.mean(axis=0).round(1), "spread:", centres.std(axis=0).round(1))
assert np.abs(centres - 13.5).max() < 1.5

# %% [markdown]
# Positions count from 0, so the middle of the image is at 13.5. The spread is less than half a
# pixel: digits were moved by whole pixels until their centre of mass lay in the middle. We have
# found the recipe of MNIST, which its makers also wrote down: **scale to a box of 20 by 20, then
# put the centre of mass in the middle of 28 by 28**.

# %% [markdown]
# ## Draw a digit on a sheet
#
# A drawing pad records *strokes*. A stroke is a list of points x, y that the pen passed, with x
# pointing right and y pointing down. Here is a 7 of two strokes, small and in a corner, as people
# draw. We put it on white paper with a black pen.


# %%
def draw_on_paper(strokes, pen=9):
    paper = Image.new("L", (280, 280), color=255)
    for stroke in strokes:
        points = [tuple(point) for point in stroke]
        ImageDraw.Draw(paper).line(points, fill=0, width=pen, joint="curve")
    return np.asarray(paper)


seven = [[(150, 40), (230, 36), (218, 66), (192, 118), (180, 152)], [(172, 96), (226, 92)]]
sheet = draw_on_paper(seven)
DigitsDisplay([255 - sheet.clip(0, 235)], ["the sheet"]).plot()  # the paper in light grey

# %% [markdown]
# The simplest idea is to shrink the whole sheet to 28 by 28. Place the result next to a 7 from the
# data set and compare.

# %%
shrunk = np.asarray(Image.fromarray(sheet).resize((28, 28)))
like_this = images[labels == 7][0]
DigitsDisplay([shrunk, like_this], ["our seven", "a seven from the data"]).plot()

# %% [markdown]
# To us both are sevens. To a model they have nothing in common: the colours are the other way
# round, ours is small, and it lies elsewhere. Nearly every pixel differs. Let us mend one thing
# after the other.

# %% [markdown]
# ## Cut out the digit
#
# First turn the colours round, so that ink is bright, and cut along the bounding box.

# %%
ink = 255 - sheet
top, bottom, left, right = bounding_box(ink)
crop = ink[top:bottom, left:right]
crop.shape

# %% [markdown]
# ## Scale it to the box
#
# Now make the longer side 20 pixels. The other side follows in proportion. (Stretching both sides
# to 20 would turn every 1 into a block.)

# %%
height, width = crop.shape
scale = 20 / max(height, width)
size = round(width * scale), round(height * scale)  # Pillow wants the width first
box = np.asarray(Image.fromarray(crop).resize(size, Image.Resampling.BICUBIC))
assert max(box.shape) == 20

# %% [markdown]
# ## Place it by its centre of mass
#
# Last, lay the box on an empty image, so that the centre of mass comes to lie in the middle.

# %%
row, column = centre_of_mass(box)
middle = centres.mean()  # as measured above
top, left = round(middle - row), round(middle - column)
image = np.zeros((28, 28), np.uint8)
image[top : top + box.shape[0], left : left + box.shape[1]] = box
DigitsDisplay([image, like_this], ["our seven", "a seven from the data"]).plot()

# %% [markdown]
# `mnistedu.normalize` takes the same steps. Its picture may lie a pixel off ours, because it rounds
# in its own way, so we compare the two after cutting both out.


# %%
def cut_out(image):
    top, bottom, left, right = bounding_box(image > 50)
    return image[top:bottom, left:right]


theirs = mnistedu.normalize(sheet)
assert cut_out(image).shape == cut_out(theirs).shape
assert np.abs(cut_out(image).astype(float) - cut_out(theirs)).mean() < 20
assert np.abs(np.subtract(centre_of_mass(image), centre_of_mass(theirs))).max() < 1.1

# %% [markdown]
# Beyond that it takes care of colours, transparency and pictures in files, and it finds out by
# itself whether the ink is dark or bright. Here are its steps on our sheet:

# %%
PreprocessingDisplay.from_bitmap(sheet).plot()

# %% [markdown]
# ## Scale the strokes, not the picture
#
# One flaw is left. Shrink a large drawing and its lines get thin; enlarge a small one and they get
# fat. Below, the same 7 is drawn in three sizes with the same pen.

# %%
sizes = [0.3, 0.7, 1.2]
sevens = [[(np.array(stroke) - 30) * size for stroke in seven] for size in sizes]
pictures = [mnistedu.normalize(draw_on_paper(strokes)) for strokes in sevens]
DigitsDisplay(pictures, ["small", "medium", "large"]).plot()

# %% [markdown]
# If we have the strokes themselves, there is a better way: scale the *points* first and draw
# afterwards, with a pen that is always as thick as MNIST's. `mnistedu.Ink` holds strokes, and its
# `to_image` does just that.

# %%
drawn = [mnistedu.Ink(strokes).to_image() for strokes in sevens]
DigitsDisplay(drawn, ["small", "medium", "large"]).plot()

# %%
thickness = np.array([[picture.mean() for picture in row] for row in (pictures, drawn)])
print("mean grey of the scaled pictures:", thickness[0].round())
print("mean grey of the scaled strokes: ", thickness[1].round())
assert np.ptp(thickness[0]) > 5 * np.ptp(thickness[1])

# %% [markdown]
# ## Measure what each step is worth
#
# Nice pictures prove nothing. Let us count. We need a reader, and the simplest there is will do:
# *look for the three training images that are most similar, pixel by pixel, and let them vote*. It
# is called k-nearest-neighbours. It knows nothing of sheets and boxes.

# %%
from sklearn.neighbors import KNeighborsClassifier

known = data.train[:10_000]
pixels = known.images.reshape(len(known), -1)
reader = KNeighborsClassifier(n_neighbors=3).fit(pixels, known.labels)
# %% [markdown]
# We also need sheets with known answers. Take images that the reader has not seen, enlarge each by
# chance and lay it on white paper at a random place.

# %%
rng = np.random.default_rng(0)
unseen = data.validation[:500]


def lay_on_paper(image):
    side = int(rng.integers(40, 100))
    left, top = rng.integers(0, 140 - side, size=2)
    paper = Image.new("L", (140, 140), color=255)
    digit = Image.fromarray(255 - image).resize((side, side), Image.Resampling.BICUBIC)
    paper.paste(digit, (int(left), int(top)))
    return np.asarray(paper)


sheets = [lay_on_paper(image) for image in unseen.images]
DigitsDisplay([255 - sheet.clip(0, 235) for sheet in sheets[:10]]).plot(columns=5)

# %% [markdown]
# Now write each way from a sheet to a picture as a function. You have met all of them.


# %%
def resize(picture, size=(28, 28)):
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))


def fit_box(sheet):
    digit = cut_out(255 - sheet)
    scale = 20 / max(digit.shape)
    return resize(digit, (round(digit.shape[1] * scale), round(digit.shape[0] * scale)))


def place(box, row, column):
    image = np.zeros((28, 28), np.uint8)
    top = min(max(round(middle - row), 0), 28 - box.shape[0])
    left = min(max(round(middle - column), 0), 28 - box.shape[1])
    image[top : top + box.shape[0], left : left + box.shape[1]] = box
    return image


def by_box(sheet):
    box = fit_box(sheet)
    return place(box, (box.shape[0] - 1) / 2, (box.shape[1] - 1) / 2)


def by_mass(sheet):
    box = fit_box(sheet)
    return place(box, *centre_of_mass(box))


# %%
ways = {
    "whole sheet, black on white": resize,
    "whole sheet, colours turned": lambda sheet: resize(255 - sheet),
    "box stretched to 28 by 28": lambda sheet: resize(cut_out(255 - sheet)),
    "box of 20, centre of the box": by_box,
    "box of 20, centre of mass": by_mass,
}

# %%
score = {}
for name, way in ways.items():
    prepared = np.stack([way(sheet) for sheet in sheets])
    score[name] = reader.score(prepared.reshape(len(sheets), -1), unseen.labels)
    print(f"{name:30} {score[name]:6.1%}")

# %% [markdown]
# The reader was the same all the time, and so were the digits. Only the preparation differs, and it
# makes the difference between guessing (one in ten) and reading nearly everything. This is the
# reason why so many people find a model that is excellent on the test set and useless on their own
# drawing: it was asked in a language that it had never heard.

# %%
guessing, boxed, balanced = score["whole sheet, black on white"], *list(score.values())[-2:]
assert guessing < 0.3
assert balanced > 0.9
assert balanced > boxed > score["box stretched to 28 by 28"]

# %% [markdown]
# ## Refuse a blank sheet
#
# No ink, no bounding box, no answer. A program that says "1" to an empty sheet is wrong, so ink
# that is blank cannot become an image. Ask first.

# %%
nothing = mnistedu.Ink()
try:
    nothing.to_image()
except ValueError as error:
    print("ValueError:", error)
assert nothing.blank

# %% [markdown]
# ## On your own
#
# Each exercise has a cell to fill in, where the `...` stands, and a cell that checks your answer.
# A wrong answer gets a hint; `hint=2` and `hint=3` give more specific ones. Functions are tried on
# values of the checker's own, so a single right number will not do.

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 02.1 Decode the answers (easy)
#
# Write `decode(answers)`. It gets an array of n rows with ten probabilities each, and gives the n
# digits that these rows stand for.


# %% tags=["blank"]
def decode(answers): ...


# %% tags=["solution"]
def decode(answers):
    return answers.argmax(axis=1)


# %%
check("02.1", decode)

# %% [markdown]
# ### 02.2 Turn the colours only if needed (middling)
#
# Some pictures come with dark ink on bright paper, others with bright ink on a dark ground. Write
# `brighten(picture)`, which takes either and gives a picture of bytes, `uint8`, with bright ink.


# %% tags=["blank"]
def brighten(picture): ...


# %% tags=["solution"]
def brighten(picture):
    paper = np.median(picture)  # most of a picture is paper
    return 255 - picture if paper > 128 else picture


# %%
check("02.2", brighten)

# %% [markdown]
# ### 02.3 Put the steps together (hard)
#
# Write `preprocess(sheet)`, one function from a sheet, black on white, to an image of 28 by 28
# bytes as MNIST's makers would have made it. What should it do with a blank sheet? Let it raise a
# `ValueError` that says so.


# %% tags=["blank"]
def preprocess(sheet): ...


# %% tags=["solution"]
def preprocess(sheet):
    if not (255 - sheet > 50).any():
        raise ValueError("the sheet is blank")
    return by_mass(sheet)


# %%
check("02.3", preprocess)

# %% [markdown]
# ### 02.4 Find a better way (open)
#
# Write a way of your own, from a sheet to an image, and try to beat the centre of mass on the 500
# sheets of this lesson: other sizes of the box, thicker lines, straightened digits. The check only
# looks whether a simple reader can use your images at all. Why do you compare the ways on
# validation images, and not on the test images?


# %% tags=["blank"]
def my_way(sheet): ...


# %% [markdown] tags=["solution"]
# One idea of many: nobody knows how large the box should be to a pixel, so take the mean over
# several boxes. It blurs the digit a little, too. (Straightening the digits helps more, but then
# the images that the reader knows must be straightened as well.)


# %% tags=["solution"]
def my_way(sheet):
    digit = cut_out(255 - sheet)
    layers = []
    for side in (20, 21, 22):
        scale = side / max(digit.shape)
        box = resize(digit, (round(digit.shape[1] * scale), round(digit.shape[0] * scale)))
        layers.append(place(box, *centre_of_mass(box)))
    return np.mean(layers, axis=0).astype(np.uint8)


# %% tags=["solution"]
prepared = np.stack([my_way(sheet) for sheet in sheets])
mine = reader.score(prepared.reshape(len(sheets), -1), unseen.labels)
print(f"mine {mine:.1%}, centre of mass {balanced:.1%}")

# %% [markdown] tags=["solution"]
# The choice was made on the validation images, so the figure is a little too good (lesson 05). The
# test images would tell whether the gain is real, but only once: after that they have been used.

# %%
check("02.4", my_way)

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/02-preprocess.ipynb).

# %% [markdown]
# ## In practice
#
# - **Prepare new data exactly as the training data was prepared.** Better still, use the very same
#   function for both.
# - Photos need more care than sheets: shadows, ruled paper, several digits. Look at the prepared
#   pictures, always.
# - Scaling belongs to the model's input, not to the file: keep images as bytes, a quarter of the
#   memory of `float32`.
#
# ## Further reading
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE 86 (1998). Section III describes how MNIST was put
#   together: the box of 20 pixels and the centre of mass.
# - C. Yadav, L. Bottou, *Cold case: the lost MNIST digits*, NeurIPS 2019. Two researchers work out,
#   pixel by pixel, what the original preprocessing must have been.
# - R. Szeliski, *Computer Vision: Algorithms and Applications*, 2nd edition (2022), chapter 3. What
#   resizing does to a picture, and why there are several ways.
