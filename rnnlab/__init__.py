"""rnnlab: the helper package of an interactive book on recurrent neural networks.

A module is one idea; import the one you need (`from rnnlab.data.series import noisy_sine`).
`import rnnlab` itself loads nothing else, so that it stays light.
"""

__version__ = "0.1.0"
