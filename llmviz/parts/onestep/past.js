// How probable the words asked for were at the steps looked at, and after the one that is open.

import { columns, explore, line, named, panel, point, rows, ticks, upright } from "../shared/charts.js";
import { h, whole } from "../shared/draw.js";

/** @import { Target } from "./payload" */

/**
 * What stands at a place of the trail.
 * @param {number[]} trail @param {Target} target @param {number} place @param {(share: number) => string} said
 */
export const tellPast = (trail, target, place, said) =>
  `${place === trail.length - 1 ? "after it" : `after step ${whole(trail[place])}`}\n${target.truth} ${said(target.trail[place])}`;

/**
 * The chart. `said` writes a probability.
 * @param {{ root: HTMLElement, redraw: () => void, state: { under: number | null }, trail: number[], targets: Target[], target: Target,
 * size: { width: number, height: number, em: number }, said: (share: number) => string }} of
 */
export function past({ root, redraw, state, trail, targets, target, size: { width, height, em }, said }) {
  const top = Math.min(1, 1.2 * Math.max(0.001, ...target.trail)); // as high as the chosen word needs; others may leave the picture
  const last = trail.length - 1;
  const here = panel({
    ...{ left: 2.9 * em, right: Math.max(6.9 * em, width - 11 * em), top: 0.5 * em, bottom: height - 1.5 * em, em },
    ...{ x: [trail[0], trail[last]], y: [0, top] },
  });
  const inside = { ...here, y: (/** @type {number} */ share) => here.bottom - ((here.bottom - here.top) * share) / top };
  let free = -Infinity; // from here on there is room for a label
  const marked = trail.filter((step, place) => {
    const x = here.x(step);
    if (x < free || (place > 0 && place < last && x > here.right - 4.5 * em)) return false;
    free = x + (place ? 3.2 : 7) * em;
    return true;
  });
  const both = (/** @type {Target} */ { trail: values }, look = "") => [
    last > 1 && line(inside, { steps: trail.slice(0, -1), values: values.slice(0, -1) }, `line ${look}`),
    line(inside, { steps: trail.slice(-2), values: values.slice(-2) }, `line ahead ${look}`),
  ];
  const edge = here.top - 3;
  const box = {
    y: edge,
    width: here.right + 8,
    height: here.bottom + 8 - here.top,
    viewBox: `0 ${edge} ${here.right + 8} ${here.bottom + 8 - here.top}`,
  };
  const xs = trail.map(here.x);
  const { around, inside: focus } = explore(state, {
    root,
    panel: here,
    xs,
    redraw,
    tell: (place) => tellPast(trail, target, place, said),
  });
  const anchor = (/** @type {number} */ step) => (step === trail[0] ? "start" : step === trail[last] ? "end" : "middle");
  const shares = target.trail.map(said).join(", ");
  return h(
    "div",
    around,
    h(
      "svg",
      {
        role: "img",
        "aria-label": `Probability of “${target.truth}” before each step looked at, and after the one that is open: ${shares}.`,
        ...focus,
      },
      h(
        "svg.inside",
        box,
        targets.filter((one) => one !== target).map((one) => both(one)),
        both(target, "chosen"),
      ),
      rows(here, ticks(top, 2), (tick) => `${Number((100 * tick).toPrecision(3))}%`),
      columns(here, marked, (step) => `${step === trail[0] ? "after step " : ""}${whole(step)}`, anchor),
      state.under !== null && upright(here, xs[state.under], "ghost"),
      trail.map((_, place) => point(here, xs[place], here.y(target.trail[place]), `dot${place === last ? " ahead" : ""}`, 4 / em)),
      named(here, here.right + 0.8 * em, here.y(target.trail[last]), `${target.truth} ${said(target.trail[last])}`, "", "name"),
    ),
  );
}
