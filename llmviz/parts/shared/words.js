// @ts-nocheck
// A sentence whose words a click takes away and puts back, each with a gauge below it; the arrow keys go from word to word.

import { choice } from "./chosen.js";
import { make } from "./step.js";

export const DENSE = 14,
  MANY = 40; // words above which they stand closer, and above which the row scrolls

// Fill `list` and keep it. `words` [{text, known, joined}] of the run `of`; `visit`, another number where the page was opened at another
// address, by which a click from before is forgotten; `away`, the places that the server says are away, and `gone`,
// what that is called; `single`, whether only one is away at a time; `level(place, pressed)`, how the gauge stands, from -1 to 1;
// `said(place, pressed)`, what is to be heard after the word; `report(away)`, called for each click. Returns what draws it anew.
export function wordRow(root, list, { words, of, visit, away, gone, single = false, level, said, report }) {
  const shape = JSON.stringify([of, words]);
  if (root.shape !== shape) {
    root.shape = shape;
    root.clicked = null;
    root.seat = Math.min(root.seat ?? 0, Math.max(0, words.length - 1));
    list.classList.toggle("dense", words.length > DENSE);
    list.classList.toggle("long", words.length > MANY);
    list.replaceChildren(...words.map(wordButton));
  }
  const { now, waits, choose } = choice(root, away, visit);

  function draw() {
    root.classList.toggle("waiting", waits());
    [...list.children].forEach((button, place) => {
      const { text, known } = words[place],
        pressed = now().includes(place);
      button.setAttribute("aria-pressed", pressed);
      button.tabIndex = place === root.seat ? 0 : -1;
      button.querySelector(".level").style.transform = `scaleX(${level(place, pressed)})`;
      button.title = [text, pressed ? gone : "", known ? "" : "unknown to the model"].filter(Boolean).join(", ") + said(place, pressed);
      button.setAttribute("aria-label", button.title);
    });
  }

  list.onclick = (event) => {
    const button = event.target.closest(".token");
    if (!button) return;
    root.seat = Number(button.dataset.place);
    const others = single ? [] : now().filter((place) => place !== root.seat);
    const next = now().includes(root.seat) ? others : [...others, root.seat].sort((a, b) => a - b);
    choose(next);
    draw();
    report(next);
  };
  list.onkeydown = (event) => {
    const last = words.length - 1;
    const seats = { ArrowRight: root.seat + 1, ArrowLeft: root.seat - 1, Home: 0, End: last };
    if (!(event.key in seats)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    root.seat = Math.max(0, Math.min(last, seats[event.key]));
    draw();
    list.children[root.seat]?.focus();
  };
  return draw;
}

export function wordButton({ text, known, joined = false }, place) {
  const button = make("button", { type: "button", class: "token", "data-place": place });
  button.classList.toggle("joined", joined);
  button.classList.toggle("unknown", !known);
  const gauge = make("span", { class: "gauge", "aria-hidden": "true" });
  gauge.append(make("span", { class: "level" }));
  button.append(make("span", { class: "word" }, text), gauge);
  return button;
}
