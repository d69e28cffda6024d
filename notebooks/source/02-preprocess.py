# %% [markdown]
# # Preprocess: from ink to an image that a model can recognize
#
# *About 35 minutes.*
#
# **What you'll do.** Turn a digit that was drawn somewhere on a large sheet into a small image like
# MNIST's, step by step, and measure what each step is worth.
#
# **What you'll learn**
#
# - how images and labels become numbers of the right scale, shape and code;
# - what a bounding box and a centre of mass are, and how to compute both;
# - why a model that is good on its own data fails on images that were prepared in another way.
#
# **What you'll need.** A little Python, and NumPy as in
# [lesson 01](01-digits-are-data.ipynb): slices, masks, `axis`. No neural network yet.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../02-preprocess.ipynb) first.*

# %% [markdown]
# ## Load the digits
#
# MNIST is a large collection of digits that people wrote by hand. `load_mnist` downloads it once.
# Without an internet connection you get a smaller collection instead, the digits that come with
# scikit-learn; the whole lesson works with either. (Figures in the text are MNIST's.)

# %%
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import mnistedu
from mnistedu.displays import DigitsDisplay, PreprocessingDisplay

data = mnistedu.load_mnist(fallback="digits")
data

# %%
DigitsDisplay(data.train.images[:20], data.train.labels[:20]).plot(columns=10)

# %% [markdown]
# A model learns from the *training* images, and we make choices with the *validation* images. The
# *test* images are for one final measurement, so this lesson leaves them alone.

# %% [markdown]
# ## Scale the pixels and add a channel
#
# An image is a square of 28 rows and 28 columns. Each pixel is an integer from 0 (background) to
# 255 (full ink), stored in a single byte, which NumPy calls `uint8`.

# %%
images, labels = data.train
print(images.shape[1:], images.dtype, "from", images.min(), "to", images.max())
assert images.shape[1:] == (28, 28) and images.dtype == np.uint8

# %% [markdown]
# Networks learn best from small numbers, so we divide by 255. They also expect one more axis at the
# end, for the *channels*. A colour photo has three of them, red, green and blue; our images have
# one. A batch of images then has four axes: image, row, column, channel.

# %%
x = images[:100].astype("float32") / 255
x = x[:, :, :, np.newaxis]
print(x.shape, "from", x.min(), "to", x.max())
assert x.min() == 0 and x.max() == 1

# %% [markdown]
# This is all that `mnistedu.to_input` does:

# %%
same = np.array_equal(x, mnistedu.to_input(images[:100]))
print("the same as to_input:", same)
assert same

# %% [markdown]
# <details><summary><b>Question.</b> What is the shape of a batch of 8 tiny colour photos, each of 5
# rows and 6 columns?</summary>
#
# (8, 5, 6, 3): image, row, column, channel.
#
# </details>

# %% [markdown]
# ## Encode the labels
#
# A model does not answer with a digit but with ten numbers, one per digit. To compare a label with
# such an answer, write the label as ten numbers too: a one at the index of the digit, zeros
# elsewhere. This is called *one-hot* encoding.

# %%
one_hot = np.eye(10, dtype="float32")[labels]
print(labels[0], "becomes", one_hot[0])
print("bytes:", labels.nbytes, "and", one_hot.nbytes)
assert (one_hot.argmax(axis=1) == labels).all() and one_hot.nbytes == 40 * labels.nbytes

# %% [markdown]
# Many tutorials store the labels in this form. It takes 40 times the memory (ten numbers of four
# bytes each instead of one byte) and says nothing new, so our models take the labels as they are.
# Keras calls a loss that does so *sparse*. `argmax`, the index of the largest number, leads back
# from ten numbers to a digit.
#
# <details><summary><b>Question.</b> A model answers with n rows of ten numbers. Which
# <code>axis</code> does <code>argmax</code> need to return n digits?</summary>
#
# `axis=1`: the ten numbers of a row are along axis 1, and the axis that you name is gone from the
# result, so n numbers are left.
#
# </details>

# %% [markdown]
# ## Measure how the images were made
#
# To make an image like these, we have to know what they have in common. First the *bounding box* of
# a digit, the smallest rectangle that contains all its ink. `any` tells which rows and which
# columns have any ink at all.


# %%
def bounding_box(image):
    rows = np.flatnonzero(image.any(axis=1))
    columns = np.flatnonzero(image.any(axis=0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


first = bounding_box(images[0])
print(f"rows {first[0]} to {first[1] - 1}, columns {first[2]} to {first[3] - 1}")
DigitsDisplay([images[0]], ["the first digit"]).plot()

# %% [markdown]
# How long is the longer side of that box, over many images? **Before you run the cell:** look at
# the twenty digits above. Some look larger than others. Do you expect the same side for all?

# %%
boxes = np.array([bounding_box(image) for image in images[:1000]])
sides = np.maximum(boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2])
print(f"The longer side is 20 pixels in {np.mean(sides == 20):.1%} of the images.")
assert np.mean(sides == 20) > 0.99

# %% [markdown]
# So every digit was scaled to fit a box of 20 by 20. And where is it? The *centre of mass* is the
# point on which the digit would balance if ink had weight: the mean of all pixel positions, each
# weighted by its ink.


# %%
def centre_of_mass(picture):
    ink = picture.astype(float)
    rows, columns = np.indices(ink.shape)
    return (rows * ink).sum() / ink.sum(), (columns * ink).sum() / ink.sum()


centres = np.array([centre_of_mass(image) for image in images[:1000]])
print("mean:", centres.mean(axis=0).round(2))
print(f"from {centres.min():.2f} to {centres.max():.2f}")
assert np.abs(centres.mean(axis=0) - 14).max() < 0.1 and np.abs(centres - 14).max() < 0.6

# %% [markdown]
# All of them are within half a pixel of row 14, column 14: digits were moved by whole pixels, until
# their centre of mass was as close to 14 as it could get. (Counting from 0, the middle of 28 pixels
# is 13.5. The makers of MNIST put the digits half a pixel below and to the right of it.)
#
# We have found the recipe of MNIST, which its makers also published: **scale the digit to a box of
# 20 by 20, then put its centre of mass in the middle of 28 by 28**.
#
# <details><summary><b>Question.</b> Where is the centre of mass of an L, compared to the centre of
# its bounding box?</summary>
#
# Below it and to the left of it, because that is where the ink is. If you put the box in the
# middle, the ink is not.
#
# </details>

# %% [markdown]
# ## Draw a digit on a sheet
#
# A drawing pad records *strokes*. A stroke is a list of points x, y, where x grows to the right and
# y downwards. Here is a 7 of two strokes, small and in a corner, drawn on white paper with a black
# pen.
#
# Our displays usually show ink so that it stands out from the page: dark on a light page, light on
# a dark one. With `cmap="gray"` they show the pixels as they are: 0 is black and 255 is white.


# %%
def draw_on_paper(strokes, pen=9):
    paper = Image.new("L", (280, 280), color=255)
    for stroke in strokes:
        points = [tuple(point) for point in stroke]
        ImageDraw.Draw(paper).line(points, fill=0, width=pen, joint="curve")
    return np.asarray(paper)


seven = [[(150, 40), (230, 36), (218, 66), (192, 118), (180, 152)], [(172, 96), (226, 92)]]
sheet = draw_on_paper(seven)
DigitsDisplay([sheet], ["the sheet"]).plot(cmap="gray")

# %% [markdown]
# The simplest idea is to shrink the whole sheet to 28 by 28. **Before you run the cell:** the
# result will be shown next to a 7 of the data set, both as they are. What will differ?

# %%
shrunk = np.asarray(Image.fromarray(sheet).resize((28, 28)))
like_this = images[labels == 7][0]
DigitsDisplay([shrunk, like_this], ["our seven", "a seven from the data"]).plot(cmap="gray")

# %% [markdown]
# To us both are sevens. To a model they have nothing in common: ours is black on white instead of
# white on black, it is smaller, and it is in another position.

# %%
different = np.mean(np.abs(shrunk.astype(int) - like_this) > 128)
print(f"{different:.0%} of the pixels differ by more than half of the range")
assert different > 0.7

# %% [markdown]
# <details><summary><b>Question.</b> Which of the three differences disappears if you subtract the
# sheet from 255?</summary>
#
# The colours: ink is then white on black, as in the data. Size and position remain.
#
# </details>

# %% [markdown]
# ## Cut out the digit
#
# First subtract from 255, so that ink is 255 and paper is 0 as in the data. Then cut along the
# bounding box.

# %%
ink = 255 - sheet
top, bottom, left, right = bounding_box(ink)
crop = ink[top:bottom, left:right]
crop.shape

# %% [markdown]
# <details><summary><b>Question.</b> The same 7 is drawn in another corner. How does `crop`
# change?</summary>
#
# Not at all. The bounding box moves along with the digit, so the pixels in it are the same.
# Cropping removes the position on the sheet.
#
# </details>

# %% [markdown]
# ## Scale it to the box
#
# Now make the longer side 20 pixels. The other side follows in proportion. (Stretching both sides
# to 20 would turn every 1 into a block.)

# %%
height, width = crop.shape
scale = 20 / max(height, width)
size = round(width * scale), round(height * scale)  # Pillow expects the width first
scaled = np.asarray(Image.fromarray(crop).resize(size, Image.Resampling.BICUBIC))
print("from", crop.shape, "to", scaled.shape)
assert max(scaled.shape) == 20

# %% [markdown]
# <details><summary><b>Question.</b> The bounding box of a 1 is 60 pixels high and 6 wide. How large
# is it afterwards?</summary>
#
# 20 by 2. The longer side goes from 60 to 20, so both sides are divided by 3.
#
# </details>

# %% [markdown]
# ## Place it by its centre of mass
#
# Last, put the scaled digit on an empty image, so that its centre of mass is at row 14, column 14.

# %%
middle = 14  # as measured above
row, column = centre_of_mass(scaled)
down, across = round(middle - row), round(middle - column)
placed = np.zeros((28, 28), np.uint8)
placed[down : down + scaled.shape[0], across : across + scaled.shape[1]] = scaled
DigitsDisplay([placed, like_this], ["our seven", "a seven from the data"]).plot(cmap="gray")

# %% [markdown]
# `mnistedu.normalize` takes the same steps. Its image may be a pixel off ours, because it rounds in
# another way, so we compare the two after cutting both out.


# %%
def cut_out(image):
    top, bottom, left, right = bounding_box(image > 50)
    return image[top:bottom, left:right]


theirs = mnistedu.normalize(sheet)
difference = np.abs(cut_out(placed).astype(float) - cut_out(theirs)).mean()
print("mean difference of a pixel:", difference.round(1), "of 255")
assert cut_out(placed).shape == cut_out(theirs).shape and difference < 20
assert np.abs(np.subtract(centre_of_mass(placed), centre_of_mass(theirs))).max() < 1.1

# %% [markdown]
# In addition, it handles colours, transparency and image files, and finds out by itself whether ink
# is dark or bright. Here are its steps for our sheet:

# %%
PreprocessingDisplay.from_bitmap(sheet).plot()

# %% [markdown]
# <details><summary><b>Question.</b> Why is the digit scaled <i>before</i> it is placed?</summary>
#
# Scaling moves the centre of mass along with the ink. Placed first and scaled afterwards, it would
# not be in the middle any more.
#
# </details>

# %% [markdown]
# ## Scale the strokes, not the image
#
# One flaw is left. Shrink a large drawing, and its lines become thin; enlarge a small one, and they
# become thick. Here the same 7 is drawn in three sizes with the same pen, and normalized.

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
print("mean pixel of the scaled images: ", thickness[0].round())
print("mean pixel of the scaled strokes:", thickness[1].round())
assert np.ptp(thickness[0]) > 5 * np.ptp(thickness[1])

# %% [markdown]
# <details><summary><b>Question.</b> Could you do the same with a photo of a drawing?</summary>
#
# Not directly: a photo holds pixels, not strokes. A drawing pad that records strokes knows more
# than a picture of the result.
#
# </details>

# %% [markdown]
# ## Measure what each step is worth
#
# Nice images prove nothing. Let us count. We need a classifier, and a simple one will do:
# k-nearest-neighbours from lesson 01. It finds the three training images that are most similar,
# pixel by pixel, and lets them vote. It knows nothing of sheets and boxes.

# %%
from sklearn.neighbors import KNeighborsClassifier

known = data.train[:10_000]
pixels = known.images.reshape(len(known), -1)
classifier = KNeighborsClassifier(n_neighbors=3).fit(pixels, known.labels)

# %% [markdown]
# We also need sheets with known answers. Take images that the classifier has not seen, enlarge each
# one by a random factor and put it on white paper at a random position.

# %%
rng = np.random.default_rng(0)
unseen = data.validation[:500]


def put_on_paper(image):
    side = int(rng.integers(40, 100))
    left, top = rng.integers(0, 140 - side, size=2)
    paper = Image.new("L", (140, 140), color=255)
    digit = Image.fromarray(255 - image).resize((side, side), Image.Resampling.BICUBIC)
    paper.paste(digit, (int(left), int(top)))
    return np.asarray(paper)


sheets = [put_on_paper(image) for image in unseen.images]
DigitsDisplay(sheets[:10]).plot(columns=5, cmap="gray")

# %% [markdown]
# Now write each way from a sheet to an image as a function. You have met all of them.


# %%
def resize(picture, size=(28, 28)):
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))


def fit_box(sheet, side=20):
    digit = cut_out(255 - sheet)
    scale = side / max(digit.shape)
    return resize(digit, (round(digit.shape[1] * scale), round(digit.shape[0] * scale)))


def place(box, row, column):
    image = np.zeros((28, 28), np.uint8)
    down = min(max(round(middle - row), 0), 28 - box.shape[0])
    across = min(max(round(middle - column), 0), 28 - box.shape[1])
    image[down : down + box.shape[0], across : across + box.shape[1]] = box
    return image


# %%
def by_box(sheet):
    box = fit_box(sheet)
    return place(box, box.shape[0] / 2, box.shape[1] / 2)


def by_mass(sheet):
    box = fit_box(sheet)
    return place(box, *centre_of_mass(box))


ways = {
    "whole sheet, as it is": resize,
    "whole sheet, ink bright": lambda sheet: resize(255 - sheet),
    "box stretched to 28 by 28": lambda sheet: resize(cut_out(255 - sheet)),
    "box of 20, centre of the box": by_box,
    "box of 20, centre of mass": by_mass,
}

# %% [markdown]
# No way can be expected to do much better than the images without a detour over a sheet, which are
# exactly as MNIST's makers prepared them: this is the *ceiling*. **Before you run the cell:** guess
# the accuracy of the first way and of the last one.


# %%
def measure(prepared):
    return classifier.score(np.reshape(prepared, (len(prepared), -1)), unseen.labels)


score = {name: measure([way(sheet) for sheet in sheets]) for name, way in ways.items()}
score["the images, without sheets"] = measure(unseen.images)
for name, accuracy in score.items():
    print(f"{name:30} {accuracy:6.1%}")

# %% [markdown]
# The classifier was always the same, and so were the digits. Only the preparation differs, and it
# makes the difference between guessing (one in ten) and recognizing nearly everything. The centre
# of mass comes close to the ceiling. This is why so many people train a model that is excellent on
# the test set and useless on their own drawing: their drawing was not prepared like the data.

# %%
guessing, _, stretched, boxed, balanced, ceiling = score.values()
print(f"from {guessing:.1%} to {balanced:.1%}; ceiling {ceiling:.1%}")
assert guessing < 0.3 and balanced > 0.9 and abs(ceiling - balanced) < 0.03
assert balanced > boxed > stretched

# %% [markdown]
# What is the thickness of the pen worth? A filter that takes the darkest pixel of each
# neighbourhood makes black lines thicker, one that takes the brightest makes them thinner. All
# steps after it are the same.

# %%
pens = {
    "thinner": ImageFilter.MaxFilter(3),
    "much thicker": ImageFilter.MinFilter(7),
}
by_pen = {"as written": balanced}
examples = [by_mass(sheets[4])]
for name, pen in pens.items():
    redrawn = [by_mass(np.asarray(Image.fromarray(sheet).filter(pen))) for sheet in sheets]
    by_pen[name] = measure(redrawn)
    examples.append(redrawn[4])
print({name: f"{accuracy:.1%}" for name, accuracy in by_pen.items()})
assert by_pen["much thicker"] < balanced - 0.07
assert data.name != "mnist" or by_pen["thinner"] < balanced - 0.1
DigitsDisplay(examples, list(by_pen)).plot()

# %% [markdown]
# A pen that is much too thick costs about ten points. (A pen that is too thin costs even more with
# MNIST, but little with the bundled digits.) That is what scaling the strokes saves.
#
# <details><summary><b>Question.</b> A program recognizes your friend's digits but not yours. What
# do you check first?</summary>
#
# Whether your drawings are prepared as the training data was: ink and background, size, position,
# thickness of the lines. Put one of your images next to one from the data, and look.
#
# </details>

# %% [markdown]
# ## Refuse a blank sheet
#
# No ink, no bounding box, no answer. A program that recognizes a 1 on an empty sheet is wrong, so
# `to_image` raises an error for a blank drawing. You can check for it first.

# %%
nothing = mnistedu.Ink()
try:
    nothing.to_image()
except ValueError as error:
    print("ValueError:", error)
print("blank:", nothing.blank)
assert nothing.blank

# %% [markdown]
# <details><summary><b>Question.</b> Why raise an error instead of returning an empty
# image?</summary>
#
# A classifier returns a digit for any image, even for an empty one. Nobody would notice that this
# digit means nothing; an error says what is missing.
#
# </details>

# %% [markdown]
# ## On your own
#
# Each exercise has a cell to fill in, where the `...` is, and a cell that checks your answer. A
# wrong answer gets a hint; `hint=2` and `hint=3` give more specific ones. The checks call your
# functions with values of their own, so the right number for one case is not enough.

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 02.1 Decode the answers (easy)
#
# Write `decode(answers)`. It gets an array of n rows with ten probabilities each, and returns the n
# digits that these rows stand for.


# %% tags=["blank"]
def decode(answers): ...


# %% tags=["solution"]
def decode(answers):
    return answers.argmax(axis=1)


# %%
check("02.1", decode)

# %% [markdown]
# ### 02.2 Invert only if needed (medium)
#
# Some pictures come with dark ink on bright paper, others with bright ink on dark paper. Write
# `brighten(picture)`, which takes either and returns a picture of bytes, `uint8`, with bright ink.
# There may be a lot of ink, and it may reach the corners, but more than half of each picture is
# paper.


# %% tags=["blank"]
def brighten(picture): ...


# %% tags=["solution"]
def brighten(picture):
    paper = np.median(picture)  # more than half of the picture is paper
    return 255 - picture if paper > 128 else picture


# %%
check("02.2", brighten)

# %% [markdown]
# ### 02.3 Put the steps together (hard)
#
# Write `preprocess(sheet)`, one function from a sheet, black on white, to an image of 28 by 28
# bytes as MNIST's makers would have made it. What should it do with a blank sheet? Let it raise a
# `ValueError` with a message that says so.


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
# Write a way of your own, from a sheet to an image, and try to beat the centre of mass on the
# sheets of this lesson: other sizes of the box, thicker lines, a little blur. The check compares
# your way with `by_mass` on sheets of its own. Why do you compare on validation images, and not on
# the test images?


# %% tags=["blank"]
def my_way(sheet): ...


# %% [markdown] tags=["solution"]
# One idea of many: nobody knows to a pixel how large the box should be, so take the mean over
# several boxes. This also blurs the digit a little.


# %% tags=["solution"]
def my_way(sheet):
    boxes = [fit_box(sheet, side) for side in (20, 21, 22)]
    layers = [place(box, *centre_of_mass(box)) for box in boxes]
    return np.mean(layers, axis=0).astype(np.uint8)


# %% tags=["solution"]
mine = measure([my_way(sheet) for sheet in sheets])
print(f"mine {mine:.1%}, centre of mass {balanced:.1%}")

# %% [markdown] tags=["solution"]
# The choice was made with the validation images, so the figure is a little too good. The test
# images could show whether the gain is real, but only once: after that they have been used for a
# choice, too.

# %%
check("02.4", my_way)

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/02-preprocess.ipynb). The next lesson
# is [03 Train an MLP](03-train-an-mlp.ipynb).

# %% [markdown] tags=["solution"]
# The next lesson is [03 Train an MLP](../03-train-an-mlp.ipynb).

# %% [markdown]
# ## In practice
#
# - **Prepare new data exactly as the training data was prepared.** Better still, use the same
#   function for both.
# - Photos need more care than sheets: shadows, ruled paper, several digits. Always look at the
#   prepared images.
# - Scaling belongs to the model's input, not to the file: images stored as bytes need a quarter of
#   the memory of `float32`.
#
# ## Further reading
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE 86 (1998). Section III describes how MNIST was put
#   together: the box of 20 pixels and the centre of mass.
# - C. Yadav, L. Bottou, *Cold case: the lost MNIST digits*, NeurIPS 2019. Two researchers work out,
#   pixel by pixel, what the original preprocessing must have been.
# - R. Szeliski, *Computer Vision: Algorithms and Applications*, 2nd edition (2022), chapter 3. What
#   resizing does to an image, and why there are several ways.
