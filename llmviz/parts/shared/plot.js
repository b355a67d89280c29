// Where things stand in a chart. Pure arithmetic in pixels; knows no element.

import { whole } from "./format.js";

/** @import { Label, Line, Panel } from "./types" */

/**
 * A panel between these edges, that shows `x` and `y` from a lowest to a highest value; higher ones stand at its edge.
 * @param {{ left: number, right: number, top: number, bottom: number, em: number, x: [number, number], y: [number, number], log?: boolean }} of
 * @returns {Panel}
 */
export function panel({ left, right, top, bottom, em, x, y, log = false }) {
  const scale = log ? Math.log : Number;
  const [first, last] = x.map(scale);
  const wide = Math.max(1e-9, last - first);
  const [low, high] = y;
  const value = (/** @type {number} */ pixel) => first + ((pixel - left) / (right - left)) * wide;
  return {
    ...{ left, right, top, bottom, em },
    x: (at) => left + ((right - left) * (scale(at) - first)) / wide,
    y: (at) => bottom - ((bottom - top) * (Math.min(at, high) - low)) / (high - low),
    at: (pixel) => (log ? Math.exp(value(pixel)) : value(pixel)),
  };
}

/** Round numbers from 0 to `most`, some `count` of them. @param {number} most @param {number} count */
export function ticks(most, count) {
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const sizes = [1, 2, 2.5, 5, 10].map((factor) => factor * power);
  const wanted = sizes.find((size) => size >= 0.8 * rough) ?? sizes[4];
  const size = wanted <= most ? wanted : Math.max(...sizes.filter((smaller) => smaller <= most)); // one at least besides 0
  return Array.from({ length: Math.floor(most / size + 1e-9) + 1 }, (_, index) => index * size);
}

/**
 * Labels moved apart so that none covers another, as near to their lines as the space from `top` to `bottom` allows.
 * @param {readonly Label[]} labels @param {number} space @param {number} top @param {number} bottom
 */
export function spread(labels, space, top, bottom) {
  const sorted = labels.map((label) => ({ ...label, at: label.y })).sort((one, other) => one.y - other.y);
  let low = top;
  for (const label of sorted) {
    label.at = Math.max(label.y, low);
    low = label.at + space;
  }
  let high = bottom;
  for (const label of sorted.reverse()) {
    label.at = Math.min(label.at, high);
    high = label.at - space;
  }
  return sorted;
}

/**
 * Where a line leaves the axis: the highest point of each stretch of values over `most`; stretches less than `apart` steps from each other
 * count as one. Such points are drawn at the edge, under a mark, with their value in words.
 * @param {Line} line @param {number} most
 */
export function above({ steps, values }, most, apart = 0) {
  /** @type {{ step: number, value: number }[]} */
  const peaks = [];
  let last = -Infinity;
  steps.forEach((step, place) => {
    const value = values[place] ?? -Infinity;
    if (value <= most) return;
    const peak = peaks.at(-1);
    if (!peak || (last !== steps[place - 1] && step - last >= apart)) peaks.push({ step, value });
    else if (value > peak.value) Object.assign(peak, { step, value });
    last = step;
  });
  return peaks;
}

/** @param {{ step: number, value: number }[]} peaks @param {string} name */
export const outside = (peaks, name) =>
  peaks.map(({ step, value }) => `${name} ${value.toFixed(2)} at step ${whole(step)}, above the axis`).join("; ");

/**
 * A line through the points; it is broken where there is no number.
 * @param {Line} line @param {Pick<Panel, "x" | "y">} panel
 */
export const path = ({ steps, values }, { x, y }) =>
  steps
    .map((step, place) => {
      const value = values[place];
      return value == null ? "" : `${values[place - 1] == null ? "M" : "L"}${x(step).toFixed(1)},${y(value).toFixed(1)}`;
    })
    .join("");

/**
 * The highest and the lowest pixel of a line between two steps; null where it has none there.
 * @param {Line} line @param {number} from @param {number} to @param {(value: number) => number} y @returns {[number, number] | null}
 */
export function reach({ steps, values }, from, to, y) {
  const inside = steps.flatMap((step, place) => {
    const value = values[place];
    const near = (steps[place + 1] >= from || step >= from) && (steps[place - 1] <= to || step <= to);
    return near && value != null ? [y(value)] : [];
  });
  return inside.length ? [Math.min(...inside), Math.max(...inside)] : null;
}

/**
 * Where the middle of a label of twice the height `half` stands free of what is `taken` [top, bottom], as near to `y` as a panel allows;
 * above all of it where nothing is free.
 * @param {number} y @param {number} half @param {[number, number][]} taken @param {Pick<Panel, "top" | "bottom">} panel
 */
export function clear(y, half, taken, { top, bottom }) {
  const edges = taken.flatMap(([high, low]) => [high - 1.3 * half, low + 1.3 * half]);
  const lies = (/** @type {number} */ at) => taken.every(([high, low]) => at + 1.2 * half < high || at - 1.2 * half > low);
  const free = edges.filter((at) => at - half >= top - half && at + half <= bottom && lies(at));
  return free.sort((one, other) => Math.abs(one - y) - Math.abs(other - y))[0] ?? Math.max(top, Math.min(...edges));
}
