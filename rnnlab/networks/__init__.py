"""The networks the chapters train, as the chapters show them: forecasters, readers and a translator. `build` draws
their weights from a seed, and `starts` gives them other values to start from."""

from rnnlab.networks.forecasters import MLP, RNN, Linear, Persistence
from rnnlab.networks.readers import CELLS, Reader, WordReader, at_last_word, cross_entropy_of_words, reverse
from rnnlab.networks.seeded import build
from rnnlab.networks.starts import remember, start_carrying, start_orthogonal
from rnnlab.networks.translator import EncoderDecoder, teacher_pairs

__all__ = [
    "CELLS",
    "MLP",
    "RNN",
    "EncoderDecoder",
    "Linear",
    "Persistence",
    "Reader",
    "WordReader",
    "at_last_word",
    "build",
    "cross_entropy_of_words",
    "remember",
    "reverse",
    "start_carrying",
    "start_orthogonal",
    "teacher_pairs",
]
