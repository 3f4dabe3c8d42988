"""Checks of chapter 6, LSTM and GRU."""

import math
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import nn

from rnnlab.check.answers import (
    WHAT,
    as_number,
    as_row,
    as_tensor,
    close,
    draws,
    layer,
    refuse_mistakes,
    refuse_none,
    settle,
    want_tensor,
)
from rnnlab.check.verdict import BadForm, NotYet, describe, exercise, progress_of, refuse

progress = partial(progress_of, __name__)


@exercise(
    "a gate with the value p keeps the share p at each step, so p ** lag over the whole lag. When is that one half?",
    "first p, from p ** lag = 0.5. Then the bias b with sigmoid(b) = p: solve p = 1 / (1 + exp(-b)) for b.",
    "p = 0.5 ** (1 / lag); return math.log(p / (1 - p)).",
)
def bias_for(answer: Any) -> str:
    """`answer(lag)` -> the bias b at which a gate sigmoid(b) has kept half after `lag` steps."""
    given_for = {lag: as_number(answer(lag)) for lag in (1, 3, 50, 400)}
    is_gate = all(abs(float(given_for[lag]) - 0.5 ** (1 / lag)) < 1e-6 for lag in (3, 50, 400))
    for lag, given in given_for.items():
        p = 0.5 ** (1 / lag)
        bias, wanted = float(given), math.log(p / (1 - p))
        if is_gate and lag > 1:
            raise NotYet(f"{p:.4f} is the value that the gate should have; which bias gives it that value?")
        if is_gate or abs(bias - wanted) < 1e-3 or close(given, wanted):
            continue
        if abs(bias + wanted) < 1e-6:
            raise NotYet(f"for lag {lag} you give {bias:.3f}: the sign is wrong, as in log((1 - p) / p)")
        if abs(bias - math.log(lag / math.log(2))) < 1e-6:
            raise NotYet(f"log(lag / ln 2) is a good rule for long lags; for lag {lag} the exact bias is {wanted:.3f}")
        left = (1 / (1 + math.exp(-min(max(bias, -50), 50)))) ** lag
        raise NotYet(f"for lag {lag} your bias {bias:.3f} keeps {left:.3g} of the past; it should keep 0.5")
    return "about the logarithm of the lag, so there is no need to guess."


@exercise(
    "torch stacks the gates in the order i, f, g, o, n rows each. Which rows are f's?",
    "f's rows are n to 2n, in both biases: torch adds them. Let one be `bias` there, and the other 0.",
    "n = layer.hidden_size; with torch.no_grad(): layer.bias_ih_l0[n : 2 * n] = bias; layer.bias_hh_l0[n : 2 * n] = 0.",
)
def open_gate(answer: Any) -> str:
    """`answer(layer, bias)` sets the forget gate's bias of an nn.LSTM, and nothing else of it."""
    lstm, n = layer(nn.LSTM, 3, 5), 5
    before = {name: weight.detach().clone() for name, weight in lstm.named_parameters()}
    answer(lstm, 2.5)
    frozen = [name for name, weight in lstm.named_parameters() if not weight.requires_grad]
    refuse(frozen, f"{', '.join(frozen)} no longer learns: requires_grad is False; only values should change")
    after = {name: weight.detach() for name, weight in lstm.named_parameters()}
    for name in ("weight_ih_l0", "weight_hh_l0"):
        refuse(not close(after[name], before[name]), f"{name} has changed; only biases should")
    old, new = (biases["bias_ih_l0"] + biases["bias_hh_l0"] for biases in (before, after))
    gates = zip("ifgo", old.split(n), new.split(n), strict=True)
    changed = [gate for gate, before_it, after_it in gates if not close(after_it, before_it)]
    if not changed:
        raise NotYet("no gate's bias has changed: was a copy changed, not the layer?")
    f = new[n : 2 * n]
    right = close(f, torch.full((n,), 2.5))
    if changed == ["i", "f"] and right and not new[:n].any():
        raise NotYet("f is right, but i's bias is 0 now: rnnlab's remember sets both; here only f's should change")
    refuse(changed != ["f"], f"you have changed the bias of {', '.join(changed)}; only f's should change")
    if right:
        return "one number, and the cell remembers."
    if close(f, torch.full((n,), 5.0)):
        raise NotYet("both biases are 2.5, and torch adds them: the gate's bias is 5")
    if any(close(after[name][n : 2 * n], before[name][n : 2 * n]) for name in ("bias_ih_l0", "bias_hh_l0")):
        raise NotYet("torch adds two biases; one of them still has its old value in f's rows")
    given = ", ".join(f"{b:g}" for b in f)
    raise NotYet(f"bias was 2.5: in each of f's {n} rows the two biases should add up to it; yours add up to {given}")


PARTS = {"RNN": 1, "GRU": 3, "LSTM": 4}  # gates and candidate


@exercise(
    "how many weights has one gate of n units? A matrix from x, a matrix from h, and its biases. Then: how many parts?",
    "RNN 1, GRU 3, LSTM 4 times n * (input_size + n + 2), since torch has two biases. Try n = 1, 2, 3, ...",
    """k = {"RNN": 1, "GRU": 3, "LSTM": 4}[cell]; """
    "return max(n for n in range(1, budget) if k * n * (input_size + n + 2) <= budget).",
)
def fair_size(answer: Any) -> str:
    """`answer(cell, input_size, budget)` -> the largest hidden size at which one layer has at most `budget` weights."""
    budgets = ((5, 4900), (28, 20000), (5, 4 * 8 * 15), (5, 4 * 8 * 15 - 1))  # 8 units of an LSTM fit exactly; or not
    for (input_size, budget), cell in product(budgets, PARTS):

        def largest(parts: int, biases: int, i: int = input_size, most: int = budget) -> int:
            return max(n for n in range(1, most) if parts * n * (i + n + biases) <= most)

        wanted, given = largest(PARTS[cell], 2), float(as_number(answer(cell, input_size, budget)))
        if given == wanted:
            continue
        story = f"{cell}, {input_size} inputs, {budget} weights at most: "
        refuse(given != given // 1, f"{story}a number of units is whole; you gave {given:g}")
        refuse(given < 1, f"{story}you gave {given:g} units; at least 1 fits")
        n = int(given)
        weights = PARTS[cell] * n * (input_size + n + 2)
        found = f"{n} units have {weights} weights, too many" if n > wanted else f"{n} units fit, but so do {n + 1}"
        if n == largest(1, 2):
            found += "; that is the size of an RNN"
        elif n in (largest(PARTS[cell], 0), largest(PARTS[cell], 1)):
            found += "; did you count both of torch's biases, and round down?"
        raise NotYet(story + found)
    return "now sizes can be made fair before they are compared."


@exercise(
    "nn.GRU's z must be 1 minus the other one's. But the weights come before the sigmoid: which argument gives 1 - z?",
    "sigmoid(-a) = 1 - sigmoid(a), and a is a sum of products with the weights of z's rows, n to 2n.",
    "n = len(weight) // 3; new = weight.clone(); new[n : 2 * n] = -weight[n : 2 * n]; return new.",
)
def ported(answer: Any) -> str:
    """`answer(weight)`, (3n, input_size), (3n, n) or (3n,), of a GRU whose z writes -> the same tensor for nn.GRU."""
    n = 4
    weights = draws((3 * n, 3), (3 * n, n), (3 * n,))
    answers = [as_tensor(answer(weight), WHAT) for weight in weights]
    same = [given.shape == w.shape and close(given, w) for given, w in zip(answers, weights, strict=True)]
    refuse(all(same), "nothing has changed: with these weights nn.GRU keeps where the other one writes")
    for weight, given in zip(weights, answers, strict=True):
        r, z, g = weight.split(n)
        unchanged = f"z's rows must change in all four tensors; the one of shape {tuple(weight.shape)} is as it was"
        mistakes = {
            unchanged: weight,
            "1 - z is needed after the sigmoid; the weights come before it": torch.cat([r, 1 - z, g]),
            "all rows have changed their sign; r and g do the same in both": -weight,
            "r's rows have changed their sign; z's are the next n": torch.cat([-r, z, g]),
            "g's rows have changed their sign; z's are the n before": torch.cat([r, z, -g]),
            "those are z's rows alone; r's and g's are needed too": -z,
        }
        refuse_mistakes(given, mistakes)
        given = want_tensor(given, tuple(weight.shape))
        for gate, rows in (("r", slice(0, n)), ("g", slice(2 * n, None))):
            refuse(not close(given[rows], weight[rows]), f"{gate}'s rows have changed; {gate} does the same in both")
        settle(given, torch.cat([r, -z, g]), "r's and g's rows are right; with yours of z, torch's z is not 1 - z")
    return "one sign, and a GRU moves from one library to another."


@exercise(
    "which gates must be open at a mark, and which without one? Write down i, f and o for both, as 0 or 1.",
    "a gate that opens only at a mark has a large weight on the mark, and a bias of the other sign, half as large.",
    """return {"i": (0, 20, -10), "f": (0, -20, 10), "g": (5, 0, 0), "o": (0, 0, 10)}.""",
)
def by_hand(answer: Any) -> str:
    """`answer()` -> a dict with the keys i, f, g, o: for each a weight on the value, one on the mark, and a bias."""
    given = answer()
    refuse_none(given)
    if not isinstance(given, dict):
        raise BadForm(f"a dict with the keys i, f, g, o is wanted; you return {describe(given)}")
    more, missing = [str(key) for key in given if key not in [*"ifgo"]], [key for key in "ifgo" if key not in given]
    refuse(more, f"the keys should be i, f, g and o, and no others; you also have {', '.join(more)}", BadForm)
    refuse(missing, f"the keys should be i, f, g and o; missing: {', '.join(missing)}", BadForm)
    unit = {name: as_row(numbers, f"what you give for {name}").tolist() for name, numbers in given.items()}
    for name, numbers in unit.items():
        refuse(len(numbers) != 3, f"{name} needs three numbers, for the value, the mark and the bias", BadForm)
        refuse(not all(map(math.isfinite, numbers)), f"{name} has a number that is not finite", BadForm)
    for sign in (1.0, -1.0):
        marked, wait, other = [(sign, 1.0)], [(1.0, 0.0), (-1.0, 0.0)] * 50, [(-sign, 0.0)] * 100
        ten = [(-sign, 1.0)] * 10
        _tells(unit, "one marked step", marked)
        _tells(unit, "ten marked steps of the other value, then this one", ten + marked)
        _tells(unit, "a marked step, then 100 unmarked ones, 1 and −1 in turn", marked + wait)
        _tells(unit, "a marked step, then 100 unmarked ones of the other value", marked + other)
        _tells(unit, "a marked step, then 100 unmarked ones of the same value", marked + [(sign, 0.0)] * 100)
        _tells(
            unit, "ten marked steps of the other value, this one, then 100 unmarked of the other", ten + marked + other
        )
        _tells(
            unit, "a marked step of the other value, 50 unmarked ones, then this", [(-sign, 1.0), *wait[:50], *marked]
        )
    return "an LSTM of twelve numbers, and you know what each of them does."


def _tells(unit: dict[str, list[float]], story: str, steps: list[tuple[float, float]]) -> None:
    """Raise NotYet unless the unit, after `steps` of a value and a mark, says the value marked last."""
    c, gates = 0.0, {}
    for value, mark in steps:
        sums = {name: on_value * value + on_mark * mark + b for name, (on_value, on_mark, b) in unit.items()}
        gates = {name: math.tanh(a) if name == "g" else _sigmoid(a) for name, a in sums.items()}
        c = gates["f"] * c + gates["i"] * gates["g"]
    h = gates["o"] * math.tanh(c)
    sign = next(value for value, mark in reversed(steps) if mark)
    if sign * h <= 0.5:
        goal = "above 0.5" if sign > 0 else "below −0.5"
        last = ", ".join(f"{name} = {value:.3g}" for name, value in gates.items())
        raise NotYet(
            f"{story}: marked last is {sign:.0f}, so h should be {goal}; it is {h:.2f}\n"
            f"(c = {c:.2f}, and at the last step {last})"
        )


def _sigmoid(a: float) -> float:
    return 0.5 * (1 + math.tanh(a / 2))  # of any size, without overflow
