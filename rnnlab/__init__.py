"""rnnlab: the helper package of an interactive book on recurrent neural networks.

Each module holds one idea; import the one you need (`from rnnlab.data.series import noisy_sine`).
`import rnnlab` alone loads nothing else, so it is quick.
"""

__version__ = "0.1.0"
