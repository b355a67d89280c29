// One text as several models mark it. A word has the colour of the kind of span it most likely belongs to, as strong as the model is sure; a
// frame and a name stand round a span it marks. Of a word in several pieces the first, which carries its label, is underlined. Tells the
// server "action", the place of the row whose button was pressed.

import { exactly, h, largest, render, tabStops, told, walk, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Tagged, TaggedRow } from "./payload" */

const DENSE = 16; // words above which a text is set smaller
const NAMED = 3; // labels whose probability a word tells, the likeliest first

export default part((/** @type {Given<Tagged & Shared>} */ { data, root, shared, tell, kept }) => () => {
  const { words, labels, kinds, rows, truth, note, colours, legend = kinds, pieces } = data;
  const colour = (/** @type {number} */ kind) => (colours ? colours[kind] : kind);
  const state = kept([data.group, words, rows.length], () => ({ seat: 0 }));
  const shown = rows.map((row) => (row.steps.length ? Math.max(0, placeOf(row.steps, stepOf(shared))) : -1));
  const tab = tabStops(state, words.length * shown.filter((place) => place >= 0).length);

  /** @param {TaggedRow} row @param {number} place */
  const marked = ({ probability, strength, spans, title }, place) =>
    h(
      "div.words",
      { dir: "auto", role: "list", "aria-label": `${title}: ${words.join(" ")}` },
      words.map((word, at) => {
        const shares = strength[place][at];
        const likeliest = largest(shares);
        const own = spans[place].find(([, begin, end]) => begin <= at && at < end);
        const ok = own && truth ? truth.some((each) => each.every((value, index) => value === own[index])) : null;
        const chances = labels
          .map((label, each) => ({ label, chance: probability[place][at][each] }))
          .sort((one, other) => other.chance - one.chance);
        const first = own?.[1] === at;
        const divided = pieces?.[at] ?? [word];
        return h(
          "span.word",
          {
            ...{ role: "listitem", tabindex: tab(), style: `--share: ${Math.round(100 * shares[likeliest])}%` },
            ...{
              class: [
                `kind${colour(own ? own[0] : likeliest)}`,
                own && "in",
                first && "first",
                own?.[2] === at + 1 && "last",
                ok === false && "wrong",
              ],
            },
            ...told(
              `${word}${divided.length > 1 ? ` (${divided.join(" + ")})` : ""}: ${chances
                .slice(0, NAMED)
                .map(({ label, chance }) => `${label} ${exactly(chance)}`)
                .join(", ")}`,
            ),
          },
          h(
            "span.said",
            {},
            divided.length > 1 ? divided.map((piece, index) => h("span.piece", { class: !index && "carries" }, piece)) : word,
          ),
          h(
            "span.kind",
            { "aria-hidden": true },
            own && first && kinds.length > 1 && `${kinds[own[0]]}${ok === null ? "" : ok ? " ✓" : " ✗"}`,
          ),
        );
      }),
    );

  render(
    root,
    { class: ["tagged", kinds.length === 1 && "plain", words.length > DENSE && "dense"] },
    h(
      "div.rows",
      walk(state, ".word"),
      rows.map((row, index) => {
        const place = shown[index];
        const begins = row.steps[place] === 0;
        return h(
          "section.row",
          { class: begins ? row.start.phase : row.phase },
          h(
            "div.who",
            {},
            h("b", {}, row.title),
            h("span.at", {}, place >= 0 && `step ${whole(row.steps[place])}${begins ? `, ${row.start.word}` : ""}`),
            h("p", {}, row.about),
          ),
          place >= 0 ? marked(row, place) : h("p.none", {}, row.empty),
          place >= 0
            ? h("p.score", {}, row.score[place])
            : row.action && h("button.act", { type: "button", onclick: () => tell("action", index) }, row.action),
        );
      }),
    ),
    h("p.note", {}, kinds.length > 1 && legend.map((name, index) => h("span.swatch", { class: `kind${index}` }, name)), note),
  );
});
