// Requests with two replies each, that of the start and that at the chosen step. A word that earns is filled, one that costs is struck under.

import { digits, h, render, tabStops, told, walk } from "../shared/draw.js";
import { part, placeOf, stepName, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Reply, Samples } from "./payload" */

export default part((/** @type {Given<Samples & Shared>} */ { data, root, shared, kept }) => () => {
  const { rows, steps, before, after, earns, most, notes, empty } = data;
  const place = placeOf(steps, stepOf(shared));
  if (place < 0) return render(root, { class: "samples" }, h("p.none", {}, empty));
  const state = kept([data.group, rows.length], () => ({ seat: 0 }));
  const shown = rows.flatMap((row) => [row.before, row.after[place]]);
  const tab = tabStops(
    state,
    shown.reduce((sum, reply) => sum + reply.words.length, 0),
  );

  /** @param {string} text @param {number} push */
  const word = (text, push) => {
    const level = Math.min(1, Math.abs(push) / most);
    const look = push > 0 ? "earns" : push < 0 ? "costs" : "";
    const said = `${text}: ${push < 0 ? "costs" : "earns"} ${digits(Math.abs(push))} ${earns}`;
    return h("span.word", { class: look, role: "listitem", tabindex: tab(), style: `--level: ${level.toFixed(2)}`, ...told(said) }, text);
  };

  /** @param {Reply} reply @param {string} title @param {string} look */
  const cell = (reply, title, look) =>
    h(
      "div.reply",
      { class: look },
      h(
        "div.words",
        { role: "list", "aria-label": `${title}: ${reply.words.map(([text]) => text).join(" ")}` },
        reply.words.length ? reply.words.map(([text, push]) => word(text, push)) : h("span.nothing", {}, "(nothing)"),
      ),
      h("p.figures", {}, reply.figures),
    );

  render(
    root,
    { class: "samples" },
    h("div.row.heads", {}, h("b", {}, "Request"), h("b", {}, before), h("b", {}, `${after}, ${stepName(shared, steps[place])}`)),
    h(
      "div.rows",
      walk(state, ".word"),
      rows.map((row) =>
        h("div.row", {}, h("p.request", {}, row.request), cell(row.before, before, "before"), cell(row.after[place], after, "after")),
      ),
    ),
    h("p.note", {}, notes[place]),
  );
});
