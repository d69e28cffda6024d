# %% [markdown]
# # Digits are data: classify them without a network
#
# *About 35 minutes.*
#
# **What you'll do.** Take an image of a digit apart into numbers, look at thousands of them, and
# build a first classifier of ten lines that gets most of them right: the baseline that any network
# has to beat.
#
# **What you'll learn**
#
# - that an image is an array of numbers, and what you can do with such arrays;
# - why the digits come in three parts, and what each part is for;
# - how to measure a classifier and compare two fairly, and why you begin with a simple one.
#
# **What you'll need.** A little Python. NumPy arrays are explained as they come.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../01-digits-are-data.ipynb) first.*

# %% [markdown]
# ## Load the digits
#
# MNIST is a collection of digits that employees of the US Census Bureau and high-school students
# wrote by hand. It is to this field what the fruit fly is to biology. Without an internet
# connection you get a smaller collection, and everything below works with it, too. (Figures in the
# text are MNIST's.)

# %%
import numpy as np

import mnistedu
from mnistedu.displays import ClassAveragesDisplay, DigitsDisplay, PixelValuesDisplay

data = mnistedu.load_mnist(fallback="digits")
data

# %%
DigitsDisplay(data.train.images[:20], data.train.labels[:20]).plot(columns=10)

# %% [markdown]
# Above each image is its *label*, the digit that it shows. People looked at the images and wrote
# the labels down. Images with labels are all that a machine gets to learn from: nobody explains to
# it what a 4 is.

# %% [markdown]
# ## Read an image as numbers
#
# To a computer an image is a table of numbers, one for each point, or *pixel*. In NumPy such a
# table is an *array*. Here is the first image and, enlarged, a part of it with its numbers. The
# slice `image[5:14, 9:22]` selects this part: rows 5 up to 14 (the last one is not included), then
# columns 9 up to 22.

# %%
image, label = data.train.images[0], data.train.labels[0]
print("a", label, "in", image.shape, "pixels; the part has", image[5:14, 9:22].shape)
PixelValuesDisplay(image, rows=(5, 14), columns=(9, 22)).plot()

# %% [markdown]
# 0 is background and 255 is full ink. Numbers between them are at the edges of a stroke, which
# cover a pixel only in part. Each number is stored in one byte (`uint8`), and a byte holds no
# number above 255.

# %%
print(image.dtype, "from", image.min(), "to", image.max())
assert image.shape == (28, 28) and image.dtype == np.uint8 and image.max() == 255

# %% [markdown]
# If you can write numbers, you can draw. Rows count from the top, columns from the left, both
# from 0. Here is a 1 without a pen:

# %%
one = np.zeros((28, 28), np.uint8)
one[4:24, 13:15] = 255
one[6:8, 10:13] = 255
DigitsDisplay([one], ["our one"]).plot()

# %% [markdown]
# Changing an image is arithmetic. Reverse the rows, swap rows and columns, move the columns by
# three, or subtract each pixel from 255. **Before you run the cell:** which of the four pictures
# has the most ink?

# %%
changed = {
    "rows reversed": image[::-1],
    "transposed": image.T,
    "moved": np.roll(image, 3, axis=1),
    "negative": 255 - image,
}
print({name: round(picture.mean()) for name, picture in changed.items()})
DigitsDisplay(list(changed.values()), list(changed)).plot()

# %% [markdown]
# The negative: most pixels of an image are background, and there they become ink. The other three
# have the same pixels in other positions, and so the same mean.
#
# One trap: a byte that grows beyond 255 starts again at 0, and NumPy does not complain. **Before
# you run the cell:** what is 128 + 128 in bytes?

# %%
levels = np.array([100, 127, 128, 200], np.uint8)
print("doubled in bytes:   ", levels + levels)
print("doubled as integers:", 2 * levels.astype(int))
assert (levels + levels)[2] == 0 and (levels + levels)[3] == 400 - 256

# %% [markdown]
# So an image whose ink is 128 loses all of it when doubled. Convert bytes to a larger type before
# you calculate, and cut off what does not fit at the end.

# %%
pale = np.where(image > 127, 128, 0).astype(np.uint8)
in_bytes = pale + pale
clipped = (2 * pale.astype(int)).clip(0, 255).astype(np.uint8)
print("most ink: ", pale.max(), in_bytes.max(), clipped.max())
assert in_bytes.max() == 0 and clipped.max() == 255
DigitsDisplay([pale, in_bytes, clipped], ["pale", "doubled in bytes", "doubled"]).plot()

# %% [markdown]
# <details><summary><b>Question.</b> What is 200 + 200 in bytes, and why?</summary>
#
# It is 144. A byte has 256 values, 0 to 255, and counting starts again at 0 after the last one:
# 400 - 256 = 144.
#
# </details>

# %% [markdown]
# ## Count the digits
#
# How many of each digit are there? If one digit were rare, a model could ignore it and still look
# good. `np.bincount` counts how often each of the numbers 0, 1, 2, ... occurs.

# %%
counts = np.bincount(data.train.labels, minlength=10)
for digit, count in enumerate(counts):
    print(digit, f"{count:6,}", "#" * round(40 * count / counts.max()))

# %%
fractions = counts / len(data.train)
print(f"from {fractions.min():.1%} to {fractions.max():.1%} of the images")
assert counts.sum() == len(data.train) and fractions.min() > 0.08 and fractions.max() < 0.12

# %% [markdown]
# There are about as many of each. So the *accuracy*, the fraction of images that are classified
# correctly, is a fair measure here, and random guessing has an accuracy of about one in ten.
#
# <details><summary><b>Question.</b> A box of letters is 99 % bills. A program calls every letter a
# bill. What is its accuracy, and is it any good?</summary>
#
# Its accuracy is 99 %, and it is useless: it finds no letter that is not a bill. Where classes are
# that uneven, the accuracy alone does not tell you much.
#
# </details>

# %% [markdown]
# ## Average the digits
#
# What does a 3 look like in general? We take the mean of all images with that label, pixel by
# pixel. Four tools of NumPy do it. First, a comparison gives an array of true and false, a *mask*,
# and a mask in brackets selects the rows where it is true:

# %%
few_labels = data.train.labels[:12]
mask = few_labels == 1
print("labels:  ", few_labels)
print("mask:    ", mask)
print("selected:", few_labels[mask], "at", np.flatnonzero(mask))
assert mask.any() and (few_labels[mask] == 1).all()

# %% [markdown]
# Second, `mean` takes an `axis`: the one to average over, which is then gone. An array of shape
# (2, 3) has axis 0, of length 2, and axis 1, of length 3. **Before you run the cell:** how many
# numbers does each line print?

# %%
table = np.array([[1, 2, 3], [5, 6, 7]])
print("mean of all:        ", table.mean())
print("mean over axis 0:   ", table.mean(axis=0))
print("mean over axis 1:   ", table.mean(axis=1))
assert table.mean(axis=0).shape == (3,) and table.mean(axis=1).shape == (2,)

# %% [markdown]
# Third, `stack` makes one array of several that have the same shape, along a new first axis.
# Fourth, `reshape` puts the same numbers, row after row, into another shape:

# %%
print("stacked:", np.stack([table, table, table, table]).shape)
print("reshaped:", table.reshape(6))
assert np.stack([table] * 4).shape == (4, 2, 3)

# %% [markdown]
# Now the averages. `images[labels == digit]` are the images of one digit, of shape (count, 28, 28).
# The mean over axis 0 is one image. Ten of them, stacked, have the shape (10, 28, 28).

# %%
images, labels = data.train
means = np.stack([images[labels == digit].mean(axis=0) for digit in range(10)])
averages = ClassAveragesDisplay.from_split(data.train)
assert means.shape == (10, 28, 28) and np.allclose(means, averages.images)
averages.plot()

# %% [markdown]
# There is much ink where most people put it, and a little where people differ. Which two averages
# resemble each other most? Subtract one from the other, and add up the squares of the differences;
# the smallest sum is the answer.

# %%
pairs = [(a, b) for a in range(10) for b in range(a)]
differences = [((means[a] / 255 - means[b] / 255) ** 2).sum() for a, b in pairs]
closest = pairs[np.argmin(differences)]
print("most alike:", closest)
assert data.name != "mnist" or closest == (9, 4)

# %% [markdown]
# In MNIST these are the 9 and the 4. Keep that in mind: classifiers will confuse them again and
# again in this course.
#
# <details><summary><b>Question.</b> <code>images</code> has the shape (n, 28, 28). What shapes do
# <code>images.mean(axis=0)</code>, <code>images.mean(axis=(1, 2))</code> and
# <code>images.reshape(n, 784)</code> have, and what do they hold?</summary>
#
# (28, 28), the average image. (n,), the mean grey level of each image. (n, 784), each image as one
# row of numbers: 28 times 28 is 784.
#
# </details>

# %% [markdown]
# ## Split the images into three
#
# A model is useful if it classifies digits that it has *not* seen. To see why this matters, take a
# classifier that learns by heart: it answers with the label of the one known image that is most
# similar. **Before you run the cell:** how accurate is it on the images that it knows?

# %%
from sklearn.neighbors import KNeighborsClassifier


def flatten(images):
    return images.reshape(len(images), 784) / 255  # a row of numbers per image


known = data.train[:1000]
by_heart = KNeighborsClassifier(n_neighbors=1).fit(flatten(known.images), known.labels)
seen = by_heart.score(flatten(known.images), known.labels)
unseen = by_heart.score(flatten(data.validation.images), data.validation.labels)
print(f"on the images that it knows: {seen:.1%}     on others: {unseen:.1%}")
assert seen == 1 and unseen < 0.99

# %% [markdown]
# Perfect, and the figure means nothing: of course each image is most similar to itself. So the
# images are split, and each part has one purpose:
#
# - **training** images: the model learns from them;
# - **validation** images: we make choices with them: which model, how large, how long to train;
# - **test** images: they give the final figure, once, when all choices are made.
#
# The test images are by other people than the training images. The validation images are taken
# from the training images. Here we put the two together again, and split them by hand:

# %%
everything = np.concatenate([data.train.images, data.validation.images])
held_out = len(data.validation)
by_hand_train, by_hand_validation = everything[:-held_out], everything[-held_out:]
print(f"{len(everything):,} images, of which the last {held_out:,} are held out")
assert np.array_equal(by_hand_train, data.train.images)
assert np.array_equal(by_hand_validation, data.validation.images)

# %% [markdown]
# `load_mnist(validation=5000)` does the same. Why the *last* images and not random ones? MNIST's
# images are grouped by writer. Nearly every writer of a random part would also be in the training
# part, and the figure would be about new digits by known people. We want to know about new people.
# A split should be like the task.
#
# <details><summary><b>Question.</b> You try ten networks and keep the one with the highest
# validation accuracy. Why do you still need the test images?</summary>
#
# The highest of ten figures is partly luck, so it is a little too good. The test images took no
# part in the choice.
#
# </details>

# %% [markdown]
# ## Set a baseline
#
# Before you build anything clever, ask what you get for free. The simplest classifier always
# answers with the digit that occurs most often.

# %%
most_common = np.bincount(data.train.labels).argmax()
simplest = (data.validation.labels == most_common).mean()
print(f"always {most_common}: {simplest:.1%}")

# %% [markdown]
# mnistedu has this classifier, and some others, as *baselines*. They learn with `fit`, and
# `evaluate` measures any classifier in the same way.

# %%
most_frequent = mnistedu.build_baseline("most_frequent").fit(*data.train)
result = mnistedu.evaluate(most_frequent, data.validation)
print(f"the same by evaluate: {result.accuracy:.1%}")
assert np.isclose(result.accuracy, simplest) and result.accuracy < 0.15

# %% [markdown]
# <details><summary><b>Question.</b> A classifier that took you a week gets 10 % of the images
# right. What does the baseline tell you?</summary>
#
# That the classifier has learned nothing: always giving the same answer is as good.
#
# </details>

# %% [markdown]
# ## Compare with the averages
#
# Now a real classifier. We have ten average images; a new image probably shows the digit whose
# average it resembles most. As above, subtract the two images, square the differences, so that they
# cannot cancel, and add them up.


# %%
def distance(one, other):
    return ((one / 255 - other / 255) ** 2).sum()


image, label = data.validation.images[0], data.validation.labels[0]
distances = [distance(image, mean) for mean in means]
for digit, value in enumerate(distances):
    print(f"to the average {digit}: {value:6.1f}")
print("nearest:", np.argmin(distances), "  label:", label)

# %% [markdown]
# That is the whole classifier: ten distances, and the smallest one wins. Apply it to all validation
# images.


# %%
def nearest_average(image):
    return np.argmin([distance(image, mean) for mean in means])


answers = np.array([nearest_average(image) for image in data.validation.images])
accuracy = (answers == data.validation.labels).mean()
print(f"{accuracy:.1%} of {len(answers):,} validation images")
assert accuracy > {"mnist": 0.80, "digits": 0.85}[data.name]

# %% [markdown]
# A few lines without any network, and they are right far more often than one time in ten. A network
# that is not clearly better is not worth the effort. mnistedu has the same classifier:

# %%
class_means = mnistedu.build_baseline("class_means").fit(*data.train)
result = mnistedu.evaluate(class_means, data.validation)
assert (result.predicted == answers).mean() > 0.999
result

# %% [markdown]
# After the accuracy comes an *interval*. The validation images are a sample: other images by the
# same people would have given a slightly different figure. The interval says how different: it is
# made so that in 95 of 100 such samples it contains the accuracy on all images of this kind.
# (The lines below it, about mistakes and calibration, are explained in lesson 05.) The more images,
# the narrower the interval:

# %%
few = mnistedu.evaluate(class_means, data.validation[:50])
for name, each in (("50 images", few), ("all of them", result)):
    print(f"{name}: {each.accuracy:.1%}, interval {each.interval[0]:.1%} to {each.interval[1]:.1%}")
assert np.diff(few.interval)[0] > np.diff(result.interval)[0]

# %% [markdown]
# <details><summary><b>Question.</b> Does the interval also tell you what to expect on digits by
# other people?</summary>
#
# No. It is about other images *like these*, by the same people. Others may write more legibly, or
# less. We will see at the end of this lesson how much that matters.
#
# </details>

# %% [markdown]
# ## Look at what it gets wrong
#
# Here are twelve validation images that were misclassified, with the label and, after the arrow,
# the answer.

# %%
wrong = np.flatnonzero(answers != data.validation.labels)[:12]
titles = [f"{data.validation.labels[index]} → {answers[index]}" for index in wrong]
assert len(wrong)
DigitsDisplay(data.validation.images[wrong], titles).plot(columns=6)

# %% [markdown]
# You can recognize most of them at once. Many are slanted, or narrow, or of another shape than the
# average. One average per digit cannot cover all the ways of writing it.
#
# <details><summary><b>Question.</b> Would more training images help the averages?</summary>
#
# Hardly. The averages would change little, and slanted and upright digits would still share one. It
# takes more than one average per digit: see exercise 01.4.
#
# </details>

# %% [markdown]
# ## Try two better classifiers
#
# If one average is too little, keep *all* images, and let the three that are most similar vote:
# *k-nearest-neighbours*. Or keep one picture per digit, but not the average: let the machine find
# the weights of the pixels that separate the digits best: *logistic regression*. Lesson 03 builds
# that one by hand.
#
# To be fair, all of them learn from the same images. To save time, these are the first ten
# thousand.

# %%
some = data.train[:10_000]
names = ("most_frequent", "class_means", "logistic_regression", "knn")
results = {}
for name in names:
    baseline = mnistedu.build_baseline(name).fit(*some)
    results[name] = mnistedu.evaluate(baseline, data.validation)
    low, high = results[name].interval
    print(f"{name:20} {results[name].accuracy:6.1%}   interval {low:.1%} to {high:.1%}")

# %%
scores = {name: result.accuracy for name, result in results.items()}
print("best:", max(scores, key=scores.get))
assert scores["knn"] > {"mnist": 0.93, "digits": 0.93}[data.name]
assert scores["logistic_regression"] > {"mnist": 0.88, "digits": 0.90}[data.name]
assert scores["knn"] > scores["class_means"] > scores["most_frequent"]

# %% [markdown]
# On MNIST nearest neighbours are best. Is the difference to logistic regression real, or luck with
# these images? Two intervals side by side are not a good test, because both classifiers have seen
# the *same* images: an image that is hard for one is often hard for the other. So compare image by
# image, and count only those on which exactly one of the two is right.

# %%
right = {name: result.predicted == data.validation.labels for name, result in results.items()}
only_neighbours = (right["knn"] & ~right["logistic_regression"]).sum()
only_regression = (right["logistic_regression"] & ~right["knn"]).sum()
print("only nearest neighbours right: ", only_neighbours)
print("only logistic regression right:", only_regression)
assert data.name != "mnist" or only_neighbours > 2 * only_regression

# %% [markdown]
# If both were equally good, each of these images would be like the toss of a coin, and about half
# of them would go to either side. On MNIST it is three to one: the difference is real. Lesson 05
# turns this into a test.
#
# Nearest neighbours have a price. They keep all the images and compare each new one with every one
# of them, so they are slow, and the more they know, the slower they get. A network will be better
# *and* faster: it looks at the images many times while it learns, and needs none afterwards.
#
# <details><summary><b>Question.</b> Two classifiers have 92 % and 93 %, and their intervals
# overlap. Can you conclude that there is no difference?</summary>
#
# No. Count the images on which only one of them is right. If nearly all of these go to the same
# classifier, it is better, although the intervals overlap.
#
# </details>

# %% [markdown]
# ## Test the choice once
#
# The choice is made with the validation images: nearest neighbours. The networks of the next
# lessons will learn from all training images, so for a fair comparison nearest neighbours get all
# of them, too. Now, and only now, come the test images. (This takes up to a minute.)

# %%
final = mnistedu.build_baseline("knn").fit(*data.train)
validated = mnistedu.evaluate(final, data.validation)
tested = mnistedu.evaluate(final, data.test)
for name, each in (("validation", validated), ("test", tested)):
    low, high = each.interval
    print(f"{name:10} {each.accuracy:6.1%}   interval {low:.1%} to {high:.1%}")
assert tested.accuracy > {"mnist": 0.96, "digits": 0.92}[data.name]

# %% [markdown]
# The test accuracy, with its interval and the number of images, is the figure to report. On MNIST
# it is 97.0 %, and this is **the figure that the networks of lessons 03 and 04 have to beat**.
#
# But it lies outside the interval of the validation accuracy. Is the interval wrong? No: it is
# about other images by the people who wrote the validation images, and the test images are by
# others. How much do people differ? Cut the images of the training and validation part into blocks
# of one size, in their order, so that each block has other writers:

# %%
everything_labels = np.concatenate([data.train.labels, data.validation.labels])
blocks = [slice(start, start + held_out) for start in range(0, len(everything), held_out)]
by_block = [class_means.score(everything[block], everything_labels[block]) for block in blocks]
print("class means, block by block:", [f"{each:.0%}" for each in by_block])
halves = np.array_split(tested.predicted == data.test.labels, 2)
print("nearest neighbours, halves of the test:", [f"{half.mean():.1%}" for half in halves])
if data.name == "mnist":
    assert by_block[11] > max(by_block[:11]) + 0.02
    assert abs(halves[0].mean() - halves[1].mean()) > np.diff(tested.interval)[0]

# %% [markdown]
# On MNIST the last block, the validation images, happens to be by far the easiest. And the two
# halves of the test images, by different people, are further apart than the interval is wide. So an
# interval covers the luck of the sample, not the differences between people, and these are larger.
# Splitting by writer is still right, because it asks the right question. Use the validation
# accuracy to compare models with each other, and report the test accuracy.
#
# <details><summary><b>Question.</b> A friend splits the images at random instead of by writer.
# Whose validation accuracy says more about digits by strangers?</summary>
#
# Yours. In your friend's split the model has seen other digits by nearly every writer of the
# validation part. Which of the two figures is higher does not matter; on MNIST it would be yours,
# because the last block is the easiest.
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
# ### 01.1 Swap ink and background (easy)
#
# Write `negative(image)`. It gets an image of bytes and returns another one, in which 0 has become
# 255, 255 has become 0, and each number between them is as far from 255 as it was from 0.


# %% tags=["blank"]
def negative(image): ...


# %% tags=["solution"]
def negative(image):
    return 255 - image


# %%
check("01.1", negative)

# %% [markdown]
# ### 01.2 Weigh the ink (medium)
#
# Which digit takes the most ink to write? Write `ink_of_each(images, labels)`, which returns ten
# numbers: for each digit, from 0 to 9, the mean of all pixels of all its images.


# %% tags=["blank"]
def ink_of_each(images, labels): ...


# %% tags=["solution"]
def ink_of_each(images, labels):
    return [images[labels == digit].mean() for digit in range(10)]


# %%
check("01.2", ink_of_each)

# %% [markdown]
# ### 01.3 Hold out the last ones (hard)
#
# Write `split(images, labels, count)`, which holds out the last `count` images for validation. It
# returns two parts, each of images and labels: `(images, labels), (images, labels)`. If there are
# fewer than `count` images, let it raise a `ValueError`. And what if `count` is 0?


# %% tags=["blank"]
def split(images, labels, count): ...


# %% tags=["solution"]
def split(images, labels, count):
    if not 0 <= count <= len(images):
        raise ValueError(f"there are {len(images)} images, so {count} cannot be held out")
    cut = len(images) - count
    return (images[:cut], labels[:cut]), (images[cut:], labels[cut:])


# %%
check("01.3", split)

# %% [markdown]
# ### 01.4 Beat the averages (open)
#
# One average per digit is not enough. Write `classify(known, images)`, a classifier of your own
# without a neural network: it learns from `known.images` and `known.labels` and returns a digit for
# each of `images`. Try it on the validation images. The check uses other images, and your
# classifier has to beat the averages there.


# %% tags=["blank"]
def classify(known, images): ...


# %% [markdown] tags=["solution"]
# Where people write a digit in several ways, give it several averages. `KMeans` sorts its images
# into groups of similar ones and computes the average of each. The nearest of all these averages
# gives the answer.


# %% tags=["solution"]
from sklearn.cluster import KMeans


def classify(known, images, groups=5):
    centres = []
    for digit in range(10):
        own = flatten(known.images[known.labels == digit])
        centres.append(KMeans(groups, random_state=0).fit(own).cluster_centers_)
    centres = np.concatenate(centres)
    rows = flatten(images)
    distances = (centres**2).sum(axis=1) - 2 * rows @ centres.T  # without the rows' own squares
    return distances.argmin(axis=1) // groups


mine = (classify(some, data.validation.images) == data.validation.labels).mean()
print(f"five averages per digit: {mine:.1%}     one: {scores['class_means']:.1%}")

# %%
check("01.4", classify)

# %% [markdown] tags=["blank"]
# When you have tried, compare with the [solutions](solutions/01-digits-are-data.ipynb). The next
# lesson is [02 Preprocess](02-preprocess.ipynb).

# %% [markdown] tags=["solution"]
# The next lesson is [02 Preprocess](../02-preprocess.ipynb).

# %% [markdown]
# ## In practice
#
# - **Look at your data first**, at many examples and at the numbers behind them. Most of what goes
#   wrong later can be seen here.
# - Some labels are wrong, in every collection. MNIST has a few that nobody agrees on.
# - Split by *who wrote it*, where you can. Digits by the same person on both sides of a split
#   answer an easier question than the one you have.
# - Begin with a simple baseline. It takes minutes, it finds mistakes in the data and in the
#   evaluation, and sometimes it is good enough.
#
# ## Further reading
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE 86 (1998). Section III says how MNIST was made, and
#   compares a dozen classifiers on it.
# - C. Northcutt, A. Athalye, J. Mueller, *Pervasive label errors in test sets destabilize machine
#   learning benchmarks*, NeurIPS Datasets and Benchmarks 2021. How many labels are wrong, MNIST's
#   too.
# - J. VanderPlas, *Python Data Science Handbook*, 2nd edition (2022), chapters 4 to 12,
#   [free to read](https://jakevdp.github.io/PythonDataScienceHandbook/). NumPy from the start.
# - T. Hastie, R. Tibshirani, J. Friedman, *The Elements of Statistical Learning*, 2nd edition
#   (2009), chapters 2 and 7. Nearest neighbours against linear models, and how to measure honestly.
