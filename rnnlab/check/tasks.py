"""Checks of chapter 5, sequence tasks."""

from functools import partial

import torch

from rnnlab.check.answers import as_number, as_row, close, settle, want_tensor, want_two
from rnnlab.check.verdict import NotYet, exercise, progress_of

progress = partial(progress_of, __name__)


PAD, START, END = 0, 1, 2
LENGTHS = [5, 3, 4, 2]


def _draw(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def _tokens() -> torch.Tensor:
    """Four sentences of LENGTHS words, (4, 5)."""
    tokens = 3 + torch.arange(20).view(4, 5)
    return tokens.masked_fill(torch.arange(5) >= torch.tensor(LENGTHS)[:, None], PAD)


@exercise(
    "how many words of each row are not PAD? The last one stands one place before that number.",
    "n = (tokens != PAD).sum(1) counts them; each row wants a step of its own.",
    "return scores[torch.arange(len(tokens)), (tokens != PAD).sum(1) - 1].",
)
def last_word(answer) -> str:
    """`answer(scores (N, T, classes), tokens (N, T))` -> the scores at each row's last word, (N, classes)."""
    tokens, scores, n = _tokens(), _draw(4, 5, 3), torch.tensor(LENGTHS)
    given = want_tensor(answer(scores.clone(), tokens.clone()), (4, 3), "what you return")
    rows = torch.arange(4)
    settle(
        given,
        scores[rows, n - 1],
        (
            (scores[:, -1], "that is the last column: for short sentences it has read padding"),
            (scores[:, 0], "that is the first step: it has read one word"),
            (scores[rows, n % 5], "that is one step too far: a sentence of n words ends at step n - 1, counted from 0"),
            (scores[:, int(n.min()) - 1], "all rows are read at one step; each has a length of its own"),
            (scores.mean(1), "that is the mean over all steps, padding included"),
        ),
        "the shape is right, but these are not the scores after each row's last word",
    )
    pad = torch.nn.functional.pad
    for places, token, message in (
        ((0, 3), PAD, "with more padding behind, the answer changes"),
        ((1, 0), START, "with START in front, the answer changes: only PAD is no part of a row"),
    ):
        longer = answer(pad(scores, (0, 0, *places), value=9.0), pad(tokens, places, value=token))
        settle(want_tensor(longer, (4, 3), "what you return"), given, (), message)
    return "the padding can grow, the answer stays."


@exercise(
    "which places hold a word at all? Where the tag is -100 there is none.",
    "pick the real places out of both with a mask before you compare.",
    "real = tags != -100; return (said[real] == tags[real]).float().mean().item().",
)
def tag_accuracy(answer) -> str:
    """`answer(said (N, T), tags (N, T))` -> the share of the words tagged rightly; tags are -100 where there is no word."""
    tags = (torch.arange(20).view(4, 5) % 7).masked_fill(_tokens() == PAD, -100)
    real = tags != -100
    said = tags.clamp(min=0)
    said[0, 1], said[2, 3] = (said[0, 1] + 1) % 7, (said[2, 3] + 1) % 7
    wanted = (said[real] == tags[real]).float().mean().item()
    given = as_number(answer(said.clone(), tags.clone()))
    by_row = [(said[i, :n] == tags[i, :n]).float().mean().item() for i, n in enumerate(LENGTHS)]
    settle(
        given,
        wanted,
        (
            ((said == tags).float().mean(), "padding is counted as words, and as wrong ones"),
            (((said == tags) | ~real).float().mean(), "padding is counted as words, and as right ones"),
            ((said == tags).sum(), "that counts the right ones; divide by how many words there are"),
            (1 - wanted, "that is the share of errors"),
            (sum(by_row) / 4, "that is the mean of the sentences' shares: a word in a short sentence weighs more"),
        ),
        f"of 14 words 12 are right, a share of {wanted:.2f}; yours is {given:.2f}",
    )
    return "only words count."


@exercise(
    "flip(1) turns the whole row, and so puts the padding first. Only the first n places should turn.",
    "row by row: the first n[i] words flipped, then what was behind them.",
    "return torch.stack([torch.cat([row[:k].flip(0), row[k:]]) for row, k in zip(tokens, n)]).",
)
def turned(answer) -> str:
    """`answer(tokens (N, T), n (N,))` -> each row's first n words back to front, padding still behind, (N, T)."""
    tokens, n = _tokens(), torch.tensor(LENGTHS)
    given = want_tensor(answer(tokens.clone(), n.clone()), (4, 5), "what you return")
    wanted = torch.stack([torch.cat([row[:k].flip(0), row[k:]]) for row, k in zip(tokens, n, strict=True)])
    for wrong, message in (
        (tokens, "nothing is turned"),
        (tokens.flip(1), "the padding stands in front: a backward reader would begin with it"),
        (tokens.flip(0), "that turns the batch; turn the words, dim 1"),
    ):
        if close(given, wrong):
            raise NotYet(message)
    for i, (row, right) in enumerate(zip(given, wanted, strict=True)):
        story = f"row {i}, {tokens[i].tolist()} with n = {n[i]}, should become {right.tolist()}"
        settle(row, right, (), f"{story}; yours is [{', '.join(f'{token:g}' for token in row)}]")
    return "now a backward reader begins with the last word."


def _words(value, what: str) -> list[int]:
    row = as_row(value, what)
    if (row % 1 != 0).any():
        raise NotYet(f"{what} holds {row.tolist()}; word numbers are whole")
    return row.long().tolist()


@exercise(
    "when the decoder has read START it should say the first word; when it has read the first, the second.",
    "the input is the target shifted by one: START in front. What should follow ends in END.",
    "return [START, *target], [*target, END].",
)
def teach(answer) -> str:
    """`answer(target)`, word numbers -> what the decoder reads and what should follow, two lists of one length."""
    for target in ([7, 5, 9], [4]):
        given = want_two(answer(list(target)), "what the decoder reads and what should follow")
        reads, follows = (_words(part, "each of the two") for part in given)
        story = f"for the target {target}: "
        if reads == follows:
            raise NotYet(story + "it reads the very word it should say, so it learns to copy its input")
        if reads[-1:] == [END]:
            raise NotYet(story + "END is in the input; after END nothing follows")
        if reads[:1] != [START]:
            raise NotYet(story + "before the first word it must have something to read: START")
        if follows[:1] == [START]:
            raise NotYet(story + "START is never said; it is only read")
        if follows[-1:] != [END]:
            raise NotYet(story + "nobody tells it when to stop: what should follow ends in END")
        if (reads, follows) != ([START, *target], [*target, END]):
            raise NotYet(
                story + f"it should read {[START, *target]} and say {[*target, END]}; yours: {reads}, {follows}"
            )
    return "shifted by one: at every step the next word is asked."


@exercise(
    "begin with START; what you choose is what the next step reads.",
    "a loop: scores, h = step(word, h); word = int(scores.argmax()); stop at END, or after `longest` words.",
    "word, words = START, []; while len(words) < longest: scores, h = step(word, h); word = int(scores.argmax()); "
    "if word == END: break; words.append(word). Return words.",
)
def written(answer) -> str:
    """`answer(step, h, longest)` -> the words written, a list without START and END.

    `step(word, h)` gives scores (classes,) for the next word and the next h.
    """
    W, E = _draw(6, 6), 1.5 * _draw(9, 6)
    ends = {"at": 4}
    asked, best = [], []

    def step(word, h):
        asked.append(int(word))
        h = torch.tanh(W @ h + E[int(word)])
        scores = 0.1 * E @ h  # so level that a drawn word is seldom the most probable
        scores[:3] = -9.0
        if len(asked) == ends["at"] + 1:  # once: who goes on after END hears more words
            scores[END] = 9.0
        best.append(int(scores.argmax()))
        return scores, h

    def right(longest):
        word, h, words = START, torch.ones(6), []
        while len(words) < longest:
            scores, h = step(word, h)
            word = int(scores.argmax())
            if word == END:
                break
            words.append(word)
        return words

    for end, longest in ((4, 9), (20, 6)):
        ends["at"] = end
        asked.clear()
        wanted = right(longest)
        read = list(asked)
        asked.clear()
        best.clear()
        given = _words(answer(step, torch.ones(6), longest), "what you return")
        if not asked:
            raise NotYet("step was never called")
        if asked[0] != START:
            raise NotYet(f"the first word read should be START, {START}; yours read {asked[0]}")
        if len(asked) > 1 and set(asked) == {START}:
            raise NotYet("every step reads START again; it should read the word chosen last")
        if END in given[:-1]:
            raise NotYet("it goes on writing after END")
        if END in given:
            raise NotYet("END is in the answer; it says stop and is no word")
        if len(given) > longest:
            raise NotYet(f"{len(given)} words; longest is {longest}")
        if given and given[0] == START:
            raise NotYet("START is in the answer; it is only read")
        if any(word != said for word, said in zip(asked[1:], best, strict=False)):
            raise NotYet(
                "a word is read that had not the largest score of the step before: take its argmax, draw nothing"
            )
        if len(asked) > len(read) and given != wanted:
            raise NotYet("it goes on writing after END")
        if asked[: len(read)] != read[: len(asked)] and given[:1] == wanted[:1]:
            raise NotYet("the words part after the first: is h carried from step to step?")
        if given != wanted:
            raise NotYet(f"{wanted} is wanted, you wrote {given}")
    return "it hears nothing but itself."
