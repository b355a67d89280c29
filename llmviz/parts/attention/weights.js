// @ts-nocheck
// The weights of all heads at all steps, and how they are coloured. Knows no element but the canvas it is given.

// Bytes from base64, kept in `root`; made once for each string.
export function unpacked(root, text) {
  if (root.text !== text) {
    root.text = text;
    root.bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }
  return root.bytes;
}

// The weights of one head at one step: (query, key) -> share of 1.
export function headOf(data, bytes, place, layer, head) {
  const n = data.tokens.length;
  const start = ((place * data.layers + layer) * data.heads + head) * n * n;
  return (query, key) => bytes[start + query * n + key] / 255;
}

// The red, green and blue of a colour of the theme.
export function channels(root, name) {
  const pen = (root.pen ??= document.createElement("canvas").getContext("2d"));
  pen.fillStyle = getComputedStyle(root).getPropertyValue(name).trim();
  return [1, 3, 5].map((at) => parseInt(pen.fillStyle.slice(at, at + 2), 16));
}

// 256 colours from the background to the stage's own, by the square root of the weight: small weights are most of them.
export function palette(root) {
  const [none, all] = [channels(root, "--st-background-color"), channels(root, "--st-blue-color")];
  return Array.from({ length: 256 }, (_, byte) => none.map((low, at) => Math.round(low + (all[at] - low) * Math.sqrt(byte / 255))));
}

// A picture of n by n pixels on a canvas.
export function paint(canvas, n, weight, colours) {
  if (canvas.width !== n) canvas.width = canvas.height = n;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(n, n);
  for (let query = 0; query < n; query += 1)
    for (let key = 0; key < n; key += 1) image.data.set([...colours[Math.round(255 * weight(query, key))], 255], 4 * (query * n + key));
  pen.putImageData(image, 0, 0);
}
