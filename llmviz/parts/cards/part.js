// @ts-nocheck
// Before and after: one input through several models side by side, each at the chosen step; one with a single step stays there.
//
// data: group, visit, step, cards [{title, about, phase, start {phase, word} (what it is at its step 0), empty, action, steps, labels, shares [step][label], notes [step][[text, word?]]}],
//       truth (the true label or "")
// Two labels stand at the ends of a scale. Later cards show how far they are from the first, whose place is a dashed mark.
// triggers: "action", the place of the card whose button was pressed.

import { exactly, follow, group, make, marked, percent, placeOf, stepOf, whole } from "../shared/step.js";

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".cards");
  const shared = group(data);
  const shape = JSON.stringify(
    data.cards.map(({ title, about, phase, empty, action, labels, steps }) => [
      title,
      about,
      phase,
      empty,
      action,
      labels,
      steps.length > 0,
    ]),
  );

  if (root.shape !== shape) {
    root.shape = shape;
    root.replaceChildren(...data.cards.map(card));
  }

  function card({ title, about, phase, empty, action, labels, steps }, place) {
    const box = make("section", { class: `card ${phase}`, role: "listitem" });
    const top = make("div", { class: "top" });
    top.append(make("b", {}, title), make("span", { class: "at" }));
    box.append(top, make("p", { class: "who", title: about }, about));
    if (!steps.length) {
      box.append(make("p", { class: "none" }, empty));
      if (action) {
        const button = make("button", { type: "button", class: "act" }, action);
        button.onclick = () => root.tell(place);
        box.append(button);
      }
      return box;
    }
    const says = make("div", { class: "says" });
    says.append(make("span", { class: "label" }), make("span", { class: "share" }), make("span", { class: "gain" }));
    const scale = make("div", { class: "scale", "aria-hidden": "true" });
    if (place) scale.append(make("i", { class: "first" }));
    scale.append(make("i", { class: "now" }));
    const ends = make("div", { class: "ends", "aria-hidden": "true" });
    ends.append(make("span", {}, labels[0]), make("span", {}, labels.at(-1)));
    const middle = make("div");
    middle.append(says, scale, ends, make("p", { class: "judged" }));
    box.append(middle, make("p", { class: "why" }));
    return box;
  }
  root.tell = (place) => setTriggerValue("action", place);

  function draw() {
    const first = data.cards[0]?.shares[0]?.at(-1);
    data.cards.forEach(({ steps, labels, shares, notes, phase, start }, index) => {
      if (!steps.length) return;
      const box = root.children[index];
      const place = Math.max(0, placeOf(steps, stepOf(shared)));
      const row = shares[place];
      const best = row.indexOf(Math.max(...row));
      const far = row.at(-1);
      const find = (name) => box.querySelector(name);
      const begins = steps[place] === 0;
      box.className = `card ${begins ? start.phase : phase}`;
      find(".at").textContent = `step ${whole(steps[place])}${begins ? `, ${start.word}` : ""}`;
      find(".label").textContent = labels[best];
      find(".share").textContent = percent(row[best]);
      find(".judged").textContent = marked(labels[best], data.truth);
      find(".judged").classList.toggle("wrong", Boolean(data.truth) && labels[best] !== data.truth);
      find(".now").style.left = `${100 * far}%`;
      const points = Math.round(100 * (far - first));
      find(".gain").textContent = index && first !== undefined ? difference(points, labels.at(-1), labels[0]) : "";
      if (index && first !== undefined) find(".first").style.left = `${100 * first}%`;
      find(".why").replaceChildren(
        ...(notes[place] ?? []).map(([text, word]) => (word ? make("b", {}, text) : document.createTextNode(text))),
      );
      box.title = labels.map((label, each) => `${label} ${exactly(row[each])}`).join(", ");
    });
  }

  draw();
  return follow(root, shared, draw);
}

const difference = (points, up, down) => (points === 0 ? "as before" : `${Math.abs(points)} points to ${points > 0 ? up : down}`);
