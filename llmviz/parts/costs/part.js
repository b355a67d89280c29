// Tokens per word as a table of bars; the hatched part of a bar is [UNK].

import { h, heading, render, tabStops, told, walk } from "../shared/draw.js";
import { part } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Costs } from "./payload" */

export default part((/** @type {Given<Costs>} */ { data, root, kept }) => () => {
  const { names, texts } = data;
  const state = kept(names, () => ({ seat: 0 }));
  const tab = tabStops(state, texts.length * names.length);
  const most = Math.max(1, ...texts.flatMap(({ rates }) => rates));
  const head = ["reading", ...names].map((name) => h("span", { role: "columnheader" }, name));
  const width = (/** @type {number} */ rate) => ({ style: `width: ${(100 * rate) / most}%` });

  const lines = texts.map(({ name, own, rates, lost }) =>
    h(
      "div.line",
      { class: own && "own", role: "row" },
      h("span.text", { role: "rowheader" }, name),
      rates.map((rate, kind) => {
        const unknown = lost[kind] ? `, ${lost[kind].toFixed(3)} of them [UNK]` : "";
        return h(
          "span.cell",
          { role: "cell", tabindex: tab(), ...told(`${name}, ${names[kind]}: ${rate.toFixed(2)} tokens per word${unknown}`) },
          h("span.track", { "aria-hidden": true }, h("i", width(rate - lost[kind])), h("i.lost", width(lost[kind]))),
          h("span", {}, rate.toFixed(2)),
        );
      }),
    ),
  );
  const keys = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: names.length, ArrowUp: -names.length };
  render(
    root,
    { class: "costs" },
    heading(data.title, ` ${data.about}`),
    h(
      "div.table",
      { role: "table", "aria-label": data.title, ...walk(state, ".cell", { keys }) },
      texts.length > 0 && h("div.line.head", { role: "row" }, head),
      lines,
    ),
    h("p.below", {}, data.below),
  );
});
