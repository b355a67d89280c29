// The token strip. Tells the server "hidden", the list of hidden places.

import { exactly, h, render } from "../shared/draw.js";
import { begun, part, placeOf, stepName, stepOf } from "../shared/run.js";
import { wordRow } from "../shared/words.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { TokenStrip } from "./payload" */

export default part((/** @type {Given<TokenStrip & Shared>} */ given) => () => {
  const { data, root, shared } = given;
  const place = placeOf(data.steps, stepOf(shared));
  const chances = data.probability[place];
  const row = wordRow(given, {
    ...{ words: data.tokens, away: data.hidden, gone: "hidden", event: "hidden", single: data.single },
    label: "The sentence. Choose a word to hide it or show it again.",
    level: (token) => chances?.[token] ?? 0,
    said: (token, gone) =>
      chances
        ? `: the model${gone ? "" : ", which also reads it,"} gives it ${exactly(chances[token])} here at ${stepName(shared, data.steps[place])}`
        : "",
  });
  render(root, { class: ["word-row", "strip", begun(shared), !chances && "bare"] }, row, h("p.note", {}, data.note));
});
