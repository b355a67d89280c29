"""All that draws with Streamlit. Knows pages and the engine's contract; knows no model."""
