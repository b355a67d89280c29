// One text as several models tag it. A word has the colour of the kind of entity it most likely belongs to, as strong as that is likely; a
// frame and a name stand round what a model calls an entity. Tells the server "action", the place of the row whose button was pressed.

import { exactly, h, largest, render, tabStops, told, walk, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Tagged, TaggedRow } from "./payload" */

/** @typedef {{ kind: string, begin: number, end: number }} Entity */

/**
 * The entities that tags spell, strictly: what an I- goes on with is of its kind.
 * @param {readonly string[]} tags @returns {Entity[]}
 */
function entities(tags) {
  /** @type {Entity[]} */
  const found = [];
  for (const [place, tag] of tags.entries()) {
    const last = found.at(-1);
    if (tag.startsWith("B-")) found.push({ kind: tag.slice(2), begin: place, end: place + 1 });
    else if (last && last.end === place && tag === `I-${last.kind}`) last.end += 1;
  }
  return found;
}

/** @param {Entity} one @param {readonly Entity[]} all */
const among = ({ kind, begin, end }, all) => all.some((each) => each.kind === kind && each.begin === begin && each.end === end);

export default part((/** @type {Given<Tagged & Shared>} */ { data, root, shared, tell, kept }) => () => {
  const { words, tags, names, rows, truth, note } = data;
  const kinds = Object.keys(names);
  const right = truth.length ? entities(truth) : null;
  const state = kept([data.group, words, rows.length], () => ({ seat: 0 }));
  const shown = rows.map((row) => (row.steps.length ? Math.max(0, placeOf(row.steps, stepOf(shared))) : -1));
  const tab = tabStops(state, words.length * shown.filter((place) => place >= 0).length);

  /** How likely a word belongs to each kind. @param {number[]} chances */
  const byKind = (chances) =>
    kinds.map((kind) => chances.reduce((sum, chance, tag) => sum + (tags[tag].slice(2) === kind ? chance : 0), 0));

  /** @param {TaggedRow} row @param {number} place */
  function tagging({ probability, title }, place) {
    const chances = probability[place];
    const best = chances.map((each) => tags[largest(each)]);
    const found = entities(best);
    return h(
      "div.words",
      { dir: "auto", role: "list", "aria-label": `${title}: ${words.join(" ")}` },
      words.map((word, at) => {
        const shares = byKind(chances[at]);
        const likeliest = largest(shares);
        const chance = 1 / (kinds.length + 1); // a model that cannot tell has no colour
        const strength = Math.max(0, (shares[likeliest] - chance) / (1 - chance));
        const own = found.find(({ begin, end }) => begin <= at && at < end);
        const ok = own && right ? among(own, right) : null;
        const exact = tags.map((tag, each) => [tag, chances[at][each]]).sort(([, one], [, other]) => Number(other) - Number(one));
        const first = own?.begin === at;
        return h(
          "span.word",
          {
            ...{ role: "listitem", tabindex: tab(), style: `--share: ${Math.round(100 * strength)}%`, "data-tag": best[at] },
            ...{ class: [`kind${likeliest}`, own && "in", first && "first", own && own.end === at + 1 && "last", ok === false && "wrong"] },
            ...told(
              `${word}: ${exact
                .slice(0, 3)
                .map(([tag, chance]) => `${tag} ${exactly(Number(chance))}`)
                .join(", ")}`,
            ),
          },
          h("span.said", {}, word),
          h("span.kind", { "aria-hidden": true }, first && `${names[own.kind]}${ok === null ? "" : ok ? " ✓" : " ✗"}`),
        );
      }),
    );
  }

  /** @param {TaggedRow} row @param {number} place */
  function score({ probability }, place) {
    const found = entities(probability[place].map((each) => tags[largest(each)]));
    if (!right) return `${found.length} found`;
    const hits = found.filter((each) => among(each, right)).length;
    const wrong = found.length - hits;
    return `${hits} of ${right.length} right${wrong ? `, ${wrong} wrong` : ""}`;
  }

  render(
    root,
    { class: "tagged" },
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
          place >= 0 ? tagging(row, place) : h("p.none", {}, row.empty),
          place >= 0
            ? h("p.score", {}, score(row, place))
            : row.action && h("button.act", { type: "button", onclick: () => tell("action", index) }, row.action),
        );
      }),
    ),
    h(
      "p.note",
      {},
      kinds.map((kind, index) => h("span.swatch", { class: `kind${index}` }, names[kind])),
      note,
    ),
  );
});
