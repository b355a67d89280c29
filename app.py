"""The app: its sections, pages and their order, which is that of the lecture's slides."""

import streamlit as st

from llmviz.ui import fast, lectern, lecture, lesson, path  # noqa: F401 - fast is imported for what it does
from llmviz.ui.path import page

SECTIONS = {
    "": [
        page("story", title="Start", url_path="start", default=True),
        page("side_by_side", title="Side by side", url_path="side-by-side"),
    ],
    "Pretraining": [
        page("tokens", title="Tokens", url_path="tokens"),
        page("four_exercises", title="Four exercises", url_path="four-exercises"),
        page("masked_tokens", title="Masked tokens", url_path="masked-tokens"),
        page("next_token", title="Next token", url_path="next-token"),
        page("what_and_when", title="What and when", url_path="what-and-when"),
        page("positions_optimisers", title="Four recipes", url_path="positions-optimisers"),
    ],
    "Fine-tuning": [
        page("before_after", title="Before and after", url_path="before-after"),
        page("entities", title="Names in a text", url_path="entities"),
        page("answers", title="Answers", url_path="answers"),
        page("own_labels", title="Your own labels", url_path="own-labels"),
        page("own_names", title="Your own names", url_path="own-names"),
        page("forgetting", title="Forgetting", url_path="forgetting"),
        page("bill", title="The bill", url_path="bill"),
    ],
    "BERT": [
        page("next_sentence", title="Next sentence", url_path="next-sentence"),
    ],
    "GPT": [
        page("gpt_story", title="A GPT's story", url_path="gpt-story"),
        page("prompting", title="Prompting", url_path="prompting"),
        page("instructions", title="Instructions", url_path="instructions"),
        page("human_feedback", title="Human feedback", url_path="human-feedback"),
        page("reinforcement", title="Reinforcement", url_path="reinforcement"),
        page("safety", title="Safety", url_path="safety"),
        page("architecture", title="Architecture", url_path="architecture"),
        page("attention_maps", title="Attention maps", url_path="attention-maps"),
    ],
    "T5": [
        page("spans", title="Spans", url_path="spans"),
        page("text_to_text", title="Text to text", url_path="text-to-text"),
    ],
    "Data and scale": [
        page("scale", title="Scale", url_path="scale"),
        page("continual_learning", title="Current data", url_path="continual-learning"),
        page("own_text", title="Your own text", url_path="own-text"),
    ],
    "Runs": [
        page("scoreboard", title="Scoreboard", url_path="scoreboard"),
        page("lab_book", title="Lab book", url_path="lab-book"),
    ],
}

lesson.configure()
shown = st.navigation(SECTIONS, expanded=True)
path.know(SECTIONS)
lectern.take()
lesson.frame(lectern.desk)
lectern.line()
shown.run()
lecture.arrived()
path.foot()
lectern.publish()
