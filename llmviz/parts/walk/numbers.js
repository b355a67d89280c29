// The numbers of a box: decoded from float32 in base64, found by head, row and column, and written.

/** @import { Box, Walk } from "./payload" */

/** @typedef {{ values: Float32Array, weight: Float32Array, bias: Float32Array }} Numbers */
/** @typedef {{ box: number, head: number, row: number, column: number }} Place */

/** @param {string} text */
function floats(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place += 1) bytes[place] = letters.charCodeAt(place);
  return new Float32Array(bytes.buffer);
}

/** @type {WeakMap<Box, Numbers>} */
const decodedBoxes = new WeakMap(); // lives as long as the payload of its boxes

/** The numbers of a box, decoded once. @param {Box} box @returns {Numbers} */
export function numbersOf(box) {
  const known = decodedBoxes.get(box) ?? { values: floats(box.values), weight: floats(box.weight), bias: floats(box.bias) };
  decodedBoxes.set(box, known);
  return known;
}

/** @param {Box} box @param {number} head @param {number} row @param {number} column */
export const valueAt = (box, head, row, column) => numbersOf(box).values[(head * box.shape[1] + row) * box.shape[2] + column];

/** The numbers of a token in one head. @param {Box} box @param {number} head @param {number} row */
export function headRow(box, head, row) {
  const start = (head * box.shape[1] + row) * box.shape[2];
  return numbersOf(box).values.subarray(start, start + box.shape[2]);
}

/** All numbers of a token, head after head. @param {Box} box @param {number} row */
export const wholeRow = (box, row) =>
  box.shape[0] === 1
    ? headRow(box, 0, row)
    : Float32Array.from(Array.from({ length: box.shape[0] }, (_, head) => [...headRow(box, head, row)]).flat());

const MOST_DRAWN = 512; // numbers of a vector: more are narrower than a pixel

/** How many columns of a box are drawn: of a large matrix product those whose weights are here. @param {Walk} data @param {Box} box */
export function drawnColumns(data, box) {
  const columns = box.shape[2];
  if (box.columns !== -1) return columns;
  const { weight } = numbersOf(box);
  const read = data.boxes[box.reads[0]];
  const whole = box.kind !== "linear" || box.shape[0] > 1 || !weight.length || !read;
  return Math.min(columns, MOST_DRAWN, whole ? columns : Math.floor(weight.length / (read.shape[0] * read.shape[2])));
}

/** The head of the box read that serves this head: several may share one. @param {Box} read @param {Box} box @param {number} head */
export const headFor = (read, box, head) => Math.floor((head * read.shape[0]) / box.shape[0]);

/** A score of what may not be looked at can be minus infinity, or as good as that. @param {number} value */
export const isFinite32 = (value) => Math.abs(value) < 1e30;

/** Whether the columns are shares of 1. @param {Box} box */
export const isShare = ({ kind }) => kind === "softmax" || kind === "probabilities";

/**
 * A number as it is written, with a true minus; one too small for so many places with two digits and its power of ten.
 * @param {number} value
 */
export function numeral(value, places = 4) {
  if (Number.isNaN(value)) return "no number";
  const size = Math.abs(value);
  if (!isFinite32(value)) return value < 0 ? "−∞" : "∞";
  const text =
    size === 0
      ? "0"
      : size < 0.5 * 10 ** -places || size >= 1e6
        ? size.toExponential(1)
        : size.toFixed(size >= 1000 ? Math.min(1, places) : places);
  return (value < 0 ? "−" : "") + text.replace("e-", "e−").replace("e+", "e");
}

/** A number in a cell, with two places. @param {number} value */
export const short = (value) => (Math.abs(value) < 0.005 ? "0.00" : numeral(value, Math.abs(value) >= 100 ? 0 : 2));

/** A number in a sum: in brackets where it has a minus. @param {number} value */
export const bracketed = (value) => (value < 0 ? `(${numeral(value)})` : numeral(value));

/**
 * Of all words of a vocabulary only the `words` have their columns here, though the shape counts all: the boxes with the shape of what is here.
 * @param {Walk} data @returns {Walk}
 */
export const shownWords = (data) => ({
  ...data,
  boxes: data.boxes.map((box) => (box.columns === -2 ? { ...box, shape: [box.shape[0], box.shape[1], data.words.length] } : box)),
});

/** The token that a row of a box belongs to. @param {Walk} data @param {Box} box @param {number} row */
export function rowName(data, box, row) {
  const tokens = data.sequences[box.rows]?.tokens ?? [];
  if (box.shape[1] === tokens.length) return tokens[row].text;
  return box.shape[1] === 1 ? "sentence" : `row ${row + 1}`;
}

/** The same in a sentence. @param {Walk} data @param {Box} box @param {number} row */
const rowTitle = (data, box, row) =>
  box.shape[1] === data.sequences[box.rows]?.tokens.length
    ? `“${rowName(data, box, row)}”`
    : box.shape[1] === 1
      ? "the sentence"
      : rowName(data, box, row);

/** What a column of a box is: a token, a word, or the number so many of a vector. @param {Walk} data @param {Box} box @param {number} column */
export function columnName(data, box, column) {
  if (box.columns === -2) return data.words[column] ?? `word ${column + 1}`;
  if (box.columns >= 0) return data.sequences[box.columns]?.tokens[column]?.text ?? `${column + 1}`;
  return `number ${column + 1}`;
}

/** A cell in words: “dog”, number 17; “dog” → “cat”. @param {Walk} data @param {Place} place */
export function cellName(data, { box: at, row, column }) {
  const box = data.boxes[at];
  const name = columnName(data, box, column);
  return box.columns === -1 ? `${rowTitle(data, box, row)}, ${name}` : `${rowTitle(data, box, row)} → “${name}”`;
}

/** Whether scores of tokens that come later are not used: what reads them is causal. @param {Walk} data @param {number} at */
export function isCausal(data, at) {
  const box = data.boxes[at];
  const softmax = box.kind === "softmax" ? box : data.boxes.find(({ kind, reads }) => kind === "softmax" && reads[0] === at);
  return box.columns >= 0 && softmax?.constant === 1;
}

/** The place of what is furthest from zero. @param {ArrayLike<number>} values */
export function furthest(values) {
  let [best, far] = [0, -1];
  for (let place = 0; place < values.length; place += 1) {
    const size = Math.abs(values[place]);
    if (size > far && isFinite32(size)) [best, far] = [place, size];
  }
  return best;
}
