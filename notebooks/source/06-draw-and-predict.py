# %% [markdown]
# # Draw and predict: your hand, your network
#
# *About 30 minutes.*
#
# **What you'll do.** Draw digits on a pad in this notebook, watch a network that you have just
# trained predict them stroke by stroke, and follow one drawing all the way through it.
#
# **What you'll learn**
#
# - what a drawing consists of, and the three steps from it to a prediction;
# - why it does not matter how large or where you draw, and what does matter;
# - how one pixel of a feature map is computed from your own drawing;
# - what the layer explorer shows: feature maps, filters and heat maps;
# - why a confident prediction can be nonsense, and what helps;
# - how a program reacts to what is drawn.
#
# **What you'll need.** A mouse, a finger or a pen. Lessons 02 and 04 explain what happens inside.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../06-draw-and-predict.ipynb) first.*

# %% [markdown]
# ## Train a network

# %%
import mnistedu

data = mnistedu.load_mnist(fallback="digits")
data

# %%
import keras

keras.utils.set_random_seed(0)
model = mnistedu.build_cnn(filters=(16, 32))
history = mnistedu.train(model, data, epochs=1 if data.name == "mnist" else 15)

# %% [markdown]
# ## Draw a digit
#
# Draw one on the sheet below. The network predicts while you draw. Next to the sheet you see its
# prediction with the three most probable digits, and the image of 28 by 28 pixels that is the
# network's input.

# %% alt="The empty pad: run this notebook to draw a digit."
pad = mnistedu.DrawingPad(model)
pad

# %% [markdown]
# *In the picture:* the sheet on the left, the network's input, and its prediction. Where this page
# shows only a still picture, run the notebook (▶ in the toolbar) to draw.
#
# Try all ten digits. Try a small one in a corner and a large one. Draw slowly and see how the
# prediction changes on the way. What do you expect for half of a 4, and for a 9 before its tail?

# %% [markdown]
# ## Replay a drawing
#
# A drawing is a list of strokes, and a stroke is a list of points (x, y), with y pointing down. So
# it can be written down, kept, and drawn again. Here are four digits; the second pad gets the 7.

# %%
digits = {
    7: [[(150, 110), (390, 110), (330, 230), (250, 440)]],
    1: [[(270, 90), (262, 270), (255, 450)]],
    3: [[(170, 110), (300, 90), (345, 180), (250, 255), (355, 340), (300, 450), (165, 430)]],
    0: [[(270, 80), (165, 180), (160, 350), (275, 450), (380, 350), (380, 180), (270, 80)]],
}

# %% alt="The pad with a 7 on its sheet, the network's image, and the answer 7."
second = mnistedu.DrawingPad(model)
second.draw(mnistedu.Ink(digits[7]))
second

# %% [markdown]
# *In the picture:* the same pad with a drawn 7 and the prediction for it.
#
# `pad.ink` is what was drawn, `pad.prediction` what the network predicted. Both can be used in the
# next cell like any other value.

# %%
prediction = second.prediction
print(second.ink)
for digit, probability in prediction.top(3):
    print(f"{digit}: {probability:6.1%}")
assert prediction.digit == 7

# %% [markdown]
# `100.0%` is rounded: the softmax never returns exactly 1. The pad writes "> 99.9 %" instead.
#
# <details><summary><b>Question.</b> How many numbers describe the 7 above, and how many its
# image?</summary>
#
# The drawing has one stroke of four points, so eight numbers. The image has 28 times 28, that is
# 784.
#
# </details>

# %%
print(sum(stroke.size for stroke in second.ink.strokes), "and", prediction.image.size)
assert prediction.image.size == 28 * 28 == 784

# %% [markdown]
# ## Follow the ink to the answer
#
# Now do by hand what the pad does. If you have drawn something on the first pad, the lesson uses
# that from here on; if not, the 7.

# %%
drawn = second if pad.ink.blank else pad
ink = drawn.ink
for stroke in ink.strokes:
    print(f"a stroke of {len(stroke)} points, from {stroke[0]} to {stroke[-1]}")

# %% [markdown]
# Three steps lead from the strokes to a prediction: draw the strokes as an image like MNIST's,
# scale its pixels to numbers from 0 to 1, and call the network.

# %%
image = ink.to_image()
x = mnistedu.to_input(image)
probabilities = model.predict(x, verbose=0)[0]
print(image.shape, "then", x.shape, "then", probabilities.shape)

# %% [markdown]
# The image is the one that the pad shows, and the prediction is the same.

# %%
assert (image == drawn.prediction.image).all()
assert probabilities.argmax() == drawn.prediction.digit
difference = abs(probabilities - drawn.prediction.probabilities).max()
print(f"read as {probabilities.argmax()}, probabilities differ by {difference:.0e} at most")
assert difference < 1e-3

# %% [markdown]
# `mnistedu.Recognizer` does these steps in one object. It works without a pad, and with photos and
# image files as well.

# %%
recognizer = mnistedu.Recognizer(model)
for digit, strokes in digits.items():
    print(f"drawn {digit}, read", recognizer.predict(mnistedu.Ink(strokes)))
correct = [recognizer.predict(mnistedu.Ink(s)).digit == d for d, s in digits.items()]
print(f"{sum(correct)} of {len(correct)} are read correctly")
assert sum(correct) >= 3

# %% [markdown]
# <details><summary><b>Question.</b> Which of the three steps has weights that were
# learned?</summary>
#
# Only the last one, the network. The other two always do the same.
#
# </details>

# %% [markdown]
# ## Compute one pixel of a feature map
#
# Between the image and the prediction are the layers of the network. The first one is a convolution
# with 16 filters of 3 by 3 weights (lesson 04). Take one pixel of one of its feature maps, and
# compute it by hand, from your drawing.
#
# First let Keras compute all 16 maps, and find the place with the strongest response.

# %%
import numpy as np

from mnistedu.displays import DigitsDisplay

convolution = keras.Model(model.inputs, model.layers[0].output)
maps = convolution.predict(x, verbose=0)[0]
row, column, index = np.unravel_index(maps.argmax(), maps.shape)
print(f"{maps.shape[2]} maps of {maps.shape[0]} by {maps.shape[1]} pixels")
print(f"the largest value is in map {index}, row {row}, column {column}: {maps.max():.3f}")

# %% [markdown]
# The window for this pixel starts in the same row and column of the image. Here is the image,
# dimmed outside of the window, then the window enlarged, and the map.

# %%
kernel = model.layers[0].get_weights()[0][:, :, 0, index]
window = x[0, row : row + 3, column : column + 3, 0]

dimmed = image // 3
dimmed[row : row + 3, column : column + 3] = image[row : row + 3, column : column + 3] // 2 + 128
enlarged = np.zeros((28, 28))
enlarged[2:26, 2:26] = np.kron(255 * window, np.ones((8, 8)))
lit = 255 * maps[:, :, index].clip(0) / maps.max()
DigitsDisplay([dimmed, enlarged, np.pad(lit, 1)], ["image", "window", f"map {index}"]).plot()

# %% [markdown]
# Multiply each of the nine pixels by its weight and add up the products. **Before you run the
# cell:** a pixel without ink is 0. What does its weight matter?

# %%
np.set_printoptions(precision=2, suppress=True)
products = window * kernel
for name, numbers in {"window": window, "weights": kernel, "products": products}.items():
    print(f"{name}\n{numbers}")
print(f"sum {products.sum():.3f}, Keras {maps[row, column, index]:.3f}")
assert np.isclose(products.sum(), maps[row, column, index], atol=1e-4)

# %% [markdown]
# One multiplication for each of the nine pixels, one sum: that is all. The window then moves on by
# a pixel, with the same weights. Where there is no ink in the window, all products are 0, so is the
# sum, and the weights do not matter.
#
# <details><summary><b>Question.</b> Why are the maps 26 pixels wide, and not 28?</summary>
#
# A window of 3 pixels fits into 28 at 26 places.
#
# </details>

# %%
assert maps.shape[1] == 28 - 3 + 1
blank_windows = [
    maps[r, c].max() for r, c in np.argwhere(lit == 0) if not image[r : r + 3, c : c + 3].any()
]
print(f"{len(blank_windows)} windows without ink, their largest sum is {max(blank_windows):.1f}")

# %% [markdown]
# ## Look inside while you draw
#
# `mnistedu.LayerExplorer` shows all layers for the drawing on a pad, and follows your pen. So that
# you can see both, here is the pad again, with the explorer below it.
#
# - **Layer** chooses a layer and shows all of its feature maps: bright where the layer responds.
# - **The heat maps** show which pixels matter for the prediction. One asks how much the prediction
#   would change with each pixel (the gradient). The other covers a part of the image at a time and
#   looks how far the probability drops.
# - **The filters** are the weights of the first layer, in two colours: one for positive weights,
#   which respond to ink, one for negative weights, which respond to its absence.
#
# Which maps respond to a horizontal bar, which to a curve? Draw and see.

# %%
drawn

# %%
mnistedu.LayerExplorer(drawn)

# %% [markdown]
# *In the picture:* the pad, and feature maps of each layer, from the edges that the first
# convolution finds to the ten numbers at the end.
#
# <details><summary><b>Question.</b> The heat map is brightest where there is no ink. Is that a
# mistake?</summary>
#
# No. Ink there would make another digit of it: a bar across the gap of a 3 makes it an 8. So this
# empty place matters.
#
# </details>

# %% [markdown]
# ## Draw it small, and draw it elsewhere
#
# The strokes are scaled to the same box before they are drawn, and the centre of mass is put in the
# middle. So neither size nor position can make a difference. Compare the 7 with one of a fifth of
# its size, in a corner.

# %%
seven = mnistedu.Ink(digits[7]).to_image().astype(int)
small_in_a_corner = mnistedu.Ink([np.array(stroke) * 0.2 + 5 for stroke in digits[7]])
difference = abs(small_in_a_corner.to_image() - seven)
print(f"mean difference {difference.mean():.2f} of 255 grey levels")
assert difference.mean() < 1

# %% [markdown]
# What does make a difference is preprocessing that is left out. Invert the image, so that the ink
# is 0 and the background 255, as in a photo of paper, and pass it to the network directly:

# %%
inverted = model.predict(mnistedu.to_input(255 - image), verbose=0)[0]
for name, answer in {"as MNIST": probabilities, "inverted": inverted}.items():
    print(f"{name:9} read as {answer.argmax()}, with probability {answer.max():.0%}")

# %% [markdown]
# The network gives a digit for this image, too, although it has never seen anything like it: what
# comes out is not worth anything, whatever the probability. `DrawingPad` and `Recognizer` find out
# which is ink and which is background.
#
# <details><summary><b>Question.</b> A program reads only digits that fill the sheet. Which step
# does it lack?</summary>
#
# It does not scale the strokes to the box. It shrinks the whole sheet, and what was small becomes
# tiny.
#
# </details>

# %% [markdown]
# ## Say "not sure"
#
# A network must choose one of ten digits, even for a scribble. `confident` says whether the largest
# probability is above a threshold; if not, the pad shows a question mark. An empty sheet has no
# prediction at all.

# %%
rng = np.random.default_rng(0)
scribbles = [mnistedu.Ink([rng.uniform(0, 500, size=(25, 2))]) for _ in range(100)]
pictures = [scribble.to_image() for scribble in scribbles[:5]]
titles = [recognizer.predict(scribble).digit for scribble in scribbles[:5]]
DigitsDisplay(pictures, [f"read as {title}" for title in titles]).plot()

# %% [markdown]
# None of these is a digit. **Before you run the next cell:** for how many of a hundred scribbles
# will the network be confident? And for how many the network that comes with mnistedu?

# %%
shipped = mnistedu.Recognizer()
counts = {}
for name, reader in {"your network": recognizer, "pretrained": shipped}.items():
    largest = reader.predict_batch(scribbles).max(axis=1)
    counts[name] = int((largest >= reader.threshold).sum())
    print(f"{name:12} threshold {reader.threshold:.0%}: confident of {counts[name]} scribbles")
print("empty sheet:", recognizer.predict(mnistedu.Ink()).digit)
assert recognizer.predict(mnistedu.Ink()).digit is None
assert counts["pretrained"] < counts["your network"]

# %% [markdown]
# So a threshold is a weak defence: your network is confident of some scribbles, because it has only
# ever seen digits, and its ten probabilities always add up to one. They answer "if this is a digit,
# which one?", and not "is this a digit?".
#
# What helps is training. The pretrained network has seen scribbles, letters and other things that
# are not digits, and was taught to give each of the ten digits a tenth for them. Try letters on the
# pad above: your network takes some for digits with great confidence.
#
# <details><summary><b>Question.</b> Your network is 99 % sure that a letter is a 6. What do the
# 99 % mean?</summary>
#
# Among digits, this one looks like a 6. Whether it is a digit is a question that the network was
# never asked.
#
# </details>

# %% [markdown]
# ## React to what is drawn
#
# `pad.observe` calls a function after each change of a trait, such as `prediction`. Here the
# function adds the prediction to a list. The 3 is drawn by the program, but your strokes would do
# the same.

# %%
answers = []
second.observe(lambda change: answers.append(change.new), "prediction")
second.draw(mnistedu.Ink(digits[3]))
second.clear()
assert len(answers) >= 2 and answers[-1] is None
answers

# %% [markdown]
# <details><summary><b>Question.</b> Why is the last item of the list <code>None</code>?</summary>
#
# The sheet was cleared, and an empty sheet has no prediction.
#
# </details>

# %% [markdown]
# ## Look back
#
# The network has read your digits, perhaps not all of them. Before you blame yourself: it was
# trained on other people's digits, which were written decades ago. How well does it do on those?

# %%
result = mnistedu.evaluate(model, data.test)
print(f"{result.accuracy:.1%} of {len(data.test):,} test images")
assert result.accuracy > {"mnist": 0.96, "digits": 0.90}[data.name]

# %% [markdown]
# ## On your own
#
# Fill in the cells with a `...`, and let the cell after each check your answer. `hint=2` and
# `hint=3` give more specific hints than the first one. And go back to the first pad: draw each
# digit five times, count the correct predictions, and put an interval around your accuracy (lesson
# 05).

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 06.1 Write a 4 in numbers (easy)
#
# Write the strokes of a 4: a list of strokes, each a list of points (x, y), with y pointing down.
# `digits` above has examples of other digits. The pretrained network has to be sure that it is one.

# %% tags=["blank"]
four = ...

# %% tags=["solution"]
four = [[(210, 90), (120, 310), (400, 310)], [(320, 190), (310, 450)]]
print(recognizer.predict(mnistedu.Ink(four)))

# %%
check("06.1", four)

# %% [markdown]
# ### 06.2 Answer, or ask a person (medium)
#
# A wrong answer costs you `cost`; asking a person instead costs 1. Write
# `decide(probabilities, cost)`, which returns the most probable digit where answering is cheaper on
# average, and `None` where asking is. (Take the probabilities at their word. You have seen above
# when you should not.)


# %% tags=["blank"]
def decide(probabilities, cost): ...


# %% tags=["solution"]
def decide(probabilities, cost):
    risk = 1 - probabilities.max()
    return int(probabilities.argmax()) if risk * cost < 1 else None


# %%
check("06.2", decide)

# %% [markdown]
# ### 06.3 Rotate the ink (hard)
#
# Write `turn(strokes, degrees)`. It takes a list of arrays of shape (n, 2) and returns a new list
# of such arrays: the strokes rotated clockwise on the sheet, all about the same point. By how many
# degrees can you rotate a 7 before your network reads something else?


# %% tags=["blank"]
def turn(strokes, degrees): ...


# %% tags=["solution"]
def turn(strokes, degrees):
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return [stroke @ np.array([[cos, sin], [-sin, cos]]) for stroke in strokes]


# %% tags=["solution"]
upright = [np.array(stroke) for stroke in digits[7]]
for degrees in range(-60, 61, 20):
    print(f"{degrees:4} degrees: read", recognizer.predict(mnistedu.Ink(turn(upright, degrees))))

# %%
check("06.3", turn)

# %% [markdown]
# ### 06.4 Give the pad a classifier of your own (open)
#
# `DrawingPad` takes any function from a batch of images, uint8 of shape (n, 28, 28), to
# probabilities of shape (n, 10), as `mnistedu.evaluate` does. Write `my_reader(images)`; the
# nearest neighbours of lesson 02 are a start. The batch may have any size, and what the function
# returns for an image must not depend on the other images in it. It should read at least 70 % of
# the validation images, also when they are moved by a pixel. Then draw on
# `mnistedu.DrawingPad(my_reader)`. Where is it better or worse than the network?


# %% tags=["blank"]
def my_reader(images): ...


# %% tags=["solution"]
from sklearn.neighbors import KNeighborsClassifier

known = data.train[:10_000]
neighbours = KNeighborsClassifier(n_neighbors=5, weights="distance")
neighbours.fit(known.images.reshape(len(known), -1), known.labels)


def my_reader(images):
    return neighbours.predict_proba(images.reshape(len(images), -1))


# %%
check("06.4", (my_reader, data))

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/06-draw-and-predict.ipynb). The next
# lesson, [07 Why your digits differ](07-why-your-digits-differ.ipynb), measures how well a network
# reads your own handwriting, and adapts it.

# %% [markdown] tags=["solution"]
# The next lesson is [07 Why your digits differ](../07-why-your-digits-differ.ipynb).

# %% [markdown]
# ## In practice
#
# - **Draw strokes in the kernel, not in the browser.** The sheet is only a view; the image is made
#   from the points, always in the same way.
# - People draw in styles that the training data does not have: a crossed 7, a 1 with a long
#   upstroke. Other training data helps with that; lesson 07 tries it.
# - A probability is not a promise. Where a mistake is expensive, let a person look at what the
#   network is not sure of, and train it on what is *not* a digit.
#
# ## Further reading
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE 86 (1998). A digit reader that worked in banks.
# - E. Alpaydin, F. Alimoglu, *Pen-based recognition of handwritten digits*, UCI Machine Learning
#   Repository (1998). Digits as strokes, by 44 writers.
# - D. Hendrycks, K. Gimpel, *A baseline for detecting misclassified and out-of-distribution
#   examples in neural networks*, ICLR 2017. How far the largest probability carries.
# - D. Ha, D. Eck, *A neural representation of sketch drawings*, ICLR 2018. A network that draws,
#   stroke by stroke.
