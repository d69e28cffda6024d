# %% [markdown]
# # Train an MLP: from one neuron to a network that reads
#
# *About 30 minutes.*
#
# **What you'll do.** Build a network from a single neuron, take one step of its training by hand,
# and then let Keras take thousands of them, until it reads more than nine out of ten digits that it
# has never seen.
#
# **What you'll learn**
#
# - what a neuron, a softmax, a loss and a gradient step are, each in a line of NumPy;
# - that Keras does the very same thing, by taking the same step with both;
# - what a hidden layer adds, and how to read the curves of a training.
#
# **What you'll need.** Arrays and matrix products in NumPy. A derivative should not frighten you,
# but you need not compute one. Lesson 02 explains how the images came to be.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../03-train-an-mlp.ipynb) first.*

# %% [markdown]
# ## Load the digits
#
# Scale the images to numbers from 0 to 1, as in lesson 02, and write each of them as one long row
# of 784 pixels.

# %%
import numpy as np

import mnistedu
from mnistedu.displays import DigitsDisplay, HistoryDisplay

data = mnistedu.load_mnist(fallback="digits")
data

# %%
images, labels = data.train
x = mnistedu.to_input(images).reshape(len(images), 784)
x.shape

# %% [markdown]
# ## Compute one neuron
#
# A neuron has a *weight* for each of its inputs, and one number more, the *bias*. It multiplies
# each input by its weight, adds everything up and adds the bias. That is all. We start with small
# random weights.

# %%
rng = np.random.default_rng(0)
weights = rng.normal(scale=0.05, size=784)
bias = 0.0
print(f"{x[0] @ weights + bias:.3f}")

# %% [markdown]
# The result, the neuron's *score*, is large where the image has ink at the places of large weights.
# So a neuron looks for a pattern, and its weights are the pattern. Which one it should look for, it
# does not know yet.

# %% [markdown]
# ## Ask ten neurons
#
# Give each digit a neuron of its own. Ten columns of weights make a matrix, and one matrix product
# computes ten scores for as many images as we like.

# %%
W = rng.normal(scale=0.05, size=(784, 10)).astype("float32")
b = np.zeros(10, "float32")
scores = x[:32] @ W + b
scores.shape

# %% [markdown]
# ## Turn scores into probabilities
#
# Scores can be any numbers. The *softmax* makes probabilities of them: the exponential makes all of
# them positive, and the division makes them add up to one. (Taking the largest score away first
# changes nothing in the result; it only keeps the exponentials from overflowing.)


# %%
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


probabilities = softmax(scores)
assert np.allclose(probabilities.sum(axis=1), 1)
print(probabilities[0].round(2))

# %% [markdown]
# ## Measure how wrong the answer is
#
# A model that gives the true digit a high probability is right, and the more so the higher it is.
# The *cross-entropy* loss is minus the logarithm of that probability: 0 for a model that is sure
# and right, and larger and larger the less it believes in the truth.


# %%
def cross_entropy(probabilities, labels):
    return -np.log(probabilities[np.arange(len(labels)), labels]).mean()


loss = cross_entropy(probabilities, labels[:32])
print(f"our untrained neurons: {loss:.2f}     ten equal guesses: {np.log(10):.2f}")
assert abs(loss - np.log(10)) < 1

# %% [markdown]
# Whoever knows nothing and gives each digit one tenth has a loss of 2.30, the logarithm of ten. Our
# random neurons are no better. Remember the number: a training whose loss stays at 2.30 has learned
# nothing.

# %% [markdown]
# ## Take one gradient step by hand
#
# How should the weights change to make the loss smaller? The *gradient* answers that: it says for
# each weight how fast the loss grows if that weight grows. For softmax and cross-entropy the
# formula is short: the error, that is the probabilities minus the one-hot truth, times the inputs.

# %%
batch, truth = x[:32], np.eye(10, dtype="float32")[labels[:32]]
error = (softmax(batch @ W + b) - truth) / len(batch)
gradient_W = batch.T @ error
gradient_b = error.sum(axis=0)
gradient_W.shape, gradient_b.shape

# %% [markdown]
# Do not believe a formula that you have not tried. Change a single weight by a little, look how
# much the loss changes, and compare with what the gradient says.

# %%
pixel, digit = np.unravel_index(np.abs(gradient_W).argmax(), W.shape)
nudged = W.astype("float64")
nudged[pixel, digit] += 1e-4
change = cross_entropy(softmax(batch @ nudged + b), labels[:32]) - loss
print(f"tried: {change / 1e-4:.4f}     formula: {gradient_W[pixel, digit]:.4f}")
assert np.isclose(change / 1e-4, gradient_W[pixel, digit], rtol=0.05)

# %% [markdown]
# The loss shrinks fastest if every weight goes *against* its gradient. How far? That is the
# *learning rate*, and we have to choose it. Take one step.

# %%
learning_rate = 0.5
W_new = W - learning_rate * gradient_W
b_new = b - learning_rate * gradient_b
loss_new = cross_entropy(softmax(batch @ W_new + b_new), labels[:32])
print(f"loss before: {loss:.3f}     after: {loss_new:.3f}")
assert loss_new < loss

# %% [markdown]
# ## Let Keras take the same step
#
# Keras is a library for building and training networks. `mnistedu.build_mlp` with no hidden units
# builds our ten neurons in it. Give them our weights, let Keras take one step on the same batch,
# and compare.

# %%
model = mnistedu.build_mlp(units=())
model.set_weights([W, b])

# %%
import keras

model.compile(keras.optimizers.SGD(learning_rate), loss="sparse_categorical_crossentropy")
logs = model.train_on_batch(mnistedu.to_input(images[:32]), labels[:32], return_dict=True)
W_keras, b_keras = model.get_weights()
assert np.isclose(logs["loss"], loss, atol=1e-3)
assert np.allclose(W_keras, W_new, atol=1e-4) and np.allclose(b_keras, b_new, atol=1e-4)

# %% [markdown]
# The same loss and the same new weights. There is no magic in the box. (SGD stands for *stochastic
# gradient descent*: steps against the gradient, each on a small random batch.)

# %% [markdown]
# ## Repeat the step
#
# Training is this step, again and again, on one batch after the other. Once through all images is
# called an *epoch*. The offline digits are few, so we go through them more often.

# %%
epochs = 2 if data.name == "mnist" else 40
for _ in range(epochs):
    for part in np.array_split(rng.permutation(len(x)), len(x) // 32):
        error = (softmax(x[part] @ W + b) - np.eye(10)[labels[part]]) / len(part)
        W = W - 0.1 * x[part].T @ error
        b = b - 0.1 * error.sum(axis=0)

# %% [markdown]
# Count how many digits of the validation images, which played no part in the training, the ten
# neurons read rightly now.

# %%
x_validation = mnistedu.to_input(data.validation.images).reshape(-1, 784)
answers = (x_validation @ W + b).argmax(axis=1)
by_hand = (answers == data.validation.labels).mean()
print(f"ten neurons, trained by hand: {by_hand:.1%}")
assert by_hand > 0.85

# %% [markdown]
# Not bad for a handful of lines. And as the weights of a neuron are the pattern that it looks for,
# we can look at them. Dark places speak for the digit, bright places against it.

# %%
patterns = 128 + 300 * W.T.reshape(10, 28, 28)
DigitsDisplay(patterns.clip(0, 255), range(10)).plot(columns=5)

# %% [markdown]
# ## Add a hidden layer
#
# One pattern for each digit is not enough: there are sevens with a bar and sevens without. So put a
# layer of neurons in between that look for *parts*, and let the last ten look for combinations of
# those.
#
# One thing is needed for that to help. Two matrix products in a row are but one matrix product, so
# the layer in between must bend its result. The usual bend is *ReLU*: what is negative becomes
# zero.

# %%
hidden = np.maximum(0, x[:32] @ rng.normal(scale=0.05, size=(784, 128)))
print(f"{np.mean(hidden == 0):.0%} of the hidden neurons are silent")

# %% [markdown]
# A network of such layers is called a *multilayer perceptron*, MLP for short. Count its weights and
# biases: 784 inputs for each of 128 hidden neurons, and 128 inputs for each of ten.

# %%
keras.utils.set_random_seed(0)
model = mnistedu.build_mlp(units=(128,))
assert model.count_params() == (784 * 128 + 128) + (128 * 10 + 10)
print(f"{model.count_params():,} numbers to learn")

# %% [markdown]
# ## Train it
#
# The gradient of a deeper network follows from the chain rule, layer by layer from the end to the
# beginning. This is *backpropagation*, and Keras does it for us. The model also comes with a better
# way to walk than ours: *Adam* adapts the length of the step for each weight.
#
# `mnistedu.TrainingMonitor` shows how it goes while it runs: the curves, ten validation images with
# the network's answers, and what it mixes up. Its button *Stop* ends the training early.
#
# Left to itself, `train` also bends each image a little. Lesson 07 is about that; here the network
# shall learn the images as they are.

# %%
epochs = 5 if data.name == "mnist" else 30
monitor = mnistedu.TrainingMonitor(data)
history = mnistedu.train(model, data, epochs=epochs, augmentation=None, callbacks=[monitor])

# %%
HistoryDisplay.from_history(history).plot()

# %% [markdown]
# Read the curves like this. The *training* curve says how well the network knows the images that it
# learns from. The *validation* curve says how well it does on others. While both rise, it learns.
# Where only the first one rises, the network starts to learn its own images by heart: it
# *overfits*, and more epochs will not help.

# %% [markdown]
# ## Test it once
#
# The choices are made: 128 neurons, this many epochs. Now, and only now, look at the test images.

# %%
result = mnistedu.evaluate(model, data.test)
print(f"{result.accuracy:.1%} of {len(data.test):,} test images, {len(result.mistakes)} mistakes")
assert result.accuracy > {"mnist": 0.965, "digits": 0.88}[data.name]
if data.name == "mnist":  # the offline digits are too few to tell
    assert max(history.history["val_accuracy"]) > by_hand

# %% [markdown]
# Your figure may differ a little from the one printed here. The weights start at random and
# computers round in different ways. What should hold anywhere, the line with `assert` states.
#
# Let us see one answer in full: what the network makes of the first test image.

# %%
seen = data.test.images[:1]
probabilities = model.predict(mnistedu.to_input(seen), verbose=0)[0]
for digit in probabilities.argsort()[:-4:-1]:
    print(f"{digit}: {probabilities[digit]:6.1%}")
assert probabilities.argmax() == data.test.labels[0]

# %%
DigitsDisplay(seen, [f"a {data.test.labels[0]}"]).plot()

# %% [markdown]
# ## On your own
#
# Fill in the cells with a `...`, and let the cell after each check your answer. `hint=2` and
# `hint=3` give more specific hints than the first one.

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 03.1 Take a step (easy)
#
# Write `step(weights, gradient, learning_rate)`, which gives the weights after one step of gradient
# descent. Then step from random weights with learning rates of 0.01, 5 and 50, as this lesson
# did with 0.5. When does one step make the loss larger?


# %% tags=["blank"]
def step(weights, gradient, learning_rate): ...


# %% tags=["solution"]
def step(weights, gradient, learning_rate):
    return weights - learning_rate * gradient


# %% [markdown] tags=["solution"]
# Up to a point a longer step gains more; beyond it the step flies over the valley and lands on the
# other side, higher than it started:

# %% tags=["solution"]
start = np.random.default_rng(0).normal(scale=0.05, size=(784, 10))
gradient = batch.T @ (softmax(batch @ start) - truth) / len(batch)
for rate in (0, 0.01, 0.5, 5, 50):
    after = softmax(batch @ step(start, gradient, rate)).clip(1e-12)
    print(f"rate {rate:5}: loss {cross_entropy(after, labels[:32]):6.2f}")

# %%
check("03.1", step)

# %% [markdown]
# ### 03.2 Count the numbers of any MLP (middling)
#
# Write `count_numbers(units)`. `units` holds the sizes of the hidden layers, as in `build_mlp`:
# `(128,)` for one layer of 128, `(64, 32)` for two, `()` for none. The function gives the number of
# all weights and biases from 784 pixels to ten answers.


# %% tags=["blank"]
def count_numbers(units): ...


# %% tags=["solution"]
from itertools import pairwise


def count_numbers(units):
    sizes = [784, *units, 10]
    return sum((n_inputs + 1) * n for n_inputs, n in pairwise(sizes))


# %%
check("03.2", count_numbers)

# %% [markdown]
# ### 03.3 Pass the error back (hard)
#
# Take a network with one hidden layer and, to keep it short, without biases:
# `hidden = np.maximum(0, x @ V)` and `probabilities = softmax(hidden @ W)`. Write
# `hidden_gradient(x, truth, V, W)`, the gradient of the mean cross-entropy with regard to `V`;
# `truth` is one-hot. You have all that it takes to train such a network in NumPy then.


# %% tags=["blank"]
def hidden_gradient(x, truth, V, W): ...


# %% tags=["solution"]
def hidden_gradient(x, truth, V, W):
    hidden = np.maximum(0, x @ V)
    error = (softmax(hidden @ W) - truth) / len(x)
    error_hidden = (error @ W.T) * (hidden > 0)  # none where ReLU was silent
    return x.T @ error_hidden


# %%
check("03.3", hidden_gradient)

# %% [markdown]
# ### 03.4 Make the network small (open)
#
# The network of this lesson has 101,770 numbers. Build one of dense layers with fewer than 50,000
# and train it, so that it reads at least 95 % of the validation images (85 % of the offline
# digits). How small can you make it? Draw accuracy against size, on the validation images.

# %% tags=["blank"]
small = ...

# %% tags=["solution"]
small = mnistedu.build_mlp(units=(48,))
print(f"{small.count_params():,} numbers to learn")
epochs = 3 if data.name == "mnist" else 30
history = mnistedu.train(small, data, epochs=epochs, augmentation=None)
# %%
check("03.4", (small, data))

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/03-train-an-mlp.ipynb).

# %% [markdown]
# ## In practice
#
# - **Shuffle.** If all zeros come first, the network unlearns them while it sees the ones. `train`
#   and Keras's `fit` shuffle in each epoch.
# - If the loss grows or becomes `nan`, the learning rate is too large: divide it by ten.
# - The softmax belongs to the loss. Computing the two together, from the scores, is more exact;
#   Keras does so where it can.
# - An MLP does not know that pixels have neighbours. Shuffle all pixels in the same way in every
#   image, and it learns just as well. Lesson 04 does better.
#
# ## Further reading
#
# - M. Nielsen, *Neural Networks and Deep Learning* (2015), chapters 1 and 2. The friendliest
#   derivation of backpropagation, on these very digits.
# - D. Rumelhart, G. Hinton, R. Williams, *Learning representations by back-propagating errors*,
#   Nature 323 (1986). Four pages that made hidden layers trainable.
# - D. Kingma, J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015. How the step length
#   is adapted; read the first two pages.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning* (2016), chapter 6. The whole story, with
#   the mathematics.
