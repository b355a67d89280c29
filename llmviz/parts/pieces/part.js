// @ts-nocheck
// One sentence in the pieces of three vocabularies. Under the mouse or the focus, a piece tells its id, its count and how it came to be;
// the slider goes through the merges of BPE, all in this browser.
//
// data: group, visit, step, note, rows [{kind, name, about, mark, waits, entries [{mark, text, known, head, steps}],
//       words [{fresh, pieces [entry], ranks, states [[entry]], how, steps}]}], merges {ranks, said, total} or null
//       A step is {cells [{text, tone}], said, picked}. A word of BPE has one state more than it has ranks: the first is its letters.
// triggers: "step" when the slider is let go: how many merges are made, or -1 for all of them

import { counted, whole } from "../shared/format.js";
import { follow, make } from "../shared/old.js";
import { choose, group, placeOf, renew, stepOf } from "../shared/step.js";

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".pieces");
  const find = (name) => root.querySelector(name);
  const [list, chip, said, steps, note] = [".rows", ".chip", ".head .said", ".steps", ".note"].map(find);
  const shared = group(data);
  const { merges } = data;
  renew(shared, merges?.total ?? 0);
  root.look ??= null; // the piece that is looked at: [row, word, piece]

  const made = () => (merges ? placeOf(merges.ranks, stepOf(shared)) + 1 : 0); // merges of this sentence
  const piecesOf = (word) => (word.states.length ? word.states[placeOf(word.ranks, stepOf(shared)) + 1] : word.pieces);
  const newest = () => (merges && made() < merges.ranks.length && made() > 0 ? merges.ranks[made() - 1] : null);

  function piece(row, entry, at) {
    const { mark, text, known, head } = row.entries[entry];
    const button = make("button", { type: "button", class: "piece", tabindex: -1, "aria-label": `${mark}${text}: ${head}` });
    button.classList.toggle("unknown", !known);
    if (mark) button.append(make("i", {}, mark));
    button.append(make("bdi", {}, text));
    button.onpointerenter = button.onfocus = () => look(at);
    return button;
  }

  function line(row, index) {
    const words = row.words.map((word, place) => {
      const element = make("span", { class: `word${word.fresh ? " fresh" : ""}` });
      element.append(...piecesOf(word).map((entry, at) => piece(row, entry, [index, place, at])));
      if (word.ranks.includes(newest()))
        element.querySelectorAll(".piece").forEach((one, at) => one.classList.toggle("merged", isNew(word, at)));
      return element;
    });
    return words;
  }

  // Whether the piece at this place came out of the merge the slider stands on.
  function isNew(word, at) {
    const state = placeOf(word.ranks, stepOf(shared));
    return !word.states[state].includes(word.states[state + 1][at]);
  }

  function draw() {
    list.replaceChildren(
      ...data.rows.map((row, index) => {
        const element = make("div", { class: "row", role: "group", "aria-label": `${row.name}, ${row.about}` });
        const name = make("div", { class: "name" });
        name.append(make("b", {}, row.name), make("span", {}, row.about), make("span", {}, row.mark));
        const count = make("div", { class: "count" });
        if (row.waits) element.append(name, make("p", { class: "waits" }, row.waits), count);
        else {
          const words = make("div", { class: "words", dir: "auto" });
          words.append(...line(row, index));
          const total = words.querySelectorAll(".piece").length;
          count.append(make("b", {}, whole(total)), ` token${total === 1 ? "" : "s"}`);
          element.append(name, words, count);
          if (row.kind === "bpe" && merges?.ranks.length) element.append(slider());
        }
        return element;
      }),
    );
    look(root.look ?? first());
  }

  function slider() {
    const element = make("label", { class: "merges" });
    const input = make("input", { type: "range", min: 0, max: merges.ranks.length, step: 1, "aria-label": "Merges made in this sentence" });
    input.value = made();
    root.slider = input;
    input.oninput = () => {
      const at = Number(input.value);
      choose(shared, at === merges.ranks.length ? null : at ? merges.ranks[at - 1] : 0);
    };
    input.onchange = () => setTriggerValue("step", shared.chosen ?? -1);
    input.onkeydown = (event) => event.stopPropagation(); // a lecture turns its pages with the same keys
    element.append(input, make("span", { class: "told" }));
    tell(element);
    return element;
  }

  function tell(element) {
    const at = made(),
      count = merges.ranks.length;
    const all = count === 1 ? "the one merge made" : `all ${counted(count, "merge")} made`;
    const told =
      at === count
        ? `${all}; drag to see them one by one`
        : at
          ? `merge ${at} of ${count}: ${merges.said[at - 1]}`
          : "letters, before any merge";
    element.querySelector(".told").textContent = told;
    element.querySelector("input").setAttribute("aria-valuetext", told);
  }

  // The slider moves what it must and is not made anew: it would lose the pointer that drags it.
  function move() {
    const index = data.rows.findIndex(({ kind }) => kind === "bpe");
    const row = list.children[index];
    if (!row || !root.slider) return;
    row.querySelector(".words").replaceChildren(...line(data.rows[index], index));
    const total = row.querySelectorAll(".piece").length;
    row.querySelector(".count").replaceChildren(make("b", {}, whole(total)), ` token${total === 1 ? "" : "s"}`);
    root.slider.value = made();
    tell(row.querySelector(".merges"));
    look(root.look ?? first());
  }

  // The piece a page opens on: of a word the text never had, or the first there is.
  function first() {
    for (const fresh of [true, false])
      for (const [index, row] of data.rows.entries())
        for (const [place, word] of row.words.entries())
          if (word.fresh === fresh && piecesOf(word).length) return [index, place, longest(row, word)];
    return null;
  }
  function longest(row, word) {
    const lengths = piecesOf(word).map((entry) => row.entries[entry].text.length);
    return lengths.indexOf(Math.max(...lengths));
  }

  function look(at) {
    const word = at && data.rows[at[0]]?.words[at[1]];
    if (!word) {
      chip.textContent = said.textContent = "";
      steps.replaceChildren();
      root.look = null;
      return;
    }
    const row = data.rows[at[0]],
      pieces = piecesOf(word);
    const place = Math.min(at[2], pieces.length - 1);
    root.look = at;
    const entry = row.entries[pieces[place]];
    chip.textContent = entry.mark + entry.text;
    said.textContent = entry.head;
    const told = row.kind === "bpe" ? entry.steps : word.steps;
    steps.replaceChildren(...(told.length ? [make("span", { class: "how" }, word.how), ...told.map(step)] : []));
    const buttons = [...list.querySelectorAll(".piece")];
    const now = list.children[at[0]].querySelectorAll(".word")[at[1]].children[place];
    for (const button of buttons) button.classList.toggle("now", button === now);
    for (const each of list.querySelectorAll(".row")) {
      const own = [...each.querySelectorAll(".piece")];
      for (const button of own) button.tabIndex = button === (own.includes(now) ? now : own[0]) ? 0 : -1;
    }
  }

  function step({ cells, said: told, picked }) {
    const element = make("span", { class: `step${picked && told ? " picked" : ""}` });
    element.append(...cells.map(({ text, tone }) => make("u", { class: tone }, text)));
    if (told) element.append(make("em", {}, told));
    return element;
  }

  list.onkeydown = (event) => {
    const button = event.target.closest(".piece");
    if (!button) return;
    const row = button.closest(".row");
    const own = [...row.querySelectorAll(".piece")],
      at = own.indexOf(button);
    const beside = { ArrowRight: own[at + 1], ArrowLeft: own[at - 1], Home: own[0], End: own.at(-1) };
    const rows = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling };
    if (!(event.key in beside) && !(event.key in rows)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    (event.key in beside ? beside[event.key] : rows[event.key]?.querySelector(".piece[tabindex='0']"))?.focus();
  };

  const shape = JSON.stringify([data.rows, merges]);
  if (root.shape !== shape) {
    root.shape = shape;
    root.look = null;
    root.slider = null;
    draw();
  } else move();
  note.textContent = data.note;
  return follow(root, shared, move);
}
