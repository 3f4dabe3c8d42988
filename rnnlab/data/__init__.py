"""What the networks learn from: series and recordings, a reader's own file, MNIST, and made-up sequences and sentences."""

from rnnlab.data.mnist import Digits, load_mnist
from rnnlab.data.recordings import recording
from rnnlab.data.series import Split, as_series, noisy_sine, split_in_time, standardise, windows
from rnnlab.data.table import columns, read_csv

__all__ = [
    "Digits",
    "Split",
    "as_series",
    "columns",
    "load_mnist",
    "noisy_sine",
    "read_csv",
    "recording",
    "split_in_time",
    "standardise",
    "windows",
]
