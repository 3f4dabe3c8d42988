"""Settings with which every lab is quick."""

from inspect import signature

from rnnlab import labs

SMALL = {"hidden_size": 8, "lag": 5, "sentences": 50, "training_digits": 500}


def quick(name: str) -> dict[str, int]:
    """The arguments in SMALL that the lab called `name` has."""
    return {knob: value for knob, value in SMALL.items() if knob in signature(getattr(labs, name)).parameters}
