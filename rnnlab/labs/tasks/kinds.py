"""The tasks lab's three tasks in one form: what to train, how to score it, and what to show of one sentence."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from rnnlab.data.sentiment import opinions
from rnnlab.data.tags import TAGS, tagged
from rnnlab.data.translation import translations
from rnnlab.data.vocabulary import PAD, Vocabulary
from rnnlab.networks import EncoderDecoder, WordReader, at_last_word, teacher_pairs

IGNORED = -100  # a target that no loss counts
AT_ONCE = 100  # training sentences searched for a mistake at once
LONGEST = 12  # words of a sentence, read or written


class Task(ABC):
    """A task with `n` training sentences on a device.

    A small network needs all `epochs`; a wide one soon has `mastered` its training sentences.
    """

    sentences: tuple[str, ...]  # examples to begin with
    names: tuple[str, ...]  # the classes of `belief`
    baseline_name: str
    score_names: tuple[str, str]  # what `score` and `second_score` are the shares of
    epochs, batch, lr = 10, 64, 0.03  # for 500 sentences or more and 16 units
    vocabulary: Vocabulary  # the words that it reads
    inputs: Tensor  # for `train` with `cross_entropy_of_words`
    targets: Tensor  # for the same; IGNORED ones do not count

    @abstractmethod
    def __init__(self, n: int, device: torch.device): ...

    @abstractmethod
    def make(self, hidden_size: int, both_ways: bool) -> nn.Module:
        """An untrained network for the task."""

    @abstractmethod
    def score(self, model: nn.Module) -> float: ...

    @abstractmethod
    def second_score(self, model: nn.Module) -> float: ...

    @property
    @abstractmethod
    def baseline(self) -> float:
        """What is possible without a recurrence, as a share of the test set."""

    def belief(self, model: nn.Module, sentence: str) -> tuple[tuple[str, ...], Tensor]:
        """The names of the steps, here the words, and the probabilities of `names` at each, (T, names), on the CPU."""
        return self.words(sentence), model(self.read(sentence))[0].softmax(-1).cpu()

    def words(self, sentence: str) -> tuple[str, ...]:
        """A typed sentence as words. Raises ValueError for more than LONGEST words, or none."""
        words = tuple(self.split(sentence))
        if not 1 <= len(words) <= LONGEST:
            raise ValueError(f"the sentence has {len(words)} words; allowed: 1 to {LONGEST}")
        return words

    def split(self, sentence: str) -> list[str]:
        """The words of a typed sentence, however many there are."""
        return sentence.lower().replace(".", " ").split()

    def read(self, sentence: str) -> Tensor:
        """A typed sentence as a batch of one, (1, T). Raises ValueError for a word the task does not know."""
        return self.vocabulary.encode([self.words(sentence)]).to(self.inputs.device)

    @torch.no_grad()
    def mastered(self, model: nn.Module) -> bool:
        """Whether it hits every target of the training sentences. Most models miss one among the first AT_ONCE."""
        pairs = zip(self.inputs.split(AT_ONCE), self.targets.split(AT_ONCE), strict=True)
        return not any(self.mistaken(model, x, y) for x, y in pairs)

    def mistaken(self, model: nn.Module, x: Tensor, y: Tensor) -> bool:
        """Whether it misses one of the targets y of x."""
        return bool(((model(x).argmax(-1) != y) & (y != IGNORED)).any())


class Sentiment(Task):
    """One label per sentence. Trained at every word, so that a belief is honest before the last word too."""

    sentences = ("the film is not very good", "the plot is bad not good", "nobody says the cast is not warm")
    names = ("blame", "praise")
    baseline_name, score_names = "bag of words", ("test sentences", "unseen negations")
    epochs = 20

    def __init__(self, n: int, device: torch.device):
        parts = opinions(n)
        self.vocabulary = Vocabulary(words for part in parts for words, _ in part)
        (self.inputs, label), *self.tests = (
            (
                self.vocabulary.encode([words for words, _ in part]).to(device),
                torch.tensor([label for _, label in part], device=device),
            )
            for part in parts
        )
        self.targets = label[:, None].expand_as(self.inputs).masked_fill(self.inputs == PAD, IGNORED)
        self._label = label

    def make(self, hidden_size: int, both_ways: bool) -> nn.Module:
        return WordReader(len(self.vocabulary), 2, hidden_size)

    def mistaken(self, model: nn.Module, x: Tensor, y: Tensor) -> bool:
        """Whether it misjudges a sentence; a wrong guess before the last word does not count."""
        return bool((at_last_word(model(x), x).argmax(1) != y[:, 0]).any())

    def score(self, model: nn.Module) -> float:
        return self._right(model, *self.tests[0])

    def second_score(self, model: nn.Module) -> float:
        return self._right(model, *self.tests[1])

    def _right(self, model: nn.Module, x: Tensor, y: Tensor) -> float:
        return share(at_last_word(model(x), x).argmax(1) == y)

    @cached_property
    def baseline(self) -> float:
        """The score of the best linear weights on word counts, by least squares."""
        counts = lambda x: nn.functional.one_hot(x, len(self.vocabulary)).sum(1)[:, PAD + 1 :].cpu().double()  # noqa: E731
        x, y = self.tests[0]
        sign = self._label.cpu().double()[:, None] * 2 - 1
        weights = torch.linalg.lstsq(counts(self.inputs), sign, driver="gelsd").solution
        return share(((counts(x) @ weights)[:, 0] > 0).long() == y.cpu())


class Tags(Task):
    """One label per word."""

    sentences = ("they fish that fish fast", "her early walk can guard her", "this judge will judge that late")
    names = TAGS
    baseline_name, score_names = "each word's most frequent tag", ("test words", "the ambiguous ones")

    def __init__(self, n: int, device: torch.device):
        parts = tagged(n)
        self.vocabulary = Vocabulary(words for part in parts for words, _ in part)
        (self.inputs, self.targets), (self.test, self.test_tags) = (
            (
                self.vocabulary.encode([words for words, _ in part]).to(device),
                nn.utils.rnn.pad_sequence(
                    [torch.tensor([TAGS.index(tag) for tag in tags], device="cpu") for _, tags in part], True, IGNORED
                ).to(device),
            )
            for part in parts
        )
        everywhere = torch.zeros(
            len(self.vocabulary), len(TAGS), dtype=torch.float32, device=device
        )  # how often a word has a tag
        for x, y in ((self.inputs, self.targets), (self.test, self.test_tags)):
            everywhere.index_put_((x[y >= 0], y[y >= 0]), everywhere.new_ones(()), accumulate=True)
        self._ambiguous = ((everywhere > 0).sum(1) > 1)[self.test]

    def make(self, hidden_size: int, both_ways: bool) -> nn.Module:
        return WordReader(len(self.vocabulary), len(TAGS), hidden_size, both_ways=both_ways)

    def score(self, model: nn.Module) -> float:
        return self._right(model, self.test_tags >= 0)

    def second_score(self, model: nn.Module) -> float:
        return self._right(model, self._ambiguous)

    def _right(self, model: nn.Module, asked: Tensor) -> float:
        return share((model(self.test).argmax(-1) == self.test_tags)[asked])

    @cached_property
    def baseline(self) -> float:
        real = self.targets >= 0
        counts = torch.zeros(len(self.vocabulary), len(TAGS), dtype=torch.float32, device=self.inputs.device)
        counts.index_put_((self.inputs[real], self.targets[real]), counts.new_ones(()), accumulate=True)
        return share((counts.argmax(1)[self.test] == self.test_tags)[self.test_tags >= 0])


class Translation(Task):
    """Another sentence: the encoder reads Chinese characters, the decoder writes English words."""

    sentences = ("他昨天在家吃了一条鱼", "我们每天看三本书", "她在学校喝两杯茶")
    baseline_name = "copying the nearest training sentence"
    score_names = ("whole sentences, written alone", "words, with a teacher")
    epochs, lr = 20, 0.014

    def __init__(self, n: int, device: torch.device):
        parts = translations(n)
        self.vocabulary = Vocabulary(source for part in parts for source, _ in part)
        self.english = Vocabulary(target for part in parts for _, target in part)
        self.names = self.english.words
        (self._source, target), (self.test, self.test_target) = (
            (
                self.vocabulary.encode([source for source, _ in part]).to(device),
                self.english.encode([target for _, target in part]).to(device),
            )
            for part in parts
        )
        self.inputs, self.targets = teacher_pairs(self._source, target)
        self.taught, self.follows = teacher_pairs(self.test, self.test_target)

    def split(self, sentence: str) -> list[str]:
        return list("".join(sentence.split()).rstrip("。."))

    def make(self, hidden_size: int, both_ways: bool) -> nn.Module:
        return EncoderDecoder(len(self.vocabulary), len(self.english), hidden_size)

    def score(self, model: Any) -> float:
        written, _ = model.write(self.test, LONGEST)
        real = self.follows != IGNORED
        written = nn.functional.pad(written, (0, real.shape[1] - written.shape[1]), value=PAD)
        return share(
            ((written == self.follows) | ~real).all(1)
        )  # END is among them, so it has stopped in the right place

    def second_score(self, model: Any) -> float:
        return share((model(self.taught).argmax(-1) == self.follows)[self.follows != IGNORED])

    @cached_property
    def baseline(self) -> float:
        """The share of words in the right place, if one copies the translation of the most similar sentence."""
        counts = lambda x: nn.functional.one_hot(x, len(self.vocabulary)).sum(1)[:, PAD + 1 :].float()  # noqa: E731
        difference = torch.cdist(counts(self.test), counts(self._source), p=1)
        copied, real = self.targets[difference.argmin(1)], self.follows >= 0
        T = min(copied.shape[1], real.shape[1])
        return float((copied[:, :T] == self.follows[:, :T])[real[:, :T]].sum() / real.sum())

    def belief(self, model: Any, sentence: str) -> tuple[tuple[str, ...], Tensor]:
        """The numbers of the steps, and the probabilities of the English words at each, (T, names)."""
        _, beliefs = model.write(self.read(sentence), LONGEST)
        return tuple(str(t + 1) for t in range(beliefs.shape[1])), beliefs[0].cpu()


def share(right: Tensor) -> float:
    return right.float().mean().item()


KINDS = {"sentiment": Sentiment, "tags": Tags, "translation": Translation}
