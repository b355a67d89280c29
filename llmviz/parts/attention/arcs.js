// @ts-nocheck
// Arcs over and under the tokens. `centres` are the middles of the tokens in pixels.

import { percent } from "../shared/format.js";

export const NS = "http://www.w3.org/2000/svg";
export const FAINT = 0.05,
  TOLD = 0.1; // weights below which no arc is drawn, and from which its share is written at it

export function drawn(tag, attributes, text = "") {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

// One arc from token to token; one that looks at itself is a loop. `up` is 1 above the tokens and -1 below them.
export function arc(from, to, share, foot, up, room, widest, tell) {
  const distance = Math.abs(from - to);
  const height = Math.min(room, distance ? 14 + (0.9 * room * distance) / widest : 26);
  const top = foot - up * height * 1.32; // a cubic reaches three quarters of the way to its handles
  const [left, right] = distance ? [from, to] : [from - 15, to + 15];
  const parts = [
    drawn("path", {
      d: `M${from},${foot}C${left},${top} ${right},${top} ${to},${foot}`,
      "stroke-width": 0.6 + 5.4 * share,
      opacity: 0.2 + 0.8 * share,
    }),
  ];
  if (tell) parts.push(drawn("text", { x: (from + to) / 2, y: foot - up * height + (up > 0 ? -4 : 14) }, percent(share)));
  return parts;
}

// All arcs of a head, or, with a token chosen, where it looks (above) and who looks at it (below).
export function drawArcs(above, below, centres, weight, chosen) {
  const widest = Math.max(1, centres.at(-1) - centres[0]);
  const [high, low] = [above.clientHeight, below.clientHeight];
  const [up, down] = [[], []];
  const places = centres.map((_, place) => place);
  for (const query of chosen === null ? places : [chosen])
    for (const key of places) {
      const share = weight(query, key);
      if (share >= FAINT)
        up.push(...arc(centres[query], centres[key], share, high, 1, high - 22, widest, chosen !== null && share >= TOLD));
    }
  if (chosen !== null)
    for (const query of places) {
      const share = weight(query, chosen);
      if (query !== chosen && share >= FAINT)
        down.push(...arc(centres[query], centres[chosen], share, 0, -1, low - 18, widest, share >= TOLD));
    }
  above.replaceChildren(...up);
  below.replaceChildren(...down);
}
