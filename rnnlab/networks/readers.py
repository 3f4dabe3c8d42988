"""The networks that read a sequence: one that answers at its end, and one that answers at every word."""

import torch
from torch import Tensor, nn

from rnnlab.cells import GRULayer, RNNLayer
from rnnlab.data.vocabulary import lengths
from rnnlab.messages import at_least_one, quote

EMBEDDING_SIZE = 16  # numbers per word
CELLS = {  # what a Reader may read with: a layer made from input_size and hidden_size
    "relu": lambda i, n: RNNLayer(i, n, "relu"),
    "tanh": lambda i, n: RNNLayer(i, n),
    "nn.RNN": lambda i, n: nn.RNN(i, n, nonlinearity="relu", batch_first=True),
    "gru": GRULayer,
    "lstm": lambda i, n: nn.LSTM(i, n, batch_first=True),
}


class Reader(nn.Module):
    """Reads a sequence and says which of `classes` it is: a recurrent layer, then W_hq on its last state.

    cell: a key of CELLS; "relu", "tanh" and "gru" are our own layers, and "relu" and "nn.RNN" are the same network.
    Raises ValueError for any other cell, or a size below 1.
    """

    def __init__(self, cell: str = "relu", hidden_size: int = 64, *, input_size: int = 28, classes: int = 10):
        super().__init__()
        if cell not in CELLS:
            raise ValueError(f"cell is {quote(cell)}; allowed: {', '.join(CELLS)}")
        at_least_one(hidden_size=hidden_size)
        self.rnn = CELLS[cell](input_size, hidden_size)
        self.W_hq = nn.Linear(hidden_size, classes)

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, T, input_size) -> scores (batch, classes), whose softmax is the belief after the last step."""
        _, h_T = self.rnn(x)
        if isinstance(self.rnn, nn.LSTM):
            h_T, _ = h_T  # without the cell state
        return self.W_hq(h_T.reshape(len(x), self.W_hq.in_features))  # nn's layers give (1, batch, hidden_size)

    def beliefs(self, x: Tensor) -> Tensor:
        """x (batch, T, input_size) -> the class probabilities after every step, (batch, T, classes)."""
        out, _ = self.rnn(x)
        return self.W_hq(out).softmax(-1)


def at_last_word(scores: Tensor, tokens: Tensor) -> Tensor:
    """scores (N, T, classes) at the last word of each row of tokens (N, T), (N, classes): [:, -1] may be padding."""
    return scores[torch.arange(len(tokens), device=tokens.device), lengths(tokens) - 1]


def reverse(x: Tensor, n: Tensor) -> Tensor:
    """x (N, T, ...) with the first n items of each row back to front; what follows them stays in place. n (N,)."""
    t = torch.arange(x.shape[1], device=x.device)
    turned = torch.where(t < n[:, None], n[:, None] - 1 - t, t)  # (N, T)
    return x[torch.arange(len(x), device=x.device)[:, None], turned]


def cross_entropy_of_words(scores: Tensor, targets: Tensor) -> Tensor:
    """The mean cross-entropy of scores (N, T, classes) and targets (N, T), shape (); a target of -100 does not count.

    Raises ValueError unless there is one target per word.
    """
    if scores.shape[:2] != targets.shape:
        raise ValueError(f"targets has shape {tuple(targets.shape)}; allowed: {tuple(scores.shape[:2])}")
    return nn.functional.cross_entropy(scores.flatten(0, 1), targets.flatten())


class WordReader(nn.Module):
    """Scores for every word: an embedding, a recurrent layer, W_hq at every step.

    words, classes: how many there are.
    both_ways: a second layer reads from the end, and W_hq sees both states.

    Padding does not change the scores of a sentence's own words. Raises ValueError for sizes below 1.
    """

    def __init__(self, words: int, classes: int, hidden_size: int = 32, *, both_ways: bool = False):
        super().__init__()
        self.W_e = nn.Embedding(words, EMBEDDING_SIZE)
        self.forwards = RNNLayer(EMBEDDING_SIZE, hidden_size)
        self.backwards = RNNLayer(EMBEDDING_SIZE, hidden_size) if both_ways else None
        self.W_hq = nn.Linear(hidden_size * (1 + both_ways), classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """tokens (N, T), padded at the end -> scores (N, T, classes)."""
        x, n = self.W_e(tokens), lengths(tokens)  # (N, T, embedding)
        h, _ = self.forwards(x)  # (N, T, hidden_size)
        if self.backwards is not None:
            h_back, _ = self.backwards(reverse(x, n))
            h = torch.cat([h, reverse(h_back, n)], -1)
        return self.W_hq(h)
