"""Values in, pictures out: the payloads of our components and the sentences of a page. Knows no torch and no streamlit."""
