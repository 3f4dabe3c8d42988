"""Checks of chapter 5, sequence tasks."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from rnnlab.check.answers import WHAT, as_number, as_row, close, draws, refuse_mistakes, refuse_none, want_two
from rnnlab.check.opinions import NEVER_NEGATED, learnt, opinions
from rnnlab.check.verdict import BadForm, NotYet, describe, exercise, progress_of, refuse

progress = partial(progress_of, __name__)

PAD, START, END = 0, 1, 2
LENGTHS = [2, 5, 3, 4]
MOST, ENOUGH, SEEDS = 12, 0.9, (0, 1, 2)  # of the examples in `decisive`


def _tokens(lengths: list[int]) -> Tensor:
    """Sentences of these lengths, padded to the longest."""
    rows, T = len(lengths), max(lengths)
    tokens = 3 + torch.arange(rows * T).view(rows, T) % 20
    return tokens.masked_fill(torch.arange(T) >= torch.tensor(lengths)[:, None], PAD)


def _model(last_column: bool, sign: int) -> Callable[[Any], Tensor]:
    """A model of two classes that reads its answer at the last word, or in the last column."""
    W_e, W_hh, W_hq = draws((23, 3), (3, 3), (3, 2))

    def model(tokens: Any) -> Tensor:
        tokens = torch.as_tensor(tokens).long()
        shape = tuple(tokens.shape)
        refuse(len(shape) != 2, f"model was given tokens of shape {shape}; it takes a batch, (N, T), even of one row")
        refuse(not all(shape), f"model was given tokens of shape {shape}: there is nothing to read")
        h, states = W_e.new_zeros(len(tokens), 3), []
        for t in range(tokens.shape[1]):
            h = torch.tanh(W_e[tokens[:, t]] + h @ W_hh)
            states.append(h)
        last = torch.full_like(tokens[:, 0], -1) if last_column else (tokens != PAD).sum(1) - 1
        return torch.stack(states, 1)[torch.arange(len(tokens)), last] @ W_hq * sign

    return model


def _noting(model: Callable[[Any], Tensor], widths: list[int]) -> Callable[[Any], Tensor]:
    """The model, which writes down how wide each batch was."""

    def noted(tokens: Any) -> Tensor:
        scores = model(tokens)
        widths.append(torch.as_tensor(tokens).shape[1])
        return scores

    return noted


@exercise(
    "to read a sentence alone, cut its row to its own words first: what is left has no PAD in it.",
    "row by row: n = (row != PAD).sum(), then model(row[None, :n]), a batch of one. Compare it with its row of "
    "model(tokens).",
    "alone = torch.cat([model(row[None, : (row != 0).sum()]) for row in tokens]); "
    "return (model(tokens) - alone).abs().max().item().",
)
def alone(answer: Any) -> str:
    """`answer(model, tokens (N, T))` -> the largest difference between a score in the batch and that of its row alone.

    `model(tokens)` gives scores (N, classes).
    """
    for lengths, last_column, sign in ((LENGTHS, True, 1), (LENGTHS, True, -1), ([1, 6], True, 1), (LENGTHS, False, 1)):
        tokens, model = _tokens(lengths), _model(last_column, sign)
        together = model(tokens)
        single = torch.cat([model(row[None, :n]) for row, n in zip(tokens, lengths, strict=True)])
        off, wanted = together - single, (together - single).abs().max()
        widths: list[int] = []
        given = as_number(answer(_noting(model, widths), tokens))
        cut = min(widths, default=0) < max(lengths)
        nothing = (
            "the sentences were cut; is it the largest difference, of all of them?"
            if cut
            else "were the sentences cut to their own words?"
        )
        reads = "in its last column" if last_column else "at each sentence's last word"
        mistakes = {
            f"0, though this model reads padding: {nothing}": torch.zeros(()),
            "that is the mean of all differences; the largest was asked for": off.abs().mean(),
            "a difference may be negative: without its sign, please": (off.max(), off.min(), (-off).max()),
            "that is the sum of all differences; the largest was asked for": off.abs().sum(),
            "that is the largest square; the difference itself was asked for": off.square().max(),
            "that looks at some of the sentences only": (off[0].abs().max(), off[:2].abs().max(), off[-1].abs().max()),
            "that looks at the scores of one class only": (off[:, 0].abs().max(), off[:, 1].abs().max()),
            "that compares probabilities; the scores themselves are to be compared": (
                (together.softmax(1) - single.softmax(1)).abs().max()
            ),
        }
        if not close(given, wanted):
            if last_column:
                refuse_mistakes(given, mistakes)
            raise NotYet(
                f"a model that reads its answer {reads} differs by {wanted:.3f}; your function says {given:.3f}"
            )
    return "with this you can test any model: a careful one gives 0, up to rounding."


def _sentence(part: Any) -> str:
    """A sentence as one string, whether it was typed as one or as a list of words."""
    words = part.lower().replace(".", " ").split() if isinstance(part, str) else part
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise BadForm(f"a sentence is wanted, as text in quotation marks; one of yours is {describe(part)}")
    return " ".join(words)


@exercise(
    "what has training never shown? Those four words behind a 'not' or a 'nobody'. Which sentences show it best?",
    "three sentences for each of the four words, with one negation each; vary the subject and the adverb.",
    "return [f'the {thing} {word}' for thing in ('film is not', 'plot is not very', 'cast is not so') "
    "for word in ('warm', 'fresh', 'cold', 'stale')].",
)
def decisive(answer: Any) -> str:
    """`answer()` -> up to 12 sentences, which negate warm, fresh, cold or stale, to be learnt besides the others."""
    value = answer()
    refuse_none(value)
    value = value.tolist() if hasattr(value, "tolist") else value
    value = sorted(value) if isinstance(value, set | frozenset) else value
    if not isinstance(value, list | tuple):
        raise BadForm(f"a list of sentences is wanted; you return {describe(value)}")
    examples = tuple(dict.fromkeys(map(_sentence, value)))
    unseen, seen = opinions()[True], opinions()[False]
    four = "warm, fresh, cold or stale"
    for sentence in examples:
        refuse(sentence in seen, f"'{sentence}' negates none of {four}: training has such sentences already")
        tries = "'the film is not warm', 'nobody says the plot is so cold'"
        refuse(sentence not in unseen, f"'{sentence}' is no sentence of 5.2's grammar, which has, say, {tries}")
    refuse(not examples, "there are no sentences in your answer")
    refuse(len(examples) > MOST, f"{len(examples)} sentences; {MOST} are allowed")
    rights = [learnt(examples, seed) for seed in SEEDS]
    shares = [sum(right.values()) / len(right) for right in rights]
    if min(shares) < ENOUGH:
        missed = Counter(sentence for right in rights for sentence, good in right.items() if not good)
        words = Counter({word: sum(missed[s] for s in missed if word in s.split()) for word in NEVER_NEGATED})
        (word, _), *_ = words.most_common()
        example = next(sentence for sentence, _ in missed.most_common() if word in sentence.split())
        twice = all("is not" in sentence and sentence.startswith(("i do not", "nobody")) for sentence in examples)
        why = "each of yours negates twice, which changes nothing" if twice else f"most are missed with '{word}'"
        found = ", ".join(f"{100 * share:.0f} %" for share in shares)
        raise NotYet(
            f"of the other unseen negations the networks get {found} right; each should reach 90 %; {why}, as in "
            f"'{example}'"
        )
    rest = len(unseen) - len(examples)
    least = "100 %" if min(shares) == 1 else f"{int(100 * min(shares))} % or more"
    return f"each network gets {least} of the {rest} other unseen negations right."


_DETERMINER = "a|the|my|every|her|that|this|his"
_ADJECTIVE = "old|small|quiet|green|fast|hard|late|early"
_BOTH = "fish|cook|guard|judge|run|walk|play|dance"
_NOUN = f"dog|song|garden|teacher|{_BOTH}"


def _noun_phrase(where: str) -> str:
    return f"(?P<DET{where}>{_DETERMINER}) (?:(?P<ADJ{where}>{_ADJECTIVE}) )?(?P<NOUN{where}>{_NOUN})"


_GRAMMAR = re.compile(
    f"(?:(?P<PRON1>they|we|you|i)|{_noun_phrase('1')} (?P<AUX>can|will|must)) (?P<VERB>see|like|know|hear|{_BOTH})"
    f"(?: (?:{_noun_phrase('2')}|(?P<PRON2>her|that|this|his)))?(?: (?P<ADV>fast|hard|late|early))?"
)


_KNOWN = set(re.findall("[a-z]+", re.sub(r"\?P<.*?>|\?:", "", _GRAMMAR.pattern)))


def _tags(sentence: str) -> list[str]:
    """The tag of every word; each sentence of 5.5's grammar has only one reading."""
    found = _GRAMMAR.fullmatch(sentence)
    for word in sentence.split():
        refuse(word not in _KNOWN, f"5.5's grammar has no word '{word}'")
    if not found:
        raise NotYet(
            f"'{sentence}' is no sentence of 5.5's grammar, which has, say, 'they see her', "
            "'this dog can fish late', 'we like that old song'"
        )
    return [name.rstrip("12") for name, word in found.groupdict().items() if word]


@exercise(
    "in 'they see her' and 'they see her dog' the tags of 'her' differ, but the next word tells which it is. What can "
    "follow 'her' in both?",
    "fast, hard, late and early may follow 'her': as an adverb, which ends the sentence, or as an adjective before a "
    "noun.",
    "return 'they see her fast', 'they see her fast dog'.",
)
def undecided(answer: Any) -> str:
    """`answer()` -> two sentences of 5.5 that begin alike, up to the word after one that has two tags."""
    first, second = map(_sentence, want_two(answer(), "two sentences"))
    one, other = first.split(), second.split()
    pairs = list(zip(_tags(first), _tags(second), strict=False))
    refuse(first == second, "that is twice the same sentence")
    alike = next((t for t, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    refuse(not alike, f"they begin with different words, {one[0]} and {other[0]}: they must begin alike")
    torn = next((t for t, (a, b) in enumerate(pairs[:alike]) if a != b), None)
    if torn is None:
        raise NotYet(f"both begin with '{' '.join(one[:alike])}', and each of these words has the same tag in both")
    a, b = pairs[torn]
    refuse(
        torn == alike - 1,
        f"'{one[torn]}' is {a} in one and {b} in the other, good; but what follows it differs, so one word ahead tells",
    )
    return f"who has read '{' '.join(one[:alike])}' still cannot know whether '{one[torn]}' is {a} or {b}."


def _words(value: Any, what: str = WHAT) -> list[int]:
    row = as_row(value, what)
    refuse((row % 1 != 0).any(), f"{what} holds {row.tolist()}; word numbers are whole")
    return row.long().tolist()


TARGET = [*range(3, 12), END]


def _table(value: Any) -> dict[int, int]:
    """The reader's table, word to word, with whole numbers in it."""
    refuse_none(value)
    if not isinstance(value, Mapping):
        raise BadForm(f"a table is wanted, a dictionary {{word: what follows it}}; you return {describe(value)}")
    says = dict(zip(_words(list(value), "the words read"), _words(list(value.values()), "what follows"), strict=True))
    for word in [START, *TARGET[:-1]]:
        name = "START, 1, which the decoder reads first" if word == START else f"the word {word}"
        refuse(word not in says, f"your table says nothing after {name}")
        refuse(says[word] == START, f"START, 1, is in your table as what follows {word}; it is only read, never said")
        refuse(says[word] not in TARGET, f"after {word} it says {says[word]}; the words are 3 to 11, and END is 2")
    return says


@exercise(
    "with one mistake, nine places are right. Where must it be, if alone nearly all are to go wrong?",
    "make it at START, and leave the other rows alone. Follow by hand what it writes then.",
    "says = {word: word + 1 for word in range(3, 11)}; return {1: 4, **says, 11: 2}.",
)
def astray(answer: Any) -> str:
    """`answer()` -> a table {word: what follows}, right at nine of ten places with a teacher, at one at most alone."""
    says = _table(answer())
    taught = [says[word] for word in [START, *TARGET[:-1]]]
    alone = [says[START]]
    while len(alone) < len(TARGET) and alone[-1] != END:
        alone.append(says[alone[-1]])
    with_teacher, by_itself = (
        sum(said == wanted for said, wanted in zip(words, TARGET, strict=False)) for words in (taught, alone)
    )
    refuse(taught == [START, *TARGET[:-1]], "it says the very word that it reads; it should say the next one")
    refuse(with_teacher == 10, "with a teacher it is right at all ten places, and so it is alone; nine are asked for")
    refuse(
        with_teacher != 9, f"with a teacher it says {taught}, right at {with_teacher} of ten places; nine are asked for"
    )
    refuse(by_itself > 1, f"alone it writes {alone}, right at {by_itself} of ten places; one at most is asked for")
    return f"nine of ten with a teacher; alone it writes {alone}, right at {by_itself} of ten places."


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
    asked, best = [], []  # the words that step was given, and the most probable word after each

    def make_step(end: int) -> Callable[[Any, Tensor], tuple[Tensor, Tensor]]:
        def step(word: Any, h: Tensor) -> tuple[Tensor, Tensor]:
            asked.append(int(word))
            h = torch.tanh(W @ h + 1.5 * E[int(word)])
            scores = 0.15 * E @ h  # so even that a sampled word is seldom the most probable
            scores[:3] = -9.0
            if len(asked) == end + 1:  # only once: whoever goes on after END gets more words
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
            drawn = "a word is read that did not have the largest score of the step before"
            raise NotYet(f"{drawn}: take the argmax of all scores, without drawing or leaving any out")
        refuse(len(asked) > len(read) and given != wanted, "it goes on writing after END")
        if asked[: len(read)] != read[: len(asked)] and given[:1] == wanted[:1]:
            raise NotYet("only the first word is as it should be: is h carried from step to step?")
        refuse(given == wanted[:-1], f"{given} lacks the last word, {wanted[-1]}: it stops one word too early")
        refuse(given != wanted, f"{wanted} is wanted, you wrote {given}")
    return "after START it reads nothing but its own words."
