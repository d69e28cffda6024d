# %% [markdown]
# # Train a CNN: look at neighbourhoods
#
# *About 45 minutes.*
#
# **What you'll do.** Slide a small window over a digit, by hand, turn that idea into a network that
# makes fewer mistakes than the MLP of lesson 03 with an eighth of its weights, and keep a network
# from learning its images by heart.
#
# **What you'll learn**
#
# - what a convolution, a max pooling and a batch normalization compute, checked against Keras;
# - why sharing weights makes a network smaller, and better at pictures;
# - how to see that a network overfits, and what helps.
#
# **What you'll need.** Lesson 03: neurons, loss, training. NumPy slices such as `image[2:5, 3:6]`.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../04-train-a-cnn.ipynb) first.*

# %% [markdown]
# ## Load the digits

# %%
import numpy as np

import mnistedu
from mnistedu.displays import (
    DigitsDisplay,
    FeatureMapsDisplay,
    HistoryDisplay,
    LearningCurveDisplay,
    MistakesDisplay,
    PlotDisplay,
)
from mnistedu.layers import Conv2D, MaxPooling2D

data = mnistedu.load_mnist(fallback="digits")
on_mnist = data.name == "mnist"
data

# %% [markdown]
# Take one image to play with. You may draw your own: replace the strokes below, lists of points x,
# y with y pointing down.

# %%
strokes = [[(60, 40), (180, 36), (150, 90), (110, 220)], [(80, 130), (170, 124)]]
drawing = mnistedu.Ink(strokes).to_image()
digit = drawing / 255
DigitsDisplay([drawing], ["our digit"]).plot()

# %% [markdown]
# ## Slide a window
#
# A neuron of the MLP looks at all pixels at once. A *convolution* looks at a small window, 3 by 3
# pixels, and moves it over the whole image. At each place it does what every neuron does: multiply
# each input by its weight and add up. The nine weights are the *kernel*. They are the same at each
# place.


# %%
def convolve(image, kernel):
    height, width = image.shape
    result = np.zeros((height - 2, width - 2))
    for row in range(height - 2):
        for column in range(width - 2):
            window = image[row : row + 3, column : column + 3]
            result[row, column] = (window * kernel).sum()
    return result


# %% [markdown]
# Where the window would leave the image there is no result, so 28 by 28 pixels become 26 by 26.
# The result is called a *feature map*, because it says where in the image a feature is.
#
# Here is a kernel that subtracts what is above from what is below. **Predict before you run:** at
# the lower edge of a stroke or at the upper one, where is the result largest?

# %%
upper = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]) / 3
edges = convolve(digit, upper)
row, column = (int(index) for index in np.unravel_index(edges.argmax(), edges.shape))
window = digit[row : row + 3, column : column + 3]
for name, numbers in (("window", window), ("kernel", upper), ("product", window * upper)):
    print(f"{name}\n{numbers.round(2)}")
print(f"sum: {(window * upper).sum():.2f}, which becomes pixel ({row}, {column}) of the map")
assert edges[row, column] == (window * upper).sum()


# %%
def draw(*axes):
    pictures = {"the digit": digit, "the window": window, "the feature map": edges.clip(0)}
    for ax, (title, picture) in zip(axes, pictures.items(), strict=True):
        ax.imshow(picture, vmin=0, vmax=1)
        ax.set(title=title, xticks=[], yticks=[])
        ax.grid(False)
    for ax, side in (axes[0], 3), (axes[2], 1):
        right, below = column + side - 0.5, row + side - 0.5
        left, above = column - 0.5, row - 0.5
        ax.plot([left, right, right, left, left], [above, above, below, below, above], color="red")


alt = "The digit with a window of 3 by 3 on it, the window enlarged, and the map with its pixel."
PlotDisplay(draw, alt).plot(columns=3, size=(6.4, 2.5))

# %% [markdown]
# The result is largest at the *upper* edge: nothing above, ink below. At a lower edge it is
# negative, and in a network ReLU then makes it zero. The same kernel lying on its side finds left
# edges; nine equal weights blur. A bar of ink shows all three effects:

# %%
left = upper.T
mean = np.full((3, 3), 1 / 9)
bar = np.zeros((28, 28))
bar[10:18, 10:18] = 1  # ink in rows and columns 10 to 17

rows, columns = np.argwhere(convolve(bar, upper) > 0)[:, 0], np.argwhere(convolve(bar, left) > 0)
print("upper: rows of the window's centre", np.unique(rows) + 1)
print("left: columns of the window's centre", np.unique(columns[:, 1]) + 1)
assert {*(rows + 1)} == {*(columns[:, 1] + 1)} == {9, 10}
assert convolve(bar, upper)[16:18].min() == -1  # the lower edge
assert np.unique(convolve(bar, mean).round(3)).size > 2  # levels between ink and background

# %%
maps = np.stack([convolve(digit, kernel) for kernel in (mean, upper, left)])
DigitsDisplay(255 * maps.clip(0, 1), ["mean", "upper edges", "left edges"]).plot()

# %% [markdown]
# Nobody has to invent such kernels: they are weights, so training finds them.
#
# <details><summary><b>Question.</b> Which kernel finds lower edges?</summary>
#
# The one with its signs changed, `-upper`: it subtracts what is below from what is above.
#
# </details>
#
# ## Check it against Keras
#
# Our loops are clear but slow. A Keras layer computes many kernels at a time. Give it our three and
# compare. `mnistedu.layers.Conv2D` is Keras's own layer, computed in a way that is faster without a
# graphics card.

# %%
layer = Conv2D(filters=3, kernel_size=3)
layer.build((None, 28, 28, 1))
kernels = np.stack([mean, upper, left], axis=-1)[:, :, np.newaxis, :]
layer.set_weights([kernels, np.zeros(3)])

batch = digit[np.newaxis, :, :, np.newaxis].astype("float32")
keras_maps = np.moveaxis(np.asarray(layer(batch))[0], -1, 0)
print(f"largest difference: {np.abs(keras_maps - maps).max():.0e}")
assert np.allclose(keras_maps, maps, atol=1e-5)

# %% [markdown]
# <details><summary><b>Question.</b> How many weights and biases does this layer have?</summary>
#
# Three kernels of 3 by 3 weights each, and one bias per kernel: 3 times 9 weights, and 3 biases.
#
# </details>

# %% [markdown]
# ## Move the digit
#
# Here is what makes convolutions right for pictures. Move the digit by three pixels, and each
# feature map moves by three pixels: the same feature is found wherever it is. (This holds as long
# as the digit stays inside the image.)

# %%
moved = np.roll(digit, 3, axis=1)
difference = convolve(moved, upper)[:, 3:] - convolve(digit, upper)[:, :-3]
weights_of_kernels = 32 * (3 * 3 + 1)
weights_of_dense = 128 * (28 * 28 + 1)
print(f"largest difference of the moved maps: {np.abs(difference).max()}")
print(f"32 kernels: {weights_of_kernels:,} weights     128 neurons: {weights_of_dense:,}")
assert np.allclose(difference, 0) and weights_of_kernels == 320

# %% [markdown]
# An MLP has to learn a 7 anew at each place, because other weights are at work there. A convolution
# learns it once. It is also small: 32 kernels have 320 weights, biases included, where one dense
# layer of 128 neurons has more than a hundred thousand.
#
# <details><summary><b>Question.</b> The images become twice as high and twice as wide. How many
# times as many weights does a dense layer need, and a convolution?</summary>
#
# Four times as many, one for each pixel. The convolution needs no more than before: its kernels
# keep their size.
#
# </details>
#
# ## Pool what was found
#
# *That* there is an edge matters more than its exact place. *Max pooling* cuts a feature map into
# squares of 2 by 2 and keeps the largest number of each. The map gets half as high and half as
# wide, and a feature may move by a pixel without much change. In NumPy it is one reshape.


# %%
def pool(feature_map):
    height, width = (size // 2 for size in feature_map.shape)
    squares = feature_map[: 2 * height, : 2 * width].reshape(height, 2, width, 2)
    return squares.max(axis=(1, 3))


pooled = np.stack([pool(feature_map) for feature_map in maps])
keras_pooled = np.asarray(MaxPooling2D(2)(keras_maps[..., np.newaxis]))[..., 0]
assert np.allclose(keras_pooled, pooled, atol=1e-5)
DigitsDisplay(255 * pooled.clip(0, 1), ["mean", "upper edges", "left edges"]).plot()

# %% [markdown]
# <details><summary><b>Question.</b> How large is a map of 11 by 11 after pooling?</summary>
#
# 5 by 5: the last row and column have no partner and are left out.
#
# </details>
#
# ## Stack the layers
#
# Now repeat. A second convolution slides its window over the feature maps of the first and finds
# features of features: corners, ends, loops. At the end, ten neurons as in lesson 03 decide.

# %%
import keras

keras.utils.set_random_seed(0)
cnn = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        Conv2D(16, 3, activation="relu"),
        MaxPooling2D(2),
        Conv2D(32, 3, activation="relu"),
        MaxPooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.25),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
adam = keras.optimizers.Adam(learning_rate=0.004)
cnn.compile(adam, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
for part in cnn.layers:
    print(f"{part.name:15} {part.output.shape[1:]!s:14} {part.count_params():6,} weights")

# %% [markdown]
# Follow the shapes: the window costs two pixels, pooling halves, and what is left is flattened to
# 800 numbers. (*Dropout* has no weights; it comes up below.)
#
# The second convolution gets 16 maps, so-called *channels*, and not one image. Each of its 32
# kernels therefore has 3 by 3 weights for *each* of the 16: it convolves every channel with its own
# nine weights and adds up the 16 results, and a bias. Compute one of its maps by hand:

# %%
channels = keras.Model(cnn.inputs, cnn.layers[1].output).predict(batch, verbose=0)[0]
weights, biases = cnn.layers[2].get_weights()
print("channels:", channels.shape, "  kernels:", weights.shape)

total = sum(convolve(channels[:, :, c], weights[:, :, c, 5]) for c in range(16)) + biases[5]
by_keras = keras.Model(cnn.inputs, cnn.layers[2].output).predict(batch, verbose=0)[0, :, :, 5]
print(f"largest difference: {np.abs(np.maximum(0, total) - by_keras).max():.0e}")
assert np.allclose(np.maximum(0, total), by_keras, atol=1e-5)

# %%
first = 16 * (3 * 3 * 1 + 1)
second = 32 * (3 * 3 * 16 + 1)
last = 10 * (5 * 5 * 32 + 1)
assert cnn.count_params() == first + second + last
print(f"{first:,} + {second:,} + {last:,} = {cnn.count_params():,} numbers to learn")

# %% [markdown]
# How much of the image does such a neuron see? **Predict before you run:** a window of 3 by 3, on
# maps that were pooled, on a window of 3 by 3. To find out, light one pixel at a time, in 784
# images, and see which of them change the answer of one neuron in the middle.

# %%
one_pixel = np.eye(784, dtype="float32").reshape(784, 28, 28, 1)
deep = keras.Model(cnn.inputs, cnn.layers[2].output)
change = deep.predict(one_pixel, verbose=0)[:, 5, 5] - deep.predict(0 * batch, verbose=0)[0, 5, 5]
field = (np.abs(change).max(axis=1) > 0).reshape(28, 28)
height, width = (np.ptp(index) + 1 for index in np.nonzero(field))
print(f"it sees {height} by {width} pixels")
assert (height, width) == (8, 8)
DigitsDisplay([255 * field, drawing], ["seen", "our digit"]).plot()

# %% [markdown]
# That is its *receptive field*. Three pooled pixels in a row come from six pixels of the map below,
# and those, with a window of 3, from eight pixels of the image. Depth and pooling let a small
# window see something as large as a loop.
#
# <details><summary><b>Question.</b> 16 channels come in. How many weights has one kernel of 5 by
# 5?</summary>
#
# 5 · 5 · 16, and a bias.
#
# </details>
#
# ## Train it
#
# For comparison train the MLP of lesson 03 on the same images, too. A convolution has few weights
# but uses each of them many times, so an epoch of the CNN takes longer.

# %%
history = mnistedu.train(cnn, data, epochs=2 if on_mnist else 15, augmentation=None)

mlp = mnistedu.build_mlp()
mnistedu.train(mlp, data, epochs=5 if on_mnist else 30, augmentation=None)
print(f"the MLP has {mlp.count_params() / cnn.count_params():.1f} times as many weights")
assert cnn.count_params() * 7 < mlp.count_params()

# %%
HistoryDisplay.from_history(history).plot()

# %% [markdown]
# The validation curve lies above the training curve, for the reason that you know from lesson 03
# and for another: dropout handicaps the network only while it trains.
#
# <details><summary><b>Question.</b> The CNN has fewer weights than the MLP. Why does an epoch take
# longer?</summary>
#
# The MLP uses each weight once per image. A convolution uses each of its weights at every position
# of the window: 26 times 26 per image in the first layer.
#
# </details>
#
# ## Compare the two
#
# We are still choosing, so compare on the validation images. Then move all of them by two pixels.
# **Predict before you run:** which network suffers more?

# %%
validation = data.validation
shifted = mnistedu.Split(np.roll(validation.images, 2, axis=2), validation.labels)
accuracy, accuracy_shifted = {}, {}
for name, network in (("CNN", cnn), ("MLP", mlp)):
    accuracy[name] = mnistedu.evaluate(network, validation).accuracy
    accuracy_shifted[name] = mnistedu.evaluate(network, shifted).accuracy
    print(f"{name}: {accuracy[name]:.1%}, moved by two pixels {accuracy_shifted[name]:.1%}")
lost = {name: accuracy[name] - accuracy_shifted[name] for name in accuracy}
print(f"lost: CNN {lost['CNN']:.1%}, MLP {lost['MLP']:.1%}")
assert lost["MLP"] > {"mnist": 2, "digits": 1.1}[data.name] * lost["CNN"]

# %% [markdown]
# Neither has seen digits in that place, and both get worse, but the MLP more so: on MNIST, at least
# twice as much.
#
# <details><summary><b>Question.</b> Why does the CNN get worse at all, when its maps only
# move?</summary>
#
# Its last layer is a dense one. It has other weights for each place, and learned them for digits in
# the centre.
#
# </details>
#
# ## Look inside
#
# What has the first layer learned? Here are its feature maps of our digit; bright is where a kernel
# found what it looks for.

# %%
seen = FeatureMapsDisplay.from_model(cnn, drawing)
probabilities = cnn.predict(batch, verbose=0)[0]
print(f"read as {probabilities.argmax()}, with probability {probabilities.max():.1%}")
seen.plot()

# %% [markdown]
# Some maps show edges of one direction only, others whole strokes. Nobody told the network to look
# for edges; it found out that they help. Your maps may show other features in another order, since
# the weights start at random.
#
# And here is what it gets wrong while being most certain, among the validation images:

# %%
wrong = mnistedu.evaluate(cnn, validation)
print(f"{len(wrong.mistakes)} mistakes in {len(validation):,} images")
MistakesDisplay.from_evaluation(wrong, most=10).plot(columns=5)

# %% [markdown]
# <details><summary><b>Question.</b> A friend trains the same network and finds other feature maps.
# Is one of you wrong?</summary>
#
# No. The weights start at random, and many sets of kernels do the work equally well.
#
# </details>

# %% [markdown]
# ## Normalize between layers
#
# While a network trains, the numbers that a layer passes on change their scale, and the next layer
# has to follow. *Batch normalization* brings each channel to mean 0 and standard deviation 1, over
# all images of the batch and all places; two learned numbers per channel, a factor and a summand,
# can change that again. In NumPy, without those two:

# %%
values = cnn.layers[0](mnistedu.to_input(data.train.images[:64]))
values = np.asarray(values)
channel_mean, channel_variance = values.mean(axis=(0, 1, 2)), values.var(axis=(0, 1, 2))
normalized = (values - channel_mean) / np.sqrt(channel_variance + 1e-3)
by_keras = np.asarray(keras.layers.BatchNormalization(epsilon=1e-3)(values, training=True))
print(f"largest difference: {np.abs(normalized - by_keras).max():.0e}")
assert np.allclose(normalized, by_keras, atol=1e-3)

# %% [markdown]
# When the network predicts there may be one image only, so it uses averages of the means and
# variances, kept while it trained. What is it good for? Train with a learning rate of 0.1, 25 times
# as large as above, with and without it.


# %%
from dataclasses import replace


def small_cnn(between):
    layers = [keras.Input((28, 28, 1))]
    for filters in (16, 32):
        layers += [Conv2D(filters, 3), MaxPooling2D(2), *between(), keras.layers.ReLU()]
    layers += [keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    network = keras.Sequential(layers)
    loss = "sparse_categorical_crossentropy"
    network.compile(keras.optimizers.Adam(0.1), loss=loss, metrics=["accuracy"])
    return network


some = replace(data, train=data.train[:10_000])
options = {"epochs": 2 if on_mnist else 15, "augmentation": None, "schedule": None}
reached = {}
kinds = {"without": list, "with": lambda: [keras.layers.BatchNormalization(momentum=0.9)]}
for name, between in kinds.items():
    keras.utils.set_random_seed(0)
    log = mnistedu.train(small_cnn(between), some, **options, verbose=False).history
    reached[name] = log["val_accuracy"][-1]
    print(f"{name} batch normalization: {reached[name]:.1%}")
if on_mnist:
    assert reached["without"] < 0.5 < 0.8 < reached["with"]

# %% [markdown]
# On MNIST the network without it learns nothing at this rate. (On the few offline digits both
# learn.) `mnistedu.build_cnn()`, which is made to learn much in few epochs, has a batch
# normalization after each convolution.
#
# <details><summary><b>Question.</b> A channel has the same value everywhere, in all images. What
# does batch normalization make of it?</summary>
#
# Zero: the value is its mean. The 0.001 under the root prevents a division by zero.
#
# </details>
#
# ## See it overfit
#
# Lesson 03 asked what happens if one goes on training. It shows best with few images and a constant
# learning rate. Take the MLP, and look at the *loss*.

# %%
few = replace(data, train=data.train[:5_000])
epochs = 30 if on_mnist else 60


def train_on_few(dropout=0.0, weight_decay=None, callbacks=(), augmentation=None):
    keras.utils.set_random_seed(0)
    network = mnistedu.build_mlp(dropout=dropout)
    optimizer = keras.optimizers.Adam(0.001, weight_decay=weight_decay)
    loss = "sparse_categorical_crossentropy"
    network.compile(optimizer, loss=loss, metrics=["accuracy"])
    options = {"callbacks": callbacks, "augmentation": augmentation, "verbose": False}
    curves = mnistedu.train(network, few, epochs=epochs, batch_size=32, schedule=None, **options)
    return network, curves


network, curves = train_on_few()
HistoryDisplay.from_history(curves).plot(metric="loss")

# %%
losses, accuracies = curves.history["val_loss"], curves.history["val_accuracy"]
lowest = int(np.argmin(losses))
for name, epoch in (("lowest loss", lowest), ("last", epochs - 1)):
    print(f"{name}: epoch {epoch + 1}, training loss {curves.history['loss'][epoch]:.3f}, "
          f"validation loss {losses[epoch]:.3f}, accuracy {accuracies[epoch]:.1%}")  # fmt: skip
assert curves.history["loss"][-1] < 0.01 and losses[-1] > 1.08 * losses[lowest]
assert abs(accuracies[-1] - accuracies[lowest]) < 0.03

# %% [markdown]
# The training loss goes to zero: the network knows its images by heart. The validation loss falls,
# then *rises*, while the accuracy stays about the same: the network does not make more mistakes, it
# becomes more certain of those that it makes. That is *overfitting*.
#
# **Predict before you run:** which of these cures helps most?
#
# - **Early stopping** ends the training when the validation loss no longer falls, and goes back to
#   the best epoch.
# - **Weight decay** makes each weight a little smaller in each step, so that only those stay large
#   that are needed again and again.
# - **Dropout** sets a random half of the hidden outputs to zero in each step, so that no neuron can
#   rely on a single other one. When the network predicts, it does nothing.
# - **Augmentation** moves, rotates and bends each image a little, anew in each epoch.
# - **More images**, for comparison: the MLP that has learned from all of them.

# %%
from mnistedu.training.augmentation import augment

stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
cures = {
    "none": {},
    "early stopping": {"callbacks": [stop]},
    "weight decay": {"weight_decay": 0.3},
    "dropout": {"dropout": 0.5},
    "augmentation": {"augmentation": augment},
}
cured = {}
for name, cure in cures.items():
    network, curves = train_on_few(**cure)
    cured[name] = mnistedu.evaluate(network, validation)
    print(f"{name:15} {len(curves.epoch):2} epochs   training {curves.history['accuracy'][-1]:6.1%}"
          f"   validation {cured[name].accuracy:.1%}, loss {cured[name].loss:.3f}")  # fmt: skip

# %%
if on_mnist:
    cured["more images"] = mnistedu.evaluate(mlp, validation)
    more = cured["more images"]
    print(f"all {len(data.train):,} images: validation {more.accuracy:.1%}, loss {more.loss:.3f}")
    assert all(result.loss < cured["none"].loss for name, result in cured.items() if name != "none")
    assert more.loss < cured["augmentation"].loss
assert cured["augmentation"].loss < 0.75 * cured["none"].loss
assert curves.history["accuracy"][-1] < cured["augmentation"].accuracy  # the last of the cures
print(f"augmentation lowers the loss by {1 - cured['augmentation'].loss / cured['none'].loss:.0%}")

# %% [markdown]
# On MNIST each cure lowers the loss, but the first three hardly change the accuracy. Augmentation
# does more: the images are different in each epoch, so there is nothing to learn by heart, and the
# network reads the validation images even *better* than the altered ones that it learns from. Only
# more real images are better still. The cures can be combined. `train` augments unless you tell it
# not to.
#
# How much do more images help? A *learning curve* is the accuracy over the number of training
# images. `learning_curve` trains a new network for each number, all for equally many steps.
# **Predict before you run:** as there are more images, does the accuracy on the *training* images
# rise or fall?

# %%
sizes = [500, 2_000, 8_000, 32_000] if on_mnist else [100, 300, 1_000]
learning = mnistedu.learning_curve(mnistedu.build_mlp, data, sizes=sizes, augment=False)
LearningCurveDisplay.from_learning_curve(learning).plot()

# %%
for count, *both in zip(sizes, learning.training, learning.validation, strict=True):
    print(f"{count:6,} images: training {both[0]:6.1%}, validation {both[1]:.1%}")
gaps = np.subtract(learning.training, learning.validation)
assert gaps[0] > gaps[-1] and learning.validation[0] < learning.validation[-1]

# %% [markdown]
# It falls: a few images are easy to learn by heart, many are not. The accuracy on the validation
# images rises, and the two curves approach each other. As long as they are apart, more images help.
# Where they meet, more images help little; more steps or a larger network may.
#
# <details><summary><b>Question.</b> Your network reads 99.9 % of the training images and 95 % of
# the validation images. Should you make it larger?</summary>
#
# No. It can already do more than it should: it overfits. Get more images or augment them; then try
# weight decay or dropout.
#
# </details>
#
# ## Test it once
#
# Now the test images, which nothing so far has seen. The three nearest neighbours of lesson 01,
# given all 55,000 images of MNIST, are written down here: computing it takes a minute.

# %%
result, result_mlp = (mnistedu.evaluate(network, data.test) for network in (cnn, mlp))
neighbours_on_mnist = 0.9697  # build_baseline("knn").fit(*data.train), on the 10,000 test images
for name, each in (("CNN", result), ("MLP", result_mlp)):
    print(f"{name}: {each.accuracy:.1%} with {len(each.mistakes)} mistakes")
if on_mnist:
    print(f"neighbours: {neighbours_on_mnist:.1%}")
    assert result.accuracy > result_mlp.accuracy > neighbours_on_mnist
assert result.accuracy > {"mnist": 0.975, "digits": 0.90}[data.name]

# %% [markdown]
# On MNIST the order is clear. The offline digits are so few that chance decides which of the two
# networks is ahead there; lesson 05 explains how much to trust such a difference.
#
# <details><summary><b>Question.</b> You are not happy with the test accuracy. May you now try
# another dropout rate?</summary>
#
# Yes, but choose it with the validation images. If you try until the test accuracy is high, then
# the test images have become part of the training, and say little about new ones.
#
# </details>
#
# ## Keep the model
#
# A model in a file can be used tomorrow without training. Save it, load it, and see that it gives
# the same answers.

# %%
mnistedu.save_model(cnn, "my-cnn.keras")
again = mnistedu.load_model("my-cnn.keras")
print(f"largest difference: {np.abs(again.predict(batch, verbose=0) - probabilities).max():.0e}")
assert np.allclose(again.predict(batch, verbose=0), probabilities, atol=1e-5)

# %% [markdown]
# <details><summary><b>Question.</b> What else do you need to use this file on a photo of a
# digit?</summary>
#
# The preprocessing of lesson 02. The file holds the network alone, and the network expects images
# like those it has learned from.
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
# ### 04.1 Find the diagonals (easy)
#
# Write a kernel of 3 by 3 that finds thin strokes going down to the right: its result is large and
# positive on them, smaller at strokes in other directions, and zero in evenly inked areas. Try it
# on a cross of two thin strokes.

# %%
cross = np.maximum(np.eye(24), np.eye(24)[::-1])

# %% tags=["blank"]
diagonal = ...

# %% tags=["solution"]
diagonal = np.array([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]) / 6
found = convolve(cross, diagonal).clip(0, 1)
DigitsDisplay([255 * cross[1:-1, 1:-1], 255 * found], ["the cross", "down to the right"]).plot()

# %%
check("04.1", diagonal)

# %% [markdown]
# ### 04.2 Pool by the mean (medium)
#
# Write `mean_pool(feature_map)`. It returns the mean of each square of 2 by 2, where `pool` returns
# the largest number. Like `pool` it leaves out the last row or column where their number is odd.
# Compare what the two make of `maps`.


# %% tags=["blank"]
def mean_pool(feature_map): ...


# %% tags=["solution"]
def mean_pool(feature_map):
    height, width = (size // 2 for size in feature_map.shape)
    squares = feature_map[: 2 * height, : 2 * width].reshape(height, 2, width, 2)
    return squares.mean(axis=(1, 3))


# %%
check("04.2", mean_pool)

# %% [markdown]
# ### 04.3 Keep the size (hard)
#
# `convolve` loses a pixel on each side. Write `convolve_same(image, kernel)`, whose feature map is
# as large as the image: where the window leaves the image it sees zeros. Kernels are 3 by 3, images
# of any size.


# %% tags=["blank"]
def convolve_same(image, kernel): ...


# %% tags=["solution"]
def convolve_same(image, kernel):
    return convolve(np.pad(image, 1), kernel)


# %%
check("04.3", convolve_same)

# %% [markdown]
# ### 04.4 Make the network small (open)
#
# Build and train a CNN with fewer than 6,000 numbers that reads at least 95 % of the validation
# images (85 % of the offline digits). Its convolutions must do the work: with windows cut down to
# their middle pixel it should no longer reach that. Try fewer filters, three convolutions, a larger
# learning rate. What is the smallest one that you can find?

# %% tags=["blank"]
small = ...

# %% tags=["solution"]
body = []
for filters in (8, 8, 16):
    body += [Conv2D(filters, 3, activation="relu"), MaxPooling2D(2)]
head = [keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
small = keras.Sequential([keras.Input((28, 28, 1)), *body, *head])
adam = keras.optimizers.Adam(learning_rate=0.01)
small.compile(adam, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
print(f"{small.count_params():,} numbers to learn")
history = mnistedu.train(small, data, epochs=2 if on_mnist else 15, augmentation=None)
# %% [markdown] tags=["solution"]
# A third convolution with its pooling has about a thousand numbers, and saves far more in the last
# layer, which then gets a single pixel of 16 feature maps.

# %%
check("04.4", (small, data))

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/04-train-a-cnn.ipynb). The next lesson
# is [05 Evaluate](05-evaluate.ipynb).

# %% [markdown] tags=["solution"]
# The next lesson is [05 Evaluate](../05-evaluate.ipynb).

# %% [markdown]
# ## In practice
#
# - What deep learning calls a convolution is a *cross-correlation* in mathematics, where a
#   convolution rotates the kernel by 180°. As the weights are learned, it makes no difference.
# - **`padding="same"`** adds a border of zeros, so that the map stays as large as the image.
#   Without it each layer costs two pixels, and a deep network runs out of them.
# - Saved models can contain code. Load only files that you trust, and prefer `.keras`.
# - A CNN copes with small moves only. Nothing replaces good preparation (lesson 02).
# - Batch normalization needs a few hundred steps until its averages are right. After very short
#   trainings the network predicts badly, although it has learned.
#
# ## Further reading
#
# - Y. LeCun and others, *Backpropagation applied to handwritten zip code recognition*, Neural
#   Computation 1 (1989). One of the first CNNs trained from end to end, on digits from envelopes.
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285
#   (2016). All shapes, paddings and strides, in pictures.
# - M. Zeiler, R. Fergus, *Visualizing and understanding convolutional networks*, ECCV 2014. What
#   deeper layers look for.
# - S. Ioffe, C. Szegedy, *Batch normalization: accelerating deep network training by reducing
#   internal covariate shift*, ICML 2015.
# - N. Srivastava and others, *Dropout: a simple way to prevent neural networks from overfitting*,
#   Journal of Machine Learning Research 15 (2014).
