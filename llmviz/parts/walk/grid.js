// A box as a grid of cells: a row for each token, a column for each number; drawn to the room there is.

import { percent } from "../shared/format.js";
import { palette, pen } from "../shared/matrix.js";
import { columnName, drawnColumns, headRow, isCausal, isFinite32, isShare, numbersOf, rowName, short } from "./numbers.js";

/** @import { Box, Walk } from "./payload" @import { Place } from "./numbers.js" */

/**
 * Where the cells of a grid stand, in pixels; `turned` column names stand upright.
 * @typedef {{ left: number, top: number, wide: number, high: number, rows: number, columns: number, width: number, height: number, em: number,
 * turned: boolean }} Field
 */

/** Ink, the colours of the theme, and the font. @typedef {{ ink: CanvasRenderingContext2D, text: string, soft: string, back: string, font: string, em: number }} Brush */

const TALL = 11; // em that the rows share, where they can
const ROWS = { most: 1.35, least: 0.86, many: 24, dense: 0.5 }; // em; more than so many rows stand closer
const WIDEST = 3.5; // em of a cell
const SMALLEST = 0.68; // em of a letter
export const BESIDE_SUM = 3.6; // em at the right that the sum below needs for its number
const WRITTEN = 2.45; // em of a cell from which on its number is written in it

/** What a canvas is drawn with, made as large as it is shown. @param {HTMLElement} root @param {HTMLCanvasElement} canvas @returns {Brush} */
export function brush(root, canvas) {
  const style = getComputedStyle(root);
  const sharp = window.devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * sharp);
  canvas.height = Math.round(canvas.clientHeight * sharp);
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ink.scale(sharp, sharp);
  ink.textBaseline = "middle";
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const named = { text: colour("--st-text-color"), soft: colour("--st-gray-color"), back: colour("--st-background-color") };
  return { ink, ...named, font: style.fontFamily, em: parseFloat(style.fontSize) };
}

/** A text, cut to the room there is. @param {CanvasRenderingContext2D} ink @param {string} text @param {number} room */
export function cutTo(ink, text, room) {
  if (ink.measureText(text).width <= room) return text;
  let length = text.length - 1;
  while (length > 1 && ink.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return `${text.slice(0, length)}…`;
}

/** The widest of some texts, in pixels. @param {string[]} texts @param {number} em @param {HTMLElement} root */
export function widest(texts, em, root, weight = 400) {
  pen().font = `${weight} ${0.88 * em}px ${getComputedStyle(root).fontFamily}`;
  return texts.reduce((most, text) => Math.max(most, pen().measureText(text).width), 0);
}

/**
 * `left` is the room that names at the left of what stands below need; so much is left here too.
 * @param {HTMLElement} root @param {Walk} data @param {number} at @param {{ width: number, em: number, left: number }} room @returns {Field}
 */
export function fieldOf(root, data, at, { width, em, left: least }) {
  const box = data.boxes[at];
  const rows = box.shape[1];
  const columns = drawnColumns(data, box);
  const names = Array.from({ length: rows }, (_, row) => rowName(data, box, row));
  const left = Math.max(least, Math.min(widest(names, em, root, 650) + 0.7 * em, 7 * em, 0.28 * width));
  const right = box.columns >= 0 ? BESIDE_SUM * em : 2;
  const wide = Math.min((width - left - right) / columns, WIDEST * em);
  const long =
    box.columns === -1
      ? 0
      : widest(
          Array.from({ length: columns }, (_, column) => columnName(data, box, column)),
          em,
          root,
          650,
        );
  const turned = long > wide - 0.2 * em;
  const top = turned ? Math.min(long, 5.5 * em) + 0.6 * em : 1.35 * em;
  const high = Math.max((rows > ROWS.many ? ROWS.dense : ROWS.least) * em, Math.min(ROWS.most * em, (TALL * em) / rows));
  return { left, top, wide, high, rows, columns, width: left + wide * columns + 2, height: top + high * rows + 2, em, turned };
}

const OUTLIER = 8; // times what nearly all numbers stay below: then these few do not set the scale
const NEARLY_ALL = 0.98;

/** The number, without its sign, that has the full colour: the largest of a box, or where a few stand far out, what nearly all stay below; of shares 1. @param {Box} box */
export function mostOf(box) {
  if (isShare(box)) return { most: 1, beyond: false };
  const sizes = numbersOf(box).values.map(Math.abs).filter(isFinite32).sort();
  const most = Math.max(1e-9, sizes[sizes.length - 1] ?? 0);
  const usual = sizes[Math.floor(NEARLY_ALL * (sizes.length - 1))] ?? 0;
  return usual > 0 && most > OUTLIER * usual ? { most: usual, beyond: true } : { most, beyond: false };
}

/**
 * The colour of a number: blue below zero and orange above it, or of a share more blue for more.
 * @param {HTMLElement} root @param {boolean} share @param {number} most
 */
export function colouring(root, share, most) {
  const colours = palette(root, !share);
  return (/** @type {number} */ value) => {
    const part = Math.max(-1, Math.min(1, (value || 0) / most));
    return colours[share ? Math.round(255 * Math.max(0, part)) : 128 + Math.round(127 * part)];
  };
}

/** One head as a picture with a pixel for each cell. @param {Walk} data @param {number} at @param {number} head @param {(value: number) => number[]} colour */
export function pictureOf(data, at, head, colour) {
  const box = data.boxes[at];
  const rows = box.shape[1];
  const columns = drawnColumns(data, box);
  const causal = isCausal(data, at);
  const image = new ImageData(columns, rows);
  for (let row = 0; row < rows; row += 1)
    for (const [column, value] of headRow(box, head, row).subarray(0, columns).entries()) {
      const unseen = (causal && column > row) || !isFinite32(value);
      image.data.set([...colour(unseen ? 0 : value), unseen ? 0 : 255], 4 * (row * columns + column));
    }
  return image;
}

/** Draw a picture onto a canvas of its own size. @param {HTMLCanvasElement} canvas @param {ImageData} image */
export function show(canvas, image) {
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

/** Whichever of two colours is easier to read on a third: the text's or the background's. @param {Brush} brush @param {number[]} on */
export function readable({ ink, text, back }, on) {
  const light = (/** @type {number[]} */ [red, green, blue]) => 0.3 * red + 0.59 * green + 0.11 * blue;
  const of = (/** @type {string} */ colour) => {
    ink.fillStyle = colour;
    return light([1, 3, 5].map((place) => parseInt(String(ink.fillStyle).slice(place, place + 2), 16)));
  };
  return Math.abs(of(text) - light(on)) > Math.abs(of(back) - light(on)) ? text : back;
}

/** Names over columns; of numbers every so many. @param {Brush} brush @param {Pick<Field, "left" | "top" | "wide" | "columns" | "turned">} field @param {(column: number) => string} name @param {number} chosen */
export function columnNames({ ink, text, soft, font, em }, { left, top, wide, columns, turned }, name, chosen, numbered = false) {
  const room = (numbered ? 2 : turned ? SMALLEST : 0) * em; // a name needs so much
  const apart = [1, 2, 4, 8, 16, 32, 64].find((step) => step * wide >= room) ?? 128;
  const letters = turned ? Math.min(0.84 * em, Math.max(SMALLEST * em, 0.95 * wide)) : 0.84 * em;
  for (let column = 0; column < columns; column += 1) {
    const own = column === chosen;
    const near = apart > 1 && Math.abs(column - chosen) * wide < 1.1 * room;
    const ticked = (column + 1) % apart === 0 || column === 0;
    if (!own && (near || !ticked)) continue;
    const x = left + (column + 0.5) * wide;
    ink.font = `${own ? 650 : 400} ${letters.toFixed(1)}px ${font}`;
    ink.fillStyle = own ? text : soft;
    ink.save();
    if (turned) {
      ink.translate(x, top - 0.3 * em);
      ink.rotate(-Math.PI / 2);
      ink.textAlign = "left";
      ink.fillText(cutTo(ink, name(column), top - 0.3 * em), 0, 0);
    } else {
      ink.textAlign = "center";
      ink.fillText(name(column), Math.max(x, 0.6 * em), top - 0.65 * em);
    }
    ink.restore();
  }
}

/**
 * Draw one head. The row and the column of the chosen cell are lined, the cell itself and the one pointed at are framed.
 * @param {HTMLElement} root @param {HTMLCanvasElement} canvas @param {Walk} data @param {Place} place @param {Field} field
 * @param {{ row: number, column: number } | null} under @param {(value: number) => number[]} colour
 */
export function drawGrid(root, canvas, data, place, field, under, colour) {
  const { left, top, wide, high, rows, columns, em } = field;
  const box = data.boxes[place.box];
  const tools = brush(root, canvas);
  const { ink, text, soft, back, font } = tools;
  ink.imageSmoothingEnabled = false;
  ink.drawImage(
    show(document.createElement("canvas"), pictureOf(data, place.box, place.head, colour)),
    left,
    top,
    wide * columns,
    high * rows,
  );
  const causal = isCausal(data, place.box);
  const [x, y] = [(/** @type {number} */ column) => left + column * wide, (/** @type {number} */ row) => top + row * high];

  ink.strokeStyle = back;
  ink.lineWidth = 1;
  ink.beginPath();
  for (let row = 1; row < rows && high > 0.6 * em; row += 1) {
    ink.moveTo(left, y(row));
    ink.lineTo(x(columns), y(row));
  }
  for (let column = 1; column < columns && wide > 0.6 * em; column += 1) {
    ink.moveTo(x(column), top);
    ink.lineTo(x(column), y(rows));
  }
  ink.stroke();
  ink.strokeStyle = getComputedStyle(root).getPropertyValue("--st-border-color");
  ink.strokeRect(left, top, wide * columns, high * rows);

  if (wide >= WRITTEN * em && high >= 0.9 * em) {
    ink.textAlign = "center";
    ink.font = `400 ${Math.min(0.8 * em, 0.82 * high)}px ${font}`;
    for (let row = 0; row < rows; row += 1)
      for (const [column, value] of headRow(box, place.head, row).entries()) {
        const unseen = (causal && column > row) || !isFinite32(value);
        const written = unseen ? "·" : isShare(box) ? percent(value) : short(value);
        ink.fillStyle = unseen ? soft : readable(tools, colour(value));
        ink.fillText(written, x(column + 0.5), y(row + 0.53));
      }
  }
  if (causal) {
    ink.beginPath(); // the stairs above which nothing can be looked at
    for (let row = 0; row < rows; row += 1) {
      ink.lineTo(x(row + 1), y(row));
      ink.lineTo(x(row + 1), y(row + 1));
    }
    ink.strokeStyle = soft;
    ink.stroke();
  }
  const apart = Math.ceil((0.75 * em) / high); // rows between those that are named
  for (let row = 0; row < rows; row += 1) {
    const own = row === place.row;
    if (!own && apart > 1 && (row % apart > 0 || Math.abs(row - place.row) * high < 0.8 * em)) continue;
    ink.font = `${own ? 650 : 400} ${Math.min(0.88 * em, Math.max(0.7 * em, 0.95 * high))}px ${font}`;
    ink.fillStyle = own ? text : soft;
    ink.textAlign = "right";
    ink.fillText(cutTo(ink, rowName(data, box, row), left - 0.4 * em), left - 0.4 * em, y(row + 0.53));
  }
  const name = (/** @type {number} */ column) => (box.columns === -1 ? String(column + 1) : columnName(data, box, column));
  columnNames(tools, field, name, place.column, box.columns === -1);

  ink.strokeStyle = text;
  ink.globalAlpha = 0.45;
  ink.lineWidth = 1;
  ink.strokeRect(left, y(place.row), wide * columns, high);
  ink.strokeRect(x(place.column), top, wide, high * rows);
  ink.globalAlpha = 1;
  if (under) frame(tools, x(under.column), y(under.row), wide, high, 1);
  frame(tools, x(place.column), y(place.row), wide, high, 2);
}

/** @param {Brush} brush @param {number} x @param {number} y @param {number} wide @param {number} high @param {number} thick */
export function frame({ ink, text, back }, x, y, wide, high, thick) {
  ink.strokeStyle = back;
  ink.lineWidth = thick + 2;
  ink.strokeRect(x - 0.5, y - 0.5, wide + 1, high + 1);
  ink.strokeStyle = text;
  ink.lineWidth = thick;
  ink.strokeRect(x - 0.5, y - 0.5, wide + 1, high + 1);
}

/** The cell at a place of the canvas; left of the cells its row alone counts. @param {MouseEvent & { currentTarget: HTMLElement }} event @param {Field} field */
export function cellUnder({ clientX, clientY, currentTarget }, { left, top, wide, high, rows, columns }) {
  const corner = currentTarget.getBoundingClientRect();
  const [column, row] = [Math.floor((clientX - corner.left - left) / wide), Math.floor((clientY - corner.top - top) / high)];
  return row >= 0 && row < rows && column < columns ? { row, column } : null;
}
