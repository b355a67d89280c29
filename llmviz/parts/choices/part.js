// The choices for one token. Tells the server "branch", the ids of the way to the candidate that was clicked, itself the last.

import { COLUMN, counted, exactly, h, heading, percent, render, tabStops, told, track, walk } from "../shared/draw.js";
import { begun, part, placeOf, stepName, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Choice, Choices } from "./payload" */

export default part((/** @type {Given<Choices & Shared>} */ { data, root, shared, kept, tell }) => () => {
  const { filters } = data;
  const state = kept(data.group, () => ({ seat: 0 }));
  const index = placeOf(data.steps, stepOf(shared));
  const now = index < 0 ? null : data.places[index];
  const tab = tabStops(state, now?.candidates.length ?? 0);
  const dice = now && !data.open && !now.chosen && now.left > 1;

  const share = (/** @type {number[]} */ chances) => chances[filters.length - 1];
  const cells = (/** @type {string} */ word, /** @type {number[]} */ chances, mark = "") => [
    h("span.name", {}, h("bdi", {}, word), h("span.mark", {}, mark)),
    chances.map((chance, filter) => track(chance, filter === filters.length - 1 && "last")),
    h("span.share", {}, percent(share(chances))),
  ];
  const heard = (/** @type {string} */ word, /** @type {number[]} */ chances) =>
    `${word}: ${filters.map((filter, at) => `${filter} ${exactly(chances[at])}`).join(", ")}`;

  /** @param {Choice} choice */
  const rows = ({ candidates, others, picked, chosen }) => [
    candidates.map(({ word, chances }, rank) => {
      const taken = rank === picked;
      const what = taken ? (chosen ? ", chosen by you" : ", taken") : "; take this one";
      return h(
        "button.row",
        {
          ...{ type: "button", tabindex: tab(), class: [taken && "picked", share(chances) === 0 && "out"] },
          ...told(heard(word, chances) + what),
        },
        cells(word, chances, taken ? (chosen ? " ☞" : " ✓") : ""),
      );
    }),
    h("div.row.others", told(heard("all others", others)), cells("all others", others)),
  ];

  const key = () => {
    if (!now) return index < 0 ? data.empty : "The text has ended before this place.";
    const word = `“${now.candidates[now.picked]?.word}”`;
    if (data.open)
      return `${now.left > 1 ? `${counted(now.left, "token")} can be drawn` : "only one token is left"} · or choose one yourself`;
    if (now.chosen) return `☞ ${word}: the way you chose`;
    if (!dice) return `✓ ${word}: the only one left`;
    return `✓ the draw ${now.draw.toFixed(2)} fell on ${word} · ${counted(now.left, "token")} could be drawn`;
  };

  render(
    root,
    { class: ["choices", begun(shared)], style: `--columns: ${filters.length}` },
    heading(
      `What could stand ${data.at ? `at place ${data.at + 1}` : "first"}`,
      index >= 0 && ` at ${stepName(shared, data.steps[index])}`,
    ),
    h(
      "div.head.row",
      { "aria-hidden": true },
      now && filters.length > 1 && [h("span"), filters.map((filter) => h("span", { "data-tip": filter }, filter))],
    ),
    h(
      "div.rows",
      {
        ...{ role: "group", "aria-label": "Candidates. Choose one to go on from it." },
        ...walk(state, "button", { keys: COLUMN, choose: (rank) => now && tell("branch", [...now.before, now.candidates[rank].id]) }),
      },
      now && rows(now),
    ),
    h(
      "div.line",
      { "aria-hidden": true, hidden: !now },
      now?.candidates.map(({ chances, start }, rank) =>
        h("i", { class: rank === now.picked && "picked", style: `left: ${100 * start}%; width: ${100 * share(chances)}%` }),
      ),
      dice && h("b", { style: `left: ${100 * now.draw}%` }),
    ),
    h("p.key", {}, key()),
  );
});
