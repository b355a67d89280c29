// What a chart is drawn of: axes, lines, bands, marks and names; and how one goes through it, by the mouse or by the arrow keys.

import { h } from "./dom.js";
import { moved } from "./keys.js";
import { above, outside, path, spread } from "./plot.js";
import { hideTip, showTip } from "./tip.js";

/** @import { Label, Line, Panel, Props, Wanted } from "./types" */

const THIRD = 0.3; // em: a line of text stands so far below its middle

/** @param {Panel} panel @param {number} x @param {number} y @param {string | number} text @param {Props} [looks] */
export const write = ({ em }, x, y, text, looks = {}) => h("text", { x, y: y + THIRD * em, ...looks }, text);

/** A line across at a value. @param {Panel} panel @param {number} value @param {string} look */
export const rule = ({ left, right, y }, value, look) => h("line", { class: look, x1: left, x2: right, y1: y(value), y2: y(value) });

/** A line down at a value. @param {Panel} panel @param {number} x @param {string} look */
export const upright = ({ top, bottom }, x, look) => h("line", { class: look, x1: x, x2: x, y1: top, y2: bottom });

/** @param {Panel} panel @param {number[]} ticks @param {(tick: number) => string | number} name */
export const rows = (panel, ticks, name) =>
  ticks.map((tick) => [
    rule(panel, tick, "grid"),
    write(panel, panel.left - 0.5 * panel.em, panel.y(tick), name(tick), { "text-anchor": "end" }),
  ]);

/** @param {Panel} panel @param {number[]} ticks @param {(tick: number) => string | number} name @param {(tick: number) => string} [anchor] */
export const columns = (panel, ticks, name, anchor = () => "middle") =>
  ticks.map((tick) => write(panel, panel.x(tick), panel.bottom + 1.05 * panel.em, name(tick), { "text-anchor": anchor(tick) }));

/** @param {Panel} panel @param {Line} line @param {string} look @param {string} [dash] */
export const line = (panel, line, look, dash) => h("path", { class: look, d: path(line, panel), "stroke-dasharray": dash || null });

/** What lies between two lines. @param {Panel} panel @param {readonly number[]} steps @param {readonly number[]} low @param {readonly number[]} high */
export const band = (panel, steps, low, high) => {
  const back = path({ steps: [...steps].reverse(), values: [...low].reverse() }, panel).slice(1);
  return low.length > 0 && h("path.band", { d: `${path({ steps, values: high }, panel)}L${back}Z` });
};

/** A mark for each point above the axis. @param {Panel} panel @param {ReturnType<typeof above>} peaks @param {string} name @param {string} look */
export const marks = ({ x, top, em }, peaks, name, look) =>
  peaks.map((peak) => {
    const d = `M${x(peak.step).toFixed(1)},${(top - 0.62 * em).toFixed(1)}l${(0.3 * em).toFixed(1)},${(0.5 * em).toFixed(1)}h${(-0.6 * em).toFixed(1)}z`;
    return h("path", { class: look, d }, h("title", {}, outside([peak], name)));
  });

/** @param {Panel} panel @param {number} x @param {number} y @param {string} look */
export const point = ({ em }, x, y, look, size = 0.36) => h("circle", { class: look, cx: x, cy: y, r: size * em });

/**
 * The names of lines beside a panel, each led to from the end of its line; one of which more can be said says it when it has the focus.
 * @param {Panel} panel @param {readonly Label[]} wanted
 */
export function names(panel, wanted) {
  const { right, top, bottom, em } = panel;
  return spread(wanted, 1.15 * em, top, bottom + THIRD * em).map(({ y, at, text, about, line: look, dash, looks = "", from = right }) => [
    h("path.leader", { d: `M${from + 2},${y}L${right + 0.7 * em},${at}` }),
    look && h("path", { class: look, d: `M${right + 0.9 * em},${at}h${1.4 * em}`, "stroke-dasharray": dash || null }),
    named(panel, right + (look ? 2.7 : 0.9) * em, at, text, about, looks),
  ]);
}

/** @param {Panel} panel @param {number} x @param {number} y @param {string} text @param {string} [about] @param {string} [looks] */
export const named = (panel, x, y, text, about, looks) =>
  write(panel, x, y, text, {
    class: [about && "explained", looks],
    ...(about && { tabindex: 0, role: "note", "aria-label": `${text}: ${about}`, "data-tip": about }),
  });

/**
 * To go through a chart: the place under the mouse, or where the arrow keys have moved to, is kept in `state.under`, and `tell` says what
 * stands there. Returns what the element around the chart listens to, and what the chart itself, which can have the focus.
 * @param {{ under: number | null }} state
 * @param {{ root: HTMLElement, panel: Panel, xs: readonly number[], tell: (place: number) => string, redraw: () => void,
 * pick?: (place: number) => void }} chart
 */
export function explore(state, { root, panel: { left, right, top, em }, xs, tell, redraw, pick }) {
  /** @param {number | null} place @param {Element} chart */
  const go = (place, chart) => {
    if (state.under !== place) {
      state.under = place;
      redraw();
    }
    if (place === null) return hideTip(root);
    const corner = root.getBoundingClientRect();
    const box = chart.getBoundingClientRect();
    showTip(root, tell(place), box.left - corner.left + xs[place], 0, box.top - corner.top + top, 0.8 * em);
  };
  /** @param {PointerEvent | MouseEvent} event @param {Element} chart */
  const under = ({ clientX }, chart) => {
    const pixel = clientX - chart.getBoundingClientRect().left;
    if (!xs.length || pixel < left - 1.5 * em || pixel > right + em) return null;
    return xs.reduce((best, x, place) => (Math.abs(x - pixel) < Math.abs(xs[best] - pixel) ? place : best), 0);
  };
  /** @type {Props} */
  const around = {
    onpointermove: (event) => !event.target.closest("[data-tip]") && go(under(event, event.currentTarget), event.currentTarget),
    onpointerleave: (event) => go(null, event.currentTarget),
    onclick(event) {
      const place = xs.length ? under(event, event.currentTarget) : -1; // what has not been measured yet can be chosen too
      if (place !== null) pick?.(place);
    },
  };
  /** @type {Props} */
  const inside = {
    tabindex: 0,
    onkeydown(event) {
      const at = state.under ?? xs.length - 1;
      if (pick && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        return pick(at);
      }
      const next = moved(event, state.under ?? xs.length, xs.length);
      if (next !== null) go(next, event.currentTarget);
    },
    onfocusout: (event) => go(null, event.currentTarget),
  };
  return { around, inside };
}

/** What a screen reader is told of the place one has come to. @param {string} text @returns {Wanted} */
export const aloud = (text) => h("p.unseen", { "aria-live": "polite" }, text);

const measures = new Map();

/**
 * How wide a text is at the cursor of a chart, in pixels.
 * @param {string} text @param {HTMLElement} root
 */
export function width(text, root) {
  const { fontFamily, fontSize } = getComputedStyle(root);
  const font = `650 ${0.98 * parseFloat(fontSize)}px ${fontFamily}`;
  const pen = measures.get(font) ?? document.createElement("canvas").getContext("2d");
  measures.set(font, pen);
  pen.font = font;
  return pen.measureText(text).width;
}
