# %% [markdown]
# # Faster and further: less time, better recipes, more devices
#
# *About 40 minutes.*
#
# **What you'll do.** Take a training apart with a stopwatch, repeat what well-known tutorials
# promise, find out why one of them fails today, and train one network on two devices.
#
# **What you'll learn**
#
# - how to measure time when programs are compiled and run in the background;
# - where the time of a training goes, and how to get it back;
# - what batch size and learning rate have to do with speed;
# - what a one-cycle schedule is;
# - how to read a recipe and its promise with care;
# - how several devices divide the work of one step, and when that pays.
#
# **What you'll need.** Lessons 03 and 04: steps, batches, convolution, pooling. The times that this
# page shows are of a small machine without a graphics card; yours will differ, and so may the
# ratios. No assertion in this lesson depends on them.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../08-faster-and-further.ipynb) first.*

# %% [markdown]
# ## Load the digits
#
# The second line asks for two devices where there is one processor. It has to come before anything
# is computed; the last section explains it. We work with a part of the images, to wait less.

# %%
import jax

jax.config.update("jax_num_cpu_devices", 2)

import jax.numpy as jnp
import numpy as np

import mnistedu

data = mnistedu.load_mnist(fallback="digits")
data

# %%
import keras

nothing = data.validation[:0]
small = mnistedu.Dataset(data.train[:6_400], nothing, nothing, "a small part")
medium = mnistedu.Dataset(data.train[:12_800], data.validation, data.test, "a larger part")
x, y = mnistedu.to_input(small.train.images), small.train.labels
small

# %% [markdown]
# ## Take the time
#
# Two things to know before you measure. The first call of a compiled program also *compiles* it,
# which takes seconds and happens once. And JAX returns before a result is computed, and computes it
# in the background; `block_until_ready` waits for it.

# %%
import time


def milliseconds(function, *arguments, times=10):
    jax.block_until_ready(function(*arguments))  # compile
    start = time.perf_counter()
    for _ in range(times):
        jax.block_until_ready(function(*arguments))
    return 1000 * (time.perf_counter() - start) / times


# %% [markdown]
# For a whole training, Keras calls a callback when an epoch begins and when it ends. Our stopwatch
# keeps the time of the fastest epoch: in the first one things are compiled, and whatever else the
# computer is busy with can only make an epoch slower.
#
# <details><summary><b>Question.</b> You time one call of a new function: 2 seconds. What have you
# measured?</summary>
#
# Mostly the compiler. And if you did not wait for the result, perhaps not even the computation.
#
# </details>


# %%
class Stopwatch(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds = float("inf")

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = min(self.seconds, time.perf_counter() - self.start)


# %% [markdown]
# ## Compare three ways to train
#
# Here is a small CNN as you find it in many tutorials, made of Keras's own layers.


# %%
def compiled(*layers):
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


keras.utils.set_random_seed(0)
stock = compiled(
    keras.layers.Conv2D(28, 3, activation="relu"),
    keras.layers.MaxPooling2D(),
    keras.layers.Flatten(),
    keras.layers.Dense(128, activation="relu"),
    keras.layers.Dense(10, activation="softmax"),
)

# %% [markdown]
# `build_recipe("gradio-cnn")` builds the same network from mnistedu's layers. With the same
# weights, it returns the same probabilities.

# %%
ours = mnistedu.build_recipe("gradio-cnn")
ours.set_weights(stock.get_weights())
assert np.allclose(ours.predict(x[:50], verbose=0), stock.predict(x[:50], verbose=0), atol=1e-5)

# %% [markdown]
# Now train both with Keras's `fit`, and a third one with mnistedu's `train`. The images, the
# network, the optimizer and the batches of 64 are the same. `train` would also augment the images
# and vary the learning rate; not here. (The slow one gets fewer epochs, to shorten the wait.) Which
# of the three will be the fastest, and by how much?

# %%
ways, watch = {}, Stopwatch()
plain = {"augmentation": None, "schedule": None, "verbose": False}

stock.fit(x, y, batch_size=64, epochs=3, verbose=0, callbacks=[watch])
ways["stock layers, fit"] = watch.seconds

ours.fit(x, y, batch_size=64, epochs=6, verbose=0, callbacks=[watch])
ways["our layers, fit"] = watch.seconds

third = mnistedu.build_recipe("gradio-cnn")
mnistedu.train(third, small, batch_size=64, epochs=6, callbacks=[watch], **plain)
ways["our layers, train"] = watch.seconds

# %%
for name, seconds in ways.items():
    ratio = ways["stock layers, fit"] / seconds
    print(f"{name:18} {seconds:6.2f} s an epoch   {ratio:4.1f} times as fast as the first")
steps = -(-len(small.train) // 64)
print(f"{steps} steps an epoch")

# %% [markdown]
# All three have learned. What differs is the time (and the first has seen fewer epochs).

# %%
for model in (stock, ours, third):
    accuracy = mnistedu.evaluate(model, data.validation).accuracy
    print(f"{accuracy:.1%} of the validation images")
    assert accuracy > {"mnist": 0.85, "digits": 0.85}[data.name]

# %% [markdown]
# <details><summary><b>Question.</b> Why do all three train the same network with the same
# batches?</summary>
#
# So that all do the same work. Otherwise the times would compare different work, not different
# ways.
#
# </details>

# %% [markdown]
# ## Find the slow part
#
# Where does the time go? Measure the parts. Pooling first: Keras's, and the one from lesson 04 that
# is only a reshape and a maximum, on feature maps of the size that our network has.


# %%
def pool(maps):
    n, height, width, channels = maps.shape
    return maps.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


maps = jax.random.uniform(jax.random.key(0), (64, 26, 26, 28))
pooling = {"stock": keras.layers.MaxPooling2D(), "reshape": pool}
assert np.allclose(pooling["stock"](maps), pool(maps))

# %% [markdown]
# A training step needs more than the result. It also needs the gradient, which leads the error back
# to the pixel that was the largest of its four. Both ways must agree on that as well.


# %%
def gradient_of(function):
    return jax.jit(jax.grad(lambda maps: (function(maps) ** 2).sum()))


gradients = {name: gradient_of(function) for name, function in pooling.items()}
assert np.allclose(gradients["stock"](maps), gradients["reshape"](maps))
for name in pooling:
    there, back = milliseconds(jax.jit(pooling[name]), maps), milliseconds(gradients[name], maps)
    print(f"{name:8} forward {there:6.2f} ms, forward and backward {back:6.2f} ms")

# %% [markdown]
# Forward the two are not far apart. It is the way back that is expensive: the compiler has a
# general method for it, which searches every window again for the largest number, and which is slow
# on a processor without a graphics card. mnistedu's layers compute the same values, and the same
# gradients, in ways that are fast there.
#
# <details><summary><b>Question.</b> A program spends 90 % of its time in one function. How much
# faster does it get if everything else becomes twice as fast?</summary>
#
# The other 10 % become 5 %, so it takes 95 % of the time. Find the slow part first.
#
# </details>

# %%
slow, rest = 90, 10
print(f"{slow + rest / 2:.0f} % of the time")
assert slow + rest / 2 == 95

# %% [markdown]
# ## Make many steps one program
#
# What does `train` add? Keras's `fit` calls a compiled step from Python, again and again, with one
# batch each time. `train` runs many steps as one compiled program. To see what that is worth, take
# a step so small that there is hardly anything to compute.


# %%
def step(w):
    return w - 0.1 * jnp.tanh(w)


one_step = jax.jit(step)
in_a_loop = jax.jit(lambda w: jax.lax.fori_loop(0, 1000, lambda i, w: step(w), w))


def one_by_one(w):
    for _ in range(1000):
        w = one_step(w)
    return w


# %%
w = jnp.ones(10)
assert np.allclose(one_by_one(w), in_a_loop(w), atol=1e-5)
print(f"1000 steps, called one by one: {milliseconds(one_by_one, w):8.3f} ms")
print(f"1000 steps, one program:       {milliseconds(in_a_loop, w):8.3f} ms")

# %% [markdown]
# The work is the same; the difference is the time that Python takes. In a large network it hardly
# counts, and in the table above a busy computer may hide it. The smaller the network, the more it
# counts.
#
# And with `train` all images stay on the device, as bytes. `fit` has them as numbers of four bytes
# each, and copies a batch to the device for every step.

# %%
as_bytes, as_floats = data.train.images.nbytes, 4 * data.train.images.size
print(f"{as_bytes / 1e6:.1f} MB as bytes, {as_floats / 1e6:.1f} MB as float32")
assert x.nbytes == 4 * small.train.images.nbytes

# %% [markdown]
# <details><summary><b>Question.</b> Which network gains more from this, a small one or a large
# one?</summary>
#
# The small one. Its steps take little time, so the time between them counts for more.
#
# </details>

# %% [markdown]
# ## Choose the size of a batch
#
# A larger batch makes better use of the machine, so an epoch takes less time. But it also has fewer
# steps. Train an MLP for two epochs with three sizes. **Before you run the cell:** which will read
# the most images?

# %%
by_size = {}
for size in (32, 128, 512):
    keras.utils.set_random_seed(0)
    mlp = mnistedu.build_recipe("flask-mlp")
    mnistedu.train(mlp, medium, batch_size=size, epochs=2, callbacks=[watch], **plain)
    by_size[size] = mnistedu.evaluate(mlp, data.validation).accuracy
    count = int(mlp.optimizer.iterations.numpy())
    print(
        f"batches of {size:3}: {count:3} steps, {by_size[size]:.1%}, {watch.seconds:.2f} s an epoch"
    )
assert by_size[32] > by_size[512]

# %% [markdown]
# What you want is not a fast epoch but a good network soon. The usual advice is to use a larger
# learning rate with a larger batch: there are fewer steps, but the gradient of each is an average
# over more images, so its direction is more reliable (Goyal and others, below, for stochastic
# gradient descent). Try it: the largest batch again, with four times the rate.

# %%
keras.utils.set_random_seed(0)
mlp = mnistedu.build_recipe("flask-mlp")
mlp.optimizer.learning_rate = 4 * float(mlp.optimizer.learning_rate)
mnistedu.train(mlp, medium, batch_size=512, epochs=2, **plain)
at_four_times = mnistedu.evaluate(mlp, data.validation).accuracy
print(f"batches of 512: {by_size[512]:.1%}, with four times the learning rate {at_four_times:.1%}")
assert at_four_times > by_size[512]

# %% [markdown]
# <details><summary><b>Question.</b> Batches of 512 take less time for an epoch, and the network is
# worse after two epochs. Does that make large batches worse?</summary>
#
# No: there were fewer steps. Compare after the same time, each with a learning rate that suits it.
#
# </details>

# %% [markdown]
# ## Let the learning rate rise and fall
#
# How large can the learning rate be? In the beginning, large steps from random weights can lead
# astray; at the end, they jump back and forth over the minimum. In between they make training fast.
# So let the rate rise first and fall later. `one_cycle` returns a factor for it, from the progress
# of the training.

# %%
from mnistedu.displays import PlotDisplay
from mnistedu.training.schedules import one_cycle

progress = np.linspace(0, 1, 101)
factor = one_cycle(progress)
assert progress[factor.argmax()] == 0.25 and factor[-1] == 0


def draw(ax):
    ax.plot(progress, factor)
    ax.set(xlabel="progress of the training", ylabel="factor", title="One cycle")


alt = "Line: the factor rises from nearly 0 to 1 in the first quarter, then falls to 0."
PlotDisplay(draw, alt).plot(size=(5.2, 2.4))

# %% [markdown]
# Train the same MLP four times, for equally many steps: with Adam's default rate of 0.001, with one
# that is twenty times as large, and with a cycle up to each of these rates and down again. So you
# can see what the rate does and what the cycle does.

# %%
by_rate = {}
for rate in (0.001, 0.02):
    for schedule in (None, one_cycle):
        keras.utils.set_random_seed(0)
        mlp = mnistedu.build_mlp(learning_rate=rate)
        mnistedu.train(mlp, medium, epochs=2, **{**plain, "schedule": schedule})
        by_rate[rate, schedule] = mnistedu.evaluate(mlp, data.validation).accuracy
        name = "constant" if schedule is None else "one cycle"
        steps = int(mlp.optimizer.iterations.numpy())
        print(f"rate {rate:5} {name:9}  {by_rate[rate, schedule]:.1%} after {steps} steps")
assert by_rate[0.02, one_cycle] > by_rate[0.001, None]

# %% [markdown]
# Read the table by rows and by columns. Most of the gain comes from the larger rate. The cycle
# makes a large rate better, and a small one not, because it spends most steps below it. So a cycle
# is a way to *afford* a large rate. This is why `train` uses a cycle unless you pass
# `schedule=None`, and why the optimizer's rate is then the largest one.

# %%
cycle_helps = {rate: by_rate[rate, one_cycle] - by_rate[rate, None] for rate in (0.001, 0.02)}
for rate, gain in cycle_helps.items():
    print(f"at the rate {rate}, the cycle changes the accuracy by {100 * gain:+.1f} points")
assert cycle_helps[0.02] > cycle_helps[0.001]

# %% [markdown]
# <details><summary><b>Question.</b> Why does the cycle not help at the small rate?</summary>
#
# That rate is too small to begin with, and the cycle spends most steps below it.
#
# </details>

# %% [markdown]
# ## Repeat what the tutorials promise
#
# Three networks appear in tutorials and repositories again and again. mnistedu can build them: the
# CNN of a much-copied Tkinter project (DataFlair's, with Adadelta; the link is below), the one of
# a demo made with Gradio, and the MLP of several Flask apps. Where the last two appeared first we
# could not find out: the copies do not say. The table has what their pages claim, and how good the
# networks are after a training so short that you can wait for it.

# %%
claims = {
    "adadelta-cnn": ("about 99 %", 128),
    "gradio-cnn": ("98.27 %", 64),
    "flask-mlp": ("nothing", 32),
}
epochs = 1 if data.name == "mnist" else 6
for name, (claimed, size) in claims.items():
    keras.utils.set_random_seed(0)
    model = mnistedu.build_recipe(name)
    mnistedu.train(model, small, batch_size=size, epochs=epochs, **plain)
    accuracy = mnistedu.evaluate(model, data.validation).accuracy
    print(f"{name:13} claimed {claimed:11} now {accuracy:.1%}, {model.count_params():,} weights")
    assert accuracy > {"mnist": 0.85, "digits": 0.90}[data.name]

# %% [markdown]
# After a fraction of the training all three read most digits. A claim without a number of images,
# an interval and a number of trainings, though, cannot be checked. (`mnistedu.build_recipe` and its
# documentation say how each network is trained; `python -m benchmarks.recipes` repeats them in
# full.) Ask of a recipe: on which images was it measured? Were these images used to choose
# anything? And once, or as a mean over several trainings?
#
# <details><summary><b>Question.</b> A page says "98.27 %". What would you have to know before you
# say that your network with 98.4 % is better?</summary>
#
# The number of test images, so that you can put an interval around both; whether the same images
# were used; and how much the accuracy varies from one training to the next.
#
# </details>

# %%
low, high = 0.9827, 0.984
half = 1.96 * np.sqrt(low * (1 - low) / 10_000)
print(f"98.27 % ± {100 * half:.2f} points on 10,000 images; {high:.1%} is inside")
assert high < low + half

# %% [markdown]
# ## Fall for a default
#
# One of the recipes says `optimizer="adadelta"`, in thousands of copies. Follow it literally, and
# watch.

# %%
rates = {"as it is copied": keras.optimizers.Adadelta(), "as it was meant": None}
rates["as it was meant"] = keras.optimizers.Adadelta(learning_rate=1.0)
histories = {}
for name, optimizer in rates.items():
    keras.utils.set_random_seed(0)
    mlp = mnistedu.build_recipe("flask-mlp")
    mlp.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    histories[name] = mnistedu.train(mlp, medium, batch_size=32, epochs=3, **plain)
    print(f"{name}: {histories[name].history['val_accuracy'][-1]:.1%}")

# %%
worse, better = (history.history["val_accuracy"][-1] for history in histories.values())
assert better > 0.85 and worse < better - 0.3


# %%
def draw(ax):
    for name, history in histories.items():
        ax.plot([1, 2, 3], history.history["val_accuracy"], marker="o", label=name)
    ax.set(xlabel="epoch", ylabel="validation accuracy", title="One line of a recipe")
    ax.set(xticks=[1, 2, 3], ylim=(0, 1))
    ax.axhline(0.1, color="0.5", linestyle="--", linewidth=1)
    ax.legend()


alt = "Two lines over three epochs: 1.0 rises above 90 %, the default stays near 10 %."
PlotDisplay(draw, alt).plot(size=(5.2, 2.8))

# %% [markdown]
# *In the picture:* the accuracy from 0 to 1. As it was meant, the network reads most images after
# one epoch; as it is copied, it hardly gets away from the dashed line, which is guessing.
#
# No error and no warning, and the network hardly learns. What happened? The update rule in
# Adadelta's paper has no learning rate; its formula itself says how long a step is. Libraries gave
# it one all the same, a factor, which was 1 in early Keras. In today's Keras the default is
# another:

# %%
names = ["Adadelta", "Adam", "RMSprop", "SGD"]
default_rates = {name: float(getattr(keras.optimizers, name)().learning_rate) for name in names}
for name, rate in default_rates.items():
    print(f"{name:9} {rate:.3f}")
assert np.isclose(default_rates["Adadelta"], 0.001)
assert not np.isclose(default_rates["SGD"], default_rates["Adam"])

# %% [markdown]
# It is the same as Adam's. So the same line now means steps a thousand times as short, and
# Keras's documentation of Adadelta says that 1.0 matches the paper. `build_recipe` uses
# `Adadelta(1.0)`. The moral: *a recipe is complete only with its versions*, and if a network does
# not learn, look at the learning rate first.
#
# <details><summary><b>Question.</b> A network from an old page does not learn. What do you check
# first?</summary>
#
# The learning rate that your version of the library uses, and for which version the page was
# written.
#
# </details>

# %% [markdown]
# ## Divide a step between devices
#
# Large networks are trained on many devices at once. Most often they divide the *images*: each
# device holds all the weights and computes the gradient of its part of the batch, then the
# gradients are averaged, and all take the same step. Is that the same as one device with the whole
# batch? Try it with the ten neurons of lesson 03.

# %%
rows, truth = x[:128].reshape(128, 784), np.eye(10)[y[:128]]
W = np.random.default_rng(0).normal(scale=0.05, size=(784, 10))


def gradient(rows, truth):
    powers = np.exp(rows @ W)
    return rows.T @ (powers / powers.sum(axis=1, keepdims=True) - truth) / len(rows)


halves = gradient(rows[:64], truth[:64]), gradient(rows[64:], truth[64:])
assert np.allclose(np.mean(halves, axis=0), gradient(rows, truth))

# %% [markdown]
# The mean of the gradients of two halves is the gradient of the whole, as long as the halves are of
# equal size. Now let Keras do it. The first lines of this notebook told JAX to pretend that the
# processor is two devices. That gains no time, since the two share its cores, but everything else
# is as it would be with two graphics cards.

# %%
devices = keras.distribution.list_devices("cpu")
both = keras.distribution.DataParallel(devices=devices)
print(devices)
assert len(devices) == 2

# %% [markdown]
# Inside `both.scope()` every new model belongs to both devices, and `train` uses them. Train one
# network there and one outside, from the same weights, with everything that `train` has: images in
# random order, augmentation, a cycle of the learning rate.


# %%
def train_mlp():
    keras.utils.set_random_seed(0)
    mlp = mnistedu.build_mlp()
    mnistedu.train(mlp, small, epochs=3, verbose=False)
    return mlp


alone = train_mlp()
with both.scope():
    shared = train_mlp()

# %%
pairs = zip(alone.get_weights(), shared.get_weights(), strict=True)
difference = max(np.abs(one - other).max() for one, other in pairs)
print(f"the weights differ by {difference:.0e} at most")
assert difference < 1e-2

# %% [markdown]
# The same network, up to rounding. And where are the numbers? The weights are on each device in
# full; a batch is divided.

# %%
weights = shared.layers[1].kernel.value
batch = keras.distribution.distribute_tensor(x[:128], both.get_data_layout((128, 28, 28, 1)))
for name, array in {"weights": weights, "batch": batch}.items():
    for part in array.addressable_shards:
        print(f"{name:8} on {part.device}: {part.data.shape} of {array.shape}")
assert {part.data.shape[0] for part in batch.addressable_shards} == {64}

# %% [markdown]
# A batch of an odd size cannot be halved. What does `train` do with one?

# %%
try:
    with both.scope():
        mnistedu.train(shared, small, batch_size=127, verbose=False)
except ValueError as error:
    message = str(error)
print(message)
assert "126 or 128" in message

# %% [markdown]
# <details><summary><b>Question.</b> Four devices and batches of 128. How many images does each get,
# and how many weights?</summary>
#
# Each gets a quarter of the images, and all of the weights.
#
# </details>
#
# ## Decide whether more devices pay
#
# Devices have to talk: after each step, every one needs the sum of all gradients, of which there is
# one for each weight. Usually they stand in a ring, each adds its numbers to what comes from its
# neighbour and passes it on, and then the sums go around once more. So with $n$ devices, each sends
# $2\,(1 - 1/n)$ times the bytes of the gradients. What it saves is $1 - 1/n$ of the computation.
#
# Count both for a network. A weight of a dense layer is used once for an image, one of a
# convolution at every position. Each time costs a product and a sum; and the way back, with the
# gradients of weights and inputs, costs twice as much as the way forward. That makes six
# operations.


# %%
def cost(model):
    """Return the bytes of the gradients, and the operations for an image."""
    operations = 0
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            positions = np.prod(layer.output.shape[1:-1])  # 1 for a dense layer
            operations += 6 * layer.kernel.value.size * positions
    gradients = sum(variable.value.size for variable in model.trainable_variables)
    return 4 * gradients, operations


networks = {"MLP": shared, "CNN": mnistedu.build_cnn()}
for name, network in networks.items():
    sent, operations = cost(network)
    print(f"{name}: {sent / 1e6:.2f} MB of gradients, {operations / 1e6:.1f} million operations")
assert cost(networks["MLP"])[0] == 4 * (784 * 128 + 128 + 128 * 10 + 10)

# %% [markdown]
# More devices pay when what they save takes longer than what they send:
#
# $$\left(1 - \frac{1}{n}\right) \frac{\text{images} \cdot \text{operations}}{\text{speed}} > 2
# \left(1 - \frac{1}{n}\right) \frac{\text{bytes}}{\text{bandwidth}}$$
#
# The number of devices cancels out. What remains is the smallest batch that pays. The speeds and
# bandwidths below are round numbers of the kind that data sheets promise, not measurements.

# %%
links = {  # operations and bytes per second
    "computers, 10 Gbit/s network": (200e9, 1.25e9),
    "graphics cards, 100 Gbit/s network": (20e12, 12.5e9),
    "graphics cards, direct connection": (20e12, 450e9),
}
pays_from = {}
for link, (speed, bandwidth) in links.items():
    for name, network in networks.items():
        sent, operations = cost(network)
        pays_from[link, name] = 2 * sent * speed / (bandwidth * operations)
        print(f"{link:34} {name}: from batches of {pays_from[link, name]:5.0f} images on")
assert all(pays_from[link, "CNN"] < pays_from[link, "MLP"] for link in links)

# %% [markdown]
# The MLP has more weights than the CNN and does much less with each, so dividing it pays for large
# batches only: with small ones, the devices would mostly talk. Convolutions use each weight
# hundreds of times. That, and not the size alone, makes a network easy to divide. And the faster
# the devices, the faster the network between them has to be. (`train` also collects the images of a
# batch from all devices, a byte for each pixel. That is left out here.)
#
# <details><summary><b>Question.</b> You double the number of devices and the size of the batch.
# Which of the two sides of the formula grows?</summary>
#
# The left one: a batch twice as large takes twice the computation, but there are as many gradients
# as before. This is why many devices go with large batches, and large batches with large learning
# rates.
#
# </details>
#
# On simulated devices none of this can be measured: they send through memory and share the cores.
# What they show is that the result is the same, and where the numbers lie.
# [Several devices](https://github.com/mnistedu/mnistedu/blob/main/docs/devices.md) has the way to
# real ones, and says what has been tried and what has not.

# %%
result = mnistedu.evaluate(shared, data.test)
print(f"{result.accuracy:.1%} of the test images")
assert result.accuracy > {"mnist": 0.70, "digits": 0.70}[data.name]

# %% [markdown]
# ## On your own
#
# Each exercise has a cell to fill in, where the `...` stands, and a cell that checks your answer.
# A wrong answer gets a hint; `hint=2` and `hint=3` give more specific ones. Functions are called
# with values of the checker's own, so a single correct number is not enough.

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 08.1 Count the steps (easy)
#
# Write `count_steps(images, batch_size, epochs)`, which returns how many steps a training takes.
# The last batch of an epoch may be smaller than the others, and is a step too.


# %% tags=["blank"]
def count_steps(images, batch_size, epochs): ...


# %% tags=["solution"]
def count_steps(images, batch_size, epochs):
    in_an_epoch = (images + batch_size - 1) // batch_size
    return in_an_epoch * epochs


# %%
check("08.1", count_steps)

# %% [markdown]
# ### 08.2 Pool by the mean (medium)
#
# Write `mean_pool(maps)`, which takes feature maps of shape (n, height, width, channels) and
# returns the mean of each square of 2 by 2, without a loop or a comprehension. If the height or the
# width is odd, leave out the last row or column, as Keras does.


# %% tags=["blank"]
def mean_pool(maps): ...


# %% tags=["solution"]
def mean_pool(maps):
    n, height, width, channels = maps.shape
    height, width = height // 2, width // 2
    even = maps[:, : 2 * height, : 2 * width]
    return even.reshape(n, height, 2, width, 2, channels).mean(axis=(2, 4))


# %%
check("08.2", mean_pool)

# %% [markdown]
# ### 08.3 Draw a triangle (hard)
#
# Write `triangle(progress)`, a schedule that rises in a straight line from 0 to 1 in the first half
# of the training and falls to 0 in the second. It becomes part of a compiled program, so it has to
# work inside `jax.jit`, on a number as well as on an array.


# %% tags=["blank"]
def triangle(progress): ...


# %% tags=["solution"]
def triangle(progress):
    return 1 - jnp.abs(2 * progress - 1)


# %%
check("08.3", triangle)

# %% [markdown]
# ### 08.4 Learn in ten steps (open)
#
# How much can a network learn in ten steps? Build and train one on `few`, the digits that come with
# scikit-learn, so that it reads more than nine out of ten of their validation images. The optimizer
# counts its steps, so do not take more. Everything else is up to you: network, batch, learning
# rate, schedule.

# %%
few = mnistedu.load_digits()

# %% tags=["blank"]
quick = ...

# %% [markdown] tags=["solution"]
# With all images in one batch, the direction of each step is as good as it can be, so it may be ten
# times as long as Adam's default. (The choice was made on the validation images, so the accuracy is
# a little too good; lesson 05 says why.)

# %% tags=["solution"]
keras.utils.set_random_seed(0)
quick = mnistedu.build_mlp(learning_rate=0.01)
options = {"epochs": 10, "augmentation": None, "schedule": None, "verbose": False}
history = mnistedu.train(quick, few, batch_size=len(few.train), **options)

# %%
check("08.4", quick)

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/08-faster-and-further.ipynb). This was
# the last lesson; [lesson 00](00-start-here.ipynb) has links to all of them.

# %% [markdown] tags=["solution"]
# This was the last lesson; [lesson 00](../00-start-here.ipynb) has links to all of them.

# %% [markdown]
# ## In practice
#
# - **Measure before you make anything faster.** The slow part is often not where you expect it.
# - Compare ways in one run, on the same machine, and report the ratio. Times alone mean little to
#   others.
# - A stopwatch around the first call measures the compiler.
# - On a graphics card the stock layers are the fast ones, and mnistedu's step aside.
# - `python -m benchmarks.recipes` trains the recipes in full, on all 60,000 training images with
#   three seeds, and prints their accuracies next to what was claimed. `python -m
#   benchmarks.training` compares the speed with plain Keras and other libraries.
#
# ## Further reading
#
# - DataFlair, *[Deep learning project: handwritten digit recognition using
#   Python](https://data-flair.training/blogs/python-deep-learning-project-handwritten-digit-recognition/)*.
#   The recipe with Adadelta. Which version of Keras does it need?
# - The documentation of Keras on
#   [Adadelta](https://keras.io/api/optimizers/adadelta/). Look for the sentence about 1.0.
# - M. Zeiler, *ADADELTA: an adaptive learning rate method*, arXiv:1212.5701 (2012). Six pages; look
#   for a learning rate in them.
# - L. Smith, N. Topin, *Super-convergence: very fast training of neural networks using large
#   learning rates*, arXiv:1708.07120 (2018). Where the one cycle comes from.
# - P. Goyal and others, *Accurate, large minibatch SGD: training ImageNet in 1 hour*,
#   arXiv:1706.02677 (2017). What it takes to use large batches on many devices.
# - K. Chellapilla, S. Puri, P. Simard, *High performance convolutional neural networks for document
#   processing*, International Workshop on Frontiers in Handwriting Recognition (2006). Convolution
#   as one matrix product, on digits.
