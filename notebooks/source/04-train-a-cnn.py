# %% [markdown]
# # Train a CNN: look at neighbourhoods
#
# *About 30 minutes.*
#
# **What you'll do.** Slide a small window over a digit, by hand, and turn that idea into a network
# that makes fewer mistakes than the MLP of lesson 03 with an eighth of its weights.
#
# **What you'll learn**
#
# - what a convolution and a max pooling compute, checked against Keras;
# - why sharing weights makes a network smaller, and better at pictures;
# - what a trained network looks for in an image.
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
from mnistedu.displays import DigitsDisplay, FeatureMapsDisplay, HistoryDisplay, MistakesDisplay
from mnistedu.layers import Conv2D, MaxPooling2D

data = mnistedu.load_mnist(fallback="digits")
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
# each input by its weight and add up. The nine weights are the *kernel*, and they stay the same at
# each place.


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
# Where the window would leave the image there is no result, so 28 by 28 pixels become 26 by 26. Try
# three kernels. The first one takes the mean. The second subtracts what is above from what is
# below, the third what is left from what is right.

# %%
mean = np.full((3, 3), 1 / 9)
below = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]) / 3
right = below.T

maps = np.stack([convolve(digit, kernel) for kernel in (mean, below, right)])
DigitsDisplay(255 * maps.clip(0, 1), ["mean", "below", "right"]).plot()

# %% [markdown]
# The mean blurs. The other two find *edges*: the lower edges of the strokes, and the right ones.
# The result of a convolution is called a *feature map*, because it says where in the image a
# feature is. Nobody would have to invent such kernels: they are weights, so training will find
# them.

# %% [markdown]
# ## Check it against Keras
#
# Our loops are clear but slow. A Keras layer computes many kernels at a time. Give it our three and
# compare. `mnistedu.layers.Conv2D` is Keras's own layer with a calculation that is faster without a
# graphics card.

# %%
layer = Conv2D(filters=3, kernel_size=3)
layer.build((None, 28, 28, 1))
kernels = np.stack([mean, below, right], axis=-1)[:, :, np.newaxis, :]
layer.set_weights([kernels, np.zeros(3)])

batch = digit[np.newaxis, :, :, np.newaxis].astype("float32")
keras_maps = np.moveaxis(np.asarray(layer(batch))[0], -1, 0)
assert np.allclose(keras_maps, maps, atol=1e-5)

# %% [markdown]
# ## Move the digit
#
# Here is what makes convolutions right for pictures. Move the digit by three pixels, and each
# feature map moves by three pixels: the same feature is found wherever it is. (It holds as long as
# the digit stays inside the image.)

# %%
moved = np.roll(digit, 3, axis=1)
assert np.allclose(convolve(moved, below)[:, 3:], convolve(digit, below)[:, :-3])

# %% [markdown]
# An MLP has to learn a 7 anew at each place, because other weights are at work there. A convolution
# learns it once. It is also cheap: 32 kernels have 320 weights, biases included, where one dense
# layer of 128 neurons has more than a hundred thousand.

# %%
weights_of_kernels = 32 * (3 * 3 + 1)
weights_of_dense = 128 * (28 * 28 + 1)
print(f"{weights_of_kernels:,} against {weights_of_dense:,}")
assert weights_of_kernels == 320 and weights_of_dense > 100_000

# %% [markdown]
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
DigitsDisplay(255 * pooled.clip(0, 1), ["mean", "below", "right"]).plot()

# %%
keras_pooled = np.asarray(MaxPooling2D(2)(keras_maps[..., np.newaxis]))[..., 0]
assert np.allclose(keras_pooled, pooled, atol=1e-5)

# %% [markdown]
# ## Stack the layers
#
# Now repeat. A second convolution slides its window over the feature maps of the first and finds
# features of features: corners, ends, loops. Each of its neurons sees a larger part of the image,
# because pooling has brought that part together. At the end, ten neurons as in lesson 03 decide.

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
# 800 numbers. *Dropout* has no weights. While the network trains it sets a quarter of the numbers
# to zero by chance, so that no neuron can rely on a single other one; when the network answers, it
# does nothing.
#
# Count for yourself:

# %%
first = 16 * (3 * 3 * 1 + 1)
second = 32 * (3 * 3 * 16 + 1)
last = 10 * (5 * 5 * 32 + 1)
assert cnn.count_params() == first + second + last
print(f"{cnn.count_params():,} numbers to learn")

# %% [markdown]
# ## Train it
#
# For comparison train the MLP of lesson 03 on the same images, too. A convolution has few weights
# but uses each of them many times, so an epoch of the CNN takes longer.

# %%
on_mnist = data.name == "mnist"
history = mnistedu.train(cnn, data, epochs=2 if on_mnist else 15, augmentation=None)

mlp = mnistedu.build_mlp()
mnistedu.train(mlp, data, epochs=5 if on_mnist else 30, augmentation=None)
print(f"the MLP has {mlp.count_params() / cnn.count_params():.1f} times as many weights")

# %%
HistoryDisplay.from_history(history).plot()

# %% [markdown]
# Do not wonder if the validation curve lies above the training curve. Dropout handicaps the network
# only while it trains, and the training figure is the mean over an epoch in which it was still
# getting better.

# %% [markdown]
# ## Compare the two

# %%
result = mnistedu.evaluate(cnn, data.test)
result_mlp = mnistedu.evaluate(mlp, data.test)
print(f"CNN {result.accuracy:.1%} with {len(result.mistakes)} mistakes")
print(f"MLP {result_mlp.accuracy:.1%} with {len(result_mlp.mistakes)} mistakes")

# %%
assert result.accuracy > {"mnist": 0.975, "digits": 0.90}[data.name]
assert cnn.count_params() * 7 < mlp.count_params()
if on_mnist:
    assert result.accuracy > result_mlp.accuracy

# %% [markdown]
# The offline digits are so few that chance decides which of the two wins there; lesson 05 explains
# how much to trust such a difference. What shows on either data set is something else. Move all
# test images by two pixels:

# %%
shifted = mnistedu.Split(np.roll(data.test.images, 2, axis=2), data.test.labels)
shifted_cnn = mnistedu.evaluate(cnn, shifted).accuracy
shifted_mlp = mnistedu.evaluate(mlp, shifted).accuracy
print(f"moved by two pixels: CNN {shifted_cnn:.1%}, MLP {shifted_mlp:.1%}")
assert result_mlp.accuracy - shifted_mlp > 1.5 * (result.accuracy - shifted_cnn)

# %% [markdown]
# Neither has ever seen a digit in that place, and both get worse, but the MLP far more so.

# %% [markdown]
# ## Look inside
#
# What has the first layer learned? Cut the network off after it, and look at the feature maps of
# our digit.

# %%
first_layer = keras.Model(cnn.inputs, cnn.layers[0].output)
learned = np.moveaxis(first_layer.predict(batch, verbose=0)[0], -1, 0)

seen = FeatureMapsDisplay.from_model(cnn, drawing)
assert np.allclose(seen.maps, learned, atol=1e-4)
seen.plot()

# %% [markdown]
# Look for maps that show edges of one direction only, and for others that show whole strokes.
# Nobody told the network to look for edges; it found out that they help. Your maps may show other
# features in another order, since the weights start at random.

# %%
probabilities = cnn.predict(batch, verbose=0)[0]
print(f"read as {probabilities.argmax()}, with probability {probabilities.max():.1%}")

# %% [markdown]
# And here is what the network gets wrong while being most sure of itself:

# %%
MistakesDisplay.from_evaluation(result, most=10).plot(columns=5)

# %% [markdown]
# ## Keep the model
#
# A model in a file can be used tomorrow without training. Save it, load it, and see that it gives
# the same answers.

# %%
mnistedu.save_model(cnn, "my-cnn.keras")
again = mnistedu.load_model("my-cnn.keras")
assert np.allclose(again.predict(batch, verbose=0), probabilities, atol=1e-5)

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
# Write a kernel of 3 by 3 that finds thin strokes going down to the right, and answers less to all
# others and not at all to evenly inked areas. Try it on a cross of two thin strokes.

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
# ### 04.2 Pool by the mean (middling)
#
# Write `mean_pool(feature_map)`. It gives the mean of each square of 2 by 2, where `pool` gives the
# largest. Like `pool` it leaves out the last row or column where their number is odd. Compare what
# the two make of `maps`.


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
# as large as the image: where the window leaves the image it sees zeros. Kernels are 3 by 3.


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
# images (85 % of the offline digits). Try fewer filters, three convolutions, a larger learning
# rate. What is the smallest one that you can find?

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
# A third convolution with its pooling costs about a thousand numbers, and saves far more in the
# last layer, which sees a single pixel of 16 feature maps then.

# %%
check("04.4", (small, data))

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/04-train-a-cnn.ipynb).

# %% [markdown]
# ## In practice
#
# - What deep learning calls a convolution is a *cross-correlation* in mathematics; there the kernel
#   would be turned by half a circle. As the weights are learned, it makes no difference.
# - **`padding="same"`** adds a border of zeros, so that the image keeps its size. Deep networks
#   need it.
# - Saved models can hold code. Load only files that you trust, and prefer `.keras`.
# - A CNN copes with small moves only. Nothing replaces good preparation (lesson 02).
# - `mnistedu.build_cnn()` builds a network of this kind that learns faster: *batch normalization*
#   brings what each layer hands on to one scale, and a larger learning rate becomes possible.
#
# ## Further reading
#
# - Y. LeCun and others, *Backpropagation applied to handwritten zip code recognition*, Neural
#   Computation 1 (1989). The first CNN trained from end to end, on digits from envelopes.
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285
#   (2016). All shapes, paddings and strides, in pictures.
# - M. Zeiler, R. Fergus, *Visualizing and understanding convolutional networks*, ECCV 2014. What
#   deeper layers look for.
# - N. Srivastava and others, *Dropout: a simple way to prevent neural networks from overfitting*,
#   Journal of Machine Learning Research 15 (2014).
