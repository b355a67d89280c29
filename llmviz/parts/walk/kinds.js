// How a number of each kind of box is made.

import { headFor, headRow, isShare, numbersOf, numeral, rowName, valueAt, wholeRow } from "./numbers.js";
import { linear, mean, mix, rowIn, scores, softmax, sumOf } from "./sums.js";

/** @import { Walk } from "./payload" @import { Place } from "./numbers.js" @import { Cell, Figure, Made } from "./sums.js" */

/** @param {string} rule @param {Figure[]} figures @param {number | null} total @returns {Made} */
const plain = (rule, figures, total) => ({ rule, figures, total, terms: null, across: [] });

/** The number of a box read that stands in the place of this one. @param {Cell} cell */
function same({ data, place: { head, row, column }, box, reads }, which = 0) {
  const read = reads[which];
  const from = { box: data.boxes.indexOf(read), head: headFor(read, box, head), row: rowIn(read, row), column };
  return { value: valueAt(read, from.head, from.row, column), about: read.name, from };
}

/** @param {Cell} cell @returns {Made} */
function lookup({ data, place: { row, column }, box }) {
  const token = `row ${data.sequences[box.rows]?.ids[row]} of the table, that of “${rowName(data, box, row)}”`;
  const place = `row ${row + 1} of the table, that of place ${row + 1}`;
  const segment = "the row of the table for the first text";
  const at = /position/i.test(box.name) ? place : /segment|type/i.test(box.name) ? segment : token;
  return plain("a row of a learnt table", [{ value: valueAt(box, 0, row, column), about: `${at}: its number ${column + 1}` }], null);
}

/** @param {Cell} cell @returns {Made} */
function add(cell) {
  const terms = cell.reads.map((_, which) => same(cell, which));
  const names = terms.map(({ about }) => about);
  return plain(
    names.join(" + "),
    terms.flatMap((term, which) => (which ? ["+", term] : [term])),
    sumOf(terms.map(({ value }) => value)),
  );
}

/** @param {Cell} cell @returns {Made} */
function multiply(cell) {
  const [one, other] = [same(cell), same(cell, 1)];
  return plain(`${one.about} × ${other.about}`, [one, "×", other], one.value * other.value);
}

/** The numbers that a norm is taken over: those of the same head, or of all heads. @param {Cell} cell */
function normed({ place: { head, row, column }, box, reads: [read] }) {
  const whole = wholeRow(read, rowIn(read, row));
  const size = box.shape[2];
  const numbers = whole.length === size ? whole : whole.subarray(head * size, (head + 1) * size);
  const { weight, bias } = numbersOf(box);
  const gain = weight.length ? weight[column] : 1;
  return { numbers, gain, shift: bias.length ? bias[column] : 0, shifted: bias.length > 0 };
}

/** A tiny constant, 1e−5, without what float32 adds to it. @param {number} constant */
const tiny = (constant) => Number(constant.toPrecision(3)).toExponential().replace("e-", "e−");

/** @param {Cell} cell @returns {Made} */
function layerNorm(cell) {
  const { numbers, gain, shift, shifted } = normed(cell);
  const average = sumOf(numbers) / numbers.length;
  const variance = sumOf(Float64Array.from(numbers, (number) => (number - average) ** 2)) / numbers.length;
  const deviation = Math.sqrt(variance + cell.box.constant);
  const x = same(cell);
  return plain(
    `(x − mean) ÷ √(variance + ε) × gain${shifted ? " + bias" : ""}`,
    [
      ...["(", x, "−", { value: average, about: `mean of the ${numbers.length}` }, ")"],
      ...["÷", { value: deviation, about: "deviation", tip: `√(variance + ε) = √(${numeral(variance)} + ${tiny(cell.box.constant)})` }],
      ...["×", { value: gain, about: "gain" }],
      ...(shifted ? ["+", { value: shift, about: "bias" }] : []),
    ],
    ((x.value - average) / deviation) * gain + shift,
  );
}

/** @param {Cell} cell @returns {Made} */
function rmsNorm(cell) {
  const { numbers, gain, shift, shifted } = normed(cell);
  const squares = sumOf(Float64Array.from(numbers, (number) => number ** 2)) / numbers.length;
  const root = Math.sqrt(squares + cell.box.constant);
  const x = same(cell);
  return plain(
    "x ÷ √(mean of squares + ε) × gain",
    [
      ...[
        x,
        "÷",
        {
          value: root,
          about: "root mean square",
          tip: `√(mean of the ${numbers.length} squares + ε) = √(${numeral(squares)} + ${tiny(cell.box.constant)})`,
        },
      ],
      ...["×", { value: gain, about: "gain" }],
      ...(shifted ? ["+", { value: shift, about: "bias" }] : []),
    ],
    (x.value / root) * gain + shift,
  );
}

/** Rotary position: a pair of numbers is turned like a hand of a clock. @param {Cell} cell @returns {Made} */
function turn(cell) {
  const { place: { row, column }, box } = cell; // biome-ignore format: one line
  const size = box.shape[2];
  const half = size / 2;
  const neighbours = box.constant === 1;
  const first = neighbours ? column % 2 === 0 : column < half;
  const partner = neighbours ? column ^ 1 : first ? column + half : column - half;
  const { weight } = numbersOf(box);
  const at = row * size + column;
  const [cos, sin] = [weight[at], weight[box.shape[1] * size + at]];
  const x = same(cell);
  const other = same({ ...cell, place: { ...cell.place, column: partner } });
  return plain(
    `x × cos ${first ? "−" : "+"} partner × sin`,
    [
      ...[{ ...x, about: `number ${column + 1}` }, "×", { value: cos, about: `cos at place ${row + 1}` }],
      ...[
        first ? "−" : "+",
        { ...other, about: `number ${partner + 1}, its partner` },
        "×",
        { value: sin, about: `sin at place ${row + 1}` },
      ],
    ],
    x.value * cos + (first ? -1 : 1) * other.value * sin,
  );
}

/** @param {Cell} cell @returns {Made} */
function probabilities(cell) {
  const logit = same(cell);
  const all = numbersOf(cell.box).weight[cell.place.row];
  return plain(
    "e^(logit − log Σ e^logit)",
    ["e^(", { ...logit, about: "logit" }, "−", { value: all, about: `log Σ e^logit, all ${cell.data.vocabulary}` }, ")"],
    Math.exp(logit.value - all),
  );
}

/** Abramowitz and Stegun 7.1.26: within 1.5e-7. @param {number} x */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

const tanhGelu = (/** @type {number} */ x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
/** @type {Record<string, { rule: string, of: (x: number) => number }>} */
const ACTIVATIONS = {
  relu: { rule: "max(0, x)", of: (x) => Math.max(0, x) },
  gelu: { rule: "gelu(x): x × the share of a normal distribution below x", of: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)) },
  gelu_new: { rule: "gelu(x), approximated by tanh", of: tanhGelu },
  gelu_pytorch_tanh: { rule: "gelu(x), approximated by tanh", of: tanhGelu },
  silu: { rule: "silu(x): x ÷ (1 + e^−x)", of: (x) => x / (1 + Math.exp(-x)) },
  tanh: { rule: "tanh(x)", of: Math.tanh },
};

/** @type {Record<string, (cell: Cell) => Made>} */
const KINDS = {
  ...{ linear, scores, softmax, mix, mean, lookup, add, multiply, turn, probabilities },
  layer_norm: layerNorm,
  rms_norm: rmsNorm,
  given: () => plain("given: nothing in this model computes it", [], null),
  scale(cell) {
    const x = same(cell);
    return plain("x × a constant", [x, "×", { value: cell.box.constant, about: "constant" }], x.value * cell.box.constant);
  },
  last(cell) {
    const [read] = cell.reads;
    const from = { box: cell.data.boxes.indexOf(read), head: 0, row: read.shape[1] - 1, column: cell.place.column };
    const value = valueAt(read, 0, from.row, from.column);
    return plain("the last token's number", [{ value, about: `${read.name} of the last token`, from }], value);
  },
};

/** Kinds whose numbers are made column by column: the whole row of what they read stands below the equation, and their own below that. */
const ACROSS = new Set(["add", "multiply", "scale", "layer_norm", "rms_norm", "turn", "probabilities", ...Object.keys(ACTIVATIONS)]);

/**
 * How the number in a place is made; null where the numbers it is made of are not here.
 * @param {Walk} data @param {Place} place @returns {Made | null}
 */
export function madeOf(data, place) {
  const box = data.boxes[place.box];
  const cell = { data, place, box, reads: box.reads.map((read) => data.boxes[read]) };
  if (cell.reads.some(({ values }) => !values)) return null;
  const made = KINDS[box.kind]?.(cell) ?? activated(cell);
  if (!ACROSS.has(box.kind) || cell.reads.some(({ shape }) => shape[2] !== box.shape[2])) return made;
  const above = cell.reads.map((read) => ({
    name: read.name,
    values: headRow(read, headFor(read, box, place.head), rowIn(read, place.row)),
  }));
  const own = { name: box.name, values: headRow(box, place.head, place.row), share: isShare(box) };
  return { ...made, across: [...above, own] };
}

/** @param {Cell} cell */
function activated(cell) {
  const { kind } = cell.box;
  const activation = ACTIVATIONS[kind];
  const x = same(cell);
  const open = kind === "relu" ? "max(0," : `${kind}(`;
  return plain(activation?.rule ?? `${kind}(x)`, [open, x, ")"], activation ? activation.of(x.value) : null);
}

const NEAR = 1e-4; // float32 on the server, float64 here

/** Whether a sum comes to the number in the box. @param {number} total @param {number} value */
export const addsUp = (total, value) => Math.abs(total - value) <= NEAR * Math.max(1, Math.abs(value)) || total === value;
