// The live curve. Every line carries its name, and one under the mouse or the focus says what its line is. A value above the axis is drawn at
// its edge, with an arrow; hover and text say how much it is. Tells the server "step" when the slider is let go: a snapshot, or -1 for the
// newest.

import { aloud, columns, explore, line, marks, names, point, rows, rule, upright, width, write } from "../shared/chart.js";
import { h, percent, render, whole } from "../shared/draw.js";
import { above, clear, outside, panel, reach, ticks } from "../shared/plot.js";
import { part, placeOf, renew, sizeOf, stepName, stepOf } from "../shared/run.js";
import { rail, stepper } from "../shared/slider.js";
import { explained } from "../shared/terms.js";

/** @import { Given, Line } from "../shared/types" @import { Shared } from "../shared/payload" @import { LiveCurve } from "./payload" */

/** @typedef {{ under: number | null, dragging?: boolean, reporting?: number }} State */

const HALVES = [0, 0.5, 1];

export default part((/** @type {Given<LiveCurve & Shared>} */ { data, root, shared, kept, redraw, tell }) => {
  const { headline, batches, snapshots, probes, ceilings, fits, total, small = false, shares = false } = data;
  const state = kept(data.group, () => /** @type {State} */ ({ under: null }));
  const lines = shares ? [] : data.lines;
  const learnt = fits || data.phase === "finetuned" ? headline.values : []; // few labels are soon known by heart: the loss on others may rise
  const bottom = fits ? 1.06 * Math.min(0, ...learnt) : 0;
  const top = 1.06 * Math.max(fits ? 0 : 1, ...learnt, ...data.lines.map(({ value }) => value)) || (bottom ? 0 : 1);
  const peaks = shares ? [] : above(headline, top);
  const rough = shares ? [] : above(batches, top, total / 50);
  const title = headline.name.charAt(0).toUpperCase() + headline.name.slice(1);
  const main = shares ? (probes[0] ?? { steps: [], values: [] }) : headline; // the line on which the cursor's point lies
  const { set, report } = stepper(shared, snapshots, tell);
  renew(shared, snapshots.at(-1) ?? 0);

  const number = (/** @type {number} */ value, digits = 2) => (headline.share ? percent(value) : value.toFixed(digits));
  const over = (/** @type {number} */ value) => (value > top ? " ↑ above the axis" : "");
  const at = (/** @type {Line} */ { steps, values }, /** @type {number} */ step) => values[placeOf(steps, step)];
  const numbers = (/** @type {number} */ step) => {
    const value = at(main, step);
    const figure = value == null ? "" : shares ? ` · ${percent(value)}` : ` · ${headline.name} ${number(value)}${over(value)}`;
    return `${stepName(shared, step)}${figure}`;
  };
  const tellAt = (/** @type {number} */ place) => {
    const step = headline.steps[place];
    const value = headline.values[place];
    const batch = at(batches, step);
    return [
      `step ${whole(step)}`,
      `held-out ${headline.name} ${number(value, 3)}${over(value)}`,
      batch != null && `this batch ${batch.toFixed(3)}${over(batch)}`,
      ...probes.map((probe) => `${probe.name} ${percent(at(probe, step) ?? 0)}`),
    ]
      .filter(Boolean)
      .join("\n");
  };

  function summary() {
    const { steps, values } = headline;
    if (!steps.length) return `No ${headline.name} yet.`;
    const ends = `${title} on held-out text: ${number(values[0])} at step 0, ${number(values[values.length - 1])} at step ${whole(steps[steps.length - 1])}.`;
    const out = [outside(peaks, `held-out ${headline.name}`), outside(rough, "loss of a batch")].filter(Boolean).map((said) => ` ${said}.`);
    const bounds = data.lines.map(({ name, value }) => `${name} ${number(value)}`).join(", ");
    return `${ends}${out.join("")} ${bounds}. ${probes.map(({ name, values: share }) => `${name}: ${percent(share.at(-1))}`).join(", ")}.`;
  }

  /** @param {{ width: number, height: number, em: number }} size */
  function panels({ width, height, em }) {
    const foot = height - 1.5 * em;
    const split = shares ? 0.9 * em : foot - (small ? 0 : 4.9 * em);
    const edges = { left: 2.9 * em, right: Math.max(10.9 * em, width - 10.9 * em), em };
    const x = /** @type {[number, number]} */ ([0, Math.max(1, total)]);
    return {
      loss: panel({ ...edges, x, top: 0.7 * em, bottom: shares ? split : split - (small ? 0.3 : 1.4) * em, y: [bottom, top] }),
      share: panel({ ...edges, x, top: split, bottom: foot, y: [0, 1] }),
    };
  }

  /** @param {ReturnType<typeof panels>} panels */
  function still({ loss, share }) {
    const [, each = top - bottom] = ticks(top - bottom, small ? 1 : 3);
    const first = Math.ceil(bottom / each);
    const levels = Array.from({ length: Math.floor(top / each + 1e-9) - first + 1 }, (_, index) => (first + index) * each);
    const wide = Math.max(1, Math.min(5, Math.floor((loss.right - loss.left) / (3.6 * loss.em))));
    return [
      (lines.length > 0 || (fits && !shares)) && rows(loss, levels, (tick) => (headline.share ? percent(tick) : Number(tick.toFixed(6)))),
      !small && rows(share, HALVES, (tick) => `${100 * tick}%`),
      columns(share, ticks(total, wide), (tick) => (tick ? whole(tick) : "step 0")),
      lines.map(({ value }) => rule(loss, value, "bound")),
      ceilings.map(({ value }) => rule(share, value, "ceiling")),
      !shares && batches.steps.length > 0 && line(loss, batches, "line batch"),
      !shares && headline.steps.length > 0 && line(loss, headline, "line held"),
      marks(loss, rough, "this batch", "above batch"),
      marks(loss, peaks, `held-out ${headline.name}`, "above"),
      probes.map((probe) => line(share, probe, `line probe ${probe.phase ?? ""}`, probe.dash)),
    ];
  }

  /** @param {ReturnType<typeof panels>} panels */
  const labels = ({ loss, share }) => [
    names(
      loss,
      lines.map(({ name, about, value }) => ({ y: loss.y(value), text: `${name} ${number(value)}`, about })),
    ),
    names(share, [
      ...probes.map(({ name, about, values, dash, phase = "" }) => {
        return { y: share.y(values.at(-1) ?? 0), text: name, about, line: `line probe ${phase}`, dash, looks: "name" };
      }),
      ...ceilings.map(({ name, about, value }) => ({ y: share.y(value), text: `${name} ${percent(value)}`, about, line: "ceiling" })),
    ]),
  ];

  /** The snapshot that all parts show. @param {ReturnType<typeof panels>} panels @param {number} step */
  function cursor({ loss, share }, step) {
    const here = shares ? share : loss;
    const { em, left, right } = here;
    const x = here.x(step);
    const value = at(main, step);
    const down = upright({ ...loss, top: loss.top - 0.5 * em, bottom: share.bottom }, x, "cursor");
    if (value == null) return down;
    const text = numbers(step);
    const wide = width(text, root);
    const from = Math.max(left + 0.3 * em, x > left + 0.62 * (right - left) ? x - 0.7 * em - wide : x + 0.7 * em); // never on the numbers of the axis
    const taken = (shares ? probes : [main]).map((each) => reach(each, here.at(from), here.at(from + wide), here.y));
    const y = here.y(value);
    const free = clear(y, 0.75 * em, [...taken.filter((each) => each !== null), [y, y]], here);
    return [down, point(here, x, y, "point"), write(here, from, free, text, { class: "here" })];
  }

  return () => {
    const size = sizeOf(root, ".chart");
    const place = Math.max(0, placeOf(snapshots, stepOf(shared)));
    const step = snapshots[place] ?? 0;
    const shown = size && panels(size);
    const loss = shown?.loss ?? { left: 0, right: 0, x: () => 0 };
    const { around, inside } = shown
      ? explore(state, { root, panel: shown.loss, xs: headline.steps.map(shown.loss.x), tell: tellAt, redraw })
      : {};
    const { drag, slider } = rail({
      ...{ state, root, place, set, report, xs: snapshots.map(loss.x), left: loss.left, right: loss.right },
      aria: {
        ...{ "aria-label": "Training step", "aria-valuemin": 0, "aria-valuemax": snapshots.at(-1) ?? 0, "aria-valuenow": step },
        "aria-valuetext": snapshots.length ? numbers(step) : "no snapshot yet",
      },
    });
    const begun = step === 0 && snapshots.length > 0 && { random: "untrained", pretrained: "untuned" }[shared.origin?.phase ?? ""];
    const about = shares ? `${probes[0]?.name ?? "shares"}, of held-out examples` : data.about;
    const move = (/** @type {any} */ event) => (state.dragging ? drag.onpointermove?.(event) : around?.onpointermove?.(event));
    render(
      root,
      { class: ["curve", small && "small", data.phase === "finetuned" && "finetuned", begun] },
      h(
        "h3",
        {},
        h("span.title", {}, shares ? "While it learns" : `${title} while it learns`),
        " ",
        h("span.about", {}, headline.steps.length > 0 && explained(about, data.terms)),
      ),
      h(
        "div.chart",
        { ...around, ...drag, onpointermove: move },
        h(
          "svg",
          { role: "figure", "aria-label": summary(), ...inside },
          shown &&
            h(
              "g",
              { "aria-hidden": true },
              still(shown),
              state.under !== null &&
                upright({ ...shown.loss, bottom: shown.share.bottom }, shown.loss.x(headline.steps[state.under]), "ghost"),
            ),
          shown && snapshots.length > 0 && h("g", { "aria-hidden": true }, cursor(shown, step)),
          shown && labels(shown),
        ),
      ),
      slider,
      aloud(state.under === null ? "" : tellAt(state.under)),
      h("p.hint", { hidden: headline.steps.length > 0, style: `left: ${loss.left}px; width: ${loss.right - loss.left}px` }, data.empty),
    );
  };
}, ".chart");
