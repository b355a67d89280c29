// Curves in one chart; under the mouse, or where the arrow keys have moved to, the exact values.

import { aloud, band, columns, explore, line, names, panel, point, rows, rule, ticks, upright } from "../shared/charts.js";
import { counted, h, heading, percent, render, whole } from "../shared/draw.js";
import { part, placeOf, sizeOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Curve, Curves } from "./payload" */

export default part((/** @type {Given<Curves>} */ { data, root, kept, redraw }) => {
  const { bounds, low, marked, share, unit } = data;
  const state = kept(data.title, () => ({ under: /** @type {number | null} */ (null) }));
  const lines = data.lines.filter(({ steps }) => steps.length);
  const all = [...lines.flatMap(({ values }) => values), ...bounds.map(({ value }) => value)];
  const top = share ? 1 : 1.06 * Math.max(1.5 * low, 1e-9, ...all);
  const stops = [...new Set(lines.flatMap(({ steps }) => steps))].sort((one, other) => one - other);

  const said = (/** @type {number} */ value) => (share ? percent(value) : value.toFixed(2));
  const at = (/** @type {number} */ stop) => (unit === "step" ? `step ${whole(stop)}` : counted(stop, unit));
  const last = (/** @type {Curve} */ { steps }) => steps[steps.length - 1];
  const value = (/** @type {Curve} */ { steps, values }, /** @type {number} */ stop) => values[Math.max(0, placeOf(steps, stop))];
  const named = (/** @type {Curve} */ curve) => value(curve, marked ?? last(curve));
  const tell = (/** @type {number} */ place) => {
    const rest = (/** @type {Curve} */ curve) => (last(curve) < stops[place] ? ` (ends at ${whole(last(curve))})` : "");
    return [at(stops[place]), ...lines.map((curve) => `${curve.name} ${said(value(curve, stops[place]))}${rest(curve)}`)].join("\n");
  };

  /** @param {{ width: number, height: number, em: number }} size */
  function chart({ width, height, em }) {
    const edges = { left: 2.9 * em, right: width - 10 * em, top: 0.6 * em, bottom: height - 1.5 * em, em };
    const here = panel({ ...edges, x: [data.log ? stops[0] : 0, Math.max(data.total, 1)], y: [low, top], log: data.log });
    const every = Math.ceil(data.ticks.length / Math.max(1, (here.right - here.left) / (3.1 * em)));
    const down = data.ticks.length
      ? data.ticks.filter((_, place) => place % every === 0)
      : ticks(data.total, here.right - here.left < 15 * em ? 2 : 4);
    const under = state.under === null ? null : here.x(stops[state.under]);
    return {
      ...explore(state, { root, panel: here, xs: stops.map(here.x), tell, redraw }),
      drawn: [
        rows(here, share ? [0, 0.5, 1] : low ? [1, 2, 3, 4, 5].filter((tick) => tick <= top) : ticks(top, 3), share ? percent : Number),
        columns(here, down, (tick) => (tick || unit !== "step" ? whole(tick) : "step 0")),
        bounds.map(({ value }) => rule(here, value, "bound")),
        marked !== null && upright(here, here.x(marked), "cursor"),
        lines.map(({ steps, low = [], high = [] }) => band(here, steps, low, high)),
        lines.map((curve) => line(here, curve, `line ${curve.phase}`, curve.dash)),
        marked !== null && lines.map((curve) => point(here, here.x(Math.min(marked, last(curve))), here.y(named(curve)), "point", 0.26)),
        names(here, [
          ...lines.map((curve) => ({
            ...{ y: here.y(curve.values.at(-1) ?? 0), from: here.x(last(curve)), text: `${curve.name} ${said(named(curve))}` },
            ...{ line: `key ${curve.phase}`, dash: curve.dash, looks: "name" },
          })),
          ...bounds.map(({ name, value }) => ({ y: here.y(value), text: `${name} ${said(value)}` })),
        ]),
        under !== null && upright(here, under, "ghost"),
      ],
    };
  }

  return () => {
    const size = lines.length ? sizeOf(root, ".chart") : null;
    const { around, inside, drawn } = size ? chart(size) : { around: {}, inside: {}, drawn: null };
    const ends = lines.map(
      (curve) =>
        `${curve.name}: ${said(curve.values[0])} at ${at(curve.steps[0])}, ${said(value(curve, last(curve)))} at ${at(last(curve))}`,
    );
    const about = `${data.title}. ${ends.join(". ")}.`;
    render(
      root,
      { class: ["curves", data.kind] },
      heading(data.title, data.about && ` ${data.about}`),
      h(
        "div.chart",
        around,
        h("svg", { role: "img", "aria-label": about, ...inside }, drawn),
        !lines.length && h("p.hint", {}, data.empty),
      ),
      aloud(state.under === null ? "" : tell(state.under)),
    );
  };
}, ".chart");
