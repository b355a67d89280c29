// Attention as a square: a row for each token that looks, a column for each token that may be looked at; and its colours.

const LABELLED = 16; // tokens up to which rows and columns carry them

/** @typedef {(query: number, key: number) => number} Weight */
/** @typedef {{ margin: number, cell: number, n: number }} Space */

/** @type {CanvasRenderingContext2D | null} */
let scratch = null;
/** A pen to measure and to mix colours with. */
export const pen = () => {
  scratch ??= document.createElement("canvas").getContext("2d");
  return /** @type {CanvasRenderingContext2D} */ (scratch);
};

/** The red, green and blue of a colour of the theme. @param {HTMLElement} root @param {string} name */
function channels(root, name) {
  pen().fillStyle = getComputedStyle(root).getPropertyValue(name).trim();
  return [1, 3, 5].map((at) => parseInt(String(pen().fillStyle).slice(at, at + 2), 16));
}

/**
 * 256 colours from that of the background: to blue by the square root of the weight, for small weights are most of them; or `around` zero, to
 * blue for less and to orange for more.
 * @param {HTMLElement} root
 */
export function palette(root, around = false) {
  const [none, less, more] = ["--st-background-color", "--st-blue-color", "--st-orange-color"].map((name) => channels(root, name));
  return Array.from({ length: 256 }, (_, byte) => {
    const part = around ? (byte - 128) / 128 : -byte / 255;
    return none.map((low, at) => Math.round(low + ((part < 0 ? less : more)[at] - low) * Math.sqrt(Math.abs(part))));
  });
}

/** A picture of n by n pixels. @param {HTMLCanvasElement} canvas @param {number} n @param {Weight} weight @param {number[][]} colours */
export function paint(canvas, n, weight, colours) {
  if (canvas.width !== n) canvas.width = canvas.height = n;
  const image = new ImageData(n, n);
  for (let query = 0; query < n; query += 1)
    for (let key = 0; key < n; key += 1) image.data.set([...colours[Math.round(255 * weight(query, key))], 255], 4 * (query * n + key));
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** The cell under the mouse, if any. @param {MouseEvent} event @param {Element} canvas @param {Space} space */
export function under(event, canvas, { margin, cell, n }) {
  const box = canvas.getBoundingClientRect();
  const at = (/** @type {number} */ pixel) => Math.floor((pixel - margin) / cell);
  const [key, query] = [at(event.clientX - box.left), at(event.clientY - box.top)];
  return query >= 0 && key >= 0 && query < n && key < n ? { query, key } : null;
}

/**
 * Draw one head, the row of the `chosen` token in a frame. Returns where its cells stand.
 * @param {HTMLElement} root @param {HTMLCanvasElement} canvas @param {{ tokens: { text: string }[], causal: boolean }} data @param {Weight} weight
 * @param {number[][]} colours @param {number | null} chosen @returns {Space}
 */
export function drawMatrix(root, canvas, { tokens, causal }, weight, colours, chosen) {
  const style = getComputedStyle(root);
  const sharp = window.devicePixelRatio || 1;
  const em = 0.92 * parseFloat(style.fontSize);
  const n = tokens.length;
  const margin = n <= LABELLED ? 4.1 * em : 0.4 * em;
  const cell = (canvas.clientWidth - margin - 2) / n;
  canvas.width = canvas.height = Math.round(canvas.clientWidth * sharp);
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const at = (/** @type {number} */ place) => margin + place * cell;
  ink.scale(sharp, sharp);
  for (let query = 0; query < n; query += 1)
    for (let key = 0; key < n; key += 1) {
      ink.fillStyle = `rgb(${colours[Math.round(255 * weight(query, key))]})`;
      ink.fillRect(at(key), at(query), cell + 0.5, cell + 0.5);
    }
  ink.strokeStyle = style.getPropertyValue("--st-border-color");
  ink.strokeRect(margin, margin, cell * n, cell * n);
  if (causal) {
    ink.beginPath(); // the stairs above which nothing can be looked at
    for (let place = 0; place < n; place += 1) {
      ink.lineTo(at(place + 1), at(place));
      ink.lineTo(at(place + 1), at(place + 1));
    }
    ink.strokeStyle = style.getPropertyValue("--st-gray-color");
    ink.stroke();
  }
  if (chosen !== null) {
    ink.strokeStyle = style.getPropertyValue("--st-text-color");
    ink.lineWidth = 1.5;
    ink.strokeRect(margin, at(chosen), cell * n, cell);
  }
  if (n > LABELLED) return { margin, cell, n };
  ink.fillStyle = style.getPropertyValue("--st-text-color");
  ink.textBaseline = "middle";
  ink.textAlign = "right";
  for (const [place, { text }] of tokens.entries()) {
    const size = `${Math.min(0.9 * em, 0.95 * cell)}px ${style.fontFamily}`;
    ink.font = `${place === chosen ? 650 : 400} ${size}`;
    ink.fillText(text, margin - 5, at(place + 0.5), margin - 5);
    ink.font = `400 ${size}`;
    ink.save();
    ink.translate(at(place + 0.5), margin - 5);
    ink.rotate(Math.PI / 2);
    ink.fillText(text, 0, 0, margin - 5);
    ink.restore();
  }
  return { margin, cell, n };
}
