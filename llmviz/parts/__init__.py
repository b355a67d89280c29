"""Our own parts of a page: what draws in the browser. A folder each; `ui/parts.py` mounts them. No streamlit here, and no torch.

- `payload.py` says what a part is given, as TypedDicts. Views make these, and mypy holds them to it; `python -m llmviz.parts.types` makes
  `payload.d.ts` from them, against which TypeScript checks the script (`python -m tests.javascript`).
- `part.js` is an ES module that hands `part(…)` what draws it: a function from payload, step and state to elements. `part.css` styles it.
- `part.html`, where there is one, is its frame, which the script fills by selectors (`slots`); without one it draws all (`render`).

What parts share is in `shared/`: `dom.js` makes elements from values, `part.js` draws anew when data, step or size change, `rows.js`,
`words.js`, `chart.js`, `matrix.js` and `slider.js` are what pictures are made of, `keys.js` lets one go through any of them with the arrow
keys, and `tip.js` shows what an element says of itself (`data-tip`) to the mouse, the finger and the focus. Files import one another;
`bundle.py` puts them into the one script that Streamlit wants.
"""
