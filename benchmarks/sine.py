"""How much sooner does our training reach the article's own RNN error? Claim: README, "Measured". Run: `make bench`.

The article's loop (Dataset, DataLoader, batch 32 in order, 10 epochs, Adam 0.001) and ours take turns on the same
series (noise 0.2, tau 4, hidden size 32, first 600 train), a new draw every round: on one draw alone either
may win by luck. The article's time is its whole training; ours is the time at which our test error, averaged over the
draws, first is no more than the article's final one, our own checking for it included. Prints one JSON line last.
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from tqdm import trange

from rnnlab.data.series import noisy_sine, split_in_time
from rnnlab.networks import RNN, build
from rnnlab.train import mse, train

TAU, N_TRAIN, HIDDEN_SIZE = 4, 600, 32
ROUNDS = 20
CHECK_EVERY = 4  # steps


class Windows(Dataset):
    """The article's dataset: a matrix filled column by column, handed out one row at a time."""

    def __init__(self, series: np.ndarray):
        self.features = np.zeros((len(series) - TAU, TAU))
        for j in range(TAU):
            self.features[:, j] = series[j : len(series) - TAU + j]
        self.labels = series[TAU:]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.features[index], self.labels[index]


class ArticleRNN(nn.Module):
    """The article's network, fed (batch, tau, 1)."""

    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.rnn = nn.RNN(input_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        h0 = torch.zeros(1, x.size(0), self.hidden_size).to(x.device)
        out, _ = self.rnn(x, h0)
        return self.fc(out[:, -1, :])


def article(series, split, seed: int) -> tuple[float, float]:
    """Seconds and final test error of the article's loop, with its broadcast loss corrected."""
    began = time.perf_counter()
    torch.manual_seed(seed)
    model = ArticleRNN(1, HIDDEN_SIZE, 1)
    loader = DataLoader(Windows(series[:N_TRAIN].numpy()), batch_size=32, shuffle=False)
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(10):
        total_loss = 0.0
        for x, y in loader:
            x, y = x.to(torch.float32).unsqueeze(-1), y.to(torch.float32).unsqueeze(-1)
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            total_loss += loss.sum()
            loss.backward()
            optimizer.step()
    seconds = time.perf_counter() - began
    with torch.no_grad():
        return seconds, float(criterion(model(split.test_inputs.unsqueeze(-1))[:, 0], split.test_targets))


@torch.no_grad()
def error(model, split) -> float:
    return float(mse(model(split.test_inputs), split.test_targets))


def ours(series, seed: int) -> list[tuple[float, float]]:
    """Our training: after every fourth step, the seconds so far and the test error."""
    began, checks = time.perf_counter(), []
    split = split_in_time(series, TAU, N_TRAIN)
    model = build(lambda: RNN(HIDDEN_SIZE), seed=seed)
    for step in train(model, split.train_inputs, split.train_targets, seed=seed):
        if step.step % CHECK_EVERY == 0:
            test_error = error(model, split)
            checks.append((time.perf_counter() - began, test_error))
    return checks


def main() -> None:
    torch.set_num_threads(1)  # for both: neither is faster on two
    theirs, our_seconds, our_errors = [], [], []
    for draw in trange(-1, ROUNDS, desc="rounds", file=sys.stderr):  # the first round warms both up
        series = noisy_sine(seed=abs(draw))
        row = article(series, split_in_time(series, TAU, N_TRAIN), abs(draw))
        seconds, errors = zip(*ours(series, abs(draw)), strict=True)
        if draw >= 0:
            theirs.append(row)
            our_seconds.append(seconds)
            our_errors.append(errors)
    article_s, article_mse = np.array(theirs).T
    our_seconds, our_mean = np.array(our_seconds), np.array(our_errors).mean(0)
    reached = np.flatnonzero(our_mean <= article_mse.mean())
    figures = {"article_mse": article_mse.mean(), "ours_mse": our_mean[-1], "article_s": np.median(article_s)}
    figures["ours_whole_s"] = np.median(our_seconds[:, -1])
    if len(reached):
        to_reach = our_seconds[:, reached[0]]
        figures |= {"ours_s": np.median(to_reach), "ours_steps": (reached[0] + 1) * CHECK_EVERY}
        figures["speedup"] = np.median(article_s / to_reach)
    else:
        figures["speedup"] = 0.0  # never as good as the article
    print(json.dumps({name: round(float(value), 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
