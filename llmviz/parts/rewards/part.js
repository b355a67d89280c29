// Replies with their rewards: below each token a gauge of the reward of the reply up to it, behind the reply that of the whole.

import { COLUMN, digits, h, heading, render, tabStops, told, walk, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Rewards, Rewarded } from "./payload" */

const LEAST = 0.5; // reward that half a gauge stands for at least: a new head's noise fills none

export default part((/** @type {Given<Rewards & Shared>} */ { data, root, shared, kept }) => () => {
  const { rows, steps, judged } = data;
  const state = kept(data.title, () => ({ seat: 0 }));
  const place = placeOf(steps, stepOf(shared));
  const known = place >= 0 && rows.length > 0;
  const most = Math.max(LEAST, ...rows.flatMap(({ rewards }) => rewards.flat().map(Math.abs)));
  const tab = tabStops(state, rows.length);
  const gauge = (/** @type {number | undefined} */ reward) =>
    h(
      "i.gauge",
      { "aria-hidden": true },
      reward !== undefined && h("i.level", { style: `transform: scaleX(${Math.max(-1, Math.min(1, reward / most))})` }),
    );
  const signed = (/** @type {number} */ value) => `${value > 0 ? "+" : ""}${digits(value)}`;

  const row = (/** @type {Rewarded} */ { name, tokens, rewards, taste, marks }, /** @type {number} */ index) => {
    const now = known ? rewards[place] : [];
    const last = now.at(-1);
    const said = last === undefined ? "" : `reward ${signed(last)}`;
    const so_far = tokens.map((token, at) => (known ? `${token} ${signed(now[at + 1])}` : token)).join(" · ");
    return h(
      "div.row",
      {
        ...{ role: "listitem", class: [index === 0 && "own", known && marks[place] && "fooled"], tabindex: tab() },
        ...told(`${name}: ${said}\nup to each token: ${so_far || "no token"}`),
      },
      h("span.name", {}, name),
      h(
        "span.tokens",
        {},
        tokens.length
          ? tokens.map((token, at) => h("span.token", {}, h("span.word", {}, token), gauge(now[at + 1])))
          : h("span.none", {}, "(no word)"),
      ),
      h("span.reward", {}, last !== undefined && signed(last)),
      judged && h("span.taste", {}, taste === null ? "–" : signed(taste)),
      judged && h("span.mark", {}, known && marks[place]),
    );
  };

  render(
    root,
    { class: ["rewards", judged && "judged"] },
    heading(data.title, known && ` at step ${whole(steps[place])}`),
    h("p.empty", { hidden: known || !data.empty }, data.empty),
    h(
      "div.rows",
      { role: "list", "aria-label": data.title, ...walk(state, ".row", { keys: COLUMN }) },
      h(
        "div.head",
        { "aria-hidden": true },
        h("span"),
        h("span", {}, "below each token: the reward if the reply ended there"),
        h("span.reward", {}, "reward"),
        judged && h("span.taste", {}, "taste"),
        judged && h("span"),
      ),
      rows.map(row),
    ),
    h("p.note", {}, data.note),
  );
});
