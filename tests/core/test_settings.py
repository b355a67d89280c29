import math
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from llmviz.core.settings import MaskingSpec, ModelSpec, Setting, TextSpec, TrainSpec, settings_of

PARTS: tuple[Any, ...] = (TextSpec(), ModelSpec(), TrainSpec(), MaskingSpec())


def settings(of_choices: bool) -> Iterator[Any]:
    """Every setting there is, of a list of choices or of a range, as parameters of a test."""
    for part in PARTS:
        for item, setting in settings_of(part):
            if bool(setting.choices) == of_choices:
                yield pytest.param(part, item.name, setting, id=f"{type(part).__name__}.{item.name}")


RANGED = pytest.mark.parametrize(("part", "name", "setting"), list(settings(of_choices=False)))
CHOSEN = pytest.mark.parametrize(("part", "name", "setting"), list(settings(of_choices=True)))


@RANGED
def test_the_ends_of_a_range_lie_in_it(part: Any, name: str, setting: Setting) -> None:
    assert math.isfinite(setting.low) and math.isfinite(setting.high)
    kind = type(getattr(part, name))
    for end in (setting.low, setting.high):
        assert getattr(replace(part, **{name: kind(end)}), name) == end


@RANGED
@pytest.mark.parametrize(
    "given",
    [math.nan, math.inf, -math.inf, True, False, None, "1", 10**400, -(10**400), 1e308, -1, [1], 1j, Fraction(1, 2)],
    ids=lambda given: str(given)[:8],
)
def test_nothing_else_is_taken(part: Any, name: str, setting: Setting, given: Any) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(setting.label)}: .+") as refused:
        replace(part, **{name: given})
    assert len(str(refused.value)) < 200


@RANGED
def test_just_outside_is_refused_and_the_range_named(part: Any, name: str, setting: Setting) -> None:
    step = 1 if isinstance(getattr(part, name), int) else 1e-6
    for outside in (setting.low - step, setting.high + step):
        with pytest.raises(ValueError, match=re.escape(f"{setting.low:g} … {setting.high:g}")):
            replace(part, **{name: outside})


@pytest.mark.parametrize("name", ["steps", "batch_size", "context"])
def test_a_whole_number_has_no_fraction(name: str) -> None:
    given: dict[str, Any] = {name: 20.5}
    with pytest.raises(ValueError, match="not a whole number"):
        replace(TrainSpec(), **given)


def test_equal_settings_are_written_alike() -> None:
    assert repr(TrainSpec(steps=20.0, learning_rate=1, clip=-0.0)) == repr(TrainSpec(steps=20, learning_rate=1.0, clip=0.0))  # type: ignore[arg-type]


@CHOSEN
def test_a_choice_is_one_of_the_list(part: Any, name: str, setting: Setting) -> None:
    assert getattr(part, name) in setting.choices
    for wrong in ("", "nope", None, 0, setting.choices[0].upper() + " ", list(setting.choices)):
        with pytest.raises(ValueError, match=f"^{re.escape(setting.label)}: .* is not one of"):
            replace(part, **{name: wrong})


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_every_setting_says_what_it_is(part: Any) -> None:
    for _, setting in settings_of(part):
        assert setting.label and setting.help.endswith(".")


@pytest.mark.parametrize("digest", ["../../etc", "0" * 63, "G" * 64, "0" * 64 + "\n", 5])
def test_a_digest_is_64_hexadecimal_digits(digest: Any) -> None:
    with pytest.raises(ValueError, match="digest"):
        TextSpec("tinyland", digest)
