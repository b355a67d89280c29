// The probability bars. A truth outside the candidates has a row of its own below them, so that it can be watched rising from nothing.

import { COLUMN, exactly, guess, h, heading, percent, render, tabStops, told, track, walk } from "../shared/draw.js";
import { begun, part, placeOf, stepName, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Bars, Gap } from "./payload" */

const MOST = [0, 6]; // candidates shown, by the number of gaps; 3 for any more, so that two rows of gaps and their truths fit

export default part((/** @type {Given<Bars & Shared>} */ { data, root, shared, kept }) => () => {
  const gaps = data.groups.length;
  const most = MOST[gaps] ?? 3;
  const mark = data.mark ?? "the hidden word";
  const place = placeOf(data.steps, stepOf(shared));
  const known = place >= 0 && gaps > 0;
  const covered = !known && gaps > 0 && Boolean(data.withheld);
  const state = kept([data.group, gaps], () => ({ seat: 0 }));

  /** @param {Gap} gap */
  const rows = ({ truth, candidates, probability }) => {
    const best = known ? candidates[place].slice(0, most) : [];
    const outside = known && truth && !best.some(([word]) => word === truth);
    const shown = best.map(([word, share]) => ({ word, share, right: word === truth, outside: false }));
    const own = outside ? [{ word: truth, share: probability[place], right: true, outside }] : [];
    return { shown, blank: most - shown.length, own };
  };
  const all = data.groups.map(rows);
  const tab = tabStops(
    state,
    all.reduce((sum, { shown, own }) => sum + shown.length + own.length, 0),
  );
  /** @param {(typeof all)[number]["shown"][number] | { word: string, share: number, right: boolean, outside: boolean }} row */
  const row = ({ word, share, right, outside }) =>
    h(
      "div.row",
      {
        ...{ class: [right && "truth", outside && "outside"], role: "listitem", tabindex: tab() },
        ...told(`${word}${right ? `, ${mark}` : ""}: ${exactly(share)}`),
      },
      guess(word, right),
      track(share),
      h("span.share", {}, percent(share)),
    );
  const blank = (look = "") => h("div.row.blank", { class: look, "aria-hidden": true }, guess("", false), track(0), h("span.share"));
  const legend = data.groups.some(({ truth }) => !truth) ? "a word outside the vocabulary has no bar" : `✓ ${mark}`;

  render(
    root,
    { class: ["bars", begun(shared)] },
    heading(data.title ?? `What belongs in the gap${gaps > 1 ? "s" : ""}`, known && ` at ${stepName(shared, data.steps[place])}`),
    h("p.withheld", { role: "note", hidden: !covered }, data.withheld),
    h(
      "div.groups",
      {
        ...{ class: [gaps > 1 && "compact", gaps > (data.low ? 1 : 2) && "two"], hidden: covered },
        ...walk(state, ".row:not(.blank)", { keys: COLUMN }),
      },
      !gaps && h("p.empty", {}, data.empty),
      data.groups.map(({ source }, index) => {
        const { shown, blank: missing, own } = all[index];
        return h(
          "div.gap",
          { role: "list", "aria-label": `candidates for ${source}` },
          gaps > 1 && h("h4", {}, source),
          shown.map(row),
          Array.from({ length: missing }, () => blank()),
          own.length ? own.map(row) : blank("outside"),
        );
      }),
    ),
    h("p.key", {}, known && legend + (gaps > 4 ? ` · ${gaps} gaps, scroll for more` : "")),
  );
});
