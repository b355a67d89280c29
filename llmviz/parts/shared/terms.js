// @ts-nocheck
// Text of ours in which the first mention of each term of the glossary, `meanings` {term: meaning}, is underlined and explains itself to
// the mouse and to the keyboard. The element keeps what it has where nothing changes, so that a focus stays.

import { make } from "./old.js";
export function explainTerms(element, text, meanings = {}) {
  if (element.explained === text && element.childNodes.length) return;
  element.explained = text;
  const bits = [text];
  for (const [term, meaning] of Object.entries(meanings)) {
    const place = bits.findIndex((bit) => typeof bit === "string" && bit.includes(term));
    if (place < 0) continue;
    const at = bits[place].indexOf(term);
    const label = make(
      "span",
      { class: "term", tabindex: 0, role: "note", "aria-label": `${term}: ${meaning}`, "data-meaning": meaning },
      term,
    );
    bits.splice(place, 1, bits[place].slice(0, at), label, bits[place].slice(at + term.length));
  }
  element.replaceChildren(...bits);
}
