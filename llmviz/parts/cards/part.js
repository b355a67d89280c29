// Before and after. Two labels stand at the ends of a scale; later cards show how far they are from the first, whose place is a dashed mark.
// Of more labels each has a row, or the likeliest have, in the order of the labels, so that few rows change their place with the step.
// Tells the server "action", the place of the card whose button was pressed.

import { exactly, h, percent, render, track, verdict, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Card, Cards } from "./payload" */

const MOST = 6; // labels that have a row

export default part((/** @type {Given<Cards & Shared>} */ { data: { cards, truth }, root, shared, tell }) => () => {
  const first = cards[0]?.shares[0]?.at(-1);

  /** @param {Card} card @param {number} index */
  const answer = ({ steps, labels, shares, notes }, index) => {
    const place = Math.max(0, placeOf(steps, stepOf(shared)));
    const row = shares[place];
    const { best, label, said } = verdict(labels, row, truth);
    const far = row.at(-1) ?? 0;
    const many = labels.length > 2;
    const compared = index > 0 && first !== undefined && !many;
    return [
      h(
        "div",
        {},
        h(
          "div.says",
          {},
          h("span.label", {}, label),
          h("span.share", {}, percent(row[Math.max(0, best)])),
          h("span.gain", {}, compared && difference(Math.round(100 * (far - first)), labels.at(-1), labels[0])),
        ),
        many
          ? rows(labels, row, best)
          : [
              h(
                "div.scale",
                { "aria-hidden": true },
                compared && h("i.first", { style: `left: ${100 * first}%` }),
                h("i.now", { style: `left: ${100 * far}%` }),
              ),
              h("div.ends", { "aria-hidden": true }, h("span", {}, labels[0]), h("span", {}, labels.at(-1))),
            ],
        h("p.predicted", { class: truth && best >= 0 && label !== truth && "wrong" }, said),
      ),
      notes.length > 0 &&
        h(
          "p.why",
          {},
          (notes[place] ?? []).map(([text, word]) => (word ? h("b", {}, text) : text)),
        ),
    ];
  };

  render(
    root,
    { class: "cards", role: "list" },
    cards.map((card, index) => {
      const { title, about, phase, start, empty, action, steps, labels, shares } = card;
      const place = Math.max(0, placeOf(steps, stepOf(shared)));
      const begins = steps[place] === 0;
      const exact = labels.map((label, each) => `${label} ${exactly(shares[place]?.[each])}`).join(", ");
      return h(
        "section.card",
        {
          class: begins ? start.phase : phase,
          role: "listitem",
          ...(steps.length ? { tabindex: 0, "data-tip": `${about}\n${exact}` } : {}),
        },
        h(
          "div.top",
          {},
          h("b", {}, title),
          h("span.at", {}, steps.length > 0 && `step ${whole(steps[place])}${begins ? `, ${start.word}` : ""}`),
        ),
        h("p.who", {}, about),
        steps.length ? answer(card, index) : h("p.none", {}, empty),
        !steps.length && action && h("button.act", { type: "button", onclick: () => tell("action", index) }, action),
      );
    }),
  );
});

/** @param {string[]} labels @param {number[]} row @param {number} best */
const rows = (labels, row, best) => {
  const likeliest = row.map((_, label) => label).sort((one, other) => row[other] - row[one] || one - other);
  const shown = likeliest.slice(0, MOST).sort((one, other) => one - other);
  return h(
    "div.each",
    { "aria-hidden": true },
    shown.map((label) =>
      h(
        "div.one",
        { class: label === best && "best" },
        h("span.name", {}, labels[label]),
        track(row[label]),
        h("span.part", {}, percent(row[label])),
      ),
    ),
    labels.length > MOST && h("p.more", {}, `the ${MOST} likeliest of ${labels.length} labels`),
  );
};

/** @param {number} points @param {string | undefined} up @param {string} down */
const difference = (points, up, down) => (points === 0 ? "as before" : `${Math.abs(points)} points to ${points > 0 ? up : down}`);
