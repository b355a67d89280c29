// @ts-nocheck
// The continuation: a beginning and what the model wrote after it at the chosen step, each token with a bar for how probable the model
// found it.
//
// data: group, visit, step, given [{text, known, joined}], steps, texts [step]{words, joined, chances, ended, why}, shown (how many tokens
//       are to be seen), at (the token whose alternatives are shown), chosen (how many of the first were chosen by hand), note, withheld (whether there are no
//       chances to be seen yet)
// triggers: "at", the place of a token; "forget", true when nothing is to be chosen by hand any more. Scrubbing draws another snapshot's text without the server.

import { choice } from "../shared/chosen.js";
import { exactly, follow, group, make, placeOf, stepOf, whole } from "../shared/step.js";

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".written");
  const list = root.querySelector(".text");
  const shared = group(data);
  const { now: at, choose } = choice(root, data.at, data.visit);
  root.querySelector(".note").textContent = data.note;
  const forget = root.querySelector(".forget");
  forget.hidden = !data.chosen;
  forget.onclick = () => setTriggerValue("forget", true);

  function given({ text, known, joined }) {
    const item = make("span", { class: "given" });
    item.classList.toggle("joined", joined);
    item.classList.toggle("unknown", !known);
    item.append(make("span", { class: "word" }, text));
    return item;
  }

  function token(word, place, chance) {
    const button = make("button", { type: "button", class: "token", "data-place": place, tabindex: place === seat() ? 0 : -1 });
    const gauge = make("span", { class: "gauge", "aria-hidden": "true" });
    gauge.classList.toggle("blank", chance === undefined);
    if (chance != null) gauge.append(Object.assign(make("span", { class: "level" }), { style: `transform: scaleX(${chance})` }));
    button.setAttribute("aria-pressed", place === at());
    button.append(make("span", { class: "word" }, word), gauge);
    return button;
  }

  const text = () => data.texts[placeOf(data.steps, stepOf(shared))];
  const count = () => Math.min(data.shown, text()?.words.length ?? 0);
  const places = () => count() + (text() && count() < text().words.length ? 1 : 0);
  const seat = () => Math.max(0, Math.min(root.seat ?? at(), places() - 1));

  function draw() {
    const focused = root.contains(root.getRootNode().activeElement) && root.getRootNode().activeElement?.classList.contains("token");
    const now = text();
    const parts = data.given.map(given);
    if (now) {
      const step = whole(data.steps[placeOf(data.steps, stepOf(shared))]);
      for (let place = 0; place < count(); place += 1) {
        const button = token(now.words[place], place, now.chances[place]);
        const byHand = place < data.chosen;
        button.classList.toggle("joined", now.joined[place]);
        button.classList.toggle("chosen", byHand && place === data.chosen - 1);
        button.classList.toggle("end", now.ended && place === now.words.length - 1);
        button.title = data.withheld
          ? now.words[place]
          : `${now.words[place]}: the model gave it ${exactly(now.chances[place])} here at step ${step}`;
        button.setAttribute("aria-label", button.title + (byHand ? ", on the way you chose" : ""));
        parts.push(button);
      }
      if (count() < now.words.length) {
        const next = token("?", count(), null);
        next.classList.add("next");
        next.title = "the token that comes next";
        next.setAttribute("aria-label", next.title);
        parts.push(next);
      } else if (now.why) parts.push(make("span", { class: "why" }, now.why));
    }
    list.replaceChildren(...parts);
    if (focused) list.querySelector(`[data-place="${seat()}"]`)?.focus({ preventScroll: true });
  }

  list.onclick = (event) => {
    const button = event.target.closest(".token");
    if (!button) return;
    root.seat = Number(button.dataset.place);
    choose(root.seat);
    draw();
    setTriggerValue("at", root.seat);
  };
  list.onkeydown = (event) => {
    const last = places() - 1;
    const seats = { ArrowRight: seat() + 1, ArrowLeft: seat() - 1, Home: 0, End: last };
    if (!(event.key in seats) || last < 0) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    root.seat = Math.max(0, Math.min(last, seats[event.key]));
    draw();
    list.querySelector(`[data-place="${root.seat}"]`)?.focus();
  };

  draw();
  return follow(root, shared, draw);
}
