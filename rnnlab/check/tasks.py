"""Checks of chapter 5, sequence tasks."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from rnnlab.check.answers import WHAT, as_number, as_row, draws, first_wrong, settle, want_tensor, want_two
from rnnlab.check.verdict import NotYet, exercise, progress_of, refuse

progress = partial(progress_of, __name__)

PAD, START, END = 0, 1, 2
LENGTHS = [5, 3, 4, 2]


def _tokens() -> Tensor:
    """Four sentences of LENGTHS words, (4, 5)."""
    tokens = 3 + torch.arange(20).view(4, 5)
    return tokens.masked_fill(torch.arange(5) >= torch.tensor(LENGTHS)[:, None], PAD)


@exercise(
    "how many words of each row are not PAD? The last one stands one place before that number.",
    "n = (tokens != PAD).sum(1) counts them; each row wants a step of its own.",
    "return scores[torch.arange(len(tokens)), (tokens != PAD).sum(1) - 1].",
)
def last_word(answer: Any) -> str:
    """`answer(scores (N, T, classes), tokens (N, T))` -> the scores at each row's last word, (N, classes)."""
    tokens, (scores,), n, rows = _tokens(), draws((4, 5, 3)), torch.tensor(LENGTHS), torch.arange(4)
    mistakes = {
        "that is the last column: for short sentences it has read padding": scores[:, -1],
        "that is the first step: it has read one word": scores[:, 0],
        "that is one step too far: a sentence of n words ends at step n - 1, counted from 0": scores[rows, n % 5],
        "all rows are read at one step; each has a length of its own": scores[:, min(LENGTHS) - 1],
        "that is the mean over all steps, padding included": scores.mean(1),
    }
    otherwise = "the shape is right, but these are not the scores after each row's last word"
    given = settle(answer(scores, tokens), scores[rows, n - 1], otherwise, mistakes)
    pad = torch.nn.functional.pad
    for places, token, message in (
        ((0, 3), PAD, "with more padding behind, the answer changes"),
        ((1, 0), START, "with START in front, the answer changes: only PAD is no part of a row"),
    ):
        settle(answer(pad(scores, (0, 0, *places), value=9.0), pad(tokens, places, value=token)), given, message)
    return "the padding can grow, the answer stays."


@exercise(
    "which places hold a word at all? Where the tag is -100 there is none.",
    "pick the real places out of both with a mask before you compare.",
    "real = tags != -100; return (said[real] == tags[real]).float().mean().item().",
)
def tag_accuracy(answer: Any) -> str:
    """`answer(said (N, T), tags (N, T))` -> the share of words tagged correctly; tags are -100 where no word is."""
    tags = (torch.arange(20).view(4, 5) % 7).masked_fill(_tokens() == PAD, -100)
    real = tags != -100
    said = tags.clamp(min=0)
    said[0, 1], said[2, 3] = (said[0, 1] + 1) % 7, (said[2, 3] + 1) % 7
    right = said == tags
    given, wanted = as_number(answer(said, tags)), right[real].float().mean()
    by_sentence = torch.stack([row[:n].float().mean() for row, n in zip(right, LENGTHS, strict=True)])
    mistakes = {
        "padding is counted as words, and as wrong ones": right.float().mean(),
        "padding is counted as words, and as right ones": (right | ~real).float().mean(),
        "that counts the right ones; divide by how many words there are": right.sum(),
        "that is the share of errors": 1 - wanted,
        "that is the mean of the sentences' shares: a word in a short sentence weighs more": by_sentence.mean(),
    }
    settle(given, wanted, f"of 14 words 12 are right, a share of {wanted:.2f}; yours is {given:.2f}", mistakes)
    return "only words count."


@exercise(
    "flip(1) turns the whole row, and so puts the padding first. Only the first n places should turn.",
    "row by row: the first n[i] words flipped, then what was behind them.",
    "return torch.stack([torch.cat([row[:k].flip(0), row[k:]]) for row, k in zip(tokens, n)]).",
)
def turned(answer: Any) -> str:
    """`answer(tokens (N, T), n (N,))` -> each row's first n words back to front, padding still behind, (N, T)."""
    tokens, n = _tokens(), torch.tensor(LENGTHS)
    given = want_tensor(answer(tokens, n), (4, 5))
    wanted = torch.stack([torch.cat([row[:k].flip(0), row[k:]]) for row, k in zip(tokens, n, strict=True)])
    mistakes = {
        "nothing is turned": tokens,
        "the padding stands in front: a backward reader would begin with it": tokens.flip(1),
        "that turns the batch; turn the words, dim 1": tokens.flip(0),
    }
    i = first_wrong(given, wanted)
    story = f"row {i}, {tokens[i].tolist()} with n = {n[i]}, should become {wanted[i].tolist()}"
    settle(given, wanted, f"{story}; yours is [{', '.join(f'{token:g}' for token in given[i])}]", mistakes)
    return "now a backward reader begins with the last word."


def _words(value: Any, what: str = WHAT) -> list[int]:
    row = as_row(value, what)
    refuse((row % 1 != 0).any(), f"{what} holds {row.tolist()}; word numbers are whole")
    return row.long().tolist()


@exercise(
    "when the decoder has read START it should say the first word; when it has read the first, the second.",
    "the input is the target shifted by one: START in front. What should follow ends in END.",
    "return [START, *target], [*target, END].",
)
def teach(answer: Any) -> str:
    """`answer(target)`, word numbers -> what the decoder reads and what should follow, two lists of one length."""
    for target in ([7, 5, 9], [4]):
        given = want_two(answer(target), "what the decoder reads and what should follow")
        reads, follows = (_words(part, "each of the two") for part in given)
        story = f"for the target {target}: "
        refuse(reads == follows, f"{story}it reads the very word it should say, so it learns to copy its input")
        refuse(reads[-1:] == [END], f"{story}END is in the input; after END nothing follows")
        refuse(reads[:1] != [START], f"{story}before the first word it must have something to read: START")
        refuse(follows[:1] == [START], f"{story}START is never said; it is only read")
        refuse(follows[-1:] != [END], f"{story}nobody tells it when to stop: what should follow ends in END")
        wanted = [START, *target], [*target, END]
        aim = f"it should read {wanted[0]} and say {wanted[1]}; yours: {reads}, {follows}"
        refuse((reads, follows) != wanted, f"{story}{aim}")
    return "shifted by one: at every step the next word is asked for."


@exercise(
    "begin with START; what you choose is what the next step reads.",
    "a loop: scores, h = step(word, h); word = int(scores.argmax()); stop at END, or after `longest` words.",
    "word, words = START, []; while len(words) < longest: scores, h = step(word, h); word = int(scores.argmax()); "
    "if word == END: break; words.append(word). Return words.",
)
def written(answer: Any) -> str:
    """`answer(step, h, longest)` -> the words written, a list without START and END.

    `step(word, h)` gives scores (classes,) for the next word and the next h.
    """
    (W,), (E,) = draws((6, 6)), draws((9, 6))
    asked, best = [], []  # the words step was given, and the most probable ones that it answered

    def make_step(end: int) -> Callable[[Any, Tensor], tuple[Tensor, Tensor]]:
        def step(word: Any, h: Tensor) -> tuple[Tensor, Tensor]:
            asked.append(int(word))
            h = torch.tanh(W @ h + 1.5 * E[int(word)])
            scores = 0.15 * E @ h  # so level that a drawn word is seldom the most probable
            scores[:3] = -9.0
            if len(asked) == end + 1:  # once: who goes on after END hears more words
                scores[END] = 9.0
            best.append(int(scores.argmax()))
            return scores, h

        asked.clear()
        best.clear()
        return step

    for end, longest in ((4, 9), (20, 6)):
        step, h, word, wanted = make_step(end), torch.ones(6), START, []
        while len(wanted) < longest:
            _, h = step(word, h)
            word = best[-1]
            if word == END:
                break
            wanted.append(word)
        read = list(asked)
        given = _words(answer(make_step(end), torch.ones(6), longest))
        refuse(not asked, "step was never called")
        refuse(asked[0] != START, f"the first word read should be START, {START}; yours read {asked[0]}")
        if len(asked) > 1 and set(asked) == {START}:
            raise NotYet("every step reads START again; it should read the word chosen last")
        refuse(END in given[:-1], "it goes on writing after END")
        refuse(END in given, "END is in the answer; it says stop and is no word")
        refuse(len(given) > longest, f"{len(given)} words; longest is {longest}")
        refuse(given[:1] == [START], "START is in the answer; it is only read")
        if any(word != said for word, said in zip(asked[1:], best, strict=False)):
            drawn = "a word is read that had not the largest score of the step before"
            raise NotYet(f"{drawn}: take its argmax, draw nothing")
        refuse(len(asked) > len(read) and given != wanted, "it goes on writing after END")
        if asked[: len(read)] != read[: len(asked)] and given[:1] == wanted[:1]:
            raise NotYet("the words part after the first: is h carried from step to step?")
        refuse(given != wanted, f"{wanted} is wanted, you wrote {given}")
    return "it hears nothing but itself."
