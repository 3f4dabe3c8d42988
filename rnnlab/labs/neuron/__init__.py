"""The neuron lab."""
