"""Wrong answers to chapter 4, each with what its check must say of it."""

import torch

from rnnlab.check import mnist as check


def right_scores(out, W_hq, b_q):
    return out @ W_hq.T + b_q


def mean_of_classes(scores, labels):
    right = (scores.argmax(1) == labels).float()
    return torch.stack([right[labels == label].mean() for label in labels.unique()]).mean()


WRONG = [
    (check.columns, lambda images: images, "the channel is still there"),
    (check.columns, lambda images: images.reshape(-1, 28, 28), "row by row"),
    (check.columns, lambda images: images.squeeze(1).flip(1), "run backwards"),
    (check.columns, lambda images: images.squeeze(1).transpose(1, 2).flip(1), "from right to left"),
    (check.columns, lambda images: images.permute(3, 0, 2, 1).reshape(-1, 28, 28), "are mixed"),
    (check.columns, lambda images: images.squeeze(1).flip(2), "not column t"),
    (check.columns, lambda images: images[:, 0, 0], r"wanted \(3, 28, 28\)"),
    (check.columns, lambda images: None, "is None"),
    (check.accuracy, lambda scores, labels: (scores.argmax(1) == labels).sum(), "counts the right ones"),
    (check.accuracy, lambda scores, labels: 100 * (scores.argmax(1) == labels).float().mean(), "percent"),
    (check.accuracy, lambda scores, labels: (scores.argmax(1) != labels).float().mean(), "share of errors"),
    (
        check.accuracy,
        lambda scores, labels: scores.softmax(1)[torch.arange(50), labels].mean(),
        "mean probability of the true class",
    ),
    (check.accuracy, lambda scores, labels: scores.max(1).values.mean(), "argmax gives its place"),
    (check.accuracy, lambda scores, labels: scores.argmax(1) == labels, "one number is wanted"),
    (check.accuracy, lambda scores, labels: (scores.argmax(0) == labels[:10]).float().mean(), "are right, a share of"),
    (
        check.accuracy,
        lambda scores, labels: (scores.topk(2, 1).indices == labels[:, None]).any(1).float().mean(),
        "the second largest score counts",
    ),
    (check.accuracy, mean_of_classes, "the classes' shares"),
    (check.accuracy, lambda scores, labels: None, "a return is missing"),
    (check.beliefs, lambda out, W, b: right_scores(out[:, -1], W, b).softmax(-1), "one step's belief"),
    (check.beliefs, lambda out, W, b: right_scores(out, W, b), "those are scores"),
    (check.beliefs, lambda out, W, b: right_scores(out, W, b).softmax(0), "over the samples"),
    (check.beliefs, lambda out, W, b: right_scores(out, W, b).softmax(1), "over the steps"),
    (check.beliefs, lambda out, W, b: (out @ W.T).softmax(-1), "b_q is missing"),
    (check.beliefs, lambda out, W, b: right_scores(out, W, b).sigmoid(), "judges each class by itself"),
    (check.beliefs, lambda out, W, b: right_scores(out, W, b).log_softmax(-1), "logarithms"),
    (check.beliefs, lambda out, W, b: right_scores(-out, W, b).softmax(-1), "the numbers are not"),
    (check.beliefs, lambda out, W, b: None, "is None"),
    (check.decided, lambda beliefs: beliefs.argmax(-1).tolist().index(int(beliefs[-1].argmax())) + 1, "the first with"),
    (check.decided, lambda beliefs: len(beliefs), "stands from step 5 on; you gave 6"),
    (check.decided, lambda beliefs: 5.7, "you gave 5.7"),
    (check.decided, lambda beliefs: 4, "steps count from 1"),
    (check.decided, lambda beliefs: None, "a return is missing"),
    (check.shuffled, lambda x, order: x, "nothing has moved"),
    (check.shuffled, lambda x, order: x.flatten()[torch.randperm(3 * 784)].view(3, 28, 28), "within each image"),
    (check.shuffled, lambda x, order: x.flatten(1)[:, torch.randperm(784)].view(3, 28, 28), "shuffles anew"),
    (check.shuffled, lambda x, order: x.flatten(1)[:, order.argsort()].view(3, 28, 28), "the other way round"),
    (check.shuffled, lambda x, order: x[:, order[order < 28]], "does not hold pixel"),
    (check.shuffled, lambda x, order: x.flatten(1)[:, order], r"wanted \(3, 28, 28\)"),
]
