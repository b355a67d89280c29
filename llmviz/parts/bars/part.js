// @ts-nocheck
// The probability bars: for each hidden word what the model would put in the gap at the chosen step, the truth marked by tick and word.
//
// data: group, visit, step, steps, empty, groups [{place, truth, source, candidates [step][[word, share]], probability [step]}], mark (what
//       the tick stands for), low (whether there is little height), withheld (what is said where no step is known, if anything)
// A truth outside the candidates has a row of its own below them, so it can be watched rising from nothing.

import { exactly, follow, group, make, percent, placeOf, stepName, stepOf } from "../shared/step.js";

const MOST = [0, 6]; // candidates shown, by the number of gaps; 3 for any more, so that two rows of gaps and their truths fit

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".bars");
  const title = root.querySelector("h3");
  const list = root.querySelector(".groups");
  const key = root.querySelector(".key");
  const shared = group(data);
  const gaps = data.groups.length;
  const mark = data.mark ?? "the hidden word";
  const most = MOST[gaps] ?? 3;
  const shape = JSON.stringify([data.empty, data.groups.map(({ place, truth, source }) => [place, truth, source])]);

  if (root.shape !== shape) {
    root.shape = shape;
    list.classList.toggle("compact", gaps > 1);
    list.classList.toggle("two", gaps > (data.low ? 1 : 2));
    list.replaceChildren(...(gaps ? data.groups.map(gap) : [make("p", { class: "empty" }, data.empty)]));
  }

  function gap({ source }) {
    const box = make("div", { class: "gap", role: "group", "aria-label": `candidates for ${source}` });
    if (gaps > 1) box.append(make("h4", {}, source));
    for (let index = 0; index <= most; index += 1) {
      const row = make("div", { class: "row" });
      const track = make("span", { class: "track", "aria-hidden": "true" });
      track.append(make("div", { class: "fill" }));
      const name = make("span", { class: "name" });
      name.append(make("bdi"), make("span", { class: "tick" }));
      row.append(name, track, make("span", { class: "share" }));
      box.append(row);
    }
    return box;
  }

  function fill(row, word, share, truth, outside) {
    row.style.visibility = word === null ? "hidden" : "visible";
    row.classList.toggle("truth", truth);
    row.classList.toggle("outside", outside);
    if (word === null) return;
    row.querySelector("bdi").textContent = word;
    row.querySelector(".tick").textContent = truth ? " ✓" : "";
    row.querySelector(".fill").style.transform = `scaleX(${share})`;
    row.querySelector(".share").textContent = percent(share);
    row.title = `${word}${truth ? `, ${mark}` : ""}: ${exactly(share)}`;
  }

  function draw() {
    const place = placeOf(data.steps, stepOf(shared));
    const known = place >= 0 && gaps > 0,
      cover = root.querySelector(".withheld");
    cover.hidden = known || !gaps || !data.withheld;
    cover.textContent = data.withheld ?? "";
    list.hidden = !cover.hidden;
    title.firstChild.textContent = `What belongs in the gap${gaps > 1 ? "s" : ""}`;
    title.lastChild.textContent = known ? ` at ${stepName(shared, data.steps[place])}` : "";
    const legend = data.groups.some(({ truth }) => !truth) ? "a word outside the vocabulary has no bar" : `✓ ${mark}`;
    key.textContent = known ? legend + (gaps > 4 ? ` · ${gaps} gaps, scroll for more` : "") : "";
    data.groups.forEach(({ truth, candidates, probability }, index) => {
      const rows = [...list.children[index].querySelectorAll(".row")];
      const best = known ? candidates[place].slice(0, most) : [];
      const named = best.some(([word]) => word === truth);
      rows.slice(0, most).forEach((row, rank) => {
        const [word, share] = best[rank] ?? [null, 0];
        fill(row, word, share, word === truth, false);
      });
      fill(rows[most], known && truth && !named ? truth : null, known ? probability[place] : 0, true, true);
    });
  }

  draw();
  return follow(root, shared, draw);
}
