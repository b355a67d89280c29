// The story of one model: each card shows what it makes of the sentence; the slider below goes through both phases, and the cards of the phase
// it is in go with it. Tells the server "step" when the slider is let go: steps since the random start, join + steps in the second phase; -1
// for the end.

import { above, line, marks, named, outside, panel, point, rail, rule, spread, stepper, upright, write } from "../shared/charts.js";
import { h, percent, render, SLIDER, whole } from "../shared/draw.js";
import { part, placeOf, renew, sizeOf, stepOf } from "../shared/run.js";
import { stations } from "./cards.js";

/** @import { Given, Line } from "../shared/types" @import { Shared } from "../shared/payload" @import { Story } from "./payload" */

const PHASES = ["pretrained", "finetuned", "random"];

export default part((/** @type {Given<Story & Shared>} */ { data, root, shared, kept, tell }) => {
  const { loss, accuracy, join } = data;
  const state = kept("", () => ({}));
  const stops = [...loss.stops, ...accuracy.stops.map((step) => join + step)];
  const count = loss.stops.length; // of stops in the first phase
  const { set, report } = stepper(shared, stops, tell);
  renew(shared, stops.at(-1) ?? 0);

  const charts = [
    {
      ...loss,
      top: 1.06 * Math.max(1, ...loss.bounds.map(({ value }) => value)),
      write: (/** @type {number} */ value) => value.toFixed(2),
    },
    { ...accuracy, top: 1, write: percent },
  ];
  const lines = [
    [{ phase: "pretrained", ...loss, name: "held-out loss" }],
    [
      { phase: "finetuned", ...accuracy, name: "fine-tuned" },
      { phase: "random", ...accuracy.scratch, about: accuracy.about, name: "from scratch" },
    ],
  ];
  const peaks = above(loss, charts[0].top);

  /** @param {{ width: number, height: number, em: number }} size */
  function panels({ width, height, em }) {
    const gap = 0.8 * em;
    const column = (width - 4 * gap) / 5;
    const narrow = width < 34 * em; // no room beside the lines for their names: these stand below
    const edges = { top: 0.7 * em, bottom: height - (narrow ? 5.6 : 0.4) * em, em };
    const second = narrow ? width / 2 : 2 * (column + gap);
    const [one, other] = narrow ? [width / 2 - gap, width - 0.5 * em] : [2 * column + gap - 7.2 * em, width - 9.5 * em];
    const sides = [
      { left: 0.5 * em, right: one },
      { left: second + 0.5 * em, right: other },
    ];
    const made = charts.map(({ total, top }, phase) => panel({ ...edges, ...sides[phase], x: [0, Math.max(1, total)], y: [0, top] }));
    return { narrow, made };
  }

  /** @param {ReturnType<typeof panels>} here */
  function drawn({ narrow, made }) {
    return made.map((here, phase) => {
      const there = lines[phase].filter(({ steps }) => steps.length);
      const { bounds, write: said } = charts[phase];
      const labels = [
        ...there.map((each) => ({ ...each, value: each.values.at(-1) ?? 0, looks: "name" })),
        ...bounds.map((each) => ({ ...each, looks: "" })),
      ].map(({ name, value, about, looks }) => ({ y: here.y(value), text: `${name} ${said(value)}`, about, looks }));
      const placed = narrow
        ? labels.map((label, place) => ({ ...label, at: here.bottom + (1.7 + 1.15 * place) * here.em }))
        : spread(labels, 1.15 * here.em, here.top, here.bottom);
      return [
        rule(here, 0, "grid"),
        bounds.map(({ value }) => rule(here, value, "bound")),
        there.map((each) => line(here, each, `line ${each.phase}`)),
        phase === 0 && marks(here, peaks, "loss", "above pretrained"),
        placed.map(({ at, text, about, looks }) => named(here, narrow ? here.left : here.right + 0.6 * here.em, at, text, about, looks)),
        phase === 1 && accuracy.withheld && cover(here, narrow ? accuracy.withheld.split(/(?<=:) /) : [accuracy.withheld]),
      ];
    });
  }

  /** What lies over a chart that is withheld. @param {import("../shared/types").Panel} here @param {string[]} lines */
  const cover = (here, lines) => {
    const { left, right, top, bottom, em } = here;
    const middle = (top + bottom) / 2 - (1.15 * (lines.length - 1) * em) / 2;
    return [
      h("rect.cover", { x: left, y: top, width: Math.max(0, right - left), height: bottom - top, rx: 0.35 * em }),
      lines.map((text, place) => write(here, (left + right) / 2, middle + 1.15 * place * em, text, { "text-anchor": "middle" })),
    ];
  };

  /** @param {import("../shared/types").Panel} here @param {number} phase @param {number} step */
  function cursor(here, phase, step) {
    const x = here.x(step);
    const begun = [data.cards[1]?.start?.phase ?? "pretrained", "pretrained"][phase];
    const points = lines[phase].map(({ steps, values, phase: own }) => {
      const value = values[placeOf(steps, step)];
      return value !== undefined && point(here, x, here.y(value), `point ${step || own === "random" ? own : begun}`);
    });
    return [upright({ ...here, top: here.top - 4, bottom: here.bottom + 0.9 * here.em }, x, "cursor"), points];
  }

  function summary() {
    const told = (/** @type {string} */ name, /** @type {Line} */ { steps, values }, /** @type {(value: number) => string} */ said) =>
      steps.length > 0 && `${name}: ${said(values[0] ?? 0)} at first, ${said(values.at(-1) ?? 0)} at last`;
    const all = [
      told("Loss in pretraining", loss, charts[0].write),
      outside(peaks, "loss"),
      told("Right predictions, fine-tuned", accuracy, percent),
      told("from scratch", accuracy.scratch, percent),
      accuracy.withheld && `How often the predictions are right: ${accuracy.withheld}`,
    ].filter(Boolean);
    return all.length ? `${all.join(". ")}.` : "Nothing has been trained yet.";
  }

  return () => {
    const size = sizeOf(root, ".chart");
    const here = size && panels(size);
    const place = placeOf(stops, stepOf(shared));
    const at = stops[place] ?? 0;
    const [phase, step] = at >= join && accuracy.stops.length ? [1, at - join] : [0, at];
    const { drag, slider } = rail({
      ...{ state, root, set, report, place },
      xs: here ? stops.map((stop, index) => (index < count ? here.made[0].x(stop) : here.made[1].x(stop - join))) : [],
      look: phase && step ? "finetuned" : phase || step ? "pretrained" : "random",
      keys: { ...SLIDER, PageUp: (place < count ? count : stops.length - 1) - place, PageDown: (place > count ? count : 0) - place },
      aria: {
        ...{ "aria-label": "A place in the life of the model", "aria-valuemin": 0, "aria-valuemax": Math.max(0, stops.length - 1) },
        ...{ "aria-valuenow": place, "aria-valuetext": `${phase ? "fine-tuning" : "pretraining"}, step ${whole(step)}` },
      },
    });
    render(
      root,
      { class: "story" },
      h(
        "div.phases",
        {},
        data.phases.map(({ title, about, progress }, index) =>
          h(
            "div.phase",
            { class: [PHASES[index], index === 2 && "third"], "data-tip": about },
            h("b", {}, title),
            h("p", {}, about),
            h("span.progress", {}, h("i", { style: `transform: scaleX(${progress})` })),
          ),
        ),
      ),
      h("div.cards", {}, stations(data, phase, step)),
      h(
        "div.chart",
        drag,
        h(
          "svg",
          { role: "group", "aria-label": summary() },
          here && drawn(here),
          here && stops.length > 0 && cursor(here.made[phase], phase, step),
        ),
      ),
      slider,
    );
  };
}, ".chart");
