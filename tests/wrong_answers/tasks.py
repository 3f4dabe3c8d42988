"""Wrong answers to chapter 5, each with what its check must say of it."""

import torch

from rnnlab.check import tasks as check

START, END = 1, 2


def n(tokens):
    return (tokens != 0).sum(1)


def rows(tokens):
    return torch.arange(len(tokens))


def write(step, h, longest, first=START, stop=True, carry=True, feed=True, keep_end=False, keep_start=False):
    word, words, began = first, [START] if keep_start else [], h
    while len(words) < longest:
        scores, after = step(word, h if carry else began)
        h = after
        said = int(scores.argmax())
        word = said if feed else START
        if said == END and stop:
            return [*words, END] if keep_end else words
        words.append(said)
    return words


def leave_out_end(step, h, longest):
    word, words = START, []
    for _ in range(longest):
        scores, h = step(word, h)
        word = int(scores.argmax())
        if word != END:
            words.append(word)
    return words


def draw_words(step, h, longest):
    word, words = START, []
    while len(words) < longest:
        scores, h = step(word, h)
        word = int(torch.multinomial(scores.softmax(-1), 1))
        if word == END:
            break
        words.append(word)
    return words


WRONG = [
    (check.last_word, lambda scores, tokens: scores[:, -1], "last column"),
    (check.last_word, lambda scores, tokens: scores[:, 0], "first step"),
    (check.last_word, lambda scores, tokens: scores[rows(tokens), n(tokens) % 5], "one step too far"),
    (check.last_word, lambda scores, tokens: scores.mean(1), "mean over all steps"),
    (check.last_word, lambda scores, tokens: scores[:, n(tokens).min() - 1], "each has a length of its own"),
    (check.last_word, lambda scores, tokens: scores[rows(tokens), (tokens > 2).sum(1) - 1], "with START in front"),
    (check.last_word, lambda scores, tokens: scores, r"wanted \(4, 3\)"),
    (check.last_word, lambda scores, tokens: None, "is None"),
    (check.last_word, lambda scores, tokens: -scores[rows(tokens), n(tokens) - 1], "not the scores after"),
    (check.tag_accuracy, lambda said, tags: (said == tags).float().mean(), "and as wrong ones"),
    (check.tag_accuracy, lambda said, tags: ((said == tags) | (tags == -100)).float().mean(), "and as right ones"),
    (check.tag_accuracy, lambda said, tags: (said == tags).sum(), "divide by how many words"),
    (check.tag_accuracy, lambda said, tags: (said != tags)[tags != -100].float().mean(), "share of errors"),
    (
        check.tag_accuracy,
        lambda said, tags: ((said == tags).sum(1) / (tags != -100).sum(1)).mean(),
        "mean of the sentences' shares",
    ),
    (check.tag_accuracy, lambda said, tags: said == tags, "one number is wanted"),
    (check.tag_accuracy, lambda said, tags: 0.31, "of 14 words 12 are right"),
    (check.tag_accuracy, lambda said, tags: None, "a return is missing"),
    (check.turned, lambda tokens, n: tokens, "nothing is turned"),
    (check.turned, lambda tokens, n: tokens.flip(1), "begin with it"),
    (check.turned, lambda tokens, n: tokens.flip(0), "turns the batch"),
    (check.turned, lambda tokens, n: tokens.roll(1, 1), "should become"),
    (check.turned, lambda tokens, n: tokens[:, :2], r"wanted \(4, 5\)"),
    (check.teach, lambda target: (target, target), "learns to copy"),
    (check.teach, lambda target: ([START, *target, END], [*target, END, END]), "after END nothing follows"),
    (check.teach, lambda target: ([0, *target], [*target, END]), "something to read: START"),
    (check.teach, lambda target: ([START, *target], [START, *target, END]), "START is never said"),
    (check.teach, lambda target: ([START, *target[:-1]], target), "when to stop"),
    (check.teach, lambda target: ([START, *target[::-1]], [*target, END]), "it should read"),
    (check.teach, lambda target: None, "a return is missing"),
    (check.written, lambda step, h, longest: write(step, h, longest, first=3), "should be START"),
    (check.written, lambda step, h, longest: write(step, h, longest, feed=False), "reads START again"),
    (check.written, lambda step, h, longest: write(step, h, longest, stop=False), "goes on writing after END"),
    (check.written, lambda step, h, longest: write(step, h, longest, keep_end=True), "END is in the answer"),
    (check.written, lambda step, h, longest: write(step, h, longest, keep_start=True), "START is in the answer"),
    (check.written, lambda step, h, longest: write(step, h, longest, carry=False), "is h carried"),
    (check.written, lambda step, h, longest: write(step, h, longest + 2), "longest is 6"),
    (check.written, lambda step, h, longest: write(step, h, longest)[:-1], "is wanted, you wrote"),
    (check.written, leave_out_end, "goes on writing after END"),
    (check.written, draw_words, "take its argmax, draw nothing"),
    (check.written, lambda step, h, longest: [3.5], "word numbers are whole"),
    (check.written, lambda step, h, longest: [3, 4], "never called"),
    (check.written, lambda step, h, longest: None, "a return is missing"),
]
