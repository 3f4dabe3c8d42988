"""A control for each kind of knob."""

from collections.abc import Collection
from dataclasses import Field
from typing import Any

import ipywidgets as widgets

from rnnlab.live.settings import Between, OneOf


def control(knob: Field, value: Any, offered: Collection | None = None) -> widgets.ValueWidget:
    """The control of `knob`, set to `value`. offered: the options shown on the page; all of them if not given."""
    allowed = knob.metadata["allowed"]
    look = {
        "description": knob.metadata["label"] or knob.name.replace("_", " "),
        "tooltip": knob.metadata["tooltip"],
    }
    if isinstance(allowed, OneOf):
        options = [(label, option) for option, label in allowed.labels.items() if offered is None or option in offered]
        return widgets.Dropdown(options=options, value=value, **look)
    if isinstance(allowed, Between):
        span = {"min": allowed.low, "max": allowed.high, "step": allowed.step, "value": allowed.exactly(value)}
        if allowed.decimals:
            return widgets.FloatSlider(**span, readout_format=f".{allowed.decimals}f", **look)
        return widgets.IntSlider(**span, **look)
    return widgets.Combobox(value=value, continuous_update=False, **look)


def meant(knob: Field, value: Any) -> Any:
    """The setting that a control's `value` means."""
    allowed = knob.metadata["allowed"]
    return allowed.exactly(value) if isinstance(allowed, Between) else value
