// The network, from the head down to the words. A layer opens on a click and lists its tensors with their hashes.

import { digits, exactly, h, heading, percent, render, track, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Network, Tensor } from "./payload" */

/** @type {Record<string, string>} */
const FATES = { copied: "copied", new: "new, random" };
const SHORT = 12; // digits of a hash that are shown at once

/** @param {number[]} shape */
const sizes = (shape) => shape.join(" × ") || "1";

/** The beginning of two hashes, and whether the wholes are equal. @param {string} one @param {string} other */
const compared = (one, other) => `${one.slice(0, SHORT)}${one && other ? (one === other ? " = " : " ≠ ") : ""}${other.slice(0, SHORT)}`;

export default part((/** @type {Given<Network & Shared>} */ { data, root, shared, kept, redraw }) => () => {
  const open = kept([data.group, data.parent], () => /** @type {Set<string>} */ (new Set()));
  const place = Math.max(0, placeOf(data.steps, stepOf(shared)));
  const most = Math.max(1e-6, ...data.layers.flatMap(({ moved, zero }) => (zero ? [] : moved)));

  const last = whole(data.steps[data.steps.length - 1]);

  /** @param {string} name @param {number} numbers @param {string} fate @param {Tensor[]} tensors @param {string} role */
  const opener = (name, numbers, fate, tensors, role = "") => {
    const onclick = () => {
      if (!open.delete(name)) open.add(name);
      redraw();
    };
    return h(
      "button",
      { type: "button", "aria-expanded": open.has(name), "data-tip": `${tensors.length} tensors: show their hashes`, onclick },
      h("span.box", {}, name, h("span", {}, `${whole(numbers)} numbers`)),
      h("span.fate", {}, fate),
      h("span.role", { class: role === "frozen" && "still" }, role),
    );
  };
  /** @param {string} name @param {Tensor[]} tensors */
  const list = (name, tensors) =>
    h(
      "div.tensors",
      { hidden: !open.has(name) },
      tensors.map(({ name, shape, theirs, ours, last: after, fate, role, factors }) => [
        h("span", {}, name),
        h("span", {}, sizes(shape)),
        h("span", {}, role),
        h(
          "span.hash",
          {
            tabindex: 0,
            "data-tip": `parent ${theirs || "–"}\nchild ${ours || "–"}\nstep ${last} ${after || "–"}\n${fate}${role && `, ${role}`}`,
          },
          compared(theirs, ours),
        ),
        factors.map((factor) => [
          h("span.factor", {}, `LoRA ${factor.letter}`),
          h("span", {}, sizes(factor.shape)),
          h("span", {}, "trained"),
          h("span.hash", { tabindex: 0, "data-tip": `step ${last} ${factor.last}\nnew, trained` }, factor.last.slice(0, SHORT)),
        ]),
      ]),
    );

  const layers = data.layers.map(({ name, fate, numbers, tensors, zero, moved, role, beside }) => {
    const colour = data.parent ? (fate.startsWith("copied") ? "copied" : "new") : "random";
    return h(
      "div.layer",
      {
        class: colour,
        role: "listitem",
        "aria-label": `${name}: ${role}, moved by ${zero ? `a length of ${digits(moved[place])}` : `${exactly(moved[place])} of its length`}`,
      },
      opener(name, numbers, zero ? "new, begins at zero" : data.parent ? (FATES[fate] ?? fate) : FATES.new, tensors, role),
      track(zero ? 0 : moved[place] / most),
      h("span.share", {}, zero ? digits(moved[place]) : percent(moved[place])),
      beside && h("span.beside", {}, beside),
      list(name, tensors),
    );
  });
  const behind = "the parent's head";
  const numbers = data.left.reduce((sum, { shape }) => sum + shape.reduce((one, other) => one * other, 1), 0);
  const { copied, extended, new: fresh, "left behind": left } = data.sums;
  const said = [
    copied.tensors && `${copied.tensors} tensors (${whole(copied.numbers)} numbers) are the parent's to the last bit: equal SHA-256.`,
    extended.tensors && `${extended.tensors} more: the parent's rows, and ${whole(extended.numbers)} new numbers behind them.`,
    fresh.tensors && `${fresh.tensors} (${whole(fresh.numbers)}) are new.`,
    left.tensors && `${left.tensors} (${whole(left.numbers)}) were left behind.`,
  ].filter(Boolean);
  const begun = data.parent ? said.join(" ") : `All ${fresh.tensors} tensors (${whole(fresh.numbers)} numbers) are new.`;

  render(
    root,
    { class: "network" },
    heading("The network, from the prediction down to the words", `, and how far each layer has moved at step ${whole(data.steps[place])}`),
    h(
      "div.stack",
      { role: "list" },
      layers.reverse(),
      data.left.length > 0 &&
        h("div.layer.left", { role: "listitem" }, opener(behind, numbers, "left behind", data.left), list(behind, data.left)),
    ),
    h("p.moves", {}, data.moves),
    h(
      "p.below",
      {},
      `${begun} Movement: length of the change, as a share of the layer's length at step 0; of a head that begins at zero, that length itself.`,
    ),
  );
});
