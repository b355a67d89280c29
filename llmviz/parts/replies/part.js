// Texts as several models go on with them, a row each. What was given is grey; below each word that was not stands a bar, and its figure where
// there is one. Tells the server "action", the place of the row whose button was pressed.

import { h, render, tabStops, told, walk, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Replies, Reply, Text } from "./payload" */

export default part((/** @type {Given<Replies & Shared>} */ { data, root, shared, tell, kept }) => () => {
  const { rows, note } = data;
  const state = kept([data.group, rows.length], () => ({ seat: 0 }));
  const shown = rows.map((row) => (row.steps.length ? Math.max(0, placeOf(row.steps, stepOf(shared))) : -1));
  const texts = rows.map((row, index) => row.texts[shown[index]]);
  const tab = tabStops(
    state,
    texts.reduce((sum, text) => sum + (text ? text.words.length - text.given : 0), 0),
  );

  /** @param {Text} text @param {string} title */
  const written = ({ words, given, shares, figures, told: said }, title) =>
    h(
      "div.words",
      { dir: "auto", role: "list", "aria-label": `${title}: ${words.join(" ")}` },
      words.map((word, at) => {
        const own = at - given;
        if (own < 0) return h("span.word.given", { role: "listitem" }, h("span.said", {}, word));
        return h(
          "span.word",
          { role: "listitem", tabindex: tab(), ...told(said[own]) },
          h("span.said", {}, word),
          h("span.gauge", { "aria-hidden": true }, h("span.level", { style: `transform: scaleX(${shares[own] ?? 0})` })),
          figures.length > 0 && h("span.figure", { "aria-hidden": true }, figures[own]),
        );
      }),
    );

  /** @param {Reply} row @param {number} index */
  const line = (row, index) => {
    const text = texts[index];
    const begins = row.steps[shown[index]] === 0;
    return h(
      "section.row",
      { class: begins ? row.start.phase : row.phase },
      h(
        "div.who",
        {},
        h("b", {}, row.title),
        h("span.at", {}, text && `step ${whole(row.steps[shown[index]])}${begins ? `, ${row.start.word}` : ""}`),
        h("p", {}, row.about),
      ),
      text ? written(text, row.title) : h("p.none", {}, row.empty),
      text
        ? h("p.verdict", { class: text.good === true ? "good" : text.good === false ? "bad" : "" }, text.verdict)
        : row.action && h("button.act", { type: "button", onclick: () => tell("action", index) }, row.action),
    );
  };

  render(root, { class: "replies" }, h("div.rows", walk(state, ".word:not(.given)"), rows.map(line)), h("p.note", {}, note));
});
