"""Wrong answers to chapter 5, each with what its check must say of it."""

import torch

from rnnlab.check import tasks as check

START, END = 1, 2
RIGHT = dict(zip([START, *range(3, 12)], [*range(3, 12), END], strict=True))
FOUR = ("warm", "fresh", "cold", "stale")
SUBJECTS = ("film", "plot", "cast")


def singly(model, tokens, cut=0, softmax=False):
    """Each row's scores when it is read alone, `cut` words short."""
    scores = torch.cat([model(row[None, : (row != 0).sum() - cut]) for row in tokens])
    return scores.softmax(1) if softmax else scores


def apart(model, tokens):
    return model(tokens) - singly(model, tokens)


def longest_only(model, tokens):
    return (model(tokens) - torch.cat([model(row[None]) for row in tokens])).abs().max()


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
    (check.alone, longest_only, "cut to their own words"),
    (check.alone, lambda model, tokens: apart(model, tokens).abs().mean(), "the mean of all differences"),
    (check.alone, lambda model, tokens: apart(model, tokens).max(), "without its sign"),
    (check.alone, lambda model, tokens: apart(model, tokens).abs().sum(), "the sum of all differences"),
    (check.alone, lambda model, tokens: apart(model, tokens).square().max(), "the largest square"),
    (check.alone, lambda model, tokens: apart(model, tokens)[0].abs().max(), "some of the sentences only"),
    (check.alone, lambda model, tokens: apart(model, tokens)[:2].abs().max(), "some of the sentences only"),
    (check.alone, lambda model, tokens: apart(model, tokens)[-1].abs().max(), "the sentences were cut"),
    (check.alone, lambda model, tokens: apart(model, tokens)[:, 0].abs().max(), "one class only"),
    (check.alone, lambda model, tokens: apart(model, tokens).abs().min(), "the sentences were cut"),
    (check.alone, lambda model, tokens: apart(model, tokens).abs().amax(1).min(), "the sentences were cut"),
    (
        check.alone,
        lambda model, tokens: (model(tokens).softmax(1) - singly(model, tokens, softmax=True)).abs().max(),
        "compares probabilities",
    ),
    (
        check.alone,
        lambda model, tokens: (model(tokens) - singly(model, tokens, cut=1)).abs().max(),
        "differs by .*; your function says",
    ),
    (check.alone, lambda model, tokens: model(tokens[0]), "a batch, .N, T., even of one row"),
    (check.alone, lambda model, tokens: model(tokens[:, :0]), "nothing to read"),
    (check.alone, lambda model, tokens: apart(model, tokens).abs(), "it should be one number"),
    (check.alone, lambda model, tokens: None, "a return is missing"),
    (check.decisive, lambda: ["the film is not bad"], "training has such sentences already"),
    (check.decisive, lambda: ["the film is not so warm at all"], "no sentence of 5.2's grammar"),
    (check.decisive, lambda: [f"nobody says the film is {word}" for word in FOUR[:3]], "most are missed with"),
    (
        check.decisive,
        lambda: [f"nobody says the {subject} is not {word}" for subject in SUBJECTS for word in FOUR],
        "each of yours negates twice",
    ),
    (
        check.decisive,
        lambda: [f"the {subject} is not {adverb}warm" for subject in SUBJECTS for adverb in ("", "so ", "very ")],
        "most are missed with",
    ),
    (
        check.decisive,
        lambda: [f"the {subject} is not {word}" for subject in (*SUBJECTS, "music") for word in FOUR],
        "16 sentences; 12 are allowed",
    ),
    (check.decisive, lambda: [], "no sentences in your answer"),
    (check.decisive, lambda: None, "a return is missing"),
    (check.undecided, lambda: ("they see her", "they see her dog"), "one word ahead tells"),
    (check.undecided, lambda: ("they see her fast dog", "they see her old dog"), "the same tag in both"),
    (check.undecided, lambda: ("they see her fast", "they see her fast"), "twice the same sentence"),
    (check.undecided, lambda: ("they see her fast", "we see her fast dog"), "they must begin alike"),
    (check.undecided, lambda: ("they see her fast", "they see her fast fast"), "no sentence of 5.5's grammar"),
    (check.undecided, lambda: ("she can see her fast", "she can see her fast dog"), "has no word 'she'"),
    (check.undecided, lambda: ("they see her fast", "they see her fast hard dog"), "no sentence of 5.5's grammar"),
    (check.undecided, lambda: ("they fish fast", "fish fish fish"), "no sentence of 5.5's grammar"),
    (check.undecided, lambda: (["they", "fish"], ["they", "fish", "fast"]), "the same tag in both"),
    (check.undecided, lambda: None, "a return is missing"),
    (check.astray, lambda: RIGHT, "right at all ten places"),
    (check.astray, lambda: {**RIGHT, 11: 3}, "alone it writes .* right at 9 of ten"),
    (check.astray, lambda: {**RIGHT, 4: 6}, "right at 2 of ten places; one at most"),
    (check.astray, lambda: {**RIGHT, 1: 5, 3: 6}, "right at 8 of ten places; nine"),
    (check.astray, lambda: {word: max(word, 3) for word in RIGHT}, "right at 1 of ten places; nine"),
    (check.astray, lambda: {word: word for word in RIGHT}, "START, 1, is in your table"),
    (check.astray, lambda: {word: RIGHT[word] for word in range(3, 12)}, "nothing after START"),
    (check.astray, lambda: {**RIGHT, 1: 0}, "the words are 3 to 11"),
    (check.astray, lambda: {**RIGHT, 1: 4.5}, "word numbers are whole"),
    (check.astray, lambda: [4, 5, 6], "a dictionary"),
    (check.astray, lambda: None, "a return is missing"),
    (check.written, lambda step, h, longest: write(step, h, longest, first=3), "should be START"),
    (check.written, lambda step, h, longest: write(step, h, longest, feed=False), "reads START again"),
    (check.written, lambda step, h, longest: write(step, h, longest, stop=False), "goes on writing after END"),
    (check.written, lambda step, h, longest: write(step, h, longest, keep_end=True), "END is in the answer"),
    (check.written, lambda step, h, longest: write(step, h, longest, keep_start=True), "START is in the answer"),
    (check.written, lambda step, h, longest: write(step, h, longest, carry=False), "is h carried"),
    (check.written, lambda step, h, longest: write(step, h, longest + 2), "longest is 6"),
    (check.written, lambda step, h, longest: write(step, h, longest)[:-1], "one word too early"),
    (check.written, leave_out_end, "goes on writing after END"),
    (check.written, draw_words, "without drawing or leaving any out"),
    (check.written, lambda step, h, longest: [3.5], "word numbers are whole"),
    (check.written, lambda step, h, longest: [3, 4], "never called"),
    (check.written, lambda step, h, longest: None, "a return is missing"),
]
