// How the boxes of a stage stand under each other, and how the residual stream runs past them. Pure; knows no element.

/** @import { Box, Walk } from "./payload" */

/**
 * A line of the diagram: the boxes that stand side by side in it (places among all boxes), in which of its `columns` each stands, and how the
 * wires at its left run. `stream` is the residual stream: it begins here, or passes. A box `on` the stream changes or reads what flows there.
 * `branch` runs down beside it: it leaves the stream here, begins here without reading the stream, passes, or comes back here at an addition.
 * `waiting` is the branch before, which is computed and not added yet.
 * @typedef {{ boxes: number[], columns: number, seats: number[], stream: "" | "begins" | "passes", on: "" | "add" | "box",
 * branch: "" | "leaves" | "begins" | "passes" | "returns", waiting: boolean }} Line
 */

const BESIDE = 3; // boxes side by side at most: query, key, value

/**
 * The way of the residual stream through a stage, from its last box back: an addition continues what was there first, for what is added to
 * that was computed later; any other box continues the first box that it reads. `from` is the box of an earlier stage that it comes from.
 * @param {readonly Box[]} boxes @param {number} stage
 */
export function streamOf(boxes, stage) {
  /** @type {Set<number>} */
  const on = new Set();
  let at = boxes.findLastIndex((box) => box.stage === stage);
  while (at >= 0 && boxes[at].stage === stage && !on.has(at)) {
    on.add(at);
    const { kind, reads } = boxes[at];
    at = reads.length ? (kind === "add" ? Math.min(...reads) : reads[0]) : -1;
  }
  return { on, from: at >= 0 && !on.has(at) ? at : -1 };
}

/** Whether a box may stand beside those of a line: of one kind, and made of the same or for the same heads. @param {readonly Box[]} boxes @param {readonly number[]} line @param {number} next */
function fitsBeside(boxes, line, next) {
  const [one, other] = [boxes[line[0]], boxes[next]];
  if (line.length >= BESIDE || one.kind !== other.kind || line.some((place) => other.reads.includes(place))) return false;
  const many = one.shape[0] > 1 && one.shape[0] === other.shape[0];
  return one.kind === "turn" || many || (one.kind !== "add" && JSON.stringify(one.reads) === JSON.stringify(other.reads));
}

/** Boxes of a stage in lines; what continues one box each of the line above stands below it. @param {readonly Box[]} boxes @param {number} stage */
function grouped(boxes, stage) {
  /** @type {number[][]} */
  const lines = [];
  for (const [place, box] of boxes.entries()) {
    if (box.stage !== stage) continue;
    const last = lines.at(-1);
    if (last && fitsBeside(boxes, last, place)) last.push(place);
    else lines.push([place]);
  }
  let before = { boxes: /** @type {number[]} */ ([]), columns: 1, seats: /** @type {number[]} */ ([]) };
  return lines.map((line) => {
    const over = line.map((place) => before.boxes.findIndex((other) => boxes[place].reads.includes(other)));
    const below = line.length > 1 && over.every((seat) => seat >= 0) && new Set(over).size === line.length;
    before = below
      ? { boxes: line, columns: before.columns, seats: over.map((seat) => before.seats[seat]) }
      : { boxes: line, columns: line.length, seats: line.map((_, seat) => seat) };
    return before;
  });
}

/** @param {readonly Box[]} boxes @param {number} stage @returns {Line[]} */
export function linesOf(boxes, stage) {
  const { on, from } = streamOf(boxes, stage);
  /** @type {Set<number>} */
  let branch = new Set(); // boxes of the branch that is under way
  let begun = from >= 0;
  let waiting = false;
  return grouped(boxes, stage).map((line) => {
    const reads = line.boxes.flatMap((place) => boxes[place].reads);
    const stream = begun ? "passes" : line.boxes.some((place) => on.has(place)) ? "begins" : "";
    begun ||= stream !== "";
    if (line.boxes.some((place) => on.has(place))) {
      const returns = branch.size > 0;
      const waited = waiting;
      [branch, waiting] = [new Set(), false];
      const adds = boxes[line.boxes[0]].kind === "add";
      return { ...line, stream, on: adds ? "add" : "box", branch: returns ? "returns" : "", waiting: waited };
    }
    const continues = reads.some((place) => branch.has(place));
    if (!continues) {
      waiting ||= branch.size > 0;
      branch = new Set();
    }
    for (const place of line.boxes) branch.add(place);
    const leaves = reads.some((place) => on.has(place) || place === from);
    return { ...line, stream, on: "", branch: continues ? "passes" : leaves ? "leaves" : "begins", waiting };
  });
}

/**
 * What comes out of a box, as “4 heads × 8 × 16”; of words all that are in the vocabulary.
 * @param {Walk} data @param {Box} box
 */
export const shapeOf = ({ vocabulary }, { shape: [heads, rows, columns], columns: of }) =>
  `${heads > 1 ? `${heads} heads × ` : ""}${rows} × ${of === -2 ? vocabulary : columns}`;

/** A number of parameters in three digits: 49.6 k. @param {number} count */
export function compact(count) {
  const [size, unit] = count >= 999_500 ? [count / 1e6, " M"] : count >= 1000 ? [count / 1000, " k"] : [count, ""];
  return `${unit && size < 100 ? size.toFixed(1) : Math.round(size)}${unit}`;
}
