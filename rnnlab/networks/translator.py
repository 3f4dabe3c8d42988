"""A network that reads a sentence in one language and writes it in another."""

import torch
from torch import Tensor, nn

from rnnlab.cells import RNNLayer
from rnnlab.data.vocabulary import END, PAD, START, lengths
from rnnlab.messages import at_least_one
from rnnlab.networks.readers import EMBEDDING_SIZE, at_last_word


class EncoderDecoder(nn.Module):
    """Reads a sentence with one layer, the encoder, and writes another with a second, the decoder.

    The encoder's last state is all that the decoder knows of the source: it starts from that state and, with
    `at_every_step`, also gets it beside each word (Cho et al. 2014). Raises ValueError for sizes below 1.
    """

    def __init__(self, source_words: int, target_words: int, hidden_size: int = 64, *, at_every_step: bool = True):
        super().__init__()
        self.at_every_step = at_every_step
        self.source = nn.Embedding(source_words, EMBEDDING_SIZE)
        self.target = nn.Embedding(target_words, EMBEDDING_SIZE)
        self.encoder = RNNLayer(EMBEDDING_SIZE, hidden_size)
        self.decoder = RNNLayer(EMBEDDING_SIZE + hidden_size * at_every_step, hidden_size)
        self.W_hq = nn.Linear(hidden_size, target_words)

    def encode(self, source: Tensor) -> Tensor:
        """source (N, T), padded at the end -> the state after each row's last word, (N, hidden_size)."""
        h, _ = self.encoder(self.source(source))
        return at_last_word(h, source)

    def decode(self, words: Tensor, h: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Scores for what follows each of the words (N, T), (N, T, target_words), and the state after the last.

        h (N, hidden_size): the state before the first word.
        context (N, hidden_size): what the encoder said.
        """
        x = self.target(words)  # (N, T, embedding)
        if self.at_every_step:
            x = torch.cat([x, context[:, None].expand(-1, x.shape[1], -1)], -1)
        h_all, h_T = self.decoder(x, h)
        return self.W_hq(h_all), h_T

    def forward(self, pairs: Tensor) -> Tensor:
        """Teacher forcing. pairs (N, 2, T): the source, and START + the true target -> scores (N, T, target_words)."""
        source, so_far = pairs.unbind(1)
        context = self.encode(source)
        return self.decode(so_far, context, context)[0]

    @torch.no_grad()
    def write(self, source: Tensor, longest: int = 20) -> tuple[Tensor, Tensor]:
        """Free running: it begins with START, and each step reads the word found most probable at the step before.

        source (N, T) -> words (N, up to longest), with PAD after each END, and the probabilities they were chosen by,
        (N, up to longest, target_words). It stops once every row has its END.
        """
        at_least_one(longest=longest)
        h = context = self.encode(source)
        word = torch.full((len(source), 1), START, device=source.device)
        ended = torch.zeros_like(word, dtype=torch.bool)
        words, beliefs = [], []
        for _ in range(longest):
            scores, h = self.decode(word, h, context)
            word = scores.argmax(-1)  # (N, 1)
            words.append(word.masked_fill(ended, PAD))
            beliefs.append(scores.softmax(-1))
            ended = ended | (word == END)
            if ended.all():
                break
        return torch.cat(words, 1), torch.cat(beliefs, 1)


def teacher_pairs(source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """What `EncoderDecoder` trains on: inputs (N, 2, T), source and START + target, and what should follow, (N, T).

    source (N, T_source) and target (N, T_target), padded; T is the greater of T_source and T_target + 1. What should
    follow is the target, END, and from there on -100, which no loss counts.
    """
    T = max(source.shape[1], target.shape[1] + 1)
    widen = lambda tokens: nn.functional.pad(tokens, (0, T - tokens.shape[1]), value=PAD)  # noqa: E731
    start = torch.full((len(target), 1), START, device=target.device)
    follows = widen(target).scatter(1, lengths(target)[:, None], END)
    return torch.stack([widen(source), widen(torch.cat([start, target], 1))], 1), follows.masked_fill(
        follows == PAD, -100
    )
