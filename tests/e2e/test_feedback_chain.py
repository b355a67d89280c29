"""From a person's choices to a model that pleases them, in a real browser and with real models: label, learn a reward, PPO."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.waiting import MINUTE, QUIET, TRAINED

pytestmark = pytest.mark.e2e

WARM = re.compile(r"\b(lovely|superb|wonderful|great|glad|proud|happy|excellent|perfect|delicious)\b")


def test_ones_own_choices_become_a_reward_and_ppo_learns_from_it(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/human-feedback?steps=20")
    count, texts = page.locator(".labeller .count"), page.locator(".labeller .text")
    expect(count).to_contain_text("judged by you", timeout=TRAINED)  # the recorded model replies
    page.locator(QUIET).wait_for(timeout=MINUTE)
    page.locator(".labeller").focus()
    for pairs in range(1, 16):  # this person likes warm words
        one, other = (len(WARM.findall(text)) for text in texts.all_inner_texts()[-2:])
        page.keyboard.press("1" if one >= other else "2")
        expect(count).to_contain_text(f"{pairs} pair", timeout=MINUTE)
    expect(page).to_have_url(re.compile(r"choices_digest=[0-9a-f]{64}"), timeout=MINUTE)
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".st-key-state")).to_contain_text("done", timeout=TRAINED)
    page.get_by_role("link", name="Let a model learn from this reward").click()
    expect(page).to_have_url(re.compile(r"/reinforcement\?.*reward="), timeout=MINUTE)
    page.get_by_role("radio", name="PPO").click()
    expect(page).to_have_url(re.compile(r"stage=ppo.*reward=|reward=.*stage=ppo"), timeout=MINUTE)
    page.goto(f"{page.url}&steps=8")  # enough to move, and soon over
    page.locator(QUIET).wait_for(timeout=MINUTE)
    page.get_by_role("button", name="Train live").click()
    expect(page.locator(".st-key-state")).to_contain_text("done", timeout=TRAINED)
    expect(page.locator(".samples .row .reply.after").first).not_to_be_empty(timeout=MINUTE)
    expect(page.locator(".st-key-chain_area")).to_contain_text(re.compile(r"Reward model: done .* PPO: done"), timeout=MINUTE)
