// @ts-nocheck
// The weighed sentence: under each word how far it pushes the verdict at the chosen step, to the left or to the right; a click leaves it out.
//
// data: group, visit, step, words [{text, known}], out [place], steps, weight [step][place] (null where left out), labels, note
// triggers: "out", the list of words left out

import { follow, group, placeOf, stepOf, whole } from "../shared/step.js";
import { wordRow } from "../shared/words.js";

const LEAST = 1; // nats a full bar stands for at least: else noise would fill the bars of a model that has no opinion

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".weighed");
  const shared = group(data);
  const most = Math.max(LEAST, ...data.weight.flat().map((weight) => Math.abs(weight ?? 0)));
  const place = () => placeOf(data.steps, stepOf(shared));
  const weight = (word, gone) => (gone ? null : (data.weight[place()]?.[word] ?? null));
  const drawWords = wordRow(root, root.querySelector(".tokens"), {
    words: data.words,
    of: data.group,
    visit: data.visit,
    away: data.out,
    gone: "left out",
    level: (word, gone) => (weight(word, gone) ?? 0) / most,
    said: (word, gone) => {
      const found = weight(word, gone);
      return found === null
        ? ""
        : `: ${Math.abs(found).toFixed(2)} nats towards ${data.labels.at(found < 0 ? 0 : -1)}, step ${whole(data.steps[place()])}`;
    },
    report: (out) => setTriggerValue("out", out),
  });

  function draw() {
    root.classList.toggle("bare", !data.weight[place()]);
    drawWords();
  }

  root.querySelector(".note").textContent = data.note;
  draw();
  return follow(root, shared, draw);
}
