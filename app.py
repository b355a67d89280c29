"""The app: its sections, pages and their order, which is that of the lecture's slides."""

from pathlib import Path

import streamlit as st

from llmviz.ui import fast, lectern, lesson, path  # noqa: F401 - fast is imported for what it does

HERE = Path(__file__).parent
SECTIONS = {
    "": [
        st.Page(HERE / "pages/story.py", title="Start", url_path="start", default=True),
        st.Page(HERE / "pages/side_by_side.py", title="Side by side", url_path="side-by-side"),
    ],
    "Pretraining": [
        st.Page(HERE / "pages/tokens.py", title="Tokens", url_path="tokens"),
        st.Page(HERE / "pages/four_exercises.py", title="Four exercises", url_path="four-exercises"),
        st.Page(HERE / "pages/masked_tokens.py", title="Masked tokens", url_path="masked-tokens"),
        st.Page(HERE / "pages/next_token.py", title="Next token", url_path="next-token"),
        st.Page(HERE / "pages/what_and_when.py", title="What and when", url_path="what-and-when"),
        st.Page(HERE / "pages/positions_optimisers.py", title="Four recipes", url_path="positions-optimisers"),
    ],
    "Fine-tuning": [
        st.Page(HERE / "pages/before_after.py", title="Before and after", url_path="before-after"),
        st.Page(HERE / "pages/entities.py", title="Names in a text", url_path="entities"),
        st.Page(HERE / "pages/answers.py", title="Answers", url_path="answers"),
        st.Page(HERE / "pages/own_labels.py", title="Your own labels", url_path="own-labels"),
        st.Page(HERE / "pages/own_names.py", title="Your own names", url_path="own-names"),
        st.Page(HERE / "pages/forgetting.py", title="Forgetting", url_path="forgetting"),
        st.Page(HERE / "pages/bill.py", title="The bill", url_path="bill"),
    ],
    "BERT": [
        st.Page(HERE / "pages/next_sentence.py", title="Next sentence", url_path="next-sentence"),
    ],
    "GPT": [
        st.Page(HERE / "pages/gpt_story.py", title="A GPT's story", url_path="gpt-story"),
        st.Page(HERE / "pages/prompting.py", title="Prompting", url_path="prompting"),
        st.Page(HERE / "pages/instructions.py", title="Instructions", url_path="instructions"),
        st.Page(HERE / "pages/human_feedback.py", title="Human feedback", url_path="human-feedback"),
        st.Page(HERE / "pages/reinforcement.py", title="Reinforcement", url_path="reinforcement"),
        st.Page(HERE / "pages/safety.py", title="Safety", url_path="safety"),
        st.Page(HERE / "pages/attention_maps.py", title="Attention maps", url_path="attention-maps"),
    ],
    "T5": [
        st.Page(HERE / "pages/spans.py", title="Spans", url_path="spans"),
        st.Page(HERE / "pages/text_to_text.py", title="Text to text", url_path="text-to-text"),
    ],
    "Continual learning": [
        st.Page(HERE / "pages/continual_learning.py", title="Current data", url_path="continual-learning"),
    ],
    "Runs": [
        st.Page(HERE / "pages/scoreboard.py", title="Scoreboard", url_path="scoreboard"),
        st.Page(HERE / "pages/lab_book.py", title="Lab book", url_path="lab-book"),
    ],
}

lesson.configure()
page = st.navigation(SECTIONS, position="hidden")
path.know(SECTIONS)
lectern.take()
lesson.frame(SECTIONS, lectern.desk)
lectern.line()
page.run()
path.foot()
lectern.publish()
