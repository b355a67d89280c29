// @ts-nocheck
// Where things stand in the chart. Pure arithmetic in pixels; knows no element.

import { whole } from "../shared/format.js";

// Two panels above one axis of steps, or where it is `small` the loss alone, or the `shares` alone; the right margin holds the labels.
export function layout(width, height, em, total, top, small = false, shares = false, lowest = 0) {
  const left = 2.9 * em;
  const right = Math.max(left + 8 * em, width - 10.9 * em);
  const foot = height - 1.5 * em;
  const share = { top: shares ? 0.9 * em : foot - (small ? 0 : 4.9 * em), bottom: foot };
  const loss = { top: 0.7 * em, bottom: shares ? 0.9 * em : share.top - (small ? 0.3 : 1.4) * em };
  const x = (step) => left + ((right - left) * step) / Math.max(1, total);
  const between =
    (panel, most, least = 0) =>
    (value) =>
      panel.bottom - ((panel.bottom - panel.top) * (Math.min(value, most) - least)) / (most - least);
  return {
    left,
    right,
    foot,
    em,
    loss,
    share,
    x,
    width,
    step: (pixel) => Math.max(0, Math.min(total, ((pixel - left) / (right - left)) * total)),
    yLoss: between(loss, top, lowest),
    yShare: between(share, 1),
  };
}

// Round numbers from 0 to `most`, some `count` of them.
export function ticks(most, count) {
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= 0.8 * rough) * power;
  return Array.from({ length: Math.floor(most / size + 1e-9) + 1 }, (_, index) => index * size);
}

// Labels moved apart so that none covers another, as near to their lines as the space from `top` to `bottom` allows.
export function spread(labels, space, top, bottom) {
  const sorted = [...labels].sort((one, other) => one.y - other.y);
  let low = top;
  for (const label of sorted) low = (label.at = Math.max(label.y, low)) + space;
  let high = bottom;
  for (const label of sorted.reverse()) high = (label.at = Math.min(label.at, high)) - space;
  return sorted;
}

// Where a line leaves the axis: the highest point of each stretch of values over `most`; stretches less than `apart` steps from each other
// count as one. Such points are drawn at the edge, under a mark, with their value in words.
export function above(steps, values, most, apart = 0) {
  const peaks = [];
  let last = -Infinity;
  steps.forEach((step, place) => {
    const value = values[place];
    if (!(value > most)) return;
    const peak = peaks.at(-1);
    if (peak && (last === steps[place - 1] || step - last < apart)) {
      if (value > peak.value) Object.assign(peak, { step, value });
    } else peaks.push({ step, value });
    last = step;
  });
  return peaks;
}

export const outside = (peaks, name) =>
  peaks.map(({ step, value }) => `${name} ${value.toFixed(2)} at step ${whole(step)}, above the axis`).join("; ");

// A small arrow that points up and ends at the edge of a chart, at `y`.
export const arrow = (x, y, em) =>
  `M${x.toFixed(1)},${(y - 0.62 * em).toFixed(1)}l${(0.3 * em).toFixed(1)},${(0.5 * em).toFixed(1)}h${(-0.6 * em).toFixed(1)}z`;

// A line through the points; it is broken where there is no number.
export const path = (steps, values, x, y) =>
  steps
    .map((step, index) =>
      values[index] === null
        ? ""
        : `${(values[index - 1] ?? null) === null ? "M" : "L"}${x(step).toFixed(1)},${y(values[index]).toFixed(1)}`,
    )
    .join("");

// The highest and the lowest pixel of a line between two steps; null where it has none there.
export function reach(steps, values, from, to, y) {
  const inside = steps.flatMap((step, place) =>
    (steps[place + 1] >= from || step >= from) && (steps[place - 1] <= to || step <= to) && values[place] !== null
      ? [y(values[place])]
      : [],
  );
  return inside.length ? [Math.min(...inside), Math.max(...inside)] : null;
}

// Where the middle of a label of twice the height `half` stands free of what is `taken` [top, bottom], as near to `y` as a panel allows; above all
// of it where nothing is free.
export function clear(y, half, taken, { top, bottom }) {
  const edges = taken.flatMap(([high, low]) => [high - 1.3 * half, low + 1.3 * half]);
  const free = edges.filter(
    (at) => at - half >= top - half && at + half <= bottom && taken.every(([high, low]) => at + 1.2 * half < high || at - 1.2 * half > low),
  );
  const near = free.sort((one, other) => Math.abs(one - y) - Math.abs(other - y))[0];
  return near ?? Math.max(top, Math.min(...edges));
}
