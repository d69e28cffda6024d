# %% [markdown]
# # Digits are data: read them without a network
#
# *About 25 minutes.*
#
# **What you'll do.** Take a picture of a digit apart into numbers, look at thousands of them, and
# build a first reader of ten lines that gets most of them right: the mark that any network will
# have to beat.
#
# **What you'll learn**
#
# - that a picture is an array of numbers, and what one can do with it;
# - why the digits come in three parts, and what each is for;
# - how to measure a reader, and why a simple one comes first.
#
# **What you'll need.** A little Python. NumPy arrays are explained as they come.

# %% [markdown] tags=["solution"]
# *This edition has the solutions. Try the exercises in the
# [lesson](../01-digits-are-data.ipynb) first.*

# %% [markdown]
# ## Load the digits
#
# MNIST is a collection of digits that employees of an office and pupils of a school wrote by hand.
# It is to this field what the fruit fly is to biology. Without a network you get a smaller
# collection, and everything below works with it too.

# %%
import matplotlib.pyplot as plt
import numpy as np

import mnistedu
from mnistedu.displays import ClassAveragesDisplay, DigitsDisplay

data = mnistedu.load_mnist(fallback="digits")
data

# %%
DigitsDisplay(data.train.images[:20], data.train.labels[:20]).plot(columns=10)

# %% [markdown]
# Above each image stands its *label*, the digit that it shows. People looked at the images and
# wrote the labels down. Images with labels are all that a machine will get to learn from: nobody is
# going to tell it what a 4 is.

# %% [markdown]
# ## Read a picture as numbers
#
# To a computer a picture is a table of numbers, one for each point, or *pixel*. In NumPy such a
# table is an *array*. Here is a piece from the middle of the first image, rows 8 to 14, columns 8
# to 20. You may see a part of the digit in the numbers alone.

# %%
image, label = data.train.images[0], data.train.labels[0]
print("a", label, "in", image.shape, "pixels")
print(image[8:15, 8:21])
assert image.shape == (28, 28)

# %% [markdown]
# 0 is background, 255 is full ink, and what lies between is the edge of a stroke, which covers a
# pixel in part. Each number is kept in one byte (`uint8`), and a byte holds nothing above 255.

# %%
print(image.dtype, "from", image.min(), "to", image.max())
assert image.dtype == np.uint8 and image.max() == 255

# %% [markdown]
# Whoever can write numbers can draw. Rows count from the top, columns from the left, both from 0.
# Here is a 1 without a pen:

# %%
one = np.zeros((28, 28), np.uint8)
one[4:24, 13:15] = 255
one[6:8, 10:13] = 255
DigitsDisplay([one], ["our one"]).plot()

# %% [markdown]
# And whatever one does to a picture is arithmetic. Turn the rows round, exchange rows and columns,
# take every second pixel, or subtract from 255:

# %%
changed = {
    "upside down": image[::-1],
    "rows and columns": image.T,
    "moved": np.roll(image, 3, axis=1),
    "negative": 255 - image,
}
DigitsDisplay(list(changed.values()), list(changed)).plot()

# %% [markdown]
# One trap to know. A byte that grows beyond 255 starts again at 0, and NumPy does not complain.
# Double the ink, and the blackest pixels get *lighter*. Before you calculate, turn bytes into
# numbers with room.

# %%
print("255 + 255 in bytes:", (image + image)[image == 255][0])
print("with room:         ", (image.astype(int) + image)[image == 255][0])
assert (image + image)[image == 255][0] == 254

# %% [markdown]
# ## Count the digits
#
# How many of each are there? If one digit were rare, a model could ignore it and still look good.

# %% alt="Bar chart: each digit makes up about a tenth of the training images."
counts = np.bincount(data.train.labels, minlength=10)
figure, ax = plt.subplots(figsize=(5.4, 2.4))
ax.bar(range(10), counts)
ax.set(xticks=range(10), xlabel="digit", ylabel="images", title="How often each digit comes")
plt.show()

# %%
share = counts / len(data.train)
print(f"from {share.min():.1%} to {share.max():.1%} of the images")
assert counts.sum() == len(data.train) and share.min() > 0.08 and share.max() < 0.12

# %% [markdown]
# Nearly the same number of each. So an *accuracy*, the share of images that are read rightly, is a
# fair figure here, and blind guessing has an accuracy of about one in ten.

# %% [markdown]
# ## Average the digits
#
# What does a 3 look like, in general? Take the mean of all images with that label, pixel by pixel.
# Ten of them make an array of ten pictures.

# %%
images, labels = data.train
means = np.stack([images[labels == digit].mean(axis=0) for digit in range(10)])
averages = ClassAveragesDisplay.from_split(data.train)
assert np.allclose(means, averages.images)
averages.plot()

# %% [markdown]
# Dark is where nearly everybody writes, grey where people differ. The 0 and the 1 are clear; the
# averages of 4 and 9 are hard to tell apart. Keep that in mind: they will be mixed up again and
# again, by every reader in this course.

# %% [markdown]
# ## Split the images into three
#
# A model is of use if it reads digits that it has *not* seen. To see what goes wrong otherwise, ask
# a reader that learns by heart: it answers with the label of the one known image that is most
# similar.

# %%
from sklearn.neighbors import KNeighborsClassifier


def flatten(images):
    return images.reshape(len(images), 784) / 255  # a row of numbers for each image


known = data.train[:1000]
by_heart = KNeighborsClassifier(n_neighbors=1).fit(flatten(known.images), known.labels)
seen = by_heart.score(flatten(known.images), known.labels)
unseen = by_heart.score(flatten(data.validation.images), data.validation.labels)
print(f"on the images that it knows: {seen:.1%}     on others: {unseen:.1%}")
assert seen == 1 and unseen < 0.99

# %% [markdown]
# Perfect, and the figure says nothing: of course each image is most similar to itself. So the
# images are split, and each part has one task:
#
# - **training** images: the model learns from them;
# - **validation** images: we choose by them, which model, how large, how long;
# - **test** images: they give the final figure, once, when all choices are made.
#
# The test images come from other people than the training images. The validation images have to be
# taken from the training images. Put the two parts together again, and take them apart by hand:

# %%
everything = np.concatenate([data.train.images, data.validation.images])
held_out = len(data.validation)
by_hand_train, by_hand_validation = everything[:-held_out], everything[-held_out:]
print(f"{len(everything):,} images, of which the last {held_out:,} are held out")
assert np.array_equal(by_hand_train, data.train.images)
assert np.array_equal(by_hand_validation, data.validation.images)

# %% [markdown]
# `load_mnist(validation=5000)` does the same. Why the *last* ones, and not some at random? The
# images lie in the order in which people wrote them. A random part would hold digits by the very
# hands that the model has learned from, and would look easier than strangers' digits are. A split
# should be as hard as the task.

# %% [markdown]
# ## Set the lowest mark
#
# Before you build anything clever, ask what one gets for nothing. The laziest reader always gives
# the digit that came most often.

# %%
lazy = np.bincount(data.train.labels).argmax()
lazy_accuracy = (data.validation.labels == lazy).mean()
print(f"always {lazy}: {lazy_accuracy:.1%}")

# %% [markdown]
# mnistedu has this reader, and some others, as *baselines*. They learn with `fit`, and `evaluate`
# measures any reader in the same way.

# %%
most_frequent = mnistedu.build_baseline("most_frequent").fit(*data.train)
result = mnistedu.evaluate(most_frequent, data.validation)
assert np.isclose(result.accuracy, lazy_accuracy) and result.accuracy < 0.15

# %% [markdown]
# ## Compare with the averages
#
# Now a real reader. We have ten average images; a new image is probably the digit whose average it
# resembles most. To measure how little two images resemble each other, subtract them, square the
# differences, so that none cancels another, and add up.


# %%
def distance(one, other):
    return ((one / 255 - other / 255) ** 2).sum()


image, label = data.validation.images[0], data.validation.labels[0]
distances = [distance(image, mean) for mean in means]
for digit, value in enumerate(distances):
    print(f"to the average {digit}: {value:6.1f}")
print("nearest:", np.argmin(distances), "  label:", label)

# %% [markdown]
# That is the whole reader: ten distances, and the smallest one wins. Do it for all validation
# images.


# %%
def read(image):
    return np.argmin([distance(image, mean) for mean in means])


answers = np.array([read(image) for image in data.validation.images])
accuracy = (answers == data.validation.labels).mean()
print(f"{accuracy:.1%} of {len(answers):,} validation images")
assert accuracy > {"mnist": 0.80, "digits": 0.85}[data.name]

# %% [markdown]
# A handful of lines without any network, and it is right far more often than one time in ten. This
# is the mark to remember. A network that does not beat it clearly is not worth its trouble. The
# package has the same reader:

# %%
class_means = mnistedu.build_baseline("class_means").fit(*data.train)
result = mnistedu.evaluate(class_means, data.validation)
assert (result.predicted == answers).mean() > 0.999
result

# %% [markdown]
# Beside the accuracy stands an *interval*. Other images would have given a slightly other figure;
# with 95 % certainty the true one lies in there. Lesson 05 shows where it comes from. Here it is
# enough to know: the more images, the narrower it is, and what differs by less is no difference.

# %%
few = mnistedu.evaluate(class_means, data.validation[:50])
width = np.diff(few.interval)[0]
print(f"on 50 images: {few.accuracy:.1%}, interval {few.interval[0]:.1%} to {few.interval[1]:.1%}")
assert width > np.diff(result.interval)[0]

# %% [markdown]
# ## Look at what it gets wrong
#
# Here are twelve images that the averages could not read, with the label and, behind the arrow, the
# answer.

# %%
wrong = np.flatnonzero(answers != data.validation.labels)[:12]
titles = [f"{data.validation.labels[place]} → {answers[place]}" for place in wrong]
DigitsDisplay(data.validation.images[wrong], titles).plot(columns=6)
assert len(wrong)

# %% [markdown]
# Most of them you can read at once. Many are slanted, or narrow, or of another build than the
# average. One picture for each digit cannot do justice to all the ways of writing it. That is what
# the next lessons are about.

# %% [markdown]
# ## Try two better readers
#
# If one average is too little, keep *all* images, and let the three that are most similar vote:
# *k-nearest-neighbours*. Or keep one picture for each digit, but do not take the average; let the
# machine find the weights of the pixels that tell the digits apart best: *logistic regression*.
# Lesson 03 builds that one by hand. To save time they learn from the first ten thousand images.

# %%
some = data.train[:10_000]
readers = {"most frequent": most_frequent, "class means": class_means}
readers["logistic regression"] = mnistedu.build_baseline("logistic_regression").fit(*some)
readers["nearest neighbours"] = mnistedu.build_baseline("knn").fit(*some)

# %%
results = {}
for name, reader in readers.items():
    results[name] = mnistedu.evaluate(reader, data.validation)
    low, high = results[name].interval
    print(f"{name:20} {results[name].accuracy:6.1%}   interval {low:.1%} to {high:.1%}")

# %%
scores = {name: result.accuracy for name, result in results.items()}
assert scores["nearest neighbours"] > {"mnist": 0.93, "digits": 0.93}[data.name]
assert scores["logistic regression"] > {"mnist": 0.88, "digits": 0.90}[data.name]
assert scores["nearest neighbours"] > scores["class means"] > scores["most frequent"]

# %% [markdown]
# Nearest neighbours read best. But they carry all the images with them and compare each new one
# with every one of them, so they are slow, and the slower the more they know. A network will be
# better *and* faster: it looks at the images once, while it learns, and then forgets them.

# %% [markdown]
# ## Test the choice once
#
# The choice is made, by the validation images. Now, and only now, come the test images.

# %%
final = mnistedu.evaluate(readers["nearest neighbours"], data.test)
print(final)
assert final.accuracy > {"mnist": 0.92, "digits": 0.92}[data.name]

# %% [markdown]
# This is the figure to report, with its interval and the number of images. And it is the figure
# that the networks of lessons 03 and 04 have to beat.

# %% [markdown]
# ## On your own
#
# Each exercise has a cell to fill in, where the `...` stands, and a cell that checks your answer.
# A wrong answer gets a hint; `hint=2` and `hint=3` give more specific ones. Functions are tried on
# values of the checker's own, so a single right number will not do.

# %%
from mnistedu.exercises import check

# %% [markdown]
# ### 01.1 Exchange light and dark (easy)
#
# Write `negative(image)`. It gets an image of bytes and gives another one, in which 0 has become
# 255, 255 has become 0, and everything between has changed in the same way.


# %% tags=["blank"]
def negative(image): ...


# %% tags=["solution"]
def negative(image):
    return 255 - image


# %%
check("01.1", negative)

# %% [markdown]
# ### 01.2 Weigh the ink (middling)
#
# Which digit takes the most ink to write? Write `ink_of_each(images, labels)`, which gives ten
# numbers: for each digit the mean of all pixels of all its images.


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
# gives two parts, each of images and labels: `(images, labels), (images, labels)`. Let it raise a
# `ValueError` if there are not so many images. And what if `count` is 0?


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
# One average for each digit is not enough. Write `read(known, images)`, a reader of your own
# without a network: `known.images` and `known.labels` are what it may learn from, `images` what it
# is to read, and it gives a digit for each of them. Try it on the validation images; the check uses
# images of its own, and wants you to beat the averages there.


# %% tags=["blank"]
def read(known, images): ...


# %% [markdown] tags=["solution"]
# Where people write a digit in several ways, give it several averages. `KMeans` sorts its images
# into groups of similar ones and finds the average of each; the nearest of all these averages gives
# the answer.


# %% tags=["solution"]
from sklearn.cluster import KMeans


def read(known, images, kinds=5):
    averages = []
    for digit in range(10):
        own = flatten(known.images[known.labels == digit])
        averages.append(KMeans(kinds, random_state=0).fit(own).cluster_centers_)
    averages = np.concatenate(averages)
    rows = flatten(images)
    distances = (averages**2).sum(axis=1) - 2 * rows @ averages.T  # less the rows' own squares
    return distances.argmin(axis=1) // kinds


mine = (read(some, data.validation.images) == data.validation.labels).mean()
print(f"five averages for each digit: {mine:.1%}     one: {accuracy:.1%}")

# %%
check("01.4", read)

# %% [markdown]
# ## In practice
#
# - **Look at your data first**, at many examples and at the numbers behind them. Most of what goes
#   wrong later could be seen here.
# - Some labels are wrong, in every collection. MNIST has a few that nobody agrees on.
# - Split by *who wrote it*, where you can. Digits by the same hand on both sides of a split make
#   every model look better than it is.
# - A simple baseline first. It takes minutes, it finds mistakes in the data and in the measuring,
#   and sometimes it is good enough.
#
# ## Further reading
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE 86 (1998). Section III says how MNIST was made, and
#   compares a dozen readers on it.
# - C. Northcutt, A. Athalye, J. Mueller, *Pervasive label errors in test sets destabilize machine
#   learning benchmarks*, NeurIPS Datasets and Benchmarks 2021. How many labels are wrong, MNIST's
#   too.
# - J. VanderPlas, *Python Data Science Handbook*, 2nd edition (2022), chapters 4 to 12,
#   [free to read](https://jakevdp.github.io/PythonDataScienceHandbook/). NumPy from the start.
# - T. Hastie, R. Tibshirani, J. Friedman, *The Elements of Statistical Learning*, 2nd edition
#   (2009), chapters 2 and 7. Nearest neighbours against linear models, and how to measure honestly.
