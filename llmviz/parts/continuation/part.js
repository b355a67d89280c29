// The continuation. Tells the server "at", the place of a token that was clicked, and "forget" when nothing is to be chosen by hand any
// more.

import { exactly, h, render, tabStops, told, walk, whole } from "../shared/draw.js";
import { begun, choice, part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Continuation } from "./payload" */

export default part((/** @type {Given<Continuation & Shared>} */ { data, root, shared, kept, redraw, tell }) => () => {
  const state = kept(data.group, () => ({ seat: data.at }));
  const { now: at, choose } = choice(state, data.at, data.visit);
  const index = placeOf(data.steps, stepOf(shared));
  const now = data.texts[index];
  const count = Math.min(data.shown, now?.words.length ?? 0);
  const more = now && count < now.words.length;
  const tab = tabStops(state, count + (more ? 1 : 0));

  /** @param {string} word @param {number} place @param {number | null} chance @param {string} heard @param {(string | false)[]} looks */
  const token = (word, place, chance, heard, looks) => {
    const level = chance === null ? null : h("span.level", { style: `transform: scaleX(${chance})` });
    return h(
      "button.token",
      { ...{ type: "button", class: looks, "data-place": place, "aria-pressed": place === at(), tabindex: tab() }, ...told(heard) },
      h("span.word", {}, word),
      h("span.gauge", { class: data.withheld && chance === null && place < count && "blank", "aria-hidden": true }, level),
    );
  };
  const tokens = now?.words.slice(0, count).map((word, place) => {
    const byHand = place < data.chosen;
    const heard = data.withheld
      ? word
      : `${word}: the model gave it ${exactly(now.chances[place])} here at step ${whole(data.steps[index])}`;
    return token(word, place, data.withheld ? null : now.chances[place], heard + (byHand ? ", on the way you chose" : ""), [
      now.joined[place] && "joined",
      place === data.chosen - 1 && "chosen",
      now.ended && place === now.words.length - 1 && "end",
    ]);
  });

  render(
    root,
    { class: ["written", begun(shared)] },
    h(
      "div.text",
      {
        ...{ role: "group", dir: "auto" },
        "aria-label": "The beginning and its continuation. Choose a word of the continuation to see what else could stand there.",
        ...walk(state, ".token", {
          choose(place) {
            choose(place);
            redraw();
            tell("at", place);
          },
        }),
      },
      data.given.map(({ text, known, joined }) =>
        h("span.given", { class: [joined && "joined", !known && "unknown"] }, h("span.word", {}, text)),
      ),
      tokens,
      more && token("?", count, null, "the token that comes next", ["next"]),
      now && !more && now.why && h("span.why", {}, now.why),
    ),
    h(
      "div.below",
      {},
      h("p.note", {}, data.note),
      h("button.forget", { type: "button", hidden: !data.chosen, onclick: () => tell("forget", true) }, "Let it choose by itself again"),
    ),
  );
});
