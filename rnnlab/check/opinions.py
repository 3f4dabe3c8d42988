"""The opinions of chapter 5 and a network that learns them, for a check: what more examples change."""

import random
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

import torch
from torch import Tensor, nn

from rnnlab.device import threads

PAD = 0
GOOD = ("good", "great", "funny", "warm", "clever", "lovely", "fresh", "bright")
BAD = ("bad", "dull", "silly", "cold", "clumsy", "ugly", "stale", "grim")
SUBJECTS = ("film", "plot", "music", "ending", "story", "cast")
NEVER_NEGATED = ("warm", "fresh", "cold", "stale")


@lru_cache(maxsize=1)
def opinions() -> dict[bool, dict[str, int]]:
    """5.2's sentences and their labels: under True those that negate one of NEVER_NEGATED, under False the others."""
    found: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for subject, word, adverb in product(SUBJECTS, GOOD + BAD, ("", "very ", "really ", "so ")):
        for before, after in product(("", "i think ", "i do not think ", "nobody says "), ("", "not ")):
            if (before, after) != ("i think ", "not "):
                turns = (before in ("i do not think ", "nobody says ")) + (after == "not ")
                sentence = f"{before}the {subject} is {after}{adverb}{word}"
                found[turns > 0 and word in NEVER_NEGATED][sentence] = int(word in GOOD) ^ (turns % 2)
    for subject, good, bad in product(SUBJECTS, GOOD, BAD):
        for ending, label, negated in (
            (f"{good} not {bad}", 1, bad),
            (f"{bad} not {good}", 0, good),
            (f"not {bad} but {good}", 1, bad),
            (f"not {good} but {bad}", 0, good),
        ):
            found[negated in NEVER_NEGATED][f"the {subject} is {ending}"] = label
    return found


def _numbers(sentences: Iterable[str]) -> Tensor:
    words = sorted({word for part in opinions().values() for sentence in part for word in sentence.split()})
    number = {word: place for place, word in enumerate(words, 1)}
    rows = [torch.tensor([number[word] for word in sentence.split()]) for sentence in sentences]
    return nn.utils.rnn.pad_sequence(rows, True, PAD)


class _Reader(nn.Module):
    """5.2's network of 16 units, as torch's own layers make it."""

    def __init__(self, words: int):
        super().__init__()
        self.W_e = nn.Embedding(words, 16)
        self.rnn = nn.RNN(16, 16, batch_first=True)
        self.W_hq = nn.Linear(16, 2)
        nn.init.orthogonal_(self.rnn.get_parameter("weight_hh_l0"))

    def forward(self, tokens: Tensor) -> Tensor:
        out, _ = self.rnn(self.W_e(tokens))
        return self.W_hq(out[torch.arange(len(tokens)), (tokens != PAD).sum(1) - 1])


@lru_cache(maxsize=64)
def learnt(examples: tuple[str, ...], seed: int) -> dict[str, bool]:
    """Trained on 1,000 sentences and the examples: which of the unseen negations that are no examples it gets right."""
    unseen, seen = opinions()[True], opinions()[False]
    chosen = random.Random(0).sample(sorted(seen), 1000)
    rest = [sentence for sentence in unseen if sentence not in examples]
    with threads(1), torch.device("cpu"), torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        tokens = _numbers([*chosen, *examples])
        labels = torch.tensor([seen[sentence] for sentence in chosen] + [unseen[sentence] for sentence in examples])
        model = _Reader(50)
        steps = 10 * -(-len(tokens) // 32)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.015, betas=(0.8, 0.95), fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, 0.015, total_steps=steps + 1, div_factor=5, cycle_momentum=False
        )
        for _ in range(10):
            for batch in torch.randperm(len(tokens)).split(32):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(tokens[batch]), labels[batch]).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                schedule.step()
        right = model(_numbers(rest)).argmax(1) == torch.tensor([unseen[sentence] for sentence in rest])
    return dict(zip(rest, right.tolist(), strict=True))
