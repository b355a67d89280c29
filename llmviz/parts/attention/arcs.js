// Arcs over and under the tokens, from token to token; one that looks at itself is a loop.

import { h, percent } from "../shared/draw.js";

/** @import { Child } from "../shared/types" */

const FAINT = 0.05; // weight below which no arc is drawn
const TOLD = 0.1; // weight from which on its share is written at it

/**
 * All arcs of a head above its tokens, whose middles are `centres` in pixels; or, with one chosen, where it looks above, and who looks at it
 * below.
 * @param {{ high: number, low: number, centres: number[], chosen: number | null, weight: (query: number, key: number) => number }} row
 */
export function arcs({ high, low, centres, chosen, weight }) {
  const widest = Math.max(1, centres[centres.length - 1] - centres[0]);
  /** @param {number} query @param {number} key @param {number} foot @param {1 | -1} up @param {number} room @returns {Child} */
  const arc = (query, key, foot, up, room) => {
    const share = weight(query, key);
    const [from, to] = [centres[query], centres[key]];
    if (share < FAINT) return null;
    const distance = Math.abs(from - to);
    const height = Math.min(room, distance ? 14 + (0.9 * room * distance) / widest : 26);
    const top = foot - up * height * 1.32; // a cubic reaches three quarters of the way to its handles
    const [left, right] = distance ? [from, to] : [from - 15, to + 15];
    const line = { d: `M${from},${foot}C${left},${top} ${right},${top} ${to},${foot}`, "stroke-width": 0.6 + 5.4 * share };
    const told = chosen !== null && share >= TOLD;
    return [
      h("path", { ...line, opacity: 0.2 + 0.8 * share }),
      told && h("text", { x: (from + to) / 2, y: foot - up * height + (up > 0 ? -4 : 14) }, percent(share)),
    ];
  };
  const places = centres.map((_, place) => place);
  const looking = chosen === null ? places : [chosen];
  const above = looking.map((query) => places.map((key) => arc(query, key, high, 1, high - 22)));
  const below = chosen === null ? [] : places.map((query) => query !== chosen && arc(query, chosen, 0, -1, low - 18));
  return { above, below };
}
