// Figures above and below zero: a bar to the right or to the left of a line, and the number beside it.

import { COLUMN, digits, h, heading, render, tabStops, told, walk, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { SignedBars } from "./payload" */

export default part((/** @type {Given<SignedBars & Shared>} */ { data, root, shared, kept }) => () => {
  const { bars, steps, most } = data;
  const state = kept(data.title, () => ({ seat: 0 }));
  const place = placeOf(steps, stepOf(shared));
  const known = place >= 0 && bars.length > 0;
  const now = known ? bars.map(({ name, about, values }) => ({ name, about, value: values[place] })) : [];
  const ordered = now.sort((one, other) => other.value - one.value);
  const up = ordered.filter(({ value }) => value > 0).slice(0, most || ordered.length);
  const down = ordered.filter(({ value }) => value <= 0).slice(most ? -most : 0);
  const shown = [...up, ...down];
  const largest = Math.max(1e-9, ...bars.flatMap(({ values }) => values.map(Math.abs)));
  const tab = tabStops(state, shown.length);
  const signed = (/** @type {number} */ value) => `${value > 0 ? "+" : ""}${digits(value)}`;

  render(
    root,
    { class: ["signed-bars", data.phase] },
    heading(data.title, [" ", data.about, known && steps.length > 1 && `, at step ${whole(steps[place])}`]),
    !known && h("p.empty", {}, data.empty),
    h(
      "div.rows",
      { role: "list", "aria-label": data.title, hidden: !known, ...walk(state, ".row", { keys: COLUMN }) },
      shown.map(({ name, about, value }) =>
        h(
          "div.row",
          { role: "listitem", tabindex: tab(), ...told(`${name}: ${signed(value)}\n${about}`) },
          h("span.name", {}, name),
          h(
            "span.across",
            { "aria-hidden": true },
            h("i.bar", {
              class: value < 0 && "left",
              style: `left: ${value < 0 ? 50 * (1 + value / largest) : 50}%; width: ${(50 * Math.abs(value)) / largest}%`,
            }),
          ),
          h("span.said", {}, signed(value)),
        ),
      ),
    ),
    h("div.sides", { "aria-hidden": true, hidden: !known }, h("span", {}, `← ${data.left}`), h("span", {}, `${data.right} →`)),
  );
});
