// What a number is made of, side by side: rows of cells, and of a sum the terms as bars, and how it grows from left to right.

import { percent } from "../shared/format.js";
import { BESIDE_SUM, brush, colouring, columnNames, cutTo, frame, readable, widest } from "./grid.js";
import { isFinite32, numeral, short } from "./numbers.js";

/** @import { Brush } from "./grid.js" @import { Made, Row } from "./sums.js" */

/** Where the columns stand, in pixels. @typedef {{ left: number, wide: number, count: number, top: number, height: number, turned: boolean }} StripField */

const CELLS = 1.25; // em: a row of cells
const BARS = 1.9; // em: bars, and the line of the sum
const GAP = 0.28;
const BROAD = 3.5; // em of a column at most
const TOLD_IN = 2.45; // em of a column from which on its numbers are written
const NAMES = { room: 5.8, most: 8.5, share: 0.28 }; // em; where there is little room, a share of it

/**
 * The room that the names of the rows need, the same for most boxes, so that the grid above stands still from box to box.
 * @param {HTMLElement} root @param {Made | null} made @param {number} width @param {number} em
 */
export function labelsOf(root, made, width, em) {
  const names = made?.terms
    ? [...made.terms.rows.map(({ name }) => name), made.terms.what, "sum so far"]
    : (made?.across ?? []).map(({ name }) => name);
  return Math.min(Math.max(widest(names, em, root) + 0.7 * em, NAMES.room * em), NAMES.most * em, NAMES.share * width);
}

/**
 * Columns that are as many as those of the grid above stand below them.
 * @param {HTMLElement} root @param {Made} made @param {number} width @param {number} em
 * @param {{ left: number, wide: number, columns: number }} grid @returns {StripField | null}
 */
export function stripField(root, { terms, across }, width, em, { left, wide: above, columns }) {
  if (!terms) {
    const height = 0.15 * em + across.length * (CELLS + GAP) * em;
    return across.length ? { left, wide: above, count: columns, top: 0.15 * em, height, turned: false } : null;
  }
  const { rows, names } = terms;
  const count = terms.terms.length;
  const fits = Math.min((width - left - BESIDE_SUM * em) / count, BROAD * em);
  const wide = columns === count ? Math.min(fits, above) : fits;
  const long = names ? widest(names, em, root, 650) : 0;
  const turned = long > wide - 0.2 * em;
  const top = names ? (turned ? Math.min(long, 5 * em) + 0.6 * em : 1.3 * em) : 0.15 * em;
  return { left, wide, count, top, height: top + rows.length * (CELLS + GAP) * em + 2 * (BARS + GAP) * em, turned };
}

/** @param {ArrayLike<number>} values */
const farthest = (values) => Array.from(values).reduce((far, value) => (isFinite32(value) ? Math.max(far, Math.abs(value)) : far), 1e-9);

/** @param {Brush} brush @param {string} name @param {number} left @param {number} y */
function label({ ink, soft, font, em }, name, left, y) {
  ink.font = `400 ${0.84 * em}px ${font}`;
  ink.fillStyle = soft;
  ink.textAlign = "right";
  ink.fillText(cutTo(ink, name, left - 0.4 * em), left - 0.4 * em, y);
}

/** @param {Brush} tools @param {Row} row @param {StripField} field @param {number} y @param {(value: number) => number[]} colour */
function cells(tools, { name, values, share }, { left, wide, count }, y, colour) {
  const { ink, soft, font, em } = tools;
  label(tools, name, left, y + (CELLS / 2) * em);
  for (let place = 0; place < count; place += 1) {
    const known = isFinite32(values[place]);
    const filled = colour(known ? values[place] : 0);
    ink.fillStyle = `rgb(${filled})`;
    ink.fillRect(left + place * wide, y, wide - (wide > 0.4 * em ? 1 : 0), CELLS * em);
    if (wide < TOLD_IN * em) continue;
    ink.font = `400 ${0.78 * em}px ${font}`;
    ink.fillStyle = known ? readable(tools, filled) : soft;
    ink.textAlign = "center";
    ink.fillText(known ? (share ? percent(values[place]) : short(values[place])) : "·", left + (place + 0.5) * wide, y + 0.53 * CELLS * em);
  }
}

/**
 * A scale for bars of these heights, and its line at zero.
 * @param {Brush} brush @param {ArrayLike<number>} numbers @param {StripField} field @param {number} y @param {string} border
 */
function scaled({ ink, em }, numbers, { left, wide, count }, y, border) {
  const [low, high] = Array.from(numbers).reduce(([least, most], number) => [Math.min(least, number), Math.max(most, number)], [0, 1e-12]);
  const height = (/** @type {number} */ value) => y + BARS * em * (1 - (value - low) / (high - low));
  ink.strokeStyle = border;
  ink.lineWidth = 1;
  ink.beginPath();
  ink.moveTo(left, height(0));
  ink.lineTo(left + count * wide, height(0));
  ink.stroke();
  return height;
}

/**
 * The rows that a row is made of column by column, and that row; on one scale where they are added.
 * @param {HTMLElement} root @param {HTMLCanvasElement} canvas @param {Row[]} rows @param {StripField} field @param {number} chosen @param {boolean} common
 */
export function drawAcross(root, canvas, rows, field, chosen, common) {
  const tools = brush(root, canvas);
  const { em } = tools;
  const all = Math.max(...rows.map(({ values }) => farthest(values)));
  for (const [place, row] of rows.entries()) {
    const most = row.share ? 1 : common ? all : farthest(row.values);
    cells(tools, row, field, field.top + place * (CELLS + GAP) * em, colouring(root, row.share ?? false, most));
  }
  const height = (rows.length * (CELLS + GAP) - GAP) * em;
  frame(tools, field.left + chosen * field.wide, field.top, field.wide - (field.wide > 0.4 * em ? 1 : 0), height, 1.2);
}

/**
 * @param {HTMLElement} root @param {HTMLCanvasElement} canvas @param {NonNullable<Made["terms"]>} all @param {StripField} field @param {number} chosen
 */
export function drawStrip(root, canvas, { rows, terms, what, names }, field, chosen) {
  const { left, wide, count, top, turned } = field;
  const tools = brush(root, canvas);
  const { ink, text, font, em } = tools;
  const style = getComputedStyle(root);
  const [less, more, border] = ["blue", "orange", "border"].map((name) => style.getPropertyValue(`--st-${name}-color`).trim());
  const x = (/** @type {number} */ place) => left + place * wide;
  if (names) columnNames(tools, { left, top, wide, columns: count, turned }, (place) => names[place], chosen);

  let y = top;
  for (const row of rows) {
    cells(tools, row, field, y, colouring(root, row.share ?? false, row.share ? 1 : farthest(row.values)));
    y += (CELLS + GAP) * em;
  }

  let height = scaled(tools, terms, field, y, border);
  label(tools, what, left, y + (BARS / 2) * em);
  for (let place = 0; place < count; place += 1) {
    ink.fillStyle = terms[place] < 0 ? less : more;
    ink.globalAlpha = place === chosen ? 1 : 0.6;
    const [from, to] = [height(0), height(terms[place])];
    ink.fillRect(x(place), Math.min(from, to), Math.max(1, wide - (wide > 0.3 * em ? 1.5 : 0)), Math.abs(to - from));
  }
  ink.globalAlpha = 1;
  y += (BARS + GAP) * em;

  const sums = [0];
  for (const term of terms) sums.push(sums[sums.length - 1] + term);
  height = scaled(tools, sums, field, y, border);
  label(tools, "sum so far", left, y + (BARS / 2) * em);
  ink.strokeStyle = text;
  ink.lineWidth = 1.6;
  ink.beginPath();
  ink.moveTo(left, height(0));
  for (let place = 0; place < count; place += 1) {
    ink.lineTo(x(place), height(sums[place + 1]));
    ink.lineTo(x(place + 1), height(sums[place + 1]));
  }
  ink.stroke();
  const end = Math.max(y + 0.35 * em, Math.min(y + (BARS - 0.3) * em, height(sums[count])));
  ink.font = `650 ${0.88 * em}px ${font}`;
  ink.fillStyle = text;
  ink.textAlign = "left";
  ink.fillText(numeral(sums[count], 2), x(count) + 0.35 * em, end);

  frame(tools, x(chosen), top, wide - (wide > 0.4 * em ? 1 : 0), y + BARS * em - top, 1.2);
  ink.beginPath();
  ink.arc(x(chosen + 1), height(sums[chosen + 1]), 0.22 * em, 0, 2 * Math.PI);
  ink.fill();
}

/** The column at a place of the strip. @param {MouseEvent & { currentTarget: HTMLElement }} event @param {StripField} field */
export function termUnder({ clientX, currentTarget }, { left, wide, count }) {
  const place = Math.floor((clientX - currentTarget.getBoundingClientRect().left - left) / wide);
  return place < -2 || place > count + 2 ? null : Math.max(0, Math.min(count - 1, place));
}
