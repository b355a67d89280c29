// @ts-nocheck
// The ladder: shares of right verdicts, from the best possible down to chance. Rows with more than one step follow the slider.
//
// data: group, visit, step, title, below, rungs [{name, about, phase, steps, values, band {low, high, source} of the same examples or null,
//       withheld (what stands in place of the share, if anything)}]

import { exactly, follow, group, make, percent, placeOf, stepOf, whole } from "../shared/step.js";

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".ladder");
  const list = root.querySelector(".rungs");
  const shared = group(data);
  const shape = JSON.stringify(data.rungs.map(({ name, about, phase, band, withheld }) => [name, about, phase, band, withheld]));

  if (root.shape !== shape) {
    root.shape = shape;
    list.replaceChildren(...data.rungs.map(rung));
  }
  root.querySelector(".title").textContent = data.title;
  root.querySelector(".below").textContent = data.below;

  function rung({ name, about, phase, band, withheld }) {
    const row = make("div", { class: `rung ${phase}`, role: "listitem" });
    const called = make("span", { class: "name", title: about, tabindex: 0 }, name);
    if (withheld) {
      row.setAttribute("aria-label", `${name}: ${withheld}`);
      row.append(called, make("span", { class: "withheld" }, withheld));
      return row;
    }
    const track = make("span", { class: "track", "aria-hidden": "true" });
    track.append(make("span", { class: "fill" }));
    if (band) {
      const { low, high, source } = band;
      const range = make("span", { class: "band", title: `${source}, at the end: ${percent(low)} to ${percent(high)}` });
      range.style.left = `${100 * low}%`;
      range.style.width = `${100 * (high - low)}%`;
      track.append(range);
    }
    row.append(called, track, make("span", { class: "share" }));
    return row;
  }

  function draw() {
    let shown = 0;
    data.rungs.forEach(({ name, steps, values, withheld }, index) => {
      if (withheld) return;
      const place = Math.max(0, placeOf(steps, stepOf(shared)));
      if (steps.length > 1) shown = Math.max(shown, steps[place]);
      const row = list.children[index];
      row.querySelector(".fill").style.transform = `scaleX(${values[place]})`;
      row.querySelector(".share").textContent = percent(values[place]);
      row.setAttribute("aria-label", `${name}: ${exactly(values[place])}`);
    });
    root.querySelector(".about").textContent = data.rungs.some(({ steps }) => steps.length > 1) ? ` at step ${whole(shown)}` : "";
  }

  draw();
  return follow(root, shared, draw);
}
