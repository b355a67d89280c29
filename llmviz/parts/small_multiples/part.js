// Small multiples: runs side by side on one axis, the runs of a recipe as a band behind the line. Under the mouse, or at the place the arrow
// keys have moved to, stands what all panels were at after as many tokens. Tells the server "point" [panel, step] for a click, or Enter: the
// nearest place with weights kept, or -1 where there is none.

import { aloud, band, columns, explore, line, marks, names, point, rows, rule, upright, write } from "../shared/chart.js";
import { counted, digits, exactly, h, percent, render, whole } from "../shared/draw.js";
import { above, outside, panel, ticks } from "../shared/plot.js";
import { nearest, part, sizeOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { LearningCurve, SmallMultiples, Panel } from "./payload" */

const ROOMY = 9.5; // em of height from which on there is room for the loss

export default part((/** @type {Given<SmallMultiples>} */ { data, root, kept, redraw, tell }) => {
  const { most, hidden } = data;
  /** @type {{ under: number | null }[]} */
  const states = kept(data.panels.length, () => data.panels.map(() => ({ under: null })));
  const millions = (/** @type {number} */ count) =>
    count >= 1e6 ? `${Number((count / 1e6).toFixed(2))} M` : `${Math.round(count / 1e3)} k`;
  const axisTop = (/** @type {Panel} */ { guess }) => 1.06 * Math.max(1, guess ?? 0);
  const end = (/** @type {LearningCurve} */ { values, low, high }) =>
    values.at(-1) ?? (high.length ? (high[high.length - 1] + low[low.length - 1]) / 2 : null);
  // The place one points at in some panel, in tokens.
  const under = () => data.panels.flatMap(({ tokens }, index) => tokens[states[index].under ?? -1] ?? [])[0] ?? null;

  const tellAt = (/** @type {Panel} */ of, /** @type {number} */ place) => {
    const { tokens, steps, lines, loss } = of;
    const shares = hidden ? [] : lines.map(({ name, values }) => `${name} ${exactly(values[place])}`);
    const over = loss.values[place] > axisTop(of) ? " ↑ above the axis" : "";
    const said = [
      `step ${whole(steps[place])}, ${counted(tokens[place], "token")}`,
      ...shares,
      `loss ${digits(loss.values[place], 3)}${over}`,
    ];
    return [...said, data.click].filter(Boolean).join("\n");
  };

  const summary = (/** @type {Panel} */ of) => {
    const known = of.lines.map(({ name, values }) => (values.length ? `${name} ${percent(values.at(-1))}` : `${name} not measured`));
    const nats = of.loss.values.at(-1);
    const out = outside(above({ steps: of.steps, values: of.loss.values }, axisTop(of)), "Loss");
    const loss = nats === undefined ? "" : ` Loss ${digits(nats)}, floor ${of.floor?.toFixed(2)}.`;
    return `${of.name}. ${hidden || known.join(", ")}.${loss}${out && ` ${out}.`} Arrow keys go through the training, Enter shows its questions.`;
  };

  /** @param {Panel} of @param {{ width: number, height: number, em: number }} size */
  function panels(of, { width, height, em }) {
    const foot = height - 1.4 * em;
    const short = height < ROOMY * em;
    const split = short ? foot + 1.2 * em : foot - Math.min(5.4 * em, 0.4 * foot);
    const edges = { left: 2.6 * em, right: Math.max(8.6 * em, width - 8.3 * em), em };
    const x = /** @type {[number, number]} */ ([0, most]);
    return {
      short,
      share: panel({ ...edges, x, top: 0.6 * em, bottom: split - 1.5 * em, y: [0, 1] }),
      loss: panel({ ...edges, x, top: split + 0.2 * em, bottom: foot, y: [0, axisTop(of)] }),
    };
  }

  /** @param {Panel} of @param {ReturnType<typeof panels>} here */
  function drawn(of, { short, share, loss }) {
    const { tokens, bandTokens: wide, stops } = of;
    const known = hidden ? [] : of.lines;
    const levels = short
      ? []
      : [
          { name: "floor", value: of.floor },
          { name: "guess", value: of.guess },
        ].flatMap(({ name, value }) => (value == null ? [] : { name, value }));
    const last = share.x(tokens.at(-1) ?? wide.at(-1) ?? most);
    const shared = { y: share.y(0.5), text: "chance of two" };
    const nats = end(of.loss);
    const peaks = [
      ...above({ steps: tokens, values: of.loss.values }, axisTop(of)),
      ...above({ steps: wide, values: of.loss.high }, axisTop(of)),
    ];
    const now = under();
    const clicked = of.chosen && data.point !== null ? of.steps.indexOf(data.point) : -1;
    const all = { ...share, bottom: loss.bottom, top: 0.4 * share.em };
    return [
      rows(share, [0, 1], (tick) => `${100 * tick}%`),
      rule(share, 0.5, "ceiling"),
      write(share, share.left - 0.5 * share.em, share.y(0.5), "50%", { "text-anchor": "end" }),
      !short && rows(loss, [0], Number),
      columns(loss, ticks(most, loss.right - loss.left > 16 * loss.em ? 4 : 2), (tick) => (tick ? millions(tick) : 0)),
      write(loss, loss.right + 0.7 * loss.em, loss.bottom + 1.05 * loss.em, data.axis),
      known.map(({ low, high }) => band(share, wide, low, high)),
      levels.map(({ value }) => rule(loss, value, "bound")),
      !short && band(loss, wide, of.loss.low, of.loss.high),
      known.map(({ values, dash }) => values.length > 0 && line(share, { steps: tokens, values }, "line", dash)),
      !short && of.loss.values.length > 0 && line(loss, { steps: tokens, values: of.loss.values }, "line"),
      !short && marks(loss, peaks, "loss", "above"),
      known.map(({ values }) =>
        stops.map((place) => point(share, share.x(tokens[place]), share.y(values[place]), "point", stops.length > 16 ? 0.13 : 0.2)),
      ),
      names({ ...share, bottom: share.bottom + 0.6 * share.em }, [
        ...known.map((each) => ({
          y: share.y(end(each) ?? 0),
          from: last,
          text: `${each.name} ${percent(end(each))}`,
          line: "line",
          dash: each.dash,
          looks: "name",
        })),
        ...(known.length ? [shared] : []),
      ]),
      names(loss, [
        ...(short || nats === null ? [] : [{ y: loss.y(nats), from: last, text: `loss ${nats.toFixed(2)}`, looks: "name" }]),
        ...levels.map(({ name, value }) => ({ y: loss.y(value), text: `${name} ${value.toFixed(2)}` })),
      ]),
      clicked >= 0 && upright(all, share.x(tokens[clicked]), "cursor"),
      now !== null && upright(all, share.x(now), "ghost"),
      now !== null &&
        tokens.length > 0 &&
        now <= tokens[tokens.length - 1] * 1.02 &&
        known.map(({ values }) => point(share, share.x(tokens[nearest(tokens, now)]), share.y(values[nearest(tokens, now)]), "point", 0.3)),
    ];
  }

  return () => {
    const size = sizeOf(root, ".chart");
    const sections = data.panels.map((of, index) => {
      const here = size && panels(of, size);
      const pick = (/** @type {number} */ place) => {
        const kept = of.stops.map((stop) => of.tokens[stop]);
        tell("point", [index, kept.length ? of.steps[of.stops[nearest(kept, of.tokens[place])]] : -1]);
      };
      const xs = here ? of.tokens.map(here.share.x) : [];
      const { around, inside } = here
        ? explore(states[index], { root, panel: here.share, xs, tell: (place) => tellAt(of, place), redraw, pick })
        : {};
      return h(
        "section.panel",
        { class: of.chosen && "chosen" },
        h("h3", {}, of.name),
        h("span.about", {}, of.about),
        h("div.chart", { ...around }, h("svg", { role: "img", "aria-label": summary(of), ...inside }, here && drawn(of, here))),
        h("p.hidden.withheld", { role: "note", hidden: !hidden }, h("span", {}, hidden)),
      );
    });
    const heard = states.flatMap(({ under: place }, index) => (place === null ? [] : tellAt(data.panels[index], place)))[0] ?? "";
    render(root, { class: "small-multiples" }, h("div.panels", { style: `--columns: ${data.columns}` }, sections), aloud(heard));
  };
}, ".panels");
