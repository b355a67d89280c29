// Two replies to one request, to choose from: 1 or ← for the first, 2 or → for the second, 0 or Space for a tie, u to take back.
// Tells the server "said", all choices so far by place: whoever is quicker than the server loses none.

import { counted, h, render } from "../shared/draw.js";
import { part } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Labeller } from "./payload" */

const KEYS = /** @type {Record<string, number>} */ ({ 1: 1, ArrowLeft: 1, 2: 2, ArrowRight: 2, 0: 0, " ": 0 });
const TAKE_BACK = ["u", "Backspace"];
const SIDES = /** @type {const} */ (["one", "other"]);

export default part((/** @type {Given<Labeller>} */ { data, root, kept, tell, redraw }) => () => {
  const { first, pairs, closed } = data;
  const state = kept(data.list, () => ({ said: [...data.said] }));
  const { said } = state;
  const pair = closed ? undefined : pairs[said.length - first];
  const ties = said.filter((which) => which === 0).length;

  const choose = (/** @type {number} */ which) => {
    if (!pair) return;
    said.push(which);
    tell("said", [...said]);
    redraw();
  };
  const undo = () => {
    if (closed || said.length <= first) return;
    said.pop();
    tell("said", [...said]);
    redraw();
  };
  const onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const which = KEYS[event.key];
    if (which === undefined && !TAKE_BACK.includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys, and a button would be pressed besides
    if (which === undefined) undo();
    else choose(which);
  };

  const card = (/** @type {(typeof SIDES)[number]} */ side, /** @type {number} */ place) =>
    h(
      "button.reply",
      { type: "button", disabled: !pair, onclick: () => choose(place + 1), "aria-label": pair && `Prefer: ${pair[side]}` },
      h("span.key", {}, h("kbd", {}, String(place + 1)), h("kbd", {}, place ? "→" : "←")),
      h("span.text", {}, pair ? pair[side] || "(an empty reply)" : "…"),
    );

  render(
    root,
    {
      class: "labeller",
      tabindex: closed ? null : 0,
      onkeydown,
      "aria-label": "Which reply is better? Press 1, 2, or 0 for a tie; u takes back.",
    },
    h("p.request", { "aria-live": "polite" }, pair ? h("b", {}, pair.request) : closed || "The next replies are on their way."),
    h("div.replies", {}, SIDES.map(card)),
    h(
      "div.row",
      {},
      h("button.small", { type: "button", disabled: !pair, onclick: () => choose(0) }, h("kbd", {}, "0"), " a tie"),
      h("button.small", { type: "button", disabled: Boolean(closed) || said.length <= first, onclick: undo }, h("kbd", {}, "u"), " undo"),
      h("span.count", { role: "status" }, `${counted(said.length, "pair")} judged by you${ties ? `, ${counted(ties, "tie")}` : ""}`),
    ),
    h("p.note", {}, data.note),
  );
});
