"""One line of the table: what was measured, and the bar it has to clear."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A figure with its unit. `most` or `least` is the bar; a figure with neither is only told."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def cleared(self) -> bool:
        """Whether the figure is on the right side of its bar."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    @property
    def wanted(self) -> str:
        """The bar in words."""
        if self.most is None and self.least is None:
            return ""
        return f"≤ {shown(self.most, self.unit)}" if self.most is not None else f"≥ {shown(self.least or 0.0, self.unit)}"


def shown(value: float, unit: str) -> str:
    """A figure as the table prints it; shares are percent."""
    if unit == "%":
        return f"{100 * value:.1f} %"
    digits = 2 if unit in ("s", "nats", "×") else 0
    return f"{value:,.{digits}f} {unit}".rstrip()
