"""The live curve alone, in a browser, on curves that leave its axis."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from llmviz.parts import bundle

pytestmark = pytest.mark.e2e

DRAW = """async ([script, data]) => {
  const module = await import(URL.createObjectURL(new Blob([script], {type: "text/javascript"})));
  module.default({data: [data], parentElement: document.body, setTriggerValue() {}});
  await new Promise((done) => setTimeout(done, 300));
}"""


def payload(loss: list[float], batches: list[float]) -> dict[str, Any]:
    lines = [{"name": "random guess", "about": "", "value": 6.0}]
    return {
        "group": "one", "visit": 0, "step": None, "phase": "pretrained", "about": "", "fits": False, "total": 40, "live": False,
        "empty": "", "snapshots": [0, 40], "headline": {"name": "loss", "share": False, "steps": [0, 10, 20, 30, 40], "values": loss},
        "batches": {"steps": list(range(1, len(batches) + 1)), "values": batches}, "lines": lines, "probes": [], "ceilings": [],
    }  # fmt: skip


def shown(browser: Browser, data: dict[str, Any]) -> Page:
    """A page with the curve alone."""
    page = browser.new_page()
    page.set_content(f"<style>{bundle.style('curve')}</style><body>{bundle.frame('curve')}</body>")
    page.evaluate(DRAW, [bundle.script("curve"), data])
    return page


def drawn(browser: Browser, data: dict[str, Any]) -> tuple[list[str], str, str]:
    """The marks above the axis by their titles, the text alternative, and what stands at the cursor."""
    page = shown(browser, data)
    marks = [title.text_content() or "" for title in page.locator("path.above title").all()]
    found = marks, page.locator("svg").get_attribute("aria-label") or "", page.locator("text.here").text_content() or ""
    page.close()
    return found


def test_a_loss_above_the_axis_has_a_mark_and_its_value_in_words(browser: Browser) -> None:
    """The axis ends at 1.06 times the random guess, 6.36. A first loss of 6.51 and a divergence at the end lie above it."""
    marks, told, here = drawn(browser, payload([6.51, 5.0, 4.0, 9.0, 13.1], [6.2, 6.1]))
    assert marks == ["held-out loss 6.51 at step 0, above the axis", "held-out loss 13.10 at step 40, above the axis"]
    assert "held-out loss 6.51 at step 0, above the axis; held-out loss 13.10 at step 40, above the axis." in told
    assert here == "step 40 · loss 13.10 ↑ above the axis"


def test_a_batch_above_the_axis_is_marked_too_and_one_below_is_not(browser: Browser) -> None:
    marks, told, here = drawn(browser, payload([6.0, 5.0, 4.0, 3.0, 2.0], [6.2, 7.5, 8.25, 6.1]))
    assert marks == ["this batch 8.25 at step 3, above the axis"] and "loss of a batch 8.25 at step 3, above the axis" in told
    assert here == "step 40 · loss 2.00"


def test_a_headline_that_is_no_loss_has_its_own_name_and_an_axis_that_holds_its_values(browser: Browser) -> None:
    """A reward may be negative, and then the axis begins below 0."""
    data = payload([], []) | {
        "about": "points, held-out", "fits": True, "lines": [{"name": "best possible", "about": "", "value": 1.0}],
        "headline": {"name": "reward", "share": False, "steps": [0, 20, 40], "values": [-0.5, 0.25, 0.9]},
    }  # fmt: skip
    marks, told, here = drawn(browser, data)
    assert marks == [] and here == "step 40 · reward 0.90"
    assert told.startswith("Reward on held-out text: -0.50 at step 0, 0.90 at step 40. best possible 1.00.")
    page = shown(browser, data)
    assert page.locator(".title").text_content() == "Reward while it learns"
    assert page.locator(".about").text_content() == "points, held-out"
    points = re.findall(r"[\d.]+", page.locator("path.held").get_attribute("d") or "")
    heights = [float(height) for height in points[1::2]]
    zero, half = (float(page.get_by_text(tick, exact=True).first.get_attribute("y") or "nan") for tick in ("0", "0.5"))
    low = float(page.get_by_text("-0.5", exact=True).first.get_attribute("y") or "nan")
    assert half < zero < low and heights == sorted(heights, reverse=True)
    assert abs(heights[0] - low) < 6 and heights[-1] < half  # the label of a tick hangs a third of a letter lower
    page.close()


@pytest.mark.parametrize("step", [10, 20, 30, 40])
def test_the_label_at_the_cursor_lies_on_no_line(browser: Browser, step: int) -> None:
    data = payload([5.9, 1.2, 0.9, 0.8, 0.7], [1.0] * 40) | {"snapshots": [0, 10, 20, 30, 40], "step": step}
    page = shown(browser, data)
    crossed = page.evaluate(
        """() => {
            const line = document.querySelector(".held"), box = document.querySelector(".here").getBBox(), length = line.getTotalLength();
            const points = Array.from({length: 1000}, (_, place) => line.getPointAtLength(length * place / 999));
            return points.filter(({x, y}) => x > box.x && x < box.x + box.width && y > box.y + 2 && y < box.y + box.height - 2).length;
        }"""
    )
    page.close()
    assert crossed == 0
