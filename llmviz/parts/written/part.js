// @ts-nocheck
// What a T5 reads and writes at the chosen step: the text with a sentinel for each gap and the span written for it below; the answer as
// it comes out, each token with a bar for how probable the model found it. Pointing at a token shows where the decoder looked in the text.
//
// data: group, visit, step, steps, given [{text, gap}], texts [step]{tokens [{text, gap}], chances, cross [token][given], spans [gap],
//       confidence [gap], ended}, empty, withheld (what is said in place of chances and confidence, if anything)
// `gap` is the number of the gap that a sentinel stands for, -1 for any other token.

import { exactly, follow, group, make, percent, placeOf, stepOf } from "../shared/step.js";

const NAMED = 3; // tokens of the text that the note names
const HINT = "bar: how probable the model found it · point at a token that came out to see where the decoder looked";
const BLANK = "Guess first: then bars show how probable the model found it · point at a token to see where the decoder looked";

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".written");
  const [given, said, note] = [".given", ".said", ".note"].map((name) => root.querySelector(name));
  const shared = group(data);
  const place = () => placeOf(data.steps, stepOf(shared));
  const shape = JSON.stringify([data.group, data.given]);

  if (root.shape !== shape) {
    root.shape = shape;
    root.chosen = null;
    given.replaceChildren(...data.given.map(read));
  }

  function read({ text, gap }) {
    const special = /^\[.*\]$|^\(.*\)$/.test(text);
    const token = make("span", { class: `token${gap < 0 ? (special ? " special" : "") : " gap"}` }, text);
    if (gap < 0) return token;
    const box = make("span", { class: "filled" });
    box.append(token, make("span", { class: "span" }));
    return box;
  }

  function written({ text, gap }, chance, index) {
    const button = make("button", {
      type: "button",
      class: `token${gap < 0 ? "" : " gap"}`,
      "data-index": index,
      tabindex: index === (root.chosen ?? 0) ? 0 : -1,
    });
    button.append(
      text,
      Object.assign(make("span", { class: `level${data.withheld ? " blank" : ""}`, "aria-hidden": "true" }), {
        style: `--share: ${chance ?? 0}`,
      }),
    );
    button.title = data.withheld ? text : `${text}: the model gave it ${exactly(chance)} here`;
    button.setAttribute("aria-label", button.title);
    return button;
  }

  function draw() {
    const now = data.texts[place()];
    const focused = said.contains(root.getRootNode().activeElement);
    const boxes = [...given.children];
    data.given.forEach(({ gap }, index) => {
      if (gap < 0) return;
      const span = boxes[index].querySelector(".span");
      span.textContent = now ? now.spans[gap] : "?";
      span.classList.toggle("none", !now || now.confidence[gap] === 0);
      boxes[index].title = now
        ? `the model wrote ${now.spans[gap]}${data.withheld ? "" : `, and gave it ${exactly(now.confidence[gap])}`}`
        : "";
    });
    said.replaceChildren(...(now ? now.tokens.map((token, index) => written(token, now.chances[index], index)) : []));
    if (root.chosen !== null && !now?.tokens[root.chosen]) root.chosen = null;
    look(root.chosen);
    if (focused) said.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
  }

  // Colour the text by where the decoder looked when it wrote this token; null colours nothing.
  function look(index) {
    const now = data.texts[place()];
    const weights = index === null ? null : now?.cross[index];
    given.classList.toggle("looked", Boolean(weights));
    [...given.children].forEach((item, at) => {
      (item.querySelector(".token") ?? item).style.setProperty("--look", weights ? weights[at] : 0);
    });
    [...said.children].forEach((button, at) => button.setAttribute("aria-pressed", at === index));
    if (!now) note.textContent = data.empty;
    else if (!weights) note.textContent = (data.withheld ? BLANK : HINT) + (now.ended ? "" : " · it was cut off before its end");
    else {
      const most = weights
        .map((weight, at) => [weight, data.given[at].text])
        .sort((a, b) => b[0] - a[0])
        .slice(0, NAMED);
      note.textContent = `When it wrote “${now.tokens[index].text}”${data.withheld ? "" : ` (${percent(now.chances[index])})`}, it looked most at ${most.map(([weight, text]) => `${text} ${percent(weight)}`).join(", ")}.`;
    }
  }

  const indexOf = (event) => event.target.closest?.("[data-index]")?.dataset.index;
  said.onpointerover = (event) => indexOf(event) !== undefined && look(Number(indexOf(event)));
  said.onpointerleave = () => look(root.chosen);
  said.onclick = (event) => {
    if (indexOf(event) === undefined) return;
    const index = Number(indexOf(event));
    root.chosen = root.chosen === index ? null : index;
    look(root.chosen);
  };
  said.onkeydown = (event) => {
    const at = Number(indexOf(event)),
      last = said.children.length - 1;
    const seats = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last };
    if (!(event.key in seats)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    const next = said.children[Math.max(0, Math.min(last, seats[event.key]))];
    [...said.children].forEach((button) => (button.tabIndex = button === next ? 0 : -1));
    next?.focus();
    root.chosen = next ? Number(next.dataset.index) : null;
    look(root.chosen);
  };

  draw();
  return follow(root, shared, draw);
}
