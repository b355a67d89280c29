// The words of the glossary in a text of ours.

import { h } from "./dom.js";

/** @import { Child } from "./types" */

/**
 * The text, in which the first mention of each term, `meanings` {term: meaning}, is underlined and explains itself.
 * @param {string} text @param {Record<string, string>} [meanings]
 */
export function explained(text, meanings = {}) {
  /** @type {Child[]} */
  const bits = [text];
  for (const [term, meaning] of Object.entries(meanings)) {
    const place = bits.findIndex((bit) => typeof bit === "string" && bit.includes(term));
    if (place < 0) continue;
    const [before, ...after] = String(bits[place]).split(term);
    const label = h("span.term", { tabindex: 0, role: "note", "aria-label": `${term}: ${meaning}`, "data-tip": meaning }, term);
    bits.splice(place, 1, before, label, after.join(term));
  }
  return bits;
}
