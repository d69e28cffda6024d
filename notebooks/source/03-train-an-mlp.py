# %% [markdown]
# # Train an MLP: from one neuron to backpropagation
#
# *About 45 minutes.*
#
# **What you'll do.** Build a network from a single neuron, derive its gradients, check them and
# train it in NumPy, then let Keras do the same, until it reads more than 19 out of 20 digits that
# it has never seen.
#
# **What you'll learn**
#
# - what a neuron, a softmax, a loss and a gradient step are, each in a line or two of NumPy;
# - how backpropagation computes the gradients of a hidden layer, and how to check them;
# - how the learning rate and the first weights decide whether training works;
# - what `train` does by default, and how to read its curves.
#
# **What you'll need.** Matrix products in NumPy, and what a derivative is. Lesson 02 explains
# where the images come from.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../03-train-an-mlp.ipynb) first.*

# %% [markdown]
# ## Load the digits
#
# Scale the images to numbers from 0 to 1, as in lesson 02, and write each of them as one long row
# of 784 pixels. All of them at once would take four times the memory of the bytes, so we convert
# only those that are needed next: here, the first 32.

# %%
import numpy as np

import mnistedu
from mnistedu.displays import FiltersDisplay, HistoryDisplay, PlotDisplay

data = mnistedu.load_mnist(fallback="digits")
data


# %%
def to_rows(images):
    return mnistedu.to_input(images).reshape(len(images), 784)


images, labels = data.train
x = to_rows(images[:32])
one_hot = np.eye(10, dtype="float32")
print(x.shape, " the label", labels[0], "as one-hot:", one_hot[labels[0]])

# %% [markdown]
# `one_hot[labels]` writes each label as ten numbers: a one at the true digit and zeros elsewhere.
#
# ## Compute ten neurons
#
# A *neuron* has a *weight* for each of its inputs and one number more, the *bias*. It multiplies
# each input by its weight and adds everything up, the bias too. The sum is its *score*.

# %%
rng = np.random.default_rng(0)
weights = rng.normal(scale=0.05, size=784)  # random, to begin with
bias = 0.0
print(f"score of one neuron: {x[0] @ weights + bias:.3f}")

# %% [markdown]
# The score is large where the image has ink at the pixels with large weights. So the weights are a
# pattern that the neuron looks for. Give each digit a neuron of its own: ten columns of weights
# make a matrix, and one matrix product computes ten scores for each of 32 images.

# %%
W = rng.normal(scale=0.05, size=(784, 10))
b = np.zeros(10)
batch, truth = x.astype("float64"), one_hot[labels[:32]]
scores = batch @ W + b
scores.shape

# %% [markdown]
# <details><summary><b>Question.</b> What is the score of a neuron for an image without any
# ink?</summary>
#
# Its bias: all products are zero.
#
# </details>

# %% [markdown]
# ## Turn scores into probabilities
#
# Scores can be any numbers. The *softmax* turns them into probabilities: the exponential makes all
# of them positive, and the division makes them add up to one. (Subtracting the largest score first
# does not change the result; it only keeps the exponentials from overflowing.)


# %%
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


probabilities = softmax(scores)
print(probabilities[0].round(2), "sum:", probabilities[0].sum().round(6))
assert np.allclose(probabilities.sum(axis=1), 1)

# %% [markdown]
# <details><summary><b>Question.</b> What does softmax make of ten equal scores?</summary>
#
# Ten times one tenth, however large the scores are: only their differences matter.
#
# </details>
#
# ## Measure how wrong the answer is
#
# The *cross-entropy* loss is minus the logarithm of the probability that the model gives to the
# true digit: 0 if that is 1, and larger the smaller it is. The loss of a batch is the mean.


# %%
def cross_entropy(probabilities, labels):
    return -np.log(probabilities[np.arange(len(labels)), labels]).mean()


loss = cross_entropy(probabilities, labels[:32])
print(f"untrained neurons: {loss:.2f}     one tenth for each digit: {np.log(10):.2f}")
assert abs(loss - np.log(10)) < 1

# %% [markdown]
# A model that knows nothing and gives one tenth to each digit has a loss of 2.30, the logarithm of
# ten. Our random neurons are about as bad. Remember the number: while the loss stays at 2.30, the
# model has learned nothing.
#
# <details><summary><b>Question.</b> The true digit gets a probability of 1 %. What is the loss? And
# for 50 %?</summary>
#
# 4.6 and 0.7: minus the logarithms of 0.01 and 0.5. Being sure and wrong costs most.
#
# </details>
#
# ## Derive the gradient
#
# How should the weights change to make the loss smaller? The *gradient* says for each weight how
# fast the loss grows as that weight grows. Take one image with true digit *t*, scores *s*,
# probabilities *p* and one-hot truth *y*. Its loss is
#
# $$L = -\log p_t = -\log \frac{e^{s_t}}{\sum_j e^{s_j}} = \log \sum_j e^{s_j} - s_t .$$
#
# Differentiate by one score. The logarithm of the sum gives $e^{s_k} / \sum_j e^{s_j}$, which is
# $p_k$, and $s_t$ gives 1 if *k* is the true digit and 0 otherwise, which is $y_k$:
#
# $$\frac{\partial L}{\partial s_k} = p_k - y_k .$$
#
# So the derivative at the scores is the *error*: probability minus truth. Now one step further
# back. Score *k* is the sum of $x_i W_{ik}$ over all pixels *i*, so it grows $x_i$ times as fast as
# $W_{ik}$. The *chain rule* says: multiply the rates along the way.
#
# $$\frac{\partial L}{\partial W_{ik}} = x_i \, (p_k - y_k), \qquad
# \frac{\partial L}{\partial b_k} = p_k - y_k .$$
#
# For a batch, take the mean over its images. One matrix product does all of it:

# %%
error = (probabilities - truth) / len(batch)
gradient_W = batch.T @ error
gradient_b = error.sum(axis=0)
gradient_W.shape, gradient_b.shape

# %% [markdown]
# <details><summary><b>Question.</b> The model gives the true digit a probability of 1. What is the
# error, and what do the weights do?</summary>
#
# It is zero for all ten digits, because *p* equals *y*. So is the gradient, and the weights stay as
# they are.
#
# </details>

# %% [markdown]
# ## Check the gradient
#
# Do not trust a formula that you have not tried. Change one weight a little up and a little down,
# compute the loss for both, and divide the difference by the change.


# %%
def slope(loss, array, index, change=1e-6):
    start = array[index]
    array[index] = start + change
    above = loss()
    array[index] = start - change
    below = loss()
    array[index] = start
    return (above - below) / (2 * change)


def loss_of_ten():
    return cross_entropy(softmax(batch @ W + b), labels[:32])


index = np.unravel_index(np.abs(gradient_W).argmax(), W.shape)
tried = slope(loss_of_ten, W, index)
print(f"tried: {tried:.8f}     formula: {gradient_W[index]:.8f}")
assert np.isclose(tried, gradient_W[index], rtol=1e-5)

# %% [markdown]
# This check needs `float64`, numbers of about sixteen digits. Networks are usually trained in
# `float32`, which has about seven: the two losses would differ in the last of them, if at all.
#
# <details><summary><b>Question.</b> Why is the gradient not simply computed in this way?</summary>
#
# It takes two losses for each weight, and there are thousands of weights. The formula computes all
# gradients at the cost of about one more matrix product.
#
# </details>
#
# ## Take one step
#
# The loss shrinks fastest if every weight moves *against* its gradient. How far? That is the
# *learning rate*, and we have to choose it.

# %%
learning_rate = 0.5
W_new = W - learning_rate * gradient_W
b_new = b - learning_rate * gradient_b
loss_new = cross_entropy(softmax(batch @ W_new + b_new), labels[:32])
print(f"loss before: {loss:.3f}     after: {loss_new:.3f}")
assert loss_new < loss

# %% [markdown]
# Keras is a library for building and training networks. `mnistedu.build_mlp` with no hidden units
# builds our ten neurons in it. Give them our weights, and let Keras take one step on the same
# batch.

# %%
import keras

same = mnistedu.build_mlp(units=())
same.set_weights([W, b])
same.compile(keras.optimizers.SGD(learning_rate), loss="sparse_categorical_crossentropy")
logs = same.train_on_batch(mnistedu.to_input(images[:32]), labels[:32], return_dict=True)
W_keras, b_keras = same.get_weights()
print(f"loss in Keras: {logs['loss']:.3f}     largest difference of a weight: "
      f"{np.abs(W_keras - W_new).max():.0e}")  # fmt: skip
assert np.isclose(logs["loss"], loss, atol=1e-3)
assert np.allclose(W_keras, W_new, atol=1e-4) and np.allclose(b_keras, b_new, atol=1e-4)

# %% [markdown]
# The same loss and, but for rounding, the same weights. (SGD stands for *stochastic gradient
# descent*: steps against the gradient, each on a small random batch.)
#
# <details><summary><b>Question.</b> Why does a pixel that is empty in all 32 images keep its
# weights?</summary>
#
# Its gradient is the pixel times the error, so zero. It cannot have contributed to the error.
#
# </details>
#
# ## Repeat the step
#
# Training is this step again and again, on one batch after the other. One pass through all images
# is an *epoch*. The offline digits are few, so we go through them more often.

# %%
epochs = 2 if data.name == "mnist" else 40
for _ in range(epochs):
    for part in np.array_split(rng.permutation(len(images)), len(images) // 32):
        x = to_rows(images[part])
        error = (softmax(x @ W + b) - one_hot[labels[part]]) / len(part)
        W -= 0.1 * x.T @ error
        b -= 0.1 * error.sum(axis=0)

# %%
x_validation = to_rows(data.validation.images)
answers = (x_validation @ W + b).argmax(axis=1)
of_ten_neurons = (answers == data.validation.labels).mean()
print(f"ten neurons read {of_ten_neurons:.1%} of the validation images")
assert of_ten_neurons > 0.85

# %% [markdown]
# The weights of a neuron are the pattern that it looks for, so we can look at them. Ink on red
# speaks for the digit, ink on blue against it.

# %%
assert W[14 * 28 + 14, 0] < 0  # the 0 and the pixel in the middle
FiltersDisplay(W.T.reshape(10, 28, 28), layer="ten neurons").plot(columns=5)

# %% [markdown]
# <details><summary><b>Question.</b> The 0 has blue in its middle. What does that do?</summary>
#
# Ink in the middle lowers the score of the 0, as few zeros have any there.
#
# </details>
#
# ## Add a hidden layer
#
# One pattern for each digit is not enough: there are sevens with a bar and sevens without. So put a
# layer of neurons in between, the *hidden* layer, and let the last ten neurons work on its outputs.
#
# **Predict before you run:** do two layers of weights do more than one?

# %%
V = rng.normal(scale=0.05, size=(784, 128))
U = rng.normal(scale=0.125, size=(128, 10))
two_layers = batch @ V @ U
one_layer = batch @ (V @ U)  # a single matrix of 784 by 10
print("the same scores:", np.allclose(two_layers, one_layer))
assert np.allclose(two_layers, one_layer)

# %% [markdown]
# They do not: two matrix products in a row are one matrix product. The hidden layer has to do
# something that no matrix can. The usual choice is *ReLU*, which turns negative numbers into zero.

# %%
hidden = np.maximum(0, batch @ V)
print(f"{np.mean(hidden == 0):.0%} of the hidden outputs are zero")
assert 0.2 < np.mean(hidden == 0) < 0.8

# %% [markdown]
# A network of such layers is a *multilayer perceptron*, MLP for short. Here is ours, with weights
# and biases `W1`, `b1` of the hidden layer and `W2`, `b2` of the last one.


# %%
def forward(x, W1, b1, W2, b2):
    hidden = np.maximum(0, x @ W1 + b1)
    return hidden, softmax(hidden @ W2 + b2)


parameters = [V, np.zeros(128), U, np.zeros(10)]
n_parameters = sum(array.size for array in parameters)
print(f"{n_parameters:,} numbers to learn")
assert n_parameters == (784 * 128 + 128) + (128 * 10 + 10)

# %% [markdown]
# <details><summary><b>Question.</b> Why is there no ReLU after the last layer?</summary>
#
# It would turn all negative scores into zero, and the softmax could not tell them apart any more.
#
# </details>

# %% [markdown]
# ## Pass the error back
#
# The gradients follow from the chain rule once more, from the end to the beginning. Call the hidden
# outputs *h*, and what ReLU gets *z*:
#
# 1. At the scores the error is $p - y$, as before. The last layer sees *h* where the ten neurons
#    saw *x*, so its gradients are *h* times the error, and the error itself.
# 2. Hidden output *j* enters every score *k* with the weight $W2_{jk}$. Rates along different ways
#    add up: $\partial L / \partial h_j = \sum_k (p_k - y_k) \, W2_{jk}$. As a matrix product:
#    `error @ W2.T`.
# 3. ReLU lets a change through if *z* is positive, and stops it if not. So multiply by 1 or by 0:
#    `hidden > 0`. That is the error at the hidden neurons.
# 4. The first layer is again a matrix product: its gradients are *x* times that error, and the
#    error itself.
#
# This is *backpropagation*: the error travels back through the network, layer by layer.


# %%
def backward(x, truth, W1, b1, W2, b2):
    hidden, probabilities = forward(x, W1, b1, W2, b2)
    error = (probabilities - truth) / len(x)
    error_hidden = (error @ W2.T) * (hidden > 0)
    return [x.T @ error_hidden, error_hidden.sum(axis=0), hidden.T @ error, error.sum(axis=0)]


# %% [markdown]
# Check all four, each at its largest number and at three others.


# %%
def loss_of_mlp():
    return cross_entropy(forward(batch, *parameters)[1], labels[:32])


gradients = backward(batch, truth, *parameters)
for name, array, gradient in zip(["W1", "b1", "W2", "b2"], parameters, gradients, strict=True):
    places = [np.abs(gradient).argmax(), *rng.choice(gradient.size, 3)]
    for index in [np.unravel_index(place, gradient.shape) for place in places]:
        tried = slope(loss_of_mlp, array, index)
        assert np.isclose(tried, gradient[index], rtol=1e-4, atol=1e-8)
    largest = gradient.flat[places[0]]
    print(f"{name}: the largest of {gradient.size:7,} is {largest:8.5f}, and the check agrees")

# %% [markdown]
# <details><summary><b>Question.</b> What would be wrong without <code>* (hidden >
# 0)</code>?</summary>
#
# A neuron whose output was cut to zero would be blamed for an error to which it contributed
# nothing: a small change of its weights leaves the output at zero.
#
# </details>
#
# ## Train it in NumPy
#
# With the gradients we can train, now with batches of 64. The order of the images is drawn
# beforehand, so that Keras can use the same batches in the same order.


# %%
def train_by_hand(parameters, order, learning_rate):
    parameters = [array.astype("float32") for array in parameters]
    for start in range(0, len(order), 64):
        part = order[start : start + 64]
        gradients = backward(to_rows(images[part]), one_hot[labels[part]], *parameters)
        parameters = [p - learning_rate * g for p, g in zip(parameters, gradients, strict=True)]
    return parameters


def accuracy_and_loss(parameters):
    probabilities = forward(x_validation, *parameters)[1].clip(1e-7)
    correct = probabilities.argmax(axis=1) == data.validation.labels
    return correct.mean(), cross_entropy(probabilities, data.validation.labels)


order = rng.permutation(len(images))
if data.name != "mnist":
    order = np.tile(order, 40)
of_mlp, _ = accuracy_and_loss(train_by_hand(parameters, order, 0.3))
print(f"ten neurons {of_ten_neurons:.1%}     with a hidden layer {of_mlp:.1%}")
if data.name == "mnist":  # the offline digits are too few to tell
    assert of_mlp > of_ten_neurons + 0.02

# %% [markdown]
# Now Keras: the same weights to start from, the same 100 batches, the same learning rate.

# %%
few = order[: 100 * 64]
ours = train_by_hand(parameters, few, 0.3)

twin = mnistedu.build_mlp(units=(128,))
twin.set_weights(parameters)
twin.compile(keras.optimizers.SGD(0.3), loss="sparse_categorical_crossentropy")
twin.fit(mnistedu.to_input(images[few]), labels[few], batch_size=64, shuffle=False, verbose=0)
for name, mine, theirs in zip(["W1", "b1", "W2", "b2"], ours, twin.get_weights(), strict=True):
    print(f"{name}: weights up to {np.abs(mine).max():.2f}, "
          f"largest difference {np.abs(mine - theirs).max():.0e}")  # fmt: skip
    assert np.abs(mine - theirs).max() < 0.01

# %% [markdown]
# After 100 steps the two networks still agree but for rounding. Keras computes nothing here that
# you have not just written.
#
# <details><summary><b>Question.</b> Why was the order of the images drawn beforehand?</summary>
#
# Each step depends on its batch. With other batches the two networks would end up with different
# weights, although both were computed correctly.
#
# </details>
#
# ## Choose the learning rate
#
# **Predict before you run:** the loss after 100 steps, drawn over the learning rate: which shape
# does the curve have?

# %%
rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
with np.errstate(all="ignore"):  # the largest rates overflow
    losses = [accuracy_and_loss(train_by_hand(parameters, few, rate))[1] for rate in rates]


def draw(ax):
    ax.semilogx(rates, losses, marker="o")
    ax.axhline(np.log(10), linestyle="--", color="grey")
    ax.set(xlabel="learning rate", ylabel="validation loss", title="The loss after 100 steps")


PlotDisplay(draw, "Line chart: high for small and for large learning rates, low between.").plot()

# %%
best = rates[int(np.nanargmin(losses))]
print(f"best of these rates: {best}, with a loss of {min(losses):.2f}; "
      f"{rates[0]}: {losses[0]:.2f}; {rates[-1]}: {losses[-1]:.2f}")  # fmt: skip
assert 0.1 <= best <= 1 and losses[0] > 1.5 and losses[-1] > 1.5

# %% [markdown]
# The dashed line is 2.30, where nothing has been learned. Too small a rate takes too many steps.
# Too large a rate overshoots: the loss grows, and the network ends up knowing nothing. The best
# rate is not far below the first one that fails. You find it by trying, each about three times the
# one before.
#
# <details><summary><b>Question.</b> A loss falls steadily, but very slowly. What do you try
# first?</summary>
#
# A learning rate three or ten times as large.
#
# </details>
#
# ## Choose the first weights
#
# The scale of the first weights was 0.05. Does it matter? Compare the first loss and the result
# after 100 steps, when all weights start at zero, at the same number, at random, or at random with
# a scale of one.


# %%
starts = {
    "all zero": [0 * array for array in parameters],
    "all 0.05": [np.full_like(array, 0.05) for array in parameters],
    "random, as above": parameters,
    "random, scale 1": [rng.normal(size=array.shape) for array in parameters],
}
after = {}
for name, start in starts.items():
    before, trained = accuracy_and_loss(start), train_by_hand(start, few, 0.3)
    after[name] = accuracy_and_loss(trained)
    distinct = len(np.unique(trained[0].round(6), axis=1).T)
    print(f"{name:17} loss {before[1]:5.2f} → {after[name][1]:4.2f}   accuracy "
          f"{after[name][0]:5.1%}   {distinct:3} different neurons")  # fmt: skip

# %%
assert after["all zero"][0] < 0.3 and after["all 0.05"][0] < 0.3
assert max(after.values()) == after["random, as above"]
print(f"square root of 2/784: {np.sqrt(2 / 784):.3f}")

# %% [markdown]
# - **Zero** weights pass no error back: only the last biases learn.
# - **Equal** weights get equal gradients, so all 128 neurons stay copies of one.
# - **Large** weights make scores so large that the softmax is certain from the start, and wrong.
#
# Random weights with a scale of $\sqrt{2 / n}$, *n* being the number of inputs, keep the outputs of
# a ReLU layer about as large as its inputs, layer after layer (*He initialization*). For 784 inputs
# that is our 0.05. Keras chooses a similar scale by itself.
#
# <details><summary><b>Question.</b> The loss of your own network stays at 2.30. Name two things to
# look at.</summary>
#
# The learning rate (far too small or far too large) and the first weights (zero or equal).
#
# </details>
#
# ## Train it with Keras
#
# `mnistedu.train` takes the same steps, faster, with three differences that you should know:
#
# - **Adam.** The model comes with this optimizer, which adapts the step for each weight.
# - **A one-cycle schedule.** The learning rate rises for the first quarter of the training and then
#   falls to zero: long steps first, fine ones at the end. `schedule=None` keeps it constant.
# - **Augmentation.** Each image is moved, rotated and bent a little each time. Lesson 04 shows what
#   that is good for; here the network is to learn the images as they are: `augmentation=None`.

# %%
from mnistedu.training.schedules import one_cycle

for progress in (0, 0.25, 0.5, 0.75, 1):
    print(f"{progress:4.0%} of the training: {float(one_cycle(progress)):4.0%} of the rate")
assert one_cycle(0.25) == 1 and one_cycle(1) < 0.01

# %% [markdown]
# `mnistedu.TrainingMonitor` shows the curves while the network trains, with ten validation images
# and what the network makes of them. Its button *Stop* ends the training early; to have time for
# that, set `epochs` to 50.

# %%
keras.utils.set_random_seed(0)
model = mnistedu.build_mlp(units=(128,))
epochs = 5 if data.name == "mnist" else 30
monitor = mnistedu.TrainingMonitor(data)
history = mnistedu.train(model, data, epochs=epochs, augmentation=None, callbacks=[monitor])

# %%
HistoryDisplay.from_history(history).plot()

# %%
training, validation = history.history["accuracy"], history.history["val_accuracy"]
for name, epoch in (("first", 0), ("last", -1)):
    print(f"{name} epoch: training {training[epoch]:.1%}, validation {validation[epoch]:.1%}")
assert training[0] < validation[0] and training[-1] > validation[-1]

# %% [markdown]
# The *validation* curve says how well the network reads images that it does not learn from. The
# *training* curve says how well it reads those that it does, as the mean over an epoch in which it
# was still getting better. That is why it starts *below* the other one.
#
# At the end it lies above: the network knows its own images better than others. Where that gap
# grows and the validation curve no longer improves, the network *overfits*. Lesson 04 shows how far
# this goes, and what helps.
#
# <details><summary><b>Question.</b> You stop a training of 20 epochs after ten. Is that the same as
# a training of ten?</summary>
#
# No. With the one-cycle schedule the learning rate is still high after ten of 20 epochs. It comes
# down to zero only at the end of the number of epochs that you asked for.
#
# </details>
#
# ## Test it once
#
# The choices are made: 128 neurons, this many epochs. Now, and only now, look at the test images.

# %%
result = mnistedu.evaluate(model, data.test)
print(f"{result.accuracy:.1%} of {len(data.test):,} test images, {len(result.mistakes)} mistakes")
assert result.accuracy > {"mnist": 0.965, "digits": 0.88}[data.name]

# %% [markdown]
# Your figure may differ a little from the one printed here: computers round in different ways. The
# line with `assert` states what should hold anywhere.
#
# Is that better than the three nearest neighbours of lesson 01? There they had only ten thousand
# images to compare with. To be fair, give both methods the same images, and test both on the same:
# every fifth test image, as the comparing takes time. **Predict before you run:** who gains more
# from more images?

# %%
from dataclasses import replace

some_test = data.test[::5]


def compare_on(count):
    part = replace(data, train=data.train[:count])
    neighbours, network = mnistedu.build_baseline("knn").fit(*part.train), model
    if count < len(images):
        network = mnistedu.build_mlp(units=(128,))
        mnistedu.train(network, part, epochs=10, augmentation=None, verbose=False)
    return [mnistedu.evaluate(each, some_test).accuracy for each in (neighbours, network)]


# %%
accuracies = {count: compare_on(count) for count in sorted({min(10_000, len(images)), len(images)})}
for count, (of_neighbours, of_network) in accuracies.items():
    print(f"{count:6,} images: neighbours {of_neighbours:.1%}, network {of_network:.1%}")
print(f"numbers to keep: neighbours {images.size:,}, network {model.count_params():,}")
if data.name == "mnist":  # the offline digits are too few to tell
    assert abs(np.subtract(*accuracies[10_000])) < 0.025
    assert accuracies[55_000][1] > accuracies[55_000][0] > 0.96

# %% [markdown]
# With ten thousand images of MNIST the two are about equal, and the neighbours too gain much from
# more: with all images they are a hard baseline, which the network beats by about one image in a
# hundred. (The offline digits are too few to tell.) Its larger advantage is another one. The
# neighbours keep every pixel of every image and compare each new image with all of them. The
# network looks at the images a few times while it learns, and then does without them.
#
# <details><summary><b>Question.</b> Why may we compare the two on the test images, which are not
# for making choices?</summary>
#
# Because nothing is chosen by the result: the network was finished before. Had we trained it again
# after a bad result, the figure would no longer be a test.
#
# </details>

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
# Write `step(weights, gradient, learning_rate)`, which returns the weights after one step of
# gradient descent. Then step from random weights with learning rates of 0.01, 5 and 50, as this
# lesson did with 0.5. When does one step make the loss larger?


# %% tags=["blank"]
def step(weights, gradient, learning_rate): ...


# %% tags=["solution"]
def step(weights, gradient, learning_rate):
    return weights - learning_rate * gradient


# %% [markdown] tags=["solution"]
# Up to a point a longer step gains more; beyond it the step overshoots the valley and ends on the
# other side, higher than it started:

# %% tags=["solution"]
start = np.random.default_rng(0).normal(scale=0.05, size=(784, 10))
gradient = batch.T @ (softmax(batch @ start) - truth) / len(batch)
for rate in (0, 0.01, 0.5, 5, 50):
    after_step = softmax(batch @ step(start, gradient, rate)).clip(1e-12)
    print(f"rate {rate:5}: loss {cross_entropy(after_step, labels[:32]):6.2f}")

# %%
check("03.1", step)

# %% [markdown]
# ### 03.2 Count the numbers of any MLP (medium)
#
# Write `count_numbers(units)`. `units` holds the sizes of the hidden layers, as in `build_mlp`:
# `(128,)` for one layer of 128, `(64, 32)` for two, `()` for none. The function returns the number
# of all weights and biases from 784 pixels to ten scores.


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
# ### 03.3 Pass the error back through two layers (hard)
#
# Take a network with *two* hidden layers and, to keep it short, without biases:
# `first = np.maximum(0, x @ W1)`, `second = np.maximum(0, first @ W2)` and
# `probabilities = softmax(second @ W3)`. Write `first_gradient(x, truth, W1, W2, W3)`, the gradient
# of the mean cross-entropy with respect to `W1`; `truth` is one-hot. Check it with `slope` before
# you let it be checked.


# %% tags=["blank"]
def first_gradient(x, truth, W1, W2, W3): ...


# %% tags=["solution"]
def first_gradient(x, truth, W1, W2, W3):
    first = np.maximum(0, x @ W1)
    second = np.maximum(0, first @ W2)
    error = (softmax(second @ W3) - truth) / len(x)
    error_second = (error @ W3.T) * (second > 0)
    error_first = (error_second @ W2.T) * (first > 0)
    return x.T @ error_first


# %%
check("03.3", first_gradient)

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
# When you have tried, compare with the [solutions](solutions/03-train-an-mlp.ipynb). The next
# lesson is [04 Train a CNN](04-train-a-cnn.ipynb).

# %% [markdown] tags=["solution"]
# The next lesson is [04 Train a CNN](../04-train-a-cnn.ipynb).

# %% [markdown]
# ## In practice
#
# - **Shuffle.** If all zeros come first, the network unlearns them while it sees the ones. `train`
#   and Keras's `fit` shuffle in each epoch.
# - If the loss grows or becomes `nan`, the learning rate is too large: divide it by ten.
# - The softmax is best computed within the loss, from the scores. A network that ends in a softmax,
#   like ours, has its probabilities cut off at 1e-7 by Keras: an image whose true digit gets less
#   than that has no gradient and teaches nothing. A last layer without softmax and a loss with
#   `from_logits=True` avoid it.
# - An MLP does not know that pixels have neighbours. Shuffle all pixels in the same way in every
#   image, and it learns just as well. Lesson 04 does better.
#
# ## Further reading
#
# - M. Nielsen, *Neural Networks and Deep Learning* (2015), chapters 1 and 2. A friendly derivation
#   of backpropagation, on these very digits.
# - D. Rumelhart, G. Hinton, R. Williams, *Learning representations by back-propagating errors*,
#   Nature 323 (1986). Four pages that made backpropagation popular.
# - K. He and others, *Delving deep into rectifiers*, ICCV 2015. Section 2.2 derives the scale of
#   the first weights.
# - D. Kingma, J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015. How the step length
#   is adapted; read the first two pages.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning* (2016), chapter 6. The whole story, with
#   the mathematics.
