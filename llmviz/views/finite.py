"""What a part is given holds numbers: JSON knows neither NaN nor infinity, and no picture can place them."""

import json
import math
from typing import Any

NO_NUMBER = "no number"  # what a page says where a figure would stand; shared/step.js says the same


def finite(payload: Any) -> Any:
    """The payload as it is where all its numbers are finite; else a curve without its points that are none, and None for any other."""
    try:
        json.dumps(payload, allow_nan=False)
    except ValueError:
        return _finite(payload)
    return payload


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: _finite(item) for name, item in value.items()}
    steps, values = found.get("steps"), found.get("values")
    if isinstance(steps, list) and isinstance(values, list) and len(steps) == len(values):
        kept = [(step, number) for step, number in zip(steps, values, strict=True) if number is not None]
        found |= {"steps": [step for step, _ in kept], "values": [number for _, number in kept]}
    return found
