// @ts-nocheck
// The token strip: a sentence whose words can be hidden, each with a bar for how probable the model finds it at the chosen step.
//
// data: group, visit, step, tokens [{text, known, joined}], hidden [place], steps, probability [step][place], note, single (whether only
//       one word is hidden at a time)
// triggers: "hidden", the list of hidden places

import { exactly, follow, group, placeOf, stepName, stepOf } from "../shared/step.js";
import { wordRow } from "../shared/words.js";

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".strip");
  const shared = group(data);
  const place = () => placeOf(data.steps, stepOf(shared));
  const chance = (token) => data.probability[place()]?.[token];
  const drawWords = wordRow(root, root.querySelector(".tokens"), {
    words: data.tokens,
    of: data.group,
    visit: data.visit,
    away: data.hidden,
    gone: "hidden",
    single: data.single,
    level: (token) => chance(token) ?? 0,
    said: (token, gone) =>
      chance(token) === undefined
        ? ""
        : `: the model${gone ? "" : ", which also reads it,"} gives it ${exactly(chance(token))} here at ${stepName(shared, data.steps[place()])}`,
    report: (hidden) => setTriggerValue("hidden", hidden),
  });

  function draw() {
    root.classList.toggle("bare", !data.probability[place()]);
    drawWords();
  }

  root.querySelector(".note").textContent = data.note;
  draw();
  return follow(root, shared, draw);
}
