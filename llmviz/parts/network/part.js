// @ts-nocheck
// The network: its layers from the head down to the words, which were copied, which are new, and how far each moves as it learns.
//
// data: group, visit, step, steps, parent, child, layers [{name, fate, numbers, moved [step], tensors}], left [tensor], sums
//       a tensor is {name, shape, theirs, ours, fate}; theirs and ours are SHA-256 in hexadecimal digits, "" for none
// A layer opens on a click and lists its tensors with their hashes.

import { exactly, follow, group, make, percent, placeOf, stepOf, whole } from "../shared/step.js";

const FATES = { copied: "copied", new: "new, random" };

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".network");
  const stack = root.querySelector(".stack");
  const shared = group(data);
  const shape = JSON.stringify([
    data.group,
    data.parent,
    data.layers.map(({ name, fate, tensors }) => [name, fate, tensors.map(({ ours }) => ours)]),
  ]);
  const most = Math.max(1e-6, ...data.layers.flatMap(({ moved }) => moved));
  const listed = [...data.layers].reverse();

  if (root.shape !== shape) {
    root.shape = shape;
    stack.replaceChildren(...listed.map(layer), ...(data.left.length ? [behind()] : []));
  }

  function layer({ name, fate, numbers, tensors }) {
    const colour = data.parent ? (fate === "copied" ? "copied" : "new") : "random";
    const row = make("div", { class: `layer ${colour}`, role: "listitem" });
    const track = make("div", { class: "track", "aria-hidden": "true" });
    track.append(make("span", { class: "fill" }));
    row.append(
      opener(row, name, numbers, data.parent ? (FATES[fate] ?? fate) : FATES.new, tensors),
      track,
      make("span", { class: "share" }),
      list(tensors),
    );
    return row;
  }

  function behind() {
    const row = make("div", { class: "layer left", role: "listitem" });
    const numbers = data.left.reduce((sum, { shape }) => sum + shape.reduce((one, other) => one * other, 1), 0);
    row.append(opener(row, "the parent's head", numbers, "left behind", data.left), list(data.left));
    return row;
  }

  function opener(row, name, numbers, fate, tensors) {
    const button = make("button", { type: "button", "aria-expanded": "false", title: `${tensors.length} tensors: show their hashes` });
    const box = make("span", { class: "box" }, name);
    box.append(make("span", {}, `${whole(numbers)} numbers`));
    button.append(box, make("span", { class: "fate" }, fate));
    button.onclick = () => {
      const inside = row.querySelector(".tensors");
      inside.hidden = !inside.hidden;
      button.setAttribute("aria-expanded", String(!inside.hidden));
    };
    return button;
  }

  function list(tensors) {
    const box = make("div", { class: "tensors" });
    box.hidden = true;
    for (const { name, shape, theirs, ours } of tensors) {
      const sign = theirs && ours ? (theirs === ours ? " = " : " ≠ ") : "";
      box.append(
        make("span", { title: name }, name),
        make("span", {}, shape.join(" × ") || "1"),
        make(
          "span",
          { class: "hash", title: `parent ${theirs || "–"}\nchild ${ours || "–"}` },
          `${theirs.slice(0, 12)}${sign}${ours.slice(0, 12)}`,
        ),
      );
    }
    return box;
  }

  function draw() {
    const place = Math.max(0, placeOf(data.steps, stepOf(shared)));
    listed.forEach(({ name, moved }, index) => {
      const row = stack.children[index];
      row.querySelector(".fill").style.transform = `scaleX(${moved[place] / most})`;
      row.querySelector(".share").textContent = percent(moved[place]);
      row.setAttribute("aria-label", `${name}: moved by ${exactly(moved[place])} of its length`);
    });
    root.querySelector(".title").textContent = "The network, from the prediction down to the words";
    root.querySelector(".about").textContent = `, and how far each layer has moved at step ${whole(data.steps[place])}`;
    const { copied, new: made, "left behind": left } = data.sums;
    const said = data.parent
      ? `${copied.tensors} tensors (${whole(copied.numbers)} numbers) are the parent's to the last bit: equal SHA-256. ${made.tensors} (${whole(made.numbers)}) are new, ${left.tensors} (${whole(left.numbers)}) were left behind.`
      : `All ${made.tensors} tensors (${whole(made.numbers)} numbers) are new.`;
    root.querySelector(".below").textContent = `${said} Movement: length of the change, as a share of the layer's length at step 0.`;
  }

  draw();
  return follow(root, shared, draw);
}
