"""Checks of chapter 4, MNIST as a sequence."""

from functools import partial

import torch

from rnnlab.check.verdict import NotYet, exercise, progress_of, want_tensor

progress = partial(progress_of, __name__)


def _draw(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@exercise(
    "a DataLoader's images are (batch, 1, 28, 28): channel, row, column. Which of these should be time?",
    "squeeze(1) drops the channel; transpose(1, 2) makes columns what rows were.",
    "return images.squeeze(1).transpose(1, 2).",
)
def columns(answer) -> str:
    """`answer(images (N, 1, 28, 28))` -> (N, 28, 28), step t holding the pixels of column t."""
    images = _draw(3, 1, 28, 28)
    given = answer(images.clone())
    if given is not None and given.shape == images.shape:
        raise NotYet("the channel is still there: a sequence is (batch, T, input_size)")
    want_tensor(given, (3, 28, 28), "the sequence")
    rows = images[:, 0]
    for wrong, message in (
        (rows, "that is the image row by row; step t should be column t"),
        (rows.flip(1), "the rows run backwards; step t should be column t"),
        (rows.transpose(1, 2).flip(1), "the columns run from right to left"),
    ):
        if torch.equal(given, wrong):
            raise NotYet(message)
    if torch.equal(given, images.reshape(28, 3, 28).transpose(0, 1)) or not _same_pixels(given, rows):
        raise NotYet("pixels of different images are mixed: reshape keeps the order in memory, it does not turn axes")
    if not torch.equal(given, rows.transpose(1, 2)):
        raise NotYet("every image has its own pixels, but step t is not column t")
    return "reshape counts on, transpose turns."


def _same_pixels(given: torch.Tensor, wanted: torch.Tensor) -> bool:
    """Whether each image holds the pixels it should, in whatever order."""
    return torch.equal(given.flatten(1).sort(1).values, wanted.flatten(1).sort(1).values)


@exercise(
    "the class said is the place of the largest score of a sample, along dim 1.",
    "compare with the labels: True where right. What is the mean of that?",
    "return (scores.argmax(1) == labels).float().mean().item().",
)
def accuracy(answer) -> str:
    """`answer(scores (N, 10), labels (N,))` -> the share named rightly, 0 to 1."""
    scores, labels = _draw(50, 10), torch.arange(50) % 10
    scores[torch.arange(30), labels[:30]] += 9  # right for the first 30 at least
    said = scores.argmax(1)
    wanted = (said == labels).float().mean().item()
    given = answer(scores.clone(), labels.clone())
    if given is None:
        raise NotYet("your function returns None: a return is missing")
    if getattr(given, "numel", lambda: 1)() != 1:
        raise NotYet(f"one number is wanted for all samples; yours has shape {tuple(given.shape)}")
    given = float(given)
    for wrong, message in (
        (50 * wanted, "that counts the right ones; divide by how many there are"),
        (100 * wanted, "that is percent; a share lies between 0 and 1"),
        (1 - wanted, "that is the share of errors"),
        (
            scores.softmax(1)[torch.arange(50), labels].mean().item(),
            "that is the mean probability of the true class, not how often it wins",
        ),
        (scores.max(1).values.mean().item(), "max gives the largest score; argmax gives its place"),
    ):
        if abs(given - wrong) < 1e-5:
            raise NotYet(message)
    if abs(given - wanted) > 1e-6:
        raise NotYet(f"of 50 samples {round(50 * wanted)} are right, a share of {wanted:.2f}; yours is {given:.2f}")
    return "right answers over all answers."


@exercise(
    "the read-out takes one state; out holds 28. A Linear works on the last axis of whatever it gets.",
    "scores = out @ W_hq.T + b_q has a row of ten for every step of every sample.",
    "return (out @ W_hq.T + b_q).softmax(-1).",
)
def beliefs(answer) -> str:
    """`answer(out (N, T, n), W_hq (10, n), b_q (10,))` -> class probabilities after every step, (N, T, 10)."""
    out, W_hq, b_q = _draw(4, 7, 5), 2 * _draw(10, 5), _draw(10)
    scores = out @ W_hq.T + b_q
    given = answer(out.clone(), W_hq.clone(), b_q.clone())
    if given is not None and given.shape == (4, 10):
        raise NotYet("that is one step's belief; all steps are wanted, (N, T, 10)")
    want_tensor(given, (4, 7, 10), "the beliefs")
    for wrong, message in (
        (scores, "those are scores; softmax over the classes makes probabilities of them"),
        (scores.softmax(0), "softmax runs over the samples: each sample has a belief of its own, over the classes"),
        (scores.softmax(1), "softmax runs over the steps: at every step the ten classes should add up to 1"),
        ((out @ W_hq.T).softmax(-1), "b_q is missing"),
        (scores.sigmoid(), "sigmoid judges each class by itself; softmax shares 1 among them"),
        (scores.log_softmax(-1), "those are logarithms of probabilities"),
    ):
        if torch.allclose(given, wrong, atol=1e-5):
            raise NotYet(message)
    if not torch.allclose(given, scores.softmax(-1), atol=1e-5):
        raise NotYet("the shape is right, the numbers are not softmax(W_hq h_t + b_q) at every step")
    return "ten curves for every digit."


@exercise(
    "go through the answers from the last one back: how long do they stay the same?",
    "the last step whose answer differs from the final one is the last change of mind; the step after it is wanted.",
    "said = beliefs.argmax(-1); for t in range(28, 1, -1): if said[t - 2] != said[-1]: return t. Else return 1.",
)
def decided(answer) -> str:
    """`answer(beliefs (T, 10))` -> the step, 1 to T, from which on the most probable class is the final one."""
    for said, wanted in (
        ([3, 5, 5, 8, 5, 5], 5),
        ([7, 7, 7, 7], 1),
        ([1, 2, 2, 9], 4),
        ([4, 6, 6, 6, 6], 2),
    ):
        given = answer(torch.nn.functional.one_hot(torch.tensor(said), 10).float() * 0.7 + 0.03)
        if given is None:
            raise NotYet("your function returns None: a return is missing")
        given = int(given)
        if given == wanted:
            continue
        first = said.index(said[-1]) + 1
        story = f"for the answers {said}, "
        if given == first:
            raise NotYet(story + f"step {first} is the first with the final answer, but it changes its mind again")
        if given == wanted - 1:
            raise NotYet(
                story
                + f"{wanted} is wanted, you gave {given}: steps count from 1, and the last other answer does not count"
            )
        raise NotYet(story + f"the final answer stands from step {wanted} on; you gave {given}")
    return "now you can say when it made up its mind."


@exercise(
    "one order for all images, drawn once, outside the function; here it only has to be applied.",
    "flatten each image to 784 pixels, pick them in the new order, and cut them into 28 steps of 28 again.",
    "return x.flatten(1)[:, order].view(-1, 28, 28).",
)
def shuffled(answer) -> str:
    """`answer(x (N, 28, 28), order (784,))` -> (N, 28, 28): every image's pixels in the order given."""
    x, order = _draw(3, 28, 28), torch.randperm(784, generator=torch.Generator().manual_seed(1))
    given = answer(x.clone(), order.clone())
    want_tensor(given, (3, 28, 28), "the shuffled images")
    wanted = x.flatten(1)[:, order].view(-1, 28, 28)
    if torch.equal(given, x):
        raise NotYet("nothing has moved")
    if not _same_pixels(given, x):
        raise NotYet("an image has lost pixels, or has another's: shuffle within each image")
    if torch.equal(given, torch.empty_like(x).flatten(1).index_copy(1, order, x.flatten(1)).view(-1, 28, 28)):
        raise NotYet("that is the order the other way round: place i should hold pixel order[i]")
    if not torch.equal(answer(x.clone(), order.clone()), given):
        raise NotYet("each call shuffles anew: training and test images must share one order")
    if not torch.equal(given, wanted):
        raise NotYet("the pixels are all there, but place i does not hold pixel order[i]")
    return "the same ink, and no picture left."
