"""`build`: the same weights from the same seed, whatever else draws random numbers meanwhile."""

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

Network = TypeVar("Network", bound=nn.Module)


def build(make: Callable[[], Network], *, seed: int = 0, device: torch.device | str = "cpu") -> Network:
    """The network `make()` on `device`, its weights drawn from `seed` alone.

    Each layer draws its weights as usual (an RNN from U(-1/sqrt(n), 1/sqrt(n)), n its hidden size), but from a
    generator of our own. torch's global one is neither read nor advanced, so a lab that trains in the background and a
    cell that draws numbers do not disturb each other. Everything else stays as `make` leaves it: buffers, padding rows,
    tied weights. The network is made on the CPU, and in float32 unless `make` names a dtype, whatever the defaults are.

    `make` is called twice. Raises TypeError if the seed would not decide everything: for a draw that takes no
    generator, weights that existed before, or weights drawn later.
    """
    with torch.device("cpu"), _Drawn(torch.Generator().manual_seed(seed)):
        before = torch.get_rng_state()
        model = make()
        if not torch.equal(torch.get_rng_state(), before):
            raise TypeError(
                "make() draws with a function that takes no generator and so no seed; allowed: torch.rand, torch.randn"
            )
        if set(model.parameters()) & set(make().parameters()):
            raise TypeError("make() uses weights that existed before; allowed: a make() that makes the whole network")
    if any(nn.parameter.is_lazy(weight) for weight in model.parameters()):
        raise TypeError("make() leaves weights to be drawn at the first call; allowed: layers that know their sizes")
    return model.to(device)


class _Drawn(TorchFunctionMode):
    """In this thread, within the `with` block, all random numbers come from one generator."""

    # Functions that draw and take a generator, if given one; torch.nn.init gives one, None, in every call.
    DRAWS = (
        *(torch.rand, torch.randn, torch.randint, torch.randperm, torch.normal, torch.bernoulli, torch.multinomial),
        *(Tensor.uniform_, Tensor.normal_, Tensor.random_, Tensor.bernoulli_, Tensor.bernoulli, Tensor.exponential_),
        *(Tensor.log_normal_, Tensor.cauchy_, Tensor.geometric_, Tensor.multinomial),
    )
    UNTOLD = (
        *(torch.rand_like, torch.randn_like, torch.randint_like, torch.poisson, torch.binomial),
        *(torch._standard_gamma, torch._sample_dirichlet, torch.rrelu, nn.functional.rrelu, torch.dropout),
        *(nn.functional.dropout, nn.functional.alpha_dropout, nn.functional.feature_alpha_dropout),
        *(nn.functional.dropout1d, nn.functional.dropout2d, nn.functional.dropout3d),
    )
    MAKES = (torch.empty, torch.zeros, torch.ones, torch.rand, torch.randn, torch.eye, torch.linspace)
    INFERS = (torch.tensor, torch.full, torch.arange)

    def __init__(self, generator: torch.Generator):
        super().__init__()
        self._generator = generator

    def __torch_function__(self, func: Callable, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func in self.UNTOLD:
            raise TypeError(
                f"build cannot seed {func.__name__}, which takes no generator; allowed: torch.rand, torch.randn"
            )
        if func in self.DRAWS or "generator" in kwargs:
            kwargs["generator"] = kwargs.get("generator") or self._generator
        if func in self.MAKES and kwargs.get("dtype") is None:
            kwargs["dtype"] = torch.float32
        made = func(*args, **kwargs)
        inferred = func in self.INFERS and kwargs.get("dtype") is None and made.dtype == torch.get_default_dtype()
        given = args[0] if args else kwargs.get("data")  # an array has a dtype of its own, Python's numbers have none
        return made.float() if inferred and not hasattr(given, "dtype") else made
