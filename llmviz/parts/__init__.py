"""Our own parts of a page: a folder each of HTML, CSS and JavaScript, and what they share. `ui/parts.py` mounts them. No streamlit."""
