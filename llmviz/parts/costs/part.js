// @ts-nocheck
// Tokens per word of texts of every kind, cut by the vocabularies of one text; the hatched part of a bar is [UNK].
//
// data: title, about, below, names [kind], texts [{name, own, rates, lost}]

import { make } from "../shared/step.js";

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".costs");
  const table = root.querySelector(".table");
  const most = Math.max(1, ...data.texts.flatMap(({ rates }) => rates));
  const head = make("div", { class: "line head", role: "row" });
  head.append(make("span", { role: "columnheader" }, "reading"), ...data.names.map((name) => make("span", { role: "columnheader" }, name)));

  function line({ name, own, rates, lost }) {
    const row = make("div", { class: `line${own ? " own" : ""}`, role: "row" });
    row.append(make("span", { class: "text", role: "rowheader", title: name }, name));
    rates.forEach((rate, kind) => {
      const told = `${rate.toFixed(2)} tokens per word${lost[kind] ? `, ${lost[kind].toFixed(3)} of them [UNK]` : ""}`;
      const cell = make("span", { class: "cell", role: "cell", title: told, "aria-label": `${data.names[kind]}: ${told}` });
      const track = make("span", { class: "track", "aria-hidden": "true" });
      const [whole, part] = [make("i"), make("i", { class: "lost" })];
      whole.style.width = `${(100 * (rate - lost[kind])) / most}%`;
      part.style.width = `${(100 * lost[kind]) / most}%`;
      track.append(whole, part);
      cell.append(track, make("span", {}, rate.toFixed(2)));
      row.append(cell);
    });
    return row;
  }

  table.replaceChildren(...(data.texts.length ? [head, ...data.texts.map(line)] : []));
  table.setAttribute("aria-label", data.title);
  root.querySelector(".title").textContent = data.title;
  root.querySelector(".about").textContent = ` ${data.about}`;
  root.querySelector(".below").textContent = data.below;
}
