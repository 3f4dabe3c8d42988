"""The live labs, a module each: the only place that composes the rest of the package."""

from rnnlab.labs.gradient import gradient_lab
from rnnlab.labs.memory import memory_lab
from rnnlab.labs.mnist import mnist_lab
from rnnlab.labs.neuron import neuron_lab
from rnnlab.labs.sine import sine_lab
from rnnlab.labs.tasks import tasks_lab
from rnnlab.labs.unroll import unroll_lab

__all__ = ["gradient_lab", "memory_lab", "mnist_lab", "neuron_lab", "sine_lab", "tasks_lab", "unroll_lab"]
