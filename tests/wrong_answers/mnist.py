"""Wrong answers to chapter 4, each with what its check must say of it."""

import torch

from rnnlab.check import mnist as check

ROWS = list(range(28))


def cut(images):
    return images.reshape(-1, 7, 4, 7, 4)  # image, patch row, row, patch column, column


def steps(patches):
    return patches.reshape(-1, 49, 16)


def above(threshold):
    """From which step on the final class has more than `threshold`: not the question."""

    def from_then_on(beliefs):
        below = (beliefs[:, beliefs[-1].argmax()] < threshold).nonzero().flatten().tolist()
        return max(below, default=-1) + 2

    return from_then_on


WRONG = [
    (check.columns, lambda images: images, "the channel is still there"),
    (check.columns, lambda images: images.reshape(-1, 28, 28), "row by row"),
    (check.columns, lambda images: images.squeeze(1).flip(1), "run backwards"),
    (check.columns, lambda images: images.squeeze(1).transpose(1, 2).flip(1), "from right to left"),
    (check.columns, lambda images: images.permute(3, 0, 2, 1).reshape(-1, 28, 28), "are mixed"),
    (check.columns, lambda images: images.squeeze(1).flip(2), "not column t"),
    (check.columns, lambda images: torch.zeros(len(images), 28, 28), "not the images' pixels"),
    (check.columns, lambda images: 2 * images.squeeze(1).transpose(1, 2), "their values have changed"),
    (check.columns, lambda images: images[:, 0, 0], r"should have shape \(3, 28, 28\)"),
    (check.columns, lambda images: None, "is None"),
    (check.patches, lambda images: images.reshape(-1, 49, 16), "lie side by side"),
    (check.patches, lambda images: images, r"should have shape \(3, 49, 16\)"),
    (check.patches, lambda images: steps(cut(images).permute(0, 3, 1, 2, 4)), "down the image first"),
    (check.patches, lambda images: steps(cut(images).permute(0, 1, 3, 4, 2)), "run down its columns"),
    (check.patches, lambda images: steps(cut(images).permute(0, 3, 1, 4, 2)), "rows come first"),
    (
        check.patches,
        lambda images: steps(images.reshape(-1, 4, 7, 4, 7).permute(0, 2, 4, 1, 3)),
        "every seventh pixel",
    ),
    (check.patches, lambda images: cut(images).transpose(2, 3), "now make one axis of the 49"),
    (check.patches, lambda images: cut(images), "bring the two patch axes together"),
    (check.patches, lambda images: images.unfold(1, 4, 4).unfold(2, 4, 4), "the patches are cut"),
    (check.patches, lambda images: torch.nn.functional.unfold(images[:, None], 4, stride=4), "16 steps of 49"),
    (check.patches, lambda images: steps(torch.nn.functional.unfold(images[:, None], 4, stride=4)), "unfold gives"),
    (check.patches, lambda images: steps(images + 1), "their values have changed"),
    (check.patches, lambda images: steps(images.mT), "does not hold its 4 x 4 patch"),
    (check.patches, lambda images: steps(cut(images).transpose(2, 3)).flip(1), "does not hold its 4 x 4 patch"),
    (check.patches, lambda images: steps(cut(images).permute(1, 3, 0, 2, 4)), "are mixed"),
    (check.patches, lambda images: None, "is None"),
    (check.decided, lambda beliefs: beliefs.argmax(-1).tolist().index(int(beliefs[-1].argmax())) + 1, "the first with"),
    (check.decided, lambda beliefs: len(beliefs) + 1, "holds from step 8 on; you gave 11"),
    (check.decided, lambda beliefs: 5.7, "you gave 5.7"),
    (check.decided, lambda beliefs: 7, "steps count from 1"),
    (check.decided, lambda beliefs: 3, "lasts 3 steps"),
    (
        check.decided,
        lambda beliefs: 1 + int((beliefs.argmax(-1).diff() != 0).sum()),
        "holds from step 8 on; you gave 6",
    ),
    (check.decided, above(0.5), "each with a probability of 25%"),
    (check.decided, above(0.3), "each with a probability of 25%"),
    (check.decided, above(0.2), "each with a probability of 50%"),
    (check.decided, lambda beliefs: None, "a return is missing"),
    (check.unshuffled, lambda x, order: x, "nothing has moved"),
    (check.unshuffled, lambda x, order: x.flatten(1)[:, order].view(3, 28, 28), "shuffles once more"),
    (check.unshuffled, lambda x, order: x.flatten()[torch.randperm(3 * 784)].view(3, 28, 28), "within each image"),
    (check.unshuffled, lambda x, order: x.flatten(1)[:, order.flip(0)].view(3, 28, 28), "not where they were"),
    (check.unshuffled, lambda x, order: x.flatten(1)[:, order.argsort()], "make 28 rows"),
    (check.unshuffled, lambda x, order: x.flatten(1).sort(1).values.view(3, 28, 28), "not where they were"),
    (check.unshuffled, lambda x, order: None, "is None"),
    (check.row_order, lambda: ROWS, "that is from the top"),
    (check.row_order, lambda: range(1, 29), "count from 0"),
    (check.row_order, lambda: ROWS[:27], "exactly once"),
    (check.row_order, lambda: torch.randint(28, (28,)), "exactly once"),
    (check.row_order, lambda: [row for i in range(14) for row in (14 + i, 13 - i)], "both fall short"),
    (check.row_order, lambda: ROWS[:4] + ROWS[24:] + ROWS[4:24], "PyTorch's start falls short"),
    (
        check.row_order,
        lambda: torch.randperm(28, generator=torch.Generator().manual_seed(0)),
        "identity falls short",
    ),
    (check.row_order, lambda: [row ^ 1 for row in range(28)], "falls? short"),
    (check.row_order, lambda: [1, 0, *range(2, 28)], "PyTorch's start falls short"),
    (check.row_order, lambda: [*range(8, 28), *range(8)], "both fall short. Each should reach 65.0 %"),
    (check.row_order, lambda: ROWS[::2] + ROWS[1::2], "identity falls short"),
    (check.row_order, lambda: 14, "it should be a list of numbers"),
    (check.row_order, lambda: None, "is None"),
]
