"""The page in a browser, on the fake engine: what only a browser can show."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from tests.e2e.waiting import MINUTE, QUIET, SIZED
from tests.guess import skip_in_browser
from tests.ui.fake_engine import FakeEngine

pytestmark = pytest.mark.e2e

SNAPSHOTS = FakeEngine().history(RunRef(RunSpec("mlm").id, 0)).snapshots  # of the recording that the fake engine shows


def visit(page: Page, address: str) -> None:
    app, _, parameters = address.partition("/?")
    page.goto(f"{app.rstrip('/')}/masked-tokens?{parameters}")
    page.locator(".st-key-train").wait_for(state="attached")
    page.locator(".token").first.wait_for()
    page.locator(QUIET).wait_for()


def token(page: Page, place: int) -> Locator:
    return page.locator(f".token[data-place='{place}']")


def test_a_word_that_the_model_knows_is_added_by_a_click_and_by_keyboard(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/?s=the+capital+of+France+is&hide=1")
    page.get_by_role("button", name="Words it knows").click()
    words = page.get_by_role("group", name="capitals")
    words.get_by_role("button", name="Paris", exact=True).click()
    expect(page).to_have_url(re.compile(r"s=the\+capital\+of\+France\+is\+Paris&hide=1"))
    words.get_by_role("button", name="Rome", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"France\+is\+Paris\+Rome&hide=1"))
    expect(token(page, 6)).to_have_text("Rome")
    expect(token(page, 1)).to_have_attribute("aria-pressed", "true")


def test_hide_with_the_mouse(page: Page, fake_app: str) -> None:
    visit(page, fake_app)
    token(page, 3).click()
    expect(token(page, 3)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".gap")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"hide=3%2C5"))
    token(page, 3).click()
    expect(page.locator(".gap")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"^((?!hide).)*$"))


def test_hide_and_scrub_with_the_keyboard(page: Page, fake_app: str) -> None:
    visit(page, fake_app)
    skip_in_browser(page)  # the past is withheld until then
    token(page, 0).focus()
    page.keyboard.press("ArrowRight")
    expect(token(page, 1)).to_be_focused()
    page.keyboard.press("Space")
    expect(token(page, 1)).to_have_attribute("aria-pressed", "true")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    expect(page.locator(".bars h3")).to_have_text(re.compile("at step 0, random start$"))
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", str(SNAPSHOTS[1]))
    expect(page).to_have_url(re.compile(f"step={SNAPSHOTS[1]}$"))
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"^((?!step=).)*$"))


def test_scrub_with_the_mouse_calls_no_server_until_the_end(page: Page, fake_app: str) -> None:
    visit(page, fake_app)
    skip_in_browser(page)
    box = page.locator(".chart").bounding_box()
    assert box
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", sent.append))
    page.mouse.move(box["x"] + 300, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 80, steps=5)
    at = int(page.get_by_role("slider").get_attribute("aria-valuenow") or "0")
    assert at in SNAPSHOTS[1:-1]
    expect(page.locator(".bars h3")).to_have_text(re.compile(f"at step {at}$"))
    assert "step=" not in page.url and not sent
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"step={at}$"))


def test_the_same_address_shows_the_same_picture(page: Page, fake_app: str) -> None:
    step = str(SNAPSHOTS[16])
    visit(page, f"{fake_app}/?s=every+cow+moos&hide=2&step={step}")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", step)
    skip_in_browser(page)
    before = page.locator(".bars").inner_text()
    page.reload()
    page.locator(".token").first.wait_for()
    skip_in_browser(page)
    page.locator(".gap").first.wait_for()
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", step)
    assert page.locator(".bars").inner_text() == before


def test_train_watch_pause_and_finish(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/?steps=400")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("run="))
    slider = page.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"step [1-9]\d* "))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused at step").or_(page.get_by_text("paused · step"))).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("trained here")).to_be_visible(timeout=20_000)
    expect(slider).to_have_attribute("aria-valuenow", "400")


def test_after_a_reload_the_run_is_still_its_visitors(page: Page, fake_app: str, browser: Browser) -> None:
    visit(page, f"{fake_app}/?steps=4000&seed=11")
    page.get_by_role("button", name="Train live").click()
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    page.reload()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused · step")).to_be_visible()
    expect(page.get_by_text("someone else controls this run")).to_have_count(0)
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.goto(page.url)
        expect(other.get_by_text("someone else controls this run")).to_be_visible(timeout=MINUTE)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("stopped at step")).to_be_visible()


def test_a_hostile_sentence_is_only_text(page: Page, fake_app: str) -> None:
    visit(page, fake_app)
    page.get_by_label("Your sentence").fill("<img src=x onerror=alert(1)> **b** `c` 😀 שלום")
    page.keyboard.press("Enter")
    expect(token(page, 0)).to_contain_text("<")
    expect(page.locator(".strip .note")).to_contain_text("vocabulary")
    assert page.locator(".strip img").count() == 0


def test_all_fits_on_one_screen(page: Page, fake_app: str) -> None:
    visit(page, fake_app)
    for selector in (".st-key-question", ".st-key-facts_row", ".curve", ".bars", ".strip"):
        box = page.locator(selector).first.bounding_box()
        assert box and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440


@pytest.mark.parametrize("hidden", ["5", "3,5", "1,3,5"])
def test_the_truth_of_each_gap_is_in_sight(page: Page, fake_app: str, hidden: str) -> None:
    visit(page, f"{fake_app}/?hide={hidden}&step=0")
    skip_in_browser(page)
    shown = page.locator(".groups").bounding_box()
    truths = page.locator(".row.truth:visible")
    expect(truths).to_have_count(len(hidden.split(",")))
    for truth in truths.all():
        box = truth.bounding_box()
        assert box and shown and box["y"] + box["height"] <= shown["y"] + shown["height"] + 1


def test_a_label_of_the_chart_explains_itself(page: Page, fake_app: str) -> None:
    visit(page, fake_app)
    label = page.locator(".curve .explained", has_text="floor")
    label.hover()
    expect(page.locator(".curve .tip")).to_contain_text("knows the very grammar")
    page.mouse.move(10, 10)
    expect(page.locator(".curve .tip")).to_be_hidden()
    page.locator(".curve .explained", has_text="best possible").focus()
    expect(page.locator(".curve .tip")).to_contain_text("often several fit")


def test_nothing_moves_between_the_states(page: Page, fake_app: str) -> None:
    visit(page, f"{fake_app}/?steps=4000")
    parts = (
        ".strip",
        ".bars",
        ".curve",
        ".st-key-training_row",
        ".st-key-facts_row",
        ".st-key-question",
        ".st-key-stop",
        ".st-key-one_step",
    )

    def places() -> list[object]:
        page.wait_for_timeout(300)
        return [page.locator(part).first.bounding_box() for part in parts]

    before = places()
    page.get_by_role("button", name="Train live").click()
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    assert places() == before
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    assert places() == before
    token(page, 3).click()
    expect(page.locator(".gap")).to_have_count(2)
    assert places() == before
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("stopped at step")).to_be_visible()
    assert places() == before


@pytest.mark.parametrize(("address", "least"), [("", 14), ("?lecture=1", 21)])
def test_the_last_row_can_read_the_chart(page: Page, fake_app: str, address: str, least: float) -> None:
    visit(page, f"{fake_app}/{address}")
    if address:
        for _ in range(3):
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(300)
            page.locator(QUIET).wait_for()
        page.wait_for_timeout(500)  # a part that is being replaced has no size
    sizes = page.locator(".curve svg text").evaluate_all("texts => texts.map(text => parseFloat(getComputedStyle(text).fontSize))")
    assert min(sizes) >= least


def test_the_browsers_back_button(page: Page, fake_app: str) -> None:
    visit(page, fake_app)
    token(page, 1).click()
    expect(page).to_have_url(re.compile("hide=1"))
    page.go_back()
    expect(token(page, 1)).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".gap")).to_have_count(1)


def test_a_lecture_goes_beat_by_beat(page: Page, fake_app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    visit(page, f"{fake_app}/?lecture=1")
    title, bars, curve, train = (page.locator(name) for name in (".head h1", ".bars", ".curve", ".st-key-training_row"))
    expect(title).to_be_visible()
    expect(bars).to_be_hidden()
    for beat in range(2, 6):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_text(f"{beat} of 5")).to_be_visible()
    expect(title).to_be_hidden()
    page.evaluate(SIZED)
    for part in (bars, curve, train):
        expect(part).to_be_visible()
        box = part.bounding_box()
        assert box and box["y"] + box["height"] <= 720
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")  # the slider's own key, not the lecture's
    expect(page.get_by_text("5 of 5")).to_be_visible()
    page.locator(".curve h3").click()
    page.get_by_role("slider").blur()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("4 of 5")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(page: Page, fake_app: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit(page, fake_app)
    page.wait_for_timeout(300)
    for selector in (
        ".word",
        ".strip .note",
        ".bars .name",
        ".curve .about",
        ".head p",
        ".st-key-facts_row p",
        ".st-key-question p",
        ".about",
    ):
        assert page.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector


# The contrast of an element's text with what lies behind it, as WCAG 2 defines it.
CONTRAST = """element => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  canvas.canvas.width = canvas.canvas.height = 1;
  const up = node => node.parentElement ?? node.getRootNode().host ?? null;
  const grounds = [];
  let opacity = 1;
  for (let node = element; node; node = up(node)) {
    const style = getComputedStyle(node);
    grounds.unshift(style.backgroundColor);
    opacity *= style.opacity;
  }
  const paint = colours => {
    canvas.globalAlpha = 1; canvas.fillStyle = "white"; canvas.fillRect(0, 0, 1, 1);
    for (const [colour, alpha] of colours) { canvas.globalAlpha = alpha; canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    const light = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(byte => byte / 255)
      .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
  };
  const ground = grounds.map(colour => [colour, 1]);
  const [one, other] = [paint(ground), paint([...ground, [getComputedStyle(element).color, opacity]])].sort((a, b) => b - a);
  return (one + 0.05) / (other + 0.05);
}"""


@pytest.mark.parametrize(("path", "part"), [("", ".story"), ("masked-tokens", ".curve"), ("attention-maps", ".tile")])
def test_a_part_taken_off_the_page_draws_no_more(page: Page, fake_app: str, path: str, part: str) -> None:
    page.goto(f"{fake_app.rstrip('/')}/{path}")
    page.locator(part).first.wait_for()
    page.locator(QUIET).wait_for()
    page.locator(part).first.evaluate(
        """async (part) => {
            part.getRootNode().host.remove();
            for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
        }"""
    )
    expect(page.locator(part)).to_have_count(0)
    page.emulate_media(color_scheme="dark")  # the parts are handed their data again; none complains, as every browser test makes sure of
    page.locator(QUIET).wait_for()
    page.wait_for_timeout(500)


def test_the_first_visitor_of_a_server_may_come_by_the_address_of_a_page(page: Page, new_app: str) -> None:
    page.goto(f"{new_app}/next-token")
    page.locator(".written .token").first.wait_for(timeout=MINUTE)
    page.locator(QUIET).wait_for(timeout=MINUTE)
    expect(page.get_by_text("Page not found")).to_have_count(0)
