"""Checks of chapter 4, MNIST as a sequence."""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from rnnlab.check.answers import as_number, close, draws, settle, want_tensor
from rnnlab.check.verdict import NotYet, exercise, progress_of, refuse

progress = partial(progress_of, __name__)


@exercise(
    "a DataLoader's images are (batch, 1, 28, 28): channel, row, column. Which of these should be time?",
    "squeeze(1) drops the channel; transpose(1, 2) makes columns what rows were.",
    "return images.squeeze(1).transpose(1, 2).",
)
def columns(answer: Any) -> str:
    """`answer(images (N, 1, 28, 28))` -> (N, 28, 28), step t holding the pixels of column t."""
    (images,) = draws((3, 1, 28, 28))
    channel = {(3, 1, 28, 28): "the channel is still there: a sequence is (batch, T, input_size)"}
    given = want_tensor(answer(images), (3, 28, 28), "the sequence", channel)
    rows = images[:, 0]
    mixed = "pixels of different images are mixed: reshape keeps the order in memory, it does not turn axes"
    mistakes = {
        "that is the image row by row; step t should be column t": rows,
        "the rows run backwards; step t should be column t": rows.flip(1),
        "the columns run from right to left": rows.transpose(1, 2).flip(1),
    }
    astray = "every image has its own pixels, but step t is not column t"
    settle(given, rows.transpose(1, 2), astray if _same_pixels(given, rows) else mixed, mistakes)
    return "reshape counts on, transpose turns."


def _same_pixels(given: Tensor, wanted: Tensor) -> bool:
    """Whether each image holds the pixels it should, in whatever order."""
    return close(given.flatten(1).sort(1).values, wanted.flatten(1).sort(1).values)


@exercise(
    "the class said is the place of the largest score of a sample, along dim 1.",
    "compare with the labels: True where right. What is the mean of that?",
    "return (scores.argmax(1) == labels).float().mean().item().",
)
def accuracy(answer: Any) -> str:
    """`answer(scores (N, 10), labels (N,))` -> the share classified correctly, 0 to 1."""
    (scores,), labels = draws((50, 10)), torch.arange(50) ** 2 % 10  # some classes more often than others
    each = torch.arange(50)
    scores[each[:30], labels[:30]] += 9  # right for the first 30 at least
    scores[each[40:], labels[40:]] = scores[40:].topk(2).values.mean(1)  # the second best for most of the last 10
    right = (scores.argmax(1) == labels).float()
    of_two_best = (scores.topk(2).indices == labels[:, None]).any(1).float()
    of_each_class = torch.stack([right[labels == label].mean() for label in labels.unique()])
    given, wanted = as_number(answer(scores, labels)), right.mean()
    belief = scores.softmax(1)[each, labels].mean()
    mistakes = {
        "that counts the right ones; divide by how many there are": right.sum(),
        "that is percent; a share lies between 0 and 1": 100 * wanted,
        "that is the share of errors": 1 - wanted,
        "that is the mean probability of the true class, not how often it wins": belief,
        "max gives the largest score; argmax gives its place": scores.max(1).values.mean(),
        "the second largest score counts as right, too; a network says one class": of_two_best.mean(),
        "that is the mean of the classes' shares: a sample of a rare class weighs more": of_each_class.mean(),
    }
    otherwise = f"of 50 samples {right.sum():g} are right, a share of {wanted:.2f}; yours is {given:.2f}"
    settle(given, wanted, otherwise, mistakes)
    return "right answers over all answers."


@exercise(
    "the read-out takes one state; out holds 28. A Linear works on the last axis of whatever it gets.",
    "scores = out @ W_hq.T + b_q has a row of ten for every step of every sample.",
    "return (out @ W_hq.T + b_q).softmax(-1).",
)
def beliefs(answer: Any) -> str:
    """`answer(out (N, T, n), W_hq (10, n), b_q (10,))` -> class probabilities after every step, (N, T, 10)."""
    out, W_hq, b_q = draws((4, 7, 5), (10, 5), (10,))
    scores = out @ (2 * W_hq).T + b_q
    one = {(4, 10): "that is one step's belief; all steps are wanted, (N, T, 10)"}
    mistakes = {
        "those are scores; softmax over the classes makes probabilities of them": scores,
        "softmax runs over the samples: each sample has a belief of its own, over the classes": scores.softmax(0),
        "softmax runs over the steps: at every step the ten classes should add up to 1": scores.softmax(1),
        "b_q is missing": (scores - b_q).softmax(-1),
        "sigmoid judges each class by itself; softmax shares 1 among them": scores.sigmoid(),
        "those are logarithms of probabilities": scores.log_softmax(-1),
    }
    otherwise = "the shape is right, the numbers are not softmax(W_hq h_t + b_q) at every step"
    settle(answer(out, 2 * W_hq, b_q), scores.softmax(-1), otherwise, mistakes, "the tensor of beliefs", one)
    return "ten curves for every digit."


@exercise(
    "go through the answers from the last one back: how long do they stay the same?",
    "the last step whose answer differs from the final one is the last change of mind; the step after it is wanted.",
    "said = beliefs.argmax(-1); for t in range(len(said), 1, -1): if said[t - 2] != said[-1]: return t. Else return 1.",
)
def decided(answer: Any) -> str:
    """`answer(beliefs (T, 10))` -> the step, 1 to T, from which on the most probable class is the final one."""
    for said, wanted in (([3, 5, 5, 8, 5, 5], 5), ([7, 7, 7, 7], 1), ([1, 2, 2, 9], 4), ([4, 6, 6, 6, 6], 2)):
        given = as_number(answer(torch.nn.functional.one_hot(torch.tensor(said), 10).float() * 0.7 + 0.03))
        first, story = said.index(said[-1]) + 1, f"for the answers {said}, "
        from_0 = f"{wanted} is wanted, you gave {given:g}: steps count from 1, and the last other answer does not count"
        mistakes = {
            f"{story}step {first} is the first with the final answer, but it changes its mind again": first,
            f"{story}{from_0}": wanted - 1,
        }
        otherwise = f"{story}the final answer stands from step {wanted} on; you gave {given:g}"
        settle(given, wanted, otherwise, mistakes)
    return "now you can say when it made up its mind."


@exercise(
    "one order for all images, drawn once, outside the function; here it only has to be applied.",
    "flatten each image to 784 pixels, pick them in the new order, and cut them into 28 steps of 28 again.",
    "return x.flatten(1)[:, order].view(-1, 28, 28).",
)
def shuffled(answer: Any) -> str:
    """`answer(x (N, 28, 28), order (784,))` -> (N, 28, 28): every image's pixels in the order given."""
    (x,), order = draws((3, 28, 28)), torch.randperm(784, generator=torch.Generator().manual_seed(1))
    given, again = (want_tensor(answer(x, order), (3, 28, 28), "the batch of shuffled images") for _ in range(2))
    refuse(close(given, x), "nothing has moved")
    if not _same_pixels(given, x):
        raise NotYet("an image has lost pixels, or has another's: shuffle within each image")
    if not close(again, given):
        raise NotYet("each call shuffles anew: training and test images must share one order")
    pixels = x.flatten(1)
    other_way = "that is the order the other way round: place i should hold pixel order[i]"
    mistakes = {other_way: pixels[:, order.argsort()].view(-1, 28, 28)}
    otherwise = "the pixels are all there, but place i does not hold pixel order[i]"
    settle(given, pixels[:, order].view(-1, 28, 28), otherwise, mistakes)
    return "the same ink, and no picture left."
