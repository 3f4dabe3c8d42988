"""Exercise checks: they answer 'passed' or 'not yet' with a hint, and never raise. A module a chapter."""

from rnnlab.check.verdict import NotYet, Verdict, exercise

__all__ = ["NotYet", "Verdict", "exercise"]
