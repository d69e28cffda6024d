# %% [markdown]
# # Evaluate: what an accuracy leaves out
#
# *About 45 minutes.*
#
# **What you'll do.** Examine two trained networks like a sceptic: how certain is an accuracy, is
# one network really better than the other, where does it fail, does it know when it may be wrong,
# and what happens when the images change a little?
#
# **What you'll learn**
#
# - how to put an interval around an accuracy, and what that interval is about;
# - how to tell whether a difference between two networks is real or luck;
# - why choices are made on validation images, and the test images are used once;
# - how to read a confusion matrix, precision and recall;
# - what it means that a network is calibrated, or too sure of itself;
# - why a good accuracy says little about images of another kind.
#
# **What you'll need.** Lessons 03 and 04; we train an MLP and a small CNN again. Some intuition for
# probability helps.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../05-evaluate.ipynb) first.*

# %% [markdown]
# ## Train two networks
#
# The lesson asks about these two: the MLP of lesson 03 and a small CNN. Training takes a little
# while.

# %%
import numpy as np

import mnistedu
from mnistedu.displays import DigitsDisplay, MistakesDisplay, PlotDisplay, ReliabilityDisplay

data = mnistedu.load_mnist(fallback="digits")
on_mnist = data.name == "mnist"
data

# %%
import keras

keras.utils.set_random_seed(0)
mlp = mnistedu.build_mlp()
mnistedu.train(mlp, data, epochs=5 if on_mnist else 30, augmentation=None)

keras.utils.set_random_seed(0)
cnn = mnistedu.build_cnn(filters=(8, 16))
history = mnistedu.train(cnn, data, epochs=1 if on_mnist else 20, augmentation=None)

# %% [markdown]
# All questions but the last are asked on the **validation** images. The answers may lead you to
# change a network, and no choice may depend on the test images. They wait until the end.

# %%
labels = data.validation.labels
by_mlp = mnistedu.evaluate(mlp, data.validation)
by_cnn = mnistedu.evaluate(cnn, data.validation)
print(f"{len(labels):,} validation images")

# %% [markdown]
# <details><summary><b>Question.</b> Why is a seed set before each training?</summary>
#
# Training begins with random weights and shuffles the images. With the same seed you get the same
# random numbers, so you can repeat the run. Other seeds show how much is luck.
#
# </details>

# %% [markdown]
# ## Count the correct predictions
#
# A network returns ten probabilities for each image. Its prediction is the most probable digit, and
# the *accuracy* is the fraction of images for which that is correct.

# %%
probabilities = by_mlp.probabilities
predicted = probabilities.argmax(axis=1)
correct = predicted == labels
accuracy = correct.mean()
print(f"MLP: {accuracy:.2%} of {len(labels):,} images, CNN: {by_cnn.accuracy:.2%}")
assert np.isclose(accuracy, by_mlp.accuracy)

# %% [markdown]
# Is that good? Compare with a program that does no work: it always returns the most frequent digit
# of the training images, and is right in about one case out of ten.

# %%
lazy = (labels == np.bincount(data.train.labels).argmax()).mean()
print(f"always the same digit: {lazy:.1%}")
assert lazy < 0.15 and accuracy > (0.965 if on_mnist else 0.88)

# %% [markdown]
# <details><summary><b>Question.</b> A test for a rare disease is right for 99 % of all people. Is
# it good?</summary>
#
# It depends on how rare the disease is. If one person in a hundred has it, always saying "healthy"
# is right for 99 %, too. An accuracy needs a baseline.
#
# </details>

# %% [markdown]
# ## Put an interval around the accuracy
#
# The validation images are a sample. Another sample would have given another accuracy. How far off
# could ours be? Treat the sample as if it were the world: draw as many images from it, with
# replacement, and compute the accuracy each time. This is called the *bootstrap*.

# %%
rng = np.random.default_rng(0)
samples = [rng.choice(correct, size=len(correct)).mean() for _ in range(2000)]
low, high = np.percentile(samples, [2.5, 97.5])
print(f"95 % of the samples lie between {low:.2%} and {high:.2%}")

# %% [markdown]
# There are formulas for it, too. `interval` is Wilson's, which also works for few images and for
# accuracies near 100 %.

# %%
print(f"Wilson's formula: {by_mlp.interval[0]:.2%} to {by_mlp.interval[1]:.2%}")
assert low < accuracy < high and by_mlp.interval[0] < accuracy < by_mlp.interval[1]
assert not on_mnist or np.allclose(by_mlp.interval, (low, high), atol=0.001)

# %% [markdown]
# The interval shrinks with the square root of the number of images: four times as many make it half
# as wide. The simplest formula shows it, here for an accuracy of 95 %. **Before you run the cell:**
# how wide is it for 100 images?

# %%
for n in (100, 400, 1_600, 10_000):
    half = 1.96 * np.sqrt(0.95 * 0.05 / n)
    print(f"{n:6,} images: 95 % ± {half:.1%}")
assert np.isclose(1.96 * np.sqrt(0.95 * 0.05 / 400), 0.021, atol=0.001)

# %% [markdown]
# What is the interval about? Only about the luck of *which* images were drawn: more images of the
# same kind, from the same writers. Other writers or other pens are not covered. In lesson 01, the
# accuracy on the test images lay outside the interval from the validation images, because other
# people wrote them.
#
# <details><summary><b>Question.</b> Network A reads 95 % of 400 images, network B 97 % of 400
# <em>other</em> images. Is B better?</summary>
#
# Each figure is uncertain by about two points, in either direction. Such a difference may well be
# luck, so you cannot tell.
#
# </details>

# %% [markdown]
# ## Decide whether a difference is real
#
# Look at the intervals of our two networks.

# %%
for name, result in {"MLP": by_mlp, "CNN": by_cnn}.items():
    low, high = result.interval
    print(f"{name}: {result.accuracy:.2%}, interval {low:.2%} to {high:.2%}")

# %% [markdown]
# If two intervals overlap, does that mean that the networks may be equally good? No. The intervals
# ask what *other images* would have done. But both networks have seen the *same* images, and an
# image that is hard for one is hard for the other. So compare image by image:

# %%
mlp_correct, cnn_correct = by_mlp.predicted == labels, by_cnn.predicted == labels
only_mlp = int((mlp_correct & ~cnn_correct).sum())
only_cnn = int((cnn_correct & ~mlp_correct).sum())
print(f"both correct    {(mlp_correct & cnn_correct).sum():6,}")
print(f"both wrong      {(~mlp_correct & ~cnn_correct).sum():6,}")
print(f"only the MLP    {only_mlp:6,}")
print(f"only the CNN    {only_cnn:6,}")

# %% [markdown]
# Images that both read, or that both misread, do not tell which is better. What counts are those on
# which only one is right. If the networks were equally good, each of these would be the toss of a
# coin: it might as well have been the other one. Toss as many coins as there are such images, many
# times. How often is the result at least as uneven as ours, in either direction? Guess before you
# run the cell.

# %%
tosses = only_mlp + only_cnn
heads = rng.binomial(tosses, 0.5, size=100_000)
as_uneven = np.abs(heads - tosses / 2) >= abs(only_mlp - tosses / 2)
print(f"{tosses} coins fall at least as unevenly in {as_uneven.mean():.2%} of the trials")

# %% [markdown]
# This fraction is the *p-value*, and the comparison is *McNemar's test*. The smaller the p-value,
# the less you should believe in luck; many people draw the line at 5 %. Evaluations have the exact
# figure:

# %%
test = by_mlp.mcnemar(by_cnn)
print(f"p-value {test.p_value:.2g}:", "real" if test.p_value < 0.05 else "it may be luck")
assert (test.only_first, test.only_second) == (only_mlp, only_cnn)
assert abs(test.p_value - as_uneven.mean()) < 0.01

# %%
overlap = by_mlp.interval[1] > by_cnn.interval[0] and by_cnn.interval[1] > by_mlp.interval[0]
print("the intervals overlap" if overlap else "the intervals do not overlap")
assert 0 <= test.p_value <= 1

# %% [markdown]
# Your figures depend a little on your machine. But a difference can be real although the intervals
# overlap, because the paired comparison looks closer. Two networks and 10,000 images as an example:
# both read 9,716 of them, network A alone reads 76 and network B alone 122.

# %%
from scipy.stats import binomtest

from mnistedu.evaluation import wilson_interval

for name, alone in {"A": 76, "B": 122}.items():
    low, high = wilson_interval(9_716 + alone, 10_000)
    print(f"network {name}: {(9_716 + alone) / 10_000:.2%}, interval {low:.2%} to {high:.2%}")
p_value_of_example = binomtest(76, 76 + 122).pvalue
print(f"p-value {p_value_of_example:.4f}")
assert p_value_of_example < 0.002
assert wilson_interval(9_716 + 76, 10_000)[1] > wilson_interval(9_716 + 122, 10_000)[0]

# %% [markdown]
# The intervals overlap, and yet luck alone would make such a difference only once in about a
# thousand trials. (If you work with the bundled digits, you have only 200 validation images. That
# is too few to tell most differences from luck.)
#
# Two warnings. Compare twenty pairs of networks that are equally good, and about one of them will
# pass the line of 5 % by luck. And the test is about these two *trained* networks: train both again
# from other random weights before you say that one *kind* of network is better.
#
# <details><summary><b>Question.</b> Network A alone is right on 6 images, network B alone on 1. Is
# A better?</summary>
#
# Seven coins fall at least as unevenly in one of eight cases. That is not rare enough.
#
# </details>

# %%
print(f"6 against 1: p-value {binomtest(6, 7).pvalue:.3f}")
assert np.isclose(binomtest(6, 7).pvalue, 1 / 8)

# %% [markdown]
# ## Choose on one set, report on another
#
# Suppose you try many networks and keep the best. Its accuracy is then too good: you chose it
# *because* it was lucky. To see this without any network, take 100 that are all equally good, right
# in 95 % of all cases, and evaluate them on the same number of images.

# %%
n = 400
chosen_on = rng.binomial(n, 0.95, size=(1000, 100)) / n
reported_on = rng.binomial(n, 0.95, size=1000) / n
print(f"the best of 100, on the images that chose it: {chosen_on.max(axis=1).mean():.1%}")
print(f"the same network, on fresh images:            {reported_on.mean():.1%}")
assert chosen_on.max(axis=1).mean() > 0.97 and abs(reported_on.mean() - 0.95) < 0.005


# %%
def draw(ax):
    bins = np.arange(0.90, 1.0, 0.0025)
    ax.hist(reported_on, bins, label="fresh images")
    ax.hist(chosen_on.max(axis=1), bins, label="images that chose it")
    ax.set(xlabel="accuracy of the best of 100", ylabel="trials", title="The luck of the best")
    ax.legend()


assert (chosen_on.max(axis=1) > 0.96).mean() > 0.95
alt = "Two histograms: about 95 % on fresh images, above 96 % on those that chose it."
PlotDisplay(draw, alt).plot()

# %% [markdown]
# *In the picture:* two histograms. On fresh images the accuracy of the chosen network scatters
# around its true 95 %; on the images that chose it, nearly all trials lie above 96 %.
#
# So the rule is: **make every choice on the validation images**: the number of epochs, the size of
# the network, the learning rate. **Use the test images once, at the end.** If you look at the test
# accuracy after each epoch and keep the best, the test set has become a second validation set, and
# you have no test set left.
#
# Our choice is between two networks, and we make it now.

# %%
chosen = "CNN" if by_cnn.accuracy > by_mlp.accuracy else "MLP"
print("chosen on the validation images:", chosen)

# %% [markdown]
# <details><summary><b>Question.</b> You browse the test images that your network misreads, and then
# add augmentation that helps with those. What is wrong with your next test accuracy?</summary>
#
# The test images have influenced the network, through you. The accuracy is too good for images that
# nobody has looked at. Browse mistakes on the validation images.
#
# </details>

# %% [markdown]
# ## Build the confusion matrix
#
# *Which* digits does a network mix up? From here on we look at the MLP, which makes more mistakes.
# Make a table with a row for each true digit and a column for each prediction, and count.

# %%
confusion = np.zeros((10, 10), int)
for label, prediction in zip(labels, predicted, strict=True):
    confusion[label, prediction] += 1
print(confusion)
assert np.array_equal(confusion, by_mlp.confusion)

# %% [markdown]
# `mnistedu.ConfusionExplorer` shows this table, and the images behind each of its cells. Click a
# cell, or move there with the arrow keys: which fours are read as nines? Choose an image to see
# which other digits the network considered. (Where this page shows only a still picture, run the
# notebook.)

# %%
explorer = mnistedu.ConfusionExplorer(by_mlp)
explorer

# %% [markdown]
# The diagonal holds the correct predictions, everything else is a mistake. Read along a row to see
# what becomes of a digit, and along a column to see what a prediction is worth. There are two
# questions for each digit, and they have names:
#
# - **recall**: of all true fours, how many were read as a four? Along the row.
# - **precision**: of all predictions "four", how many were true? Along the column.

# %%
recall = confusion.diagonal() / confusion.sum(axis=1)
precision = confusion.diagonal() / confusion.sum(axis=0)
for report in by_mlp.per_class:
    assert np.isclose(report.recall, recall[report.digit])
    assert np.isclose(report.precision, precision[report.digit])
print("recall   ", recall.round(3))
print("precision", precision.round(3))

# %% [markdown]
# Which digit is the hardest? Each recall comes from a tenth of the images only, so its interval is
# wide. List the digits whose interval overlaps with that of the lowest.

# %%
intervals = [
    wilson_interval(int(row[digit]), int(row.sum())) for digit, row in enumerate(confusion)
]
worst = int(recall.argmin())
rivals = [digit for digit in range(10) if intervals[digit][0] <= intervals[worst][1]]
print(f"lowest recall: {worst}, {recall[worst]:.1%}, between {intervals[worst][0]:.1%}", end=" ")
print(f"and {intervals[worst][1]:.1%}; it could as well be one of {rivals}")
assert worst in rivals

# %% [markdown]
# More than one digit in that list? Then do not call one of them "the hardest".
#
# <details><summary><b>Question.</b> A network answers "1" whenever it is in doubt. What does that
# do to the recall and to the precision of the 1?</summary>
#
# Hardly any true 1 is missed, so its recall is high. But many of the answers "1" are wrong, so its
# precision is low.
#
# </details>

# %% [markdown]
# ## Look at the mistakes
#
# Numbers hide what you see at once. Here are the validation images with the most confident
# mistakes. Some are hard for you, too. Others you would never misread, and those are the
# interesting ones.

# %%
MistakesDisplay.from_evaluation(by_mlp, most=15).plot(columns=5)

# %% [markdown]
# <details><summary><b>Question.</b> Why look at the most confident mistakes and not at random
# ones?</summary>
#
# What the network is not sure of could be left to a person. A confident mistake shows what it has
# learned wrongly, or a label that is wrong.
#
# </details>

# %% [markdown]
# ## Ask whether it knows when it is wrong
#
# The *confidence* of a prediction is its probability. A network whose confidence is 90 % should be
# right in nine out of ten such cases. Then it is *calibrated*, and you may act on its
# probabilities. Sort the predictions into ten groups by confidence, and count.

# %%
confidence = probabilities.max(axis=1)
groups = np.minimum((confidence * 10).astype(int), 9)
for index in np.unique(groups):
    group = groups == index
    mean, true = confidence[group].mean(), correct[group].mean()
    print(f"confidence {mean:6.1%}   correct {true:6.1%}   {group.sum():6,} images")

# %%
last = by_mlp.reliability(bins=10)[-1]
assert last.count == group.sum() and np.isclose(last.accuracy, true)
ReliabilityDisplay.from_evaluation(by_mlp).plot()

# %% [markdown]
# In a calibrated network all points lie near the dashed line. Below it, the network is too sure of
# itself: *overconfident*. The bars are intervals as above: a group of few images says little, so
# the points there jump up and down.
#
# The number in the title is the *calibration error*: how far confidence and accuracy are apart in a
# group, averaged over all images. (It uses 15 narrower groups.)

# %%
apart = [each.count * abs(each.confidence - each.accuracy) for each in by_mlp.reliability(bins=15)]
print(f"calibration error {sum(apart) / len(labels):.2%}")
assert np.isclose(sum(apart) / len(labels), by_mlp.calibration_error)

# %% [markdown]
# Calibrated or not, the confidence is useful: split the images into two parts only, those with a
# confidence above 90 % and the others.

# %%
sure = confidence > 0.9
print(f"sure of {sure.mean():.0%} of the images, and right in {correct[sure].mean():.2%} of them")
print(f"not sure of the others, and right in {correct[~sure].mean():.0%} of them")
assert correct[sure].mean() > accuracy > correct[~sure].mean()

# %% [markdown]
# A machine that sorts letters can leave to a person what the network is not sure of, and make far
# fewer mistakes.
#
# <details><summary><b>Question.</b> A weather forecast says "30 % rain" on a hundred days, and it
# rains on 55 of them. Is it overconfident?</summary>
#
# It is not calibrated: 30 should have been 55. Where it says "no rain" with 70 %, it is right in
# only 45 % of the cases, so yes: it is too sure.
#
# </details>

# %%
said, happened = 30, 55
print(f"no rain: said {100 - said} %, happened {100 - happened} %")
assert 100 - said > 100 - happened

# %% [markdown]
# ## Change the images a little
#
# An accuracy tells how a network does on images *like those it was measured on*. Will yours be like
# them? Try some changes that would not trouble you: move the digits, add noise, thicken the lines,
# or rotate them.

# %%
from scipy import ndimage

images = data.validation.images
noise = rng.normal(scale=40, size=images.shape)
changed = {
    "as they are": images,
    "moved by 2 pixels": np.roll(images, 2, axis=2),
    "with noise": (images + noise).clip(0, 255).astype(np.uint8),
    "thicker lines": ndimage.grey_dilation(images, size=(1, 2, 2)),
    "rotated by 20°": ndimage.rotate(images, 20, axes=(1, 2), reshape=False, order=1),
}
pictures = [versions[index] for index in (0, 1) for versions in changed.values()]
titles = [name.replace(" by", "\nby").replace(" lines", "\nlines") for name in changed] * 2
DigitsDisplay(pictures, titles).plot(columns=5)

# %% [markdown]
# You can still read each of them. **Before you run the next cell:** which change is the worst for
# the MLP, and does the CNN suffer from the same one?

# %%
accuracies = {}
for name, versions in changed.items():
    split = mnistedu.Split(versions, labels)
    accuracies[name] = [mnistedu.evaluate(network, split).accuracy for network in (mlp, cnn)]
    print(f"{name:18} MLP {accuracies[name][0]:6.1%}   CNN {accuracies[name][1]:6.1%}")

# %%
moved = accuracies["as they are"][0] - accuracies["moved by 2 pixels"][0]
print(f"moved by 2 pixels, the MLP loses {moved:.1%} of the images, one in {1 / moved:.0f}")
assert moved > (0.10 if on_mnist else 0.05)

# %% [markdown]
# Two pixels to the side, and on MNIST the MLP loses more than one digit in ten. Nothing in its
# accuracy warned of that. Preprocessing protects your own drawings from some of these changes:
# lesson 02 centres them and gives them the right size. It cannot protect from a style that the
# network has never seen. That is the subject of lesson 07.
#
# <details><summary><b>Question.</b> Why do the intervals of this lesson not warn of the moved
# images?</summary>
#
# They say how the accuracy varies among images of the same kind. Moved images are of another kind.
#
# </details>

# %% [markdown]
# ## Use the test images once
#
# All choices are made. Now, and only now, evaluate the chosen network on the test images, and
# report what comes out, with its interval.

# %%
result = mnistedu.evaluate(cnn if chosen == "CNN" else mlp, data.test)
low, high = result.interval
print(f"{chosen}: {result.accuracy:.2%} of {len(data.test):,} test images, {low:.2%} to {high:.2%}")
assert result.accuracy > (0.965 if on_mnist else 0.88)
assert not on_mnist or result.accuracy < by_cnn.accuracy

# %% [markdown]
# On MNIST this is less than on the validation images. It was to be expected: the chosen network may
# have been a little lucky there, and, more than that, other people wrote the test images, and wrote
# them less clearly (lesson 01). If it is not what you had hoped for, do not go back and change the
# network until it is. That would be choosing on the test images.
#
# <details><summary><b>Question.</b> You lose the figure and compute the test accuracy of the same
# network again. Have you used the test images twice?</summary>
#
# No. What uses them up is a choice that depends on them, and you have made none.
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
# ### 05.1 Find the pair that is mixed up most (easy)
#
# Write `most_confused(confusion)`. It takes a table of 10 by 10 counts and returns the two digits
# that are mixed up most often, both directions added. Then show ten of those images.


# %% tags=["blank"]
def most_confused(confusion): ...


# %% tags=["solution"]
def most_confused(confusion):
    mistakes = confusion * (1 - np.eye(10, dtype=int))
    return np.unravel_index((mistakes + mistakes.T).argmax(), (10, 10))


# %% tags=["solution"]
pair = most_confused(confusion)
mixed_up = np.isin(labels, pair) & np.isin(predicted, pair) & ~correct
titles = [f"{label}, read as {digit}" for label, digit in zip(labels, predicted, strict=True)]
DigitsDisplay(images[mixed_up][:10], np.array(titles)[mixed_up][:10]).plot(columns=5)

# %%
check("05.1", most_confused)

# %% [markdown]
# ### 05.2 Order enough images (medium)
#
# Someone wants to know an accuracy of about 95 % to within one percentage point, up or down. How
# many images does it take? Write `images_needed(accuracy, half_width)`, both as fractions, 0.95 and
# 0.01. Use the formula of this lesson with its 1.96.


# %% tags=["blank"]
def images_needed(accuracy, half_width): ...


# %% tags=["solution"]
def images_needed(accuracy, half_width):
    return int(np.ceil(1.96**2 * accuracy * (1 - accuracy) / half_width**2))


print(f"{images_needed(0.95, 0.01):,} images")

# %%
check("05.2", images_needed)

# %% [markdown]
# ### 05.3 Make predictions less confident (medium)
#
# There is a simple cure for overconfidence: divide the logarithms of the probabilities by a number,
# the *temperature*, and apply the softmax again. A temperature above 1 makes the probabilities more
# equal, one below 1 makes them more extreme. Write `soften(probabilities, temperature)` for n rows
# of ten probabilities. What happens to the accuracy?


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
# ### 05.4 Calibrate an overconfident network (open)
#
# Our two networks are hardly overconfident. Train one that is: an MLP for 20 epochs at a constant
# learning rate, long after its training images hold any surprise.

# %%
keras.utils.set_random_seed(0)
overconfident = mnistedu.build_mlp()
options = {"epochs": 20 if on_mnist else 200, "augmentation": None, "schedule": None}
mnistedu.train(overconfident, data, verbose=False, **options)

half = len(data.validation) // 2
first = mnistedu.evaluate(overconfident, data.validation[:half])
second = mnistedu.evaluate(overconfident, data.validation[half:])
for name, each in {"first half": first, "second half": second}.items():
    mean = each.probabilities.max(axis=1).mean()
    print(f"{name}: accuracy {each.accuracy:.2%}, mean confidence {mean:.2%}, loss {each.loss:.4f}")

# %% [markdown]
# Write `find_temperature(probabilities, labels)`, which returns the temperature at which the loss
# (the cross-entropy) of these probabilities is smallest. Find it on the first half of the
# validation images. How much does it help on the second half? And how large is it for `by_mlp`?


# %% tags=["blank"]
def find_temperature(probabilities, labels): ...


# %% tags=["solution"]
def find_temperature(probabilities, labels):
    def loss(temperature):
        softened = soften(probabilities, temperature)
        return -np.log(softened[np.arange(len(labels)), labels]).mean()

    return min(np.linspace(0.3, 5, 200), key=loss)


# %% tags=["solution"]
temperature = find_temperature(first.probabilities, first.split.labels)
softened = mnistedu.Evaluation.from_predictions(
    second.split, soften(second.probabilities.astype(float), temperature)
)
print(f"temperature {temperature:.2f}; on the second half:")
print(f"loss {second.loss:.4f} before, {softened.loss:.4f} after")
print(f"calibration error {second.calibration_error:.2%} before, ", end="")
print(f"{softened.calibration_error:.2%} after")
print(f"for the MLP above: {find_temperature(probabilities, labels):.2f}")
assert softened.accuracy == second.accuracy
assert not on_mnist or (temperature > 1.2 and softened.loss < second.loss)

# %%
check("05.4", find_temperature)

# %% [markdown]
# ### 05.5 Tell a better network from a lucky one (open)
#
# Write `p_value(labels, first, second)`: the true digits and the predictions of two networks for
# the same images go in, and the p-value of McNemar's test comes out, right to within 0.01. Then
# compare networks of your own: does a hidden layer of 256 neurons read more images than one of 128,
# or is that luck?


# %% tags=["blank"]
def p_value(labels, first, second): ...


# %% tags=["solution"]
def p_value(labels, first, second):
    only_first = int(((first == labels) & (second != labels)).sum())
    only_second = int(((second == labels) & (first != labels)).sum())
    if only_first + only_second == 0:
        return 1.0
    return binomtest(only_first, only_first + only_second).pvalue


# %% tags=["solution"]
keras.utils.set_random_seed(0)
wider = mnistedu.build_mlp(units=(256,))
mnistedu.train(wider, data, epochs=5 if on_mnist else 30, augmentation=None, verbose=False)
by_wider = mnistedu.evaluate(wider, data.validation)
p = p_value(labels, predicted, by_wider.predicted)
print(f"128 neurons {accuracy:.2%}, 256 neurons {by_wider.accuracy:.2%}, p-value {p:.2g}")

# %%
check("05.5", p_value)

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/05-evaluate.ipynb). The next lesson,
# [06 Draw and predict](06-draw-and-predict.ipynb), puts a network of yours behind a pad.

# %% [markdown] tags=["solution"]
# The next lesson is [06 Draw and predict](../06-draw-and-predict.ipynb).

# %% [markdown]
# ## In practice
#
# - **Report the interval and the number of images**, not only the accuracy.
# - The interval covers the luck of the sample. It does not cover images of another kind, and not
#   the random numbers that training started from: train several times, and report all results.
# - Compare two networks on the *same* images, and look only at those on which they disagree. It
#   takes fewer images to see a difference.
# - MNIST's test images have been used for choices by the whole field for decades. A difference of a
#   tenth of a percentage point there means little.
#
# ## Further reading
#
# - E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of
#   the American Statistical Association 22 (1927). The interval, in four pages.
# - Q. McNemar, *Note on the sampling error of the difference between correlated proportions or
#   percentages*, Psychometrika 12 (1947). The paired comparison.
# - C. Guo and others, *On calibration of modern neural networks*, ICML 2017. Why networks are
#   overconfident, and the temperature of the exercises.
# - B. Recht and others, *Do ImageNet classifiers generalize to ImageNet?*, ICML 2019. A new test
#   set made like the old one, and every model is worse on it.
# - N. Mu, J. Gilmer, *MNIST-C: a robustness benchmark for computer vision*, arXiv:1906.02337
#   (2019). Fifteen kinds of corruption.
