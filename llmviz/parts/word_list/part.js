// Words by heading. Tells the server "word", the one that was clicked.

import { h, render } from "../shared/draw.js";
import { part } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { WordList } from "./payload" */

export default part((/** @type {Given<WordList>} */ { data, root, tell }) => () => {
  const button = (/** @type {string} */ word) => h("button", { type: "button", onclick: () => tell("word", word) }, word);
  render(
    root,
    { class: "words" },
    h("p", {}, data.said),
    data.groups.map(({ heading, words }) =>
      h(
        "section",
        { role: "group", "aria-label": heading || "words" },
        heading ? h("h4", {}, heading) : null,
        h("div.all", {}, words.map(button)),
      ),
    ),
  );
});
