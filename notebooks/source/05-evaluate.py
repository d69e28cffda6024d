# %% [markdown]
# # Evaluate: what an accuracy leaves out
#
# *About 30 minutes.*
#
# **What you'll do.** Examine a trained network like a sceptic: how sure is its accuracy, where does
# it fail, does it know when it may be wrong, and what happens when the images change a little?
#
# **What you'll learn**
#
# - how to put an interval around an accuracy, and when a difference means nothing;
# - how to read a confusion matrix, precision and recall;
# - why choices are made on validation images and never on test images.
#
# **What you'll need.** A network; we train the MLP of lesson 03 in a few seconds. A feeling for
# chance helps.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../05-evaluate.ipynb) first.*

# %% [markdown]
# ## Train a network to examine

# %%
import matplotlib.pyplot as plt
import numpy as np

import mnistedu
from mnistedu.displays import MistakesDisplay, ReliabilityDisplay

data = mnistedu.load_mnist(fallback="digits")
data

# %%
import keras

keras.utils.set_random_seed(0)
model = mnistedu.build_mlp()
mnistedu.train(model, data, epochs=5 if data.name == "mnist" else 30, augmentation=None)
result = mnistedu.evaluate(model, data.test)

# %% [markdown]
# ## Count right answers
#
# A network answers with ten probabilities for each image. Its digit is the most probable one, and
# the *accuracy* is the share of images for which that is right.

# %%
probabilities, labels = result.probabilities, data.test.labels
answers = probabilities.argmax(axis=1)
right = answers == labels
accuracy = right.mean()
print(f"{accuracy:.2%} of {len(labels):,} images")
assert np.isclose(accuracy, result.accuracy)

# %% [markdown]
# Is that good? Compare with someone who does nothing: whoever always answers with the most frequent
# digit is right in about one case out of ten.

# %%
lazy = (labels == np.bincount(data.train.labels).argmax()).mean()
print(f"always the same digit: {lazy:.1%}")
assert lazy < 0.15 and accuracy > {"mnist": 0.965, "digits": 0.88}[data.name]

# %% [markdown]
# ## Ask how sure the accuracy is
#
# The test images are a sample of all the digits that people might write. Another sample would have
# given another figure. How far off could ours be? Act as if the sample were the world: draw images
# from it, with repetition, and look at the accuracy each time. This is called the *bootstrap*.

# %%
rng = np.random.default_rng(0)
samples = [rng.choice(right, size=len(right)).mean() for _ in range(2000)]
low, high = np.percentile(samples, [2.5, 97.5])
print(f"95 % of the samples lie between {low:.2%} and {high:.2%}")

# %% [markdown]
# There is a formula for it, too. `result.interval` holds Wilson's, which behaves well even for few
# images and for accuracies near 100 %.

# %%
print(f"the formula says {result.interval[0]:.2%} to {result.interval[1]:.2%}")
assert np.allclose(result.interval, (low, high), atol=0.01)

# %% [markdown]
# The interval shrinks with the square root of the number of images: four times as many make it half
# as wide. So on a small test set two models may differ by whole percents for no reason but luck.
# See how wide it is for some sizes, at an accuracy of 95 %:

# %%
for n in (100, 400, 1_600, 10_000):
    half = 1.96 * np.sqrt(0.95 * 0.05 / n)
    print(f"{n:6,} images: 95 % ± {half:.1%}")
assert np.isclose(1.96 * np.sqrt(0.95 * 0.05 / 400), 0.021, atol=0.001)

# %% [markdown]
# ## Build the confusion matrix
#
# *Which* digits does the network mix up? Make a table with a row for each true digit and a column
# for each answer, and count.

# %%
confusion = np.zeros((10, 10), int)
for label, answer in zip(labels, answers, strict=True):
    confusion[label, answer] += 1
assert np.array_equal(confusion, result.confusion)

# %% [markdown]
# `mnistedu.ConfusionExplorer` shows this table, and the images behind each of its cells. Click on a
# cell, or go there by the arrow keys: which fours are taken for nines? Choose an image to see what
# else the network thought of. (Where this page shows only a still picture, run the notebook.)

# %%
explorer = mnistedu.ConfusionExplorer(result)
explorer

# %% [markdown]
# The diagonal holds the right answers, everything else is a mistake. Read along a row to see what
# becomes of a digit, and along a column to see what an answer is worth. There are two questions for
# each digit, and they have names:
#
# - **recall**: of all true fours, how many were read as four? Along the row.
# - **precision**: of all answers "four", how many were true? Along the column.

# %%
recall = confusion.diagonal() / confusion.sum(axis=1)
precision = confusion.diagonal() / confusion.sum(axis=0)
for report in result.per_class:
    assert np.isclose(report.recall, recall[report.digit])
    assert np.isclose(report.precision, precision[report.digit])
print("hardest to read:", recall.argmin(), " least to be trusted:", precision.argmin())

# %% [markdown]
# ## Look at the mistakes
#
# Numbers hide what an eye sees at once. Here are the mistakes of which the network was surest. Some
# images are hard for you, too. For others you would never make that mistake, and those are the
# interesting ones.

# %%
MistakesDisplay.from_evaluation(result, most=15).plot(columns=5)

# %% [markdown]
# ## Ask whether it knows when it is wrong
#
# A network that says "90 %" should be right nine times out of ten when it says so. Then it is
# *calibrated*, and one may act on its probabilities. Sort the answers into ten groups by their
# probability, and count.

# %%
confidence = probabilities.max(axis=1)
places = np.minimum((confidence * 10).astype(int), 9)
for place in np.unique(places):
    group = places == place
    said, true = confidence[group].mean(), right[group].mean()
    print(f"said {said:6.1%}   was right {true:6.1%}   {group.sum():6,} images")

# %%
last = result.reliability(bins=10)[-1]
assert last.count == group.sum() and np.isclose(last.accuracy, true)
ReliabilityDisplay.from_evaluation(result).plot()

# %% [markdown]
# In a calibrated network all points would lie on the dashed line; below it, the network is too sure
# of itself. The bars are intervals as above: a group of few images says little. What matters most
# holds anyhow: the surer the network, the more often it is right. A machine that sorts letters can
# let a person read whatever the network is not sure of.

# %%
sure = confidence > 0.9
print(f"sure of {sure.mean():.0%} of the images, and right in {right[sure].mean():.2%} of them")
print(f"not sure of the others, and right in {right[~sure].mean():.0%} of them")
assert right[sure].mean() > accuracy > right[~sure].mean()

# %% [markdown]
# ## Choose on one set, report on another
#
# Suppose you try many models and keep the best. Its accuracy is then too good: you chose it
# *because* it was lucky. To see this without any network, take 100 models that are all equally
# good, right in 95 % of all cases, and examine them on the same number of images.

# %%
n = 400
chosen_on = rng.binomial(n, 0.95, size=(1000, 100)) / n
reported_on = rng.binomial(n, 0.95, size=1000) / n
print(f"the best of 100, on the images that chose it: {chosen_on.max(axis=1).mean():.1%}")
print(f"the same model, on fresh images:              {reported_on.mean():.1%}")
assert chosen_on.max(axis=1).mean() > 0.97 and abs(reported_on.mean() - 0.95) < 0.005

# %% alt="Two heaps: about 95 % on fresh images, above 96 % on those that chose it."
figure, ax = plt.subplots(figsize=(5.4, 3))
bins = np.arange(0.90, 1.0, 0.0025)
ax.hist(reported_on, bins, label="fresh images")
ax.hist(chosen_on.max(axis=1), bins, label="images that chose it")
ax.set(xlabel="accuracy of the best of 100", ylabel="trials", title="The luck of the best")
ax.legend()
plt.show()
assert (chosen_on.max(axis=1) > 0.96).mean() > 0.95

# %% [markdown]
# *In the picture:* two heaps. On fresh images the accuracy of the chosen model scatters around its
# true 95 %; on the images that chose it, nearly all trials lie above 96 %.
#
# So the rule is: **make every choice on the validation images**, the number of epochs, the size of
# the network, the learning rate. **Look at the test images once, at the end.** Whoever looks at
# each epoch and keeps the best makes the test set a validation set, and has no test set left.

# %%
on_validation = mnistedu.evaluate(model, data.validation)
print(f"validation {on_validation.accuracy:.1%}, test {result.accuracy:.1%}")

# %% [markdown]
# ## Change the images a little
#
# A test set tells how a model does on images *like those in it*. Will yours be like that? Try some
# mild harm that would not trouble you: move the digits, add noise, make the lines thicker, or turn
# them.

# %%
from scipy import ndimage

images = data.test.images
noise = rng.normal(scale=40, size=images.shape)
harmed = {
    "as they are": images,
    "moved by 2 pixels": np.roll(images, 2, axis=2),
    "with noise": (images + noise).clip(0, 255).astype(np.uint8),
    "thicker lines": ndimage.grey_dilation(images, size=(1, 2, 2)),
    "turned by 20 degrees": ndimage.rotate(images, 20, axes=(1, 2), reshape=False, order=1),
}

# %%
accuracies = {}
for name, changed in harmed.items():
    accuracies[name] = mnistedu.evaluate(model, mnistedu.Split(changed, labels)).accuracy
    print(f"{name:22} {accuracies[name]:6.1%}")
assert accuracies["moved by 2 pixels"] < accuracies["as they are"] - 0.05

# %% [markdown]
# Two pixels to the side, and the network loses more than one digit in twenty. Nothing in the
# accuracy on the test set warned of that. The digits of a new person, a new pen, a new camera are
# changes of just this kind, only stronger.

# %% [markdown]
# ## On your own
#
# Fill in the cells with a `...`, and let the cell after each check your answer. `hint=2` and
# `hint=3` give more specific hints than the first one.

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 05.1 Find the pair that is mixed up most (easy)
#
# Write `most_confused(confusion)`. It gets a table of 10 by 10 and gives two digits, those that are
# mixed up most often, both directions added. Then show ten of those images.


# %% tags=["blank"]
def most_confused(confusion): ...


# %% tags=["solution"]
def most_confused(confusion):
    mistakes = confusion * (1 - np.eye(10, dtype=int))
    return np.unravel_index((mistakes + mistakes.T).argmax(), (10, 10))


# %% tags=["solution"]
from mnistedu.displays import DigitsDisplay

pair = most_confused(confusion)
mixed_up = np.isin(labels, pair) & np.isin(answers, pair) & ~right
titles = [f"{label}, read as {answer}" for label, answer in zip(labels, answers, strict=True)]
DigitsDisplay(data.test.images[mixed_up][:10], np.array(titles)[mixed_up][:10]).plot(columns=5)

# %%
check("05.1", most_confused)

# %% [markdown]
# ### 05.2 Order enough images (middling)
#
# Someone wants to know an accuracy of about 95 % to within one percent, up or down. How many test
# images does it take? Write `images_needed(accuracy, half_width)`, both as shares, 0.95 and 0.01.
# Take the formula of this lesson with its 1.96.


# %% tags=["blank"]
def images_needed(accuracy, half_width): ...


# %% tags=["solution"]
def images_needed(accuracy, half_width):
    return int(np.ceil(1.96**2 * accuracy * (1 - accuracy) / half_width**2))


print(f"{images_needed(0.95, 0.01):,} images")

# %%
check("05.2", images_needed)

# %% [markdown]
# ### 05.3 Take some certainty away (middling)
#
# A network that is too sure can be cooled down: divide the logarithms of its probabilities by a
# number, the *temperature*, and apply the softmax again. Write `soften(probabilities, temperature)`
# for n rows of ten probabilities. What happens to the accuracy?


# %% tags=["blank"]
def soften(probabilities, temperature): ...


# %% tags=["solution"]
def soften(probabilities, temperature):
    scores = np.log(np.maximum(probabilities, 1e-12)) / temperature
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


# %%
check("05.3", soften)

# %% [markdown]
# ### 05.4 Calibrate the network (open)
#
# Write `find_temperature(probabilities, labels)`, which gives the temperature at which the loss of
# those probabilities is smallest. Find it on the *validation* images. Does it help on the test
# images? Train the network for more epochs and see how the temperature changes.


# %% tags=["blank"]
def find_temperature(probabilities, labels): ...


# %% tags=["solution"]
def find_temperature(probabilities, labels):
    def loss(temperature):
        softened = soften(probabilities, temperature)
        return -np.log(softened[np.arange(len(labels)), labels]).mean()

    return min(np.linspace(0.3, 5, 200), key=loss)


# %% tags=["solution"]
temperature = find_temperature(on_validation.probabilities, data.validation.labels)
cooled = soften(probabilities, temperature)
rows = np.arange(len(labels))
before, after = (-np.log(p[rows, labels].clip(1e-12)).mean() for p in (probabilities, cooled))
print(f"temperature {temperature:.2f}: test loss {before:.4f} before, {after:.4f} after")
assert (cooled.argmax(axis=1) == answers).all()

# %%
check("05.4", find_temperature)

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/05-evaluate.ipynb).

# %% [markdown]
# ## In practice
#
# - **Report the interval and the number of images**, not only the accuracy.
# - The interval covers the luck of the sample. It does not cover images of another kind, as the
#   last section showed.
# - Comparing two models on the *same* images, look only at those where they disagree (McNemar's
#   test). It takes fewer images to see a difference.
# - MNIST's test images have been used for choices by the whole field for decades. A difference of a
#   tenth of a percent there means little.
#
# ## Further reading
#
# - E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of
#   the American Statistical Association 22 (1927). The interval, in four pages.
# - C. Guo and others, *On calibration of modern neural networks*, ICML 2017. Why networks are too
#   sure, and the temperature of the exercises.
# - B. Recht and others, *Do ImageNet classifiers generalize to ImageNet?*, ICML 2019. A new test
#   set made like the old one, and every model is worse on it.
# - N. Mu, J. Gilmer, *MNIST-C: a robustness benchmark for computer vision*, arXiv:1906.02337
#   (2019). Fifteen kinds of harm.
