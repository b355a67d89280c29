// The chosen box, large: what it is, its heads, its grid of numbers, and of probabilities the likeliest words.

import { h, percent, told, track, walk, whole } from "../shared/draw.js";
import { hideTip, showTip } from "../shared/tip.js";
import { cellUnder, colouring } from "./grid.js";
import { shapeOf } from "./lines.js";
import { cellName, drawnColumns, headRow, isCausal, isShare, numeral, rowName, valueAt } from "./numbers.js";

/** @import { Child } from "../shared/types" @import { Walk } from "./payload" @import { Place } from "./numbers.js" @import { Field } from "./grid.js" */

const LIKELIEST = 8;

/** The stage and the box, its place in the walk, and what it does. @param {Walk} data @param {number} at @param {(box: number) => void} choose @param {Child} heads */
export function title(data, at, choose, heads) {
  const box = data.boxes[at];
  const { name, says } = data.stages[box.stage];
  const stage = h("span.stage", { tabindex: 0, role: "note", ...told(`${name}: ${says}`) }, name);
  const count = data.boxes.length;
  const turn = (/** @type {number} */ by, /** @type {string} */ label, /** @type {string} */ sign) =>
    h(
      "button",
      {
        type: "button",
        class: by > 0 ? "on" : "back",
        disabled: at + by < 0 || at + by >= count,
        onclick: () => choose(at + by),
        ...told(label),
      },
      sign,
    );
  return [
    h(
      "div.top",
      {},
      h("h3", {}, stage, h("span.title", {}, box.name), h("span.about", {}, ` ${shapeOf(data, box)}`)),
      h("div.turn", {}, turn(-1, "Back: the box before", "‹"), h("span.which", {}, `box ${at + 1} of ${count}`), turn(1, "Next box", "›")),
    ),
    h("div.named", {}, h("p.says", {}, box.says), heads),
  ];
}

/** A small picture of each head, to choose one. @param {number} count @param {number} chosen @param {(head: number) => void} choose */
export function headRadios(count, chosen, choose) {
  if (count < 2) return null;
  return h(
    "div.heads",
    {
      role: "radiogroup",
      "aria-label": "Heads. Arrow keys choose one.",
      ...walk({ seat: chosen }, ".one", { keys: { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }, choose, focus: choose }),
    },
    h("span.about", {}, "head"),
    Array.from({ length: count }, (_, head) =>
      h(
        "button.one",
        {
          type: "button",
          role: "radio",
          "aria-checked": head === chosen,
          tabindex: head === chosen ? 0 : -1,
          "aria-label": `head ${head + 1}`,
          "data-head": head,
        },
        h("canvas", { "aria-hidden": true }),
        h("span", {}, head + 1),
      ),
    ),
  );
}

/** What the colours mean. @param {HTMLElement} root @param {boolean} share @param {{ most: number, beyond: boolean }} scale */
export function legend(root, share, { most, beyond }) {
  const colour = colouring(root, share, most);
  const stops = Array.from({ length: 17 }, (_, place) => `rgb(${colour(share ? (most * place) / 16 : (most * (place - 8)) / 8)})`);
  const more = beyond ? " and beyond" : "";
  const ends = share ? ["0%", "blue 100%"] : [`blue ${numeral(-most, 2)}`, `orange ${numeral(most, 2)}${more}`];
  return h(
    "span.legend",
    {},
    ends[0],
    h("i", { style: `background: linear-gradient(to right, ${stops.join(", ")})` }, !share && h("s", {})),
    ends[1],
  );
}

/**
 * `cell` chooses a cell, and `point` what is pointed at.
 * @param {{ data: Walk, root: HTMLElement, place: Place, field: Field | null, cell: (row: number, column: number) => void,
 * point: (under: { row: number, column: number } | null) => void }} given
 */
export function grid({ data, root, place, field, cell, point }) {
  const box = data.boxes[place.box];
  const [heads, rows] = box.shape;
  const columns = drawnColumns(data, box);
  const causal = isCausal(data, place.box);
  const over = (/** @type {PointerEvent & { currentTarget: HTMLElement }} */ event) => {
    const under = field && cellUnder(event, field);
    const inside = under && under.column >= 0 ? under : null;
    point(inside);
    if (!inside) return hideTip(root);
    const corner = root.getBoundingClientRect();
    const value = valueAt(box, place.head, inside.row, inside.column);
    const later = causal && inside.column > inside.row;
    const text = `${cellName(data, { ...place, ...inside })}: ${isShare(box) ? `${numeral(value)} (${percent(value)})` : numeral(value)}`;
    const [x, y] = [event.clientX - corner.left, event.clientY - corner.top];
    showTip(root, later ? `${text}\nnot looked at: it comes later` : text, x, y - 4, y + 14);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: [0, -Infinity], End: [0, Infinity] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    cell(Math.max(0, Math.min(rows - 1, place.row + way[0])), Math.max(0, Math.min(columns - 1, place.column + way[1])));
  };
  const many = heads > 1 ? ` of head ${place.head + 1}` : "";
  return h("canvas.grid-of-numbers", {
    ...{ role: "img", tabindex: 0, style: field ? `width: ${field.width}px; height: ${field.height}px` : "" },
    "aria-label": `${box.name}: ${rows} by ${columns} numbers${many}. Chosen: ${cellName(data, place)}: ${numeral(valueAt(box, place.head, place.row, place.column))}. Arrow keys choose a cell.`,
    onkeydown: keys,
    onpointermove: over,
    onpointerleave: () => {
      hideTip(root);
      point(null);
    },
    onclick(event) {
      const under = field && cellUnder(event, field);
      if (under) cell(under.row, under.column < 0 ? place.column : under.column);
    },
  });
}

/** The words that the model finds likeliest after, or in place of, the chosen token. @param {Walk} data @param {Place} place @param {(column: number) => void} choose */
export function likeliest(data, place, choose) {
  const box = data.boxes[place.box];
  const shares = [...headRow(box, 0, place.row)].map((share, column) => ({ share, column }));
  const best = shares.sort((one, other) => other.share - one.share).slice(0, LIKELIEST);
  return h(
    "div.likeliest",
    {},
    h("h4", {}, "Likeliest", box.shape[1] > 1 && [" at ", h("bdi", {}, `“${rowName(data, box, place.row)}”`)]),
    best.map(({ share, column }) =>
      h(
        "button.guess",
        {
          type: "button",
          "aria-pressed": column === place.column,
          onclick: () => choose(column),
          ...told(`${data.words[column]}: ${(100 * share).toFixed(2)}%`),
        },
        h("span.name", {}, data.words[column]),
        track(share),
        h("span.value", {}, percent(share)),
      ),
    ),
  );
}

/** What of the columns is left out. @param {Walk} data @param {number} at */
export function leftOut(data, at) {
  const { boxes, words, vocabulary } = data;
  const box = boxes[at];
  if (box.columns === -2)
    return words.length < vocabulary
      ? `The ${words.length} of ${whole(vocabulary)} words that are likeliest somewhere in this sentence are shown.`
      : "";
  const drawn = drawnColumns(data, box);
  return drawn < box.shape[2] ? `The first ${drawn} of ${whole(box.shape[2])} numbers are shown.` : "";
}
