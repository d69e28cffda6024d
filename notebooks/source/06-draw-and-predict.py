# %% [markdown]
# # Draw and predict: your hand, your network
#
# *About 20 minutes.*
#
# **What you'll do.** Draw digits on a pad in this notebook and watch a network that you have just
# trained read them, stroke by stroke.
#
# **What you'll learn**
#
# - how a drawing becomes the input of a network, and an answer comes back;
# - why it does not matter how large or where you draw;
# - when an answer should be "not sure".
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
# Draw one on the sheet below. The network reads while you draw. Beside the sheet you see its answer
# with the three most probable digits, and the image of 28 by 28 pixels that it really looks at.

# %% alt="The empty pad: run this notebook to draw a digit."
pad = mnistedu.DrawingPad(model)
pad

# %% [markdown]
# *In the picture:* the sheet on the left, the image that the network sees, and its answer. Where
# this page shows only a still picture, run the notebook to draw.
#
# Try all ten digits. Try a small one in a corner and a large one. Draw slowly and see how the
# answer changes on the way: a 9 is first read as something else, and half a 4 may be a 1.

# %% [markdown]
# ## Replay a drawing
#
# A drawing is nothing but strokes, and strokes are lists of points. So it can be written down,
# kept, and drawn again. Here are four digits; the second pad gets the 7.

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
# *In the picture:* the same pad with a drawn 7 and the answer to it.
#
# `pad.ink` is what was drawn, `pad.prediction` what the network made of it. Both can be used in the
# next cell like any other value.

# %%
prediction = second.prediction
print(second.ink)
for digit, probability in prediction.top(3):
    print(f"{digit}: {probability:6.1%}")
assert prediction.digit == 7

# %% [markdown]
# ## Follow the ink to the answer
#
# Now do by hand what the pad does. If you have drawn something on the first pad, take that; if not,
# the 7.

# %%
drawn = second if pad.ink.blank else pad
ink = drawn.ink
for stroke in ink.strokes:
    print(f"a stroke of {len(stroke)} points, from {stroke[0]} to {stroke[-1]}")

# %% [markdown]
# Three steps lead from the strokes to a digit: draw them as MNIST would, scale the pixels, ask the
# network.

# %%
image = ink.to_image()
x = mnistedu.to_input(image)
probabilities = model.predict(x, verbose=0)[0]
print(image.shape, "then", x.shape, "then", probabilities.shape)

# %% [markdown]
# The image is the one that the pad has shown, and the digit is the same.

# %%
assert (image == drawn.prediction.image).all()
assert probabilities.argmax() == drawn.prediction.digit
assert abs(probabilities - drawn.prediction.probabilities).max() < 1e-3

# %% [markdown]
# `mnistedu.Recognizer` puts these steps into one object. It works without a pad, and on photos and
# files as well.

# %%
recognizer = mnistedu.Recognizer(model)
for digit, strokes in digits.items():
    print(f"drawn {digit}, read", recognizer.predict(mnistedu.Ink(strokes)))
right = [recognizer.predict(mnistedu.Ink(s)).digit == d for d, s in digits.items()]
assert sum(right) >= 3

# %% [markdown]
# ## Look inside while you draw
#
# Between the image and the answer lie the layers of the network. `mnistedu.LayerExplorer` shows
# what each of them makes of the drawing on a pad, and follows your pen. Choose a layer to see all
# of its feature maps, and draw on the pad above: which maps answer to a bar, which to a curve?

# %%
mnistedu.LayerExplorer(drawn)

# %% [markdown]
# *In the picture:* feature maps of each layer, from the edges that the first convolution finds to
# the ten numbers at the end. Lesson 04 has built them by hand.

# %% [markdown]
# ## Draw it small, and draw it elsewhere
#
# The strokes are scaled to the same box before they are drawn, and the centre of mass is put in the
# middle. So neither size nor place can make a difference.

# %%
import numpy as np

small_in_a_corner = [np.array(stroke) * 0.2 + 5 for stroke in digits[7]]
difference = mnistedu.Ink(small_in_a_corner).to_image() - ink.to_image().astype(float)
if pad.ink.blank:
    assert abs(difference).mean() < 1

# %% [markdown]
# What does make a difference is another look. Turn the colours round, black digits on white as on
# paper, and ask the network itself, without any preparation:

# %%
inverted = model.predict(mnistedu.to_input(255 - image), verbose=0)[0]
for name, answer in {"white on black": probabilities, "black on white": inverted}.items():
    print(f"{name}: read as {answer.argmax()}, with probability {answer.max():.0%}")

# %% [markdown]
# The network may be quite sure of its answer to an image that is like none it has ever seen. It
# does not know what it does not know.

# %% [markdown]
# ## Say "not sure"
#
# A network must answer with one of ten digits, even to a scribble. `confident` says whether the
# probability is high enough to be relied on; the pad shows a question mark if it is not. And a
# blank sheet gets no answer at all.

# %%
rng = np.random.default_rng(0)
scribble = mnistedu.Ink([rng.uniform(0, 500, size=(25, 2))])
for name, drawing in {"scribble": scribble, "blank": mnistedu.Ink()}.items():
    prediction = recognizer.predict(drawing)
    print(f"{name}: {prediction.digit}, confident: {prediction.confident}")
assert recognizer.predict(mnistedu.Ink()).digit is None

# %% [markdown]
# A threshold is a weak defence. Try letters, and you will find some that the network takes for a
# digit with great confidence.

# %% [markdown]
# ## React to what is drawn
#
# The pad tells whoever wants to know. Here a list keeps each answer; the 3 is drawn by the program,
# but your strokes would do the same.

# %%
answers = []
second.observe(lambda change: answers.append(change.new), "prediction")
second.draw(mnistedu.Ink(digits[3]))
second.clear()
assert len(answers) >= 2 and answers[-1] is None
answers

# %% [markdown]
# ## Look back
#
# The network has read your digits, perhaps not all of them. Before you blame yourself: it was
# trained on other people's digits, some of them written decades ago. How well does it do on those?

# %%
result = mnistedu.evaluate(model, data.test)
print(f"{result.accuracy:.1%} of {len(data.test):,} test images")
assert result.accuracy > {"mnist": 0.96, "digits": 0.90}[data.name]

# %% [markdown]
# ## On your own
#
# Fill in the cells with a `...`, and let the cell after each check your answer. `hint=2` and
# `hint=3` give more specific hints than the first one. And go back to the first pad: draw each
# digit five times, count the right answers, and put an interval around your accuracy (lesson 05).

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 06.1 Write a 4 in numbers (easy)
#
# Write the strokes of a 4: a list of strokes, each a list of points (x, y), with y pointing down.
# `digits` above has examples of other digits.

# %% tags=["blank"]
four = ...

# %% tags=["solution"]
four = [[(210, 90), (120, 310), (400, 310)], [(320, 190), (310, 450)]]
print(recognizer.predict(mnistedu.Ink(four)))

# %%
check("06.1", four)

# %% [markdown]
# ### 06.2 Answer, or ask a person (middling)
#
# A wrong answer costs you `cost`; asking a person instead costs 1. Write
# `decide(probabilities, cost)`, which gives the most probable digit where answering is cheaper on
# average, and `None` where asking is.


# %% tags=["blank"]
def decide(probabilities, cost): ...


# %% tags=["solution"]
def decide(probabilities, cost):
    chance_of_mistake = 1 - probabilities.max()
    return int(probabilities.argmax()) if chance_of_mistake * cost < 1 else None


# %%
check("06.2", decide)

# %% [markdown]
# ### 06.3 Turn the ink (hard)
#
# Write `turn(strokes, degrees)`. It gets a list of arrays of shape (n, 2) and gives such a list
# with the strokes turned clockwise on the sheet, all about the same point. By how many degrees can
# you turn a 7 before your network takes it for something else?


# %% tags=["blank"]
def turn(strokes, degrees): ...


# %% tags=["solution"]
def turn(strokes, degrees):
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return [stroke @ np.array([[cos, sin], [-sin, cos]]) for stroke in strokes]


# %% tags=["solution"]
seven = [np.array(stroke) for stroke in digits[7]]
for degrees in range(-60, 61, 20):
    print(f"{degrees:4} degrees: read", recognizer.predict(mnistedu.Ink(turn(seven, degrees))))

# %%
check("06.3", turn)

# %% [markdown]
# ### 06.4 Give the pad a reader of your own (open)
#
# `DrawingPad` takes any function from images of shape (n, 28, 28) to probabilities of shape
# (n, 10), as `mnistedu.evaluate` does. Write `my_reader(images)`; the nearest neighbours of lesson
# 02 are a start. It should read at least 70 % of the validation images. Then draw on
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
# When you have tried, compare with the [solutions](solutions/06-draw-and-predict.ipynb).

# %% [markdown]
# ## In practice
#
# - **Draw strokes in the kernel, not in the browser.** The sheet is only a view; the image is made
#   from the points, always in the same way.
# - People draw in styles that the training data does not have: a crossed 7, a 1 with a long
#   upstroke. More and other training data helps; a larger network does not.
# - A probability is not a promise. Where a mistake is expensive, let a person look at what the
#   network is not sure of.
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
