"""Words as numbers, and sentences of different lengths as one padded tensor."""

import unicodedata
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from rnnlab.messages import few, quote, whole

PAD, START, END = 0, 1, 2  # no word; what a written sentence begins with; what ends it
MARKS = ("<pad>", "<start>", "<end>")


class Vocabulary:
    """Numbers for the words of some sentences: 0 to 2 are MARKS, the words follow in alphabetical order.

    A mark is not a word: "<pad>", if somebody types it, is a word like any other. A letter is the same letter whether
    it is stored as one character or as two (Unicode's NFC).
    """

    def __init__(self, sentences: Iterable[Sequence[str]]):
        self.words = (*MARKS, *sorted({_composed(word) for sentence in sentences for word in sentence}))
        self._numbers = {word: number for number, word in enumerate(self.words) if number >= len(MARKS)}

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, sentences: Sequence[Sequence[str]]) -> Tensor:
        """The sentences as numbers, (N, T), T the length of the longest; the others are padded with PAD at the end.

        Raises ValueError if there are no sentences, or for a sentence without words or a word not in the vocabulary.
        """
        sentences = list(sentences)
        if not sentences:
            raise ValueError("there are no sentences to encode; allowed: 1 or more")
        rows = []
        for sentence in map(list, sentences):
            if not sentence:
                raise ValueError("a sentence has no words; allowed: 1 or more")
            for word in sentence:
                if _composed(word) not in self._numbers:
                    known = few(self.words[len(MARKS) :], like=word)
                    raise ValueError(f"{quote(word)} is not in the vocabulary; allowed: {known}")
            numbers = [self._numbers[_composed(word)] for word in sentence]
            rows.append(torch.tensor(numbers, dtype=torch.int64, device="cpu"))
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD)

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """The words of a row of numbers, without marks, up to END. Raises ValueError for a number without a word."""
        words = []
        for number in (whole("a word's number", number) for number in numbers):
            if not 0 <= number < len(self):
                raise ValueError(f"a word's number is {number}; allowed: 0 to {len(self) - 1}")
            if number == END:
                break
            if number >= len(MARKS):
                words.append(self.words[number])
        return words


def _composed(word: str) -> str:
    if not isinstance(word, str):
        raise ValueError(f"a word is {quote(word)}; allowed: text")
    return unicodedata.normalize("NFC", word)


def lengths(tokens: Tensor) -> Tensor:
    """How many words each row of tokens (N, T) has before its padding, (N,)."""
    return (tokens != PAD).sum(1)
