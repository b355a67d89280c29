// Figures of very different size as bars on one logarithmic scale.

import { COLUMN, h, heading, render, tabStops, told, walk } from "../shared/draw.js";
import { part } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { LogBars } from "./payload" */

export default part((/** @type {Given<LogBars>} */ { data, root, kept }) => () => {
  const { bars, low, high, ticks, withheld } = data;
  const state = kept(
    bars.map(({ name, about }) => [name, about]),
    () => ({ seat: 0 }),
  );
  const tab = tabStops(state, bars.length);
  const share = (/** @type {number} */ power) => 100 * Math.min(1, Math.max(0, (power - low) / (high - low)));
  const lines = ticks.map(([power]) => h("i.line", { style: `left: ${share(power)}%` }));

  const rows = bars.map(({ name, about, phase, value, said }) =>
    h(
      "div.row",
      { class: phase, role: "listitem", tabindex: tab(), ...told([`${name}: ${said}`, about].filter(Boolean).join("\n")) },
      h("span.name", {}, h("b", {}, name), about && h("span.about", {}, about)),
      h("span.across", { "aria-hidden": true }, lines, value ? h("i.bar", { style: `width: ${share(Math.log10(value))}%` }) : null),
      h("span.said", {}, said),
    ),
  );
  const labels = ticks.map(([power, label]) => h("span", { style: `left: ${share(power)}%` }, label));
  render(
    root,
    { class: "log-bars" },
    heading(data.title, ` ${data.about}`),
    withheld
      ? h("p.withheld", {}, withheld)
      : h(
          "div.rows",
          { role: "list", "aria-label": data.title, ...walk(state, ".row", { keys: COLUMN }) },
          rows,
          bars.length > 0 && h("div.row.axis", { "aria-hidden": true }, h("span"), h("span.labels", {}, labels), h("span")),
        ),
    h("p.below", {}, data.below),
  );
});
