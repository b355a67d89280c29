// Weights of attention as they come from the server: a byte each, in base64.

/** @type {Map<string, Uint8Array>} */
const unpacked = new Map();
const TEXTS = 8; // texts; a page shows no more at a time

/** The bytes of a text; made once for each. @param {string} text */
export function bytesOf(text) {
  const known = unpacked.get(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  unpacked.delete(text);
  unpacked.set(text, known);
  for (const old of [...unpacked.keys()].slice(0, -TEXTS)) unpacked.delete(old);
  return known;
}

/**
 * The weights of one head at one place of the steps: (query, key) -> share of 1.
 * @param {{ tokens: unknown[], layers: number, heads: number, weights: string }} data @param {number} place @param {number} layer @param {number} head
 */
export function headOf({ tokens, layers, heads, weights }, place, layer, head) {
  const n = tokens.length;
  const bytes = bytesOf(weights);
  const start = ((place * layers + layer) * heads + head) * n * n;
  return (/** @type {number} */ query, /** @type {number} */ key) => bytes[start + query * n + key] / 255;
}

const LONGEST = 4; // tokens told in a sentence

/**
 * The tokens that weigh most, in words: `“dog” 40%, “cat” 12%`.
 * @param {{ text: string, share: number }[]} found @param {number} least
 */
export const heaviest = (found, least, most = LONGEST) =>
  found
    .filter(({ share }) => share >= least)
    .sort((one, other) => other.share - one.share)
    .slice(0, most)
    .map(({ text, share }) => `“${text}” ${Math.round(100 * share)}%`)
    .join(", ");
