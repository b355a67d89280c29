// Numbers that are sums: a term for each input, token or row, which the strip below the equation shows one by one.

import { bracketed, headFor, headRow, isFinite32, numbersOf, numeral, rowName, valueAt, wholeRow } from "./numbers.js";

/** @import { Box, Walk } from "./payload" @import { Place } from "./numbers.js" */

/** A number of the equation and what it is; a text is an operator. @typedef {{ value: number | string, about: string, from?: Place, tip?: string } | string} Figure */

/** A row of numbers, and its name. @typedef {{ name: string, values: ArrayLike<number>, share?: boolean }} Row */

/**
 * The terms of a sum. `rows` are the numbers that each is made of, `terms` what is added up. `names` are short labels, of tokens; `tell` says a
 * term in words, and `from` where its inputs stand. `start` is the term told at first, if not that which weighs most.
 * @typedef {{ rows: Row[], terms: Float64Array, what: string, names: string[] | null,
 * tell: (place: number) => string, from: (place: number) => { name: string, to: Place }[], start?: number }} Terms
 */

/**
 * How a number is made: the `rule` in symbols, the equation without its result, what that comes to (null where this browser does not
 * compute it), and the terms of its sum; or `across`, where each column is made of the same column of other rows, these rows.
 * @typedef {{ rule: string, figures: Figure[], total: number | null, terms: Terms | null, across: Row[] }} Made
 */

/** A cell, its box, and the boxes that this one reads. @typedef {{ data: Walk, place: Place, box: Box, reads: Box[] }} Cell */

/** A row of a box that has as many rows as the one that reads it, or one for all. @param {Box} read @param {number} row */
export const rowIn = (read, row) => Math.min(row, read.shape[1] - 1);

/** @param {ArrayLike<number>} numbers */
export function sumOf(numbers) {
  let sum = 0;
  for (let place = 0; place < numbers.length; place += 1) sum += numbers[place];
  return sum;
}

/** @param {ArrayLike<number>} one @param {ArrayLike<number>} other */
const products = (one, other) => Float64Array.from({ length: one.length }, (_, place) => one[place] * other[place]);

/** @param {ArrayLike<number>} one @param {ArrayLike<number>} other @param {Float64Array} terms */
const product = (one, other, terms) => (/** @type {number} */ place) =>
  `${bracketed(one[place])} × ${bracketed(other[place])} = ${numeral(terms[place])}`;

/** The tokens that the rows of a box stand for. @param {Walk} data @param {Box} box */
const tokensOf = (data, box) => Array.from({ length: box.shape[1] }, (_, row) => rowName(data, box, row));

/** @param {Cell} cell @returns {Made} */
export function linear({ place: { head, row, column }, box, reads: [input], ...cell }) {
  const { weight, bias } = numbersOf(box);
  const at = rowIn(input, row);
  const inputs = wholeRow(input, at);
  const out = head * box.shape[2] + column;
  const weights = weight.subarray(out * inputs.length, (out + 1) * inputs.length);
  if (weights.length < inputs.length) {
    const here = `sum of ${inputs.length} products; of this large matrix the first ${weight.length / inputs.length} rows of weights are here`;
    return { across: [], rule: "Σ input × weight", figures: [{ value: "…", about: here }], total: null, terms: null };
  }
  const terms = products(inputs, weights);
  const sum = sumOf(terms);
  const moved = bias.length ? bias[out] : 0;
  const size = input.shape[2];
  return {
    across: [],
    rule: bias.length ? "Σ input × weight + bias" : "Σ input × weight",
    figures: [{ value: sum, about: `sum of ${inputs.length} products` }, ...(bias.length ? ["+", { value: moved, about: "bias" }] : [])],
    total: sum + moved,
    terms: {
      rows: [
        { name: input.name, values: inputs },
        { name: "weight", values: weights },
      ],
      ...{ terms, what: "product", names: null },
      tell: (term) => `number ${term + 1}: ${product(inputs, weights, terms)(term)}`,
      from: (term) => [
        {
          name: `number ${(term % size) + 1} of ${input.name}${input.shape[0] > 1 ? `, head ${Math.floor(term / size) + 1}` : ""}`,
          to: { box: cell.data.boxes.indexOf(input), head: Math.floor(term / size), row: at, column: term % size },
        },
      ],
    },
  };
}

/** @param {Cell} cell @returns {Made} */
export function scores({ data, place: { head, row, column }, box, reads: [query, key] }) {
  const [asking, asked] = [headFor(query, box, head), headFor(key, box, head)];
  const [one, other] = [headRow(query, asking, row), headRow(key, asked, column)];
  const terms = products(one, other);
  const sum = sumOf(terms);
  const { bias } = numbersOf(box);
  const near = bias.length ? bias[(head * box.shape[1] + row) * box.shape[2] + column] : 0;
  const root = Math.abs(box.constant - 1 / Math.sqrt(one.length)) < 1e-6;
  const [from, to] = [rowName(data, query, row), rowName(data, key, column)];
  return {
    across: [],
    rule: `Σ query × key${box.constant === 1 ? "" : " × scale"}${bias.length ? " + position bias" : ""}`,
    figures: [
      { value: sum, about: `sum of ${one.length} products` },
      ...(box.constant === 1 ? [] : ["×", { value: box.constant, about: root ? `scale, 1 ÷ √${one.length}` : "scale" }]),
      ...(bias.length ? ["+", { value: near, about: "bias of the distance" }] : []),
    ],
    total: sum * box.constant + near,
    terms: {
      rows: [
        { name: `query “${from}”`, values: one },
        { name: `key “${to}”`, values: other },
      ],
      ...{ terms, what: "product", names: null },
      tell: (term) => `number ${term + 1}: ${product(one, other, terms)(term)}`,
      from: (term) => [
        { name: `${query.name} of “${from}”`, to: { box: data.boxes.indexOf(query), head: asking, row, column: term } },
        { name: `${key.name} of “${to}”`, to: { box: data.boxes.indexOf(key), head: asked, row: column, column: term } },
      ],
    },
  };
}

/** @param {Cell} cell @returns {Made} */
export function mix({ data, place: { head, row, column }, box, reads: [shares, value] }) {
  const asked = headFor(value, box, head);
  const weights = headRow(shares, headFor(shares, box, head), row);
  const values = Float32Array.from({ length: weights.length }, (_, key) => valueAt(value, asked, key, column));
  const terms = products(weights, values);
  const names = tokensOf(data, value);
  return {
    across: [],
    rule: "Σ share × value",
    figures: [{ value: sumOf(terms), about: `sum of ${terms.length} products` }],
    total: sumOf(terms),
    terms: {
      rows: [
        { name: "share", values: weights, share: true },
        { name: value.name, values },
      ],
      ...{ terms, what: "product", names },
      tell: (term) => `“${names[term]}”: ${product(weights, values, terms)(term)}`,
      from: (term) => [
        { name: `share of “${names[term]}”`, to: { box: data.boxes.indexOf(shares), head: headFor(shares, box, head), row, column: term } },
        { name: `${value.name} of “${names[term]}”`, to: { box: data.boxes.indexOf(value), head: asked, row: term, column } },
      ],
    },
  };
}

/** @param {Cell} cell @returns {Made} */
export function softmax({ data, place: { head, row, column }, box, reads: [read] }) {
  const own = headRow(read, headFor(read, box, head), row);
  const seen = box.constant === 1 ? row + 1 : own.length;
  const largest = own.subarray(0, seen).reduce((most, score) => Math.max(most, score), -Infinity);
  const terms = Float64Array.from(own, (score, key) => (key < seen && isFinite32(score) ? Math.exp(score - largest) : 0));
  const sum = sumOf(terms);
  const names = Array.from({ length: own.length }, (_, key) => data.sequences[box.columns]?.tokens[key]?.text ?? `${key + 1}`);
  const rule = "e^(score − largest) ÷ their sum";
  const to = (/** @type {number} */ key) => ({ box: data.boxes.indexOf(read), head: headFor(read, box, head), row, column: key });
  const later = `“${names[column]}” comes later: it is not looked at`;
  return {
    across: [],
    rule,
    figures:
      column < seen
        ? [
            { value: terms[column], about: `e^(${numeral(own[column])} − ${bracketed(largest)})` },
            "÷",
            { value: sum, about: `sum for ${seen} token${seen > 1 ? "s" : ""}` },
          ]
        : [{ value: 0, about: later }],
    total: terms[column] / sum,
    terms: {
      rows: [{ name: "score", values: own.map((score, key) => (key < seen ? score : Number.NaN)) }],
      ...{ terms, what: "e^(score − largest)", names: null, start: column },
      tell: (term) =>
        term < seen
          ? `“${names[term]}”: e^(${numeral(own[term])} − ${bracketed(largest)}) = ${numeral(terms[term])}`
          : `“${names[term]}” comes later: it is not looked at, its share is 0`,
      from: (term) => [{ name: `score of “${names[term]}”`, to: to(term) }],
    },
  };
}

/** @param {Cell} cell @returns {Made} */
export function mean({ data, place: { column }, reads: [read] }) {
  const values = Float32Array.from({ length: read.shape[1] }, (_, row) => valueAt(read, 0, row, column));
  const terms = Float64Array.from(values);
  const names = tokensOf(data, read);
  const sum = sumOf(terms);
  return {
    across: [],
    rule: "Σ x ÷ count, over all tokens",
    figures: [{ value: sum, about: `sum of ${values.length} numbers` }, "÷", { value: String(values.length), about: "tokens" }],
    total: sum / values.length,
    terms: {
      ...{ rows: [], terms, what: read.name, names },
      tell: (term) => `“${names[term]}”: ${numeral(values[term])}`,
      from: (term) => [{ name: `${read.name} of “${names[term]}”`, to: { box: data.boxes.indexOf(read), head: 0, row: term, column } }],
    },
  };
}
