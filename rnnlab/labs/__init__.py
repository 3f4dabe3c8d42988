"""The live labs, a module each: the only place that composes the rest of the package."""

from rnnlab.labs.sine import sine_lab

__all__ = ["sine_lab"]
