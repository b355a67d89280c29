// One training step, opened: from left to right what the model guesses, its loss, the gradient, the move of the weights, and what it guesses
// after it; below, how the words asked for have fared over the steps looked at. Which text and which word is chosen stays in the browser.

import { exactly, guess, h, largest, percent, slots, told, track, walk, whole } from "../shared/draw.js";
import { part, sizeOf } from "../shared/run.js";
import { past, tellPast } from "./past.js";

/** @import { Given } from "../shared/types" @import { OneStep, Target } from "./payload" */

/** @typedef {{ name: string, level: number, value: string, tip: string, right?: boolean, outside?: boolean }} Row */

const CANDIDATES = 5;
/** @type {Record<string, string>} */
const FATES = { hidden: "hidden", swapped: "another word stands there", left: "left as it is", next: "comes next", label: "the label" };

const before = (/** @type {Target} */ { trail }) => trail[trail.length - 2];
const after = (/** @type {Target} */ { trail }) => trail[trail.length - 1];
const signed = (/** @type {number} */ value) => (value === 0 ? "0" : Number(value.toPrecision(2)).toString());

/** A single step may move a small probability by a tenth of a percent. @param {number} share */
const fine = (share) => (share >= 0.0995 ? percent(share) : share > 0 && share < 0.0005 ? "<0.1%" : `${(100 * share).toFixed(1)}%`);

const bars = (/** @type {Row[]} */ wanted) =>
  wanted.map(({ name, level, value, tip, right = false, outside }) =>
    h(
      "div.row",
      { class: [right && "right", outside && "outside"], role: "img", ...told(tip) },
      track(level),
      guess(name, right),
      h("span.value", {}, value),
    ),
  );

/** @param {Target} target @param {number} when @param {number} share */
function guesses({ truth, likeliest }, when, share) {
  const best = likeliest[when].slice(0, CANDIDATES).map(([name, level]) => ({ name, level, right: name === truth, outside: false }));
  if (!best.some(({ right }) => right)) best.splice(CANDIDATES - 1, 1, { name: truth, level: share, right: true, outside: true });
  const tip = (/** @type {string} */ name, /** @type {boolean} */ right, /** @type {number} */ level) =>
    `${name}${right ? ", which is right" : ""}: ${exactly(level)}`;
  return bars(best.map((row) => ({ ...row, value: fine(row.level), tip: tip(row.name, row.right, row.level) })));
}

export default part((/** @type {Given<OneStep>} */ { data, root, kept, redraw }) => {
  const state = kept([data.group, data.batch], () => ({ text: 0, target: -1, seat: 0, under: /** @type {number | null} */ (null) }));

  return () => {
    state.text = Math.min(state.text, data.texts.length - 1);
    const text = data.texts[state.text];
    // At first the word that the step makes most more likely: there is most to see.
    if (state.target < 0) state.target = largest(text.targets.map((one) => after(one) - before(one)));
    const target = text.targets[state.target];
    const many = text.targets.length > 1;
    const own = data.batch === data.next;
    const others = data.count - 1;
    const shown = data.texts.length;

    const turn = (/** @type {number} */ by) => () => {
      Object.assign(state, { text: Math.max(0, Math.min(shown - 1, state.text + by)), target: -1 });
      redraw();
    };
    const choose = (/** @type {number} */ place) => {
      if (place === state.target) return;
      state.target = place;
      redraw();
    };
    const asked = new Map(text.targets.map((one, index) => [one.place, index]));
    const tokens = text.tokens.map((word, place) => {
      const index = asked.get(place);
      if (index === undefined) return h("span.token", {}, h("span.word", {}, word));
      const one = text.targets[index];
      const chosen = one === target;
      const heard = `${one.truth}, ${FATES[one.fate]}: ${exactly(before(one))} before the step, ${exactly(after(one))} after it`;
      const level = (/** @type {number} */ share) => h("i", { style: `--level: ${share}` });
      return h(
        "button.token",
        { type: "button", class: one.fate, "aria-pressed": chosen, tabindex: chosen ? 0 : -1, ...told(heard) },
        h("span.word", {}, word),
        h("span.truth", {}, one.fate === "next" ? "" : one.truth),
        h("span.two", { "aria-hidden": true }, level(before(one)), level(after(one))),
      );
    });
    const losses = [
      { name: many ? `this text, all ${text.targets.length}` : "this text", nats: text.nats[0] },
      { name: `the batch of step ${whole(data.next)}`, nats: data.loss[0] },
      { name: "the same after the step", nats: data.loss[1] },
    ];
    const far = Math.max(1e-12, ...data.layers.map(({ moved }) => moved));
    const long = Math.max(1e-12, ...data.layers.map(({ gradient }) => gradient));
    const together = `All together ${Number(data.whole.toPrecision(3))}`;
    const cut =
      data.cut < 1
        ? `${together}: more than ${data.clip}, so all are cut to ${percent(data.cut)}.`
        : data.clip
          ? `${together}: not more than ${data.clip}, so nothing is cut.`
          : `${together}. Nothing is cut in this run.`;
    const rates = data.movers.map(([name, rate]) => `${name} at ${signed(rate)}`).join(", ");
    const size = sizeOf(root, ".chart");
    const nats = text.nats.map((value) => value.toFixed(2));

    slots(
      root,
      { class: data.phase === "finetuned" && "finetuned" },
      {
        ".top .title": `Step ${whole(data.next)}, taken apart`,
        ".top .about": own
          ? ` · it learns from this text${others ? ` and ${whole(others)} others` : ""}`
          : ` · this text was in the batch of step ${whole(data.batch)}`,
        ".which": h(
          "span",
          {
            "data-tip": shown < data.count ? `The first ${shown} of the ${whole(data.count)} texts in the batch` : "All texts of the batch",
          },
          `text ${state.text + 1} of ${shown}`,
        ),
        ".back": h("button", { disabled: state.text === 0, onclick: turn(-1) }, "‹"),
        ".on": h("button", { disabled: state.text === shown - 1, onclick: turn(1) }, "›"),
        ".first": data.first,
        ".lead": data.lead,
        ".tokens": h("div", walk(state, "button", { choose, focus: choose }), tokens),
        ".before .about": `what the model finds likely for “${target.truth}”`,
        ".before .rows": guesses(target, 0, before(target)),
        ".loss .sum": `−ln ${Number(before(target).toPrecision(3))} = ${target.nats[0].toFixed(2)} nats`,
        ".loss dl": losses.map(({ name, nats: value }) => [h("dt", {}, name), h("dd", {}, value.toFixed(2))]),
        ".gradient .rows": bars(
          data.layers.map(({ name, gradient }) => ({ name, level: gradient / long, value: signed(gradient), tip: `${name}: ${gradient}` })),
        ),
        ".gradient .below": cut,
        ".update .rows": bars(
          data.layers.map(({ name, moved, movers }) => {
            return {
              name,
              level: moved / far,
              value: exactly(moved),
              tip: `${name}: ${exactly(moved)} of its length, by ${movers.join(" and ")}`,
            };
          }),
        ),
        ".update .below": `${rates}: the learning ${data.movers.length > 1 ? "rates" : "rate"} of this step.`,
        ".after .rows": guesses(target, 1, after(target)),
        ".past .about": ` · how probable “${target.truth}” is${many ? ", and the other words asked for (thin)" : ""}. Dashed: the step that is open; with it the loss of this text goes from ${nats[0]} to ${nats[1]}.`,
        ".past .chart": size && past({ root, redraw, state, trail: data.trail, targets: text.targets, target, size, said: fine }),
        ".unseen":
          state.under !== null
            ? tellPast(data.trail, target, state.under, fine)
            : `${target.truth}: ${fine(before(target))} before step ${whole(data.next)}, ${fine(after(target))} after it.`,
      },
    );
  };
}, ".chart");
