// One exercise, with what can be set. Tells the server "set" {name, value}.

import { exactly, h, percent, slots, tabStops, told, walk, whole } from "../shared/draw.js";
import { begun, part, placeOf, stepOf } from "../shared/run.js";
import { range } from "../shared/slider.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Asked, Control, Lane } from "./payload" */

/** @type {Record<string, string>} */
const SORTS = {
  hidden: "hidden",
  swapped: "swapped for another word",
  left: "left as it was",
  gap: "stands for what was cut out",
  unknown: "unknown to the model",
};

export default part((/** @type {Given<Lane & Shared>} */ { data, root, shared, kept, redraw, tell }) => {
  const state = kept(data.cells, () => ({ seat: 0, drags: /** @type {Record<string, number>} */ ({}) }));
  state.drags = {};

  /** @param {Control} control */
  const control = ({ name, label, value, low = 0, high = 1, step = 1, percent: shares, choices }) => {
    const set = (/** @type {string | number} */ now) => tell("set", { name, value: now });
    if (choices.length)
      return h(
        "div.choices",
        { role: "group", "aria-label": label },
        choices.map((option) =>
          h("button", { type: "button", "aria-pressed": option.value === value, onclick: () => set(option.value) }, option.title),
        ),
      );
    const at = state.drags[name] ?? Number(value);
    const text = shares ? percent(at) : at.toFixed(1);
    const drag = (/** @type {number} */ now) => {
      state.drags[name] = now;
      redraw();
    };
    return h(
      "label.control",
      {},
      h("span", {}, label),
      range({ low, most: high, step, at, text, set: drag, done: set }),
      h("output", {}, text),
    );
  };

  return () => {
    const at = Math.max(0, placeOf(data.steps, stepOf(shared)));
    const there = data.steps.length > 0;
    const tab = tabStops(state, data.cells.flatMap(({ says }) => says.filter(({ target }) => target >= 0)).length);

    /** @param {Asked} asked */
    const said = ({ text, target }) => {
      const truth = h("span.true", { dir: "auto" }, text);
      if (target < 0) return h("span.said.free", { "data-tip": "no loss is taken here" }, truth, h("span.chance"), h("span.instead"));
      const chance = there ? data.chances[at][target] : 0;
      const guesses = there ? data.guesses[at][target] : [];
      const likeliest = guesses.map(([word, share]) => `${word} ${percent(share)}`).join(", ");
      const heard = there ? `to be said: ${text}, given ${exactly(chance)}. Likeliest: ${likeliest}` : `to be said: ${text}`;
      return h(
        "button.said",
        { type: "button", "data-target": target, tabindex: tab(), style: `--share: ${chance}`, ...told(heard) },
        truth,
        h("span.chance", {}, there && percent(chance || Number.EPSILON)), // never quite nothing
        h("span.instead", {}, there && !data.right[at][target] && `× ${guesses[0][0]}`),
      );
    };
    const cells = data.cells.map(({ text, sort, tag, part: second, says }) =>
      h(
        "div.cell",
        { class: [sort, second > 0 && "part1"] },
        h("span.read", { dir: "auto", "data-tip": SORTS[sort] }, text, tag && h("i", {}, ` ${tag}`)),
        h("div.says", {}, says.map(said)),
      ),
    );
    const untrained = data.steps[0] === 0 && at > 0 && data.compared ? `untrained ${data.losses[0]?.toFixed(2)}` : at ? "" : "untrained";

    const about = { "data-kind": data.kind, "aria-label": `${data.name}, ${data.model}: ${data.about}` };
    slots(
      root,
      { class: [!cells.length && "bare", begun(shared)], ...about },
      {
        ".name b": data.name,
        ".model": data.model,
        ".about": data.about,
        ".controls": data.controls.map(control),
        ".cells": h("div", { "aria-label": `${data.name}: what is read, and what is to be said`, ...walk(state, "[data-target]") }, cells),
        ".note": data.note,
        ".count": h(
          "p",
          { "data-tip": data.withheld || null },
          h("b", {}, data.withheld ? "?" : data.targets > 0 && whole(data.targets)),
          " ",
          h("span", {}, data.targets > 0 && (data.targets === 1 ? "target" : "targets")),
        ),
        ".of": data.of,
        ".loss": h(
          "p",
          {
            class: !there && "waits",
            ...(there && { tabindex: 0, "data-tip": `mean loss on these targets at step ${whole(data.trained[at])}` }),
          },
          there ? `loss ${data.losses[at].toFixed(2)} nats` : data.waits,
        ),
        ".before": there && untrained,
      },
    );
  };
});
