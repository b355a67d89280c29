// What a T5 reads and writes: the text with a sentinel for each gap and the span written for it below; the answer as it comes out. Pointing
// at a token of the answer shows where the decoder looked in the text.

import { exactly, h, percent, render, tabStops, told, walk } from "../shared/draw.js";
import { begun, part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Answer, ReadAndWritten } from "./payload" */

const NAMED = 3; // tokens of the text that the note names
const HINT = "bar: how probable the model found it · point at a token that came out to see where the decoder looked";
const BLANK = "Guess first: then bars show how probable the model found it · point at a token to see where the decoder looked";

/** @typedef {{ seat: number, chosen: number | null, looked: number | null }} State */

export default part((/** @type {Given<ReadAndWritten & Shared>} */ { data, root, shared, kept, redraw }) => () => {
  const state = kept([data.group, data.given], () => /** @type {State} */ ({ seat: 0, chosen: null, looked: null }));
  const now = data.texts[placeOf(data.steps, stepOf(shared))];
  const at = [state.looked, state.chosen].find((place) => place !== null && now?.tokens[place]) ?? null;
  const weights = at === null ? undefined : now?.cross[at];
  const tab = tabStops(state, now?.tokens.length ?? 0);

  const read = data.given.map(({ text, gap }, place) => {
    const look = { style: `--look: ${weights?.[place] ?? 0}` };
    if (gap < 0) return h("span.token", { ...look, class: /^\[.*\]$|^\(.*\)$/.test(text) && "special" }, text);
    const heard = now && `the model wrote ${now.spans[gap]}${data.withheld ? "" : `, and gave it ${exactly(now.confidence[gap])}`}`;
    return h(
      "span.filled",
      { "data-tip": heard },
      h("span.token.gap", look, text),
      h("span.span", { class: (!now || now.confidence[gap] === 0) && "none" }, now ? now.spans[gap] : "?"),
    );
  });
  const written = now?.tokens.map(({ text, gap }, place) =>
    h(
      "button.token",
      {
        ...{ type: "button", class: gap >= 0 && "gap", "data-index": place, tabindex: tab(), "aria-pressed": place === at },
        ...told(data.withheld ? text : `${text}: the model gave it ${exactly(now.chances[place])} here`),
      },
      text,
      h("span.level", { class: data.withheld && "blank", "aria-hidden": true, style: `--share: ${now.chances[place] ?? 0}` }),
    ),
  );

  /** @param {Answer} answer @param {number} place @param {number[]} weights */
  const looks = ({ tokens, chances }, place, weights) => {
    const most = weights.map((weight, each) => ({ weight, text: data.given[each].text }));
    const named = most.sort((one, other) => other.weight - one.weight).slice(0, NAMED);
    const chance = data.withheld ? "" : ` (${percent(chances[place])})`;
    return `When it wrote “${tokens[place].text}”${chance}, it looked most at ${named.map(({ text, weight }) => `${text} ${percent(weight)}`).join(", ")}.`;
  };
  const idle = () => (data.withheld ? BLANK : HINT) + (now.ended ? "" : " · it was cut off before its end");
  const walking = walk(state, ".token", {
    choose(place) {
      state.chosen = state.chosen === place ? null : place;
      redraw();
    },
    look(place) {
      state.looked = place;
      redraw();
    },
  });

  render(
    root,
    { class: ["written", begun(shared)] },
    h(
      "div.line",
      {},
      h("span.name", {}, "goes in"),
      h(
        "div.tokens.given",
        { class: weights && "looked", role: "group", "aria-label": "What the encoder reads, and the span written for each gap." },
        read,
      ),
    ),
    h(
      "div.line",
      {},
      h("span.name", {}, "comes out"),
      h(
        "div.tokens.said",
        { role: "group", "aria-label": "What the decoder writes. Choose a token to see where it looked.", ...walking },
        written,
      ),
    ),
    h("p.note", { "aria-live": "polite" }, !now ? data.empty : at !== null && weights ? looks(now, at, weights) : idle()),
  );
});
