// @ts-nocheck
// One head as a square: a row for each token that looks, a column for each token that may be looked at.

export const LABELLED = 16; // tokens up to which rows and columns carry them

// Where the cells stand inside a square of `size` pixels.
export function cells(size, n, em) {
  const margin = n <= LABELLED ? 4.1 * em : 0.4 * em;
  return { margin, cell: (size - margin - 2) / n, n };
}

export function under(event, canvas, space) {
  const box = canvas.getBoundingClientRect();
  const at = (pixel) => Math.floor((pixel - space.margin) / space.cell);
  const [key, query] = [at(event.clientX - box.left), at(event.clientY - box.top)];
  return query >= 0 && key >= 0 && query < space.n && key < space.n ? { query, key } : null;
}

export function drawMatrix(root, canvas, data, weight, colours, chosen) {
  const size = canvas.clientWidth;
  const sharp = window.devicePixelRatio || 1;
  const style = getComputedStyle(root);
  const em = 0.92 * parseFloat(style.fontSize);
  const n = data.tokens.length;
  const space = cells(size, n, em);
  const { margin, cell } = space;
  canvas.width = canvas.height = Math.round(size * sharp);
  const pen = canvas.getContext("2d");
  pen.scale(sharp, sharp);
  for (let query = 0; query < n; query += 1)
    for (let key = 0; key < n; key += 1) {
      pen.fillStyle = `rgb(${colours[Math.round(255 * weight(query, key))]})`;
      pen.fillRect(margin + key * cell, margin + query * cell, cell + 0.5, cell + 0.5);
    }
  pen.strokeStyle = style.getPropertyValue("--st-border-color");
  pen.strokeRect(margin, margin, cell * n, cell * n);
  if (data.causal) {
    pen.beginPath(); // the stairs above which nothing can be looked at
    for (let place = 0; place < n; place += 1) {
      pen.lineTo(margin + (place + 1) * cell, margin + place * cell);
      pen.lineTo(margin + (place + 1) * cell, margin + (place + 1) * cell);
    }
    pen.strokeStyle = style.getPropertyValue("--st-gray-color");
    pen.stroke();
  }
  if (chosen !== null) {
    pen.strokeStyle = style.getPropertyValue("--st-text-color");
    pen.lineWidth = 1.5;
    pen.strokeRect(margin, margin + chosen * cell, cell * n, cell);
  }
  if (n <= LABELLED) {
    pen.fillStyle = style.getPropertyValue("--st-text-color");
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    const font = (place) => (pen.font = `${place === chosen ? 650 : 400} ${Math.min(0.9 * em, 0.95 * cell)}px ${style.fontFamily}`);
    data.tokens.forEach(({ text }, place) => {
      font(place);
      pen.fillText(text, margin - 5, margin + (place + 0.5) * cell, margin - 5);
    });
    data.tokens.forEach(({ text }, place) => {
      font(null);
      pen.save();
      pen.translate(margin + (place + 0.5) * cell, margin - 5);
      pen.rotate(Math.PI / 2);
      pen.fillText(text, 0, 0, margin - 5);
      pen.restore();
    });
  }
  return space;
}
