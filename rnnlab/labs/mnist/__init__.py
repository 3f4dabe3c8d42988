"""The MNIST lab."""
