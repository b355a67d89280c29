// @ts-nocheck
// How far several models are trained: a slider that moves the parts of all of them, in this browser.
//
// data: group, visit, step, shares (percent of training, ascending)
// triggers: "step" when the slider is let go: the percent, or -1 for the end

import { choose, follow, group, placeOf, renew, stepOf } from "../shared/step.js";

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".trained");
  const [input, output] = [root.querySelector("input"), root.querySelector("output")];
  const shared = group(data);
  const last = Math.max(0, data.shares.length - 1);
  renew(shared, data.shares[last] ?? 0);

  function draw() {
    const at = Math.max(0, placeOf(data.shares, stepOf(shared)));
    input.max = last;
    input.disabled = !last;
    input.value = at;
    const share = data.shares[at];
    output.textContent =
      share === undefined ? "" : share === 0 ? "at the start" : at === last ? "at the end" : `after ${share}% of training`;
    input.setAttribute("aria-valuetext", output.textContent);
  }

  input.oninput = () => choose(shared, Number(input.value) === last ? null : data.shares[Number(input.value)]);
  input.onchange = () => setTriggerValue("step", shared.chosen ?? -1);
  input.onkeydown = (event) => event.stopPropagation(); // a lecture turns its pages with the same keys

  draw();
  return follow(root, shared, draw);
}
