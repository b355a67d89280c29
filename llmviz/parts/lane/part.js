// @ts-nocheck
// One exercise: what the model reads, what it must say where, and at the chosen share of its training what it says; with what can be set.
//
// data: group, visit, step, kind, name, model, about, controls [{name, label, value, low, high, step, percent, choices [{value, title}]}],
//       cells [{text, sort, tag, part, says [{text, target}]}], targets, withheld (what is said in place of their number, if anything), of, note, waits,
//       compared (whether the loss is set beside that before training), steps (percent of training) and for each of them trained
//       (steps), losses, chances [target], right [target], guesses [target][[text, chance]]
// triggers: "set" with {name, value} when something is set

import { exactly, percent, whole } from "../shared/format.js";
import { follow, make } from "../shared/old.js";
import { group, placeOf, stepOf } from "../shared/step.js";

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lane");
  const find = (name) => root.querySelector(name);
  const shared = group(data);
  const cells = find(".cells");
  const place = () => Math.max(0, placeOf(data.steps, stepOf(shared)));

  root.dataset.kind = data.kind;
  find(".name b").textContent = data.name;
  find(".model").textContent = data.model;
  find(".about").textContent = data.about;
  root.setAttribute("aria-label", `${data.name}, ${data.model}: ${data.about}`);
  cells.setAttribute("aria-label", `${data.name}: what is read, and what is to be said`);
  root.classList.toggle("bare", !data.cells.length);
  find(".note").textContent = data.note;
  find(".count b").textContent = data.withheld ? "?" : data.targets ? whole(data.targets) : "";
  find(".count").title = data.withheld;
  find(".count span").textContent = data.targets ? (data.targets === 1 ? "target" : "targets") : "";
  find(".of").textContent = data.of;

  // A control that is being dragged keeps its element: made anew it would lose the pointer.
  const controls = find(".controls");
  const kinds = JSON.stringify(data.controls.map(({ name }) => name));
  if (root.kinds !== kinds) {
    root.kinds = kinds;
    controls.replaceChildren(...data.controls.map((control) => (control.choices.length ? chips(control) : slider(control))));
  }
  data.controls.forEach((control, index) => {
    const element = controls.children[index];
    if (control.choices.length)
      [...element.children].forEach((button, at) => {
        button.setAttribute("aria-pressed", control.choices[at].value === control.value);
        button.onclick = () => setTriggerValue("set", { name: control.name, value: control.choices[at].value });
      });
    else {
      const input = element.querySelector("input");
      const tell = () => {
        const shown = control.percent ? percent(Number(input.value)) : Number(input.value).toFixed(1);
        element.querySelector("output").textContent = shown;
        input.setAttribute("aria-valuetext", shown);
      };
      input.value = control.value;
      input.oninput = tell;
      input.onchange = () => setTriggerValue("set", { name: control.name, value: Number(input.value) });
      input.onkeydown = (event) => event.stopPropagation(); // a lecture turns its pages with the same keys
      tell();
    }
  });

  function slider({ label, low, high, step }) {
    const element = make("label", { class: "control" });
    element.append(make("span", {}, label), make("input", { type: "range", min: low, max: high, step }), make("output"));
    return element;
  }

  function chips({ label, choices }) {
    const element = make("div", { class: "choices", role: "group", "aria-label": label });
    element.append(...choices.map(({ title }) => make("button", { type: "button" }, title)));
    return element;
  }

  const shape = JSON.stringify(data.cells);
  if (root.shape !== shape) {
    root.shape = shape;
    cells.replaceChildren(...data.cells.map(cell));
  }

  function cell({ text, sort, tag, part, says }) {
    const element = make("div", { class: `cell ${sort}${part ? " part1" : ""}` });
    const read = make("span", { class: "read", dir: "auto" }, text);
    read.title =
      {
        hidden: "hidden",
        swapped: "swapped for another word",
        left: "left as it was",
        gap: "stands for what was cut out",
        unknown: "unknown to the model",
      }[sort] ?? "";
    if (tag) read.append(make("i", {}, ` ${tag}`));
    const row = make("div", { class: "says" });
    row.append(...says.map(said));
    element.append(read, row);
    return element;
  }

  function said({ text, target }) {
    const element =
      target < 0
        ? make("span", { class: "said free" })
        : make("button", { type: "button", class: "said", "data-target": target, tabindex: target ? -1 : 0 });
    element.append(
      make("span", { class: "true", dir: "auto" }, text),
      make("span", { class: "chance" }),
      make("span", { class: "instead" }),
    );
    if (target < 0) element.title = "no loss is taken here";
    return element;
  }

  function draw() {
    const at = place(),
      there = data.steps.length > 0;
    for (const button of cells.querySelectorAll("[data-target]")) {
      const target = Number(button.dataset.target),
        truth = button.querySelector(".true").textContent;
      const chance = there ? data.chances[at][target] : 0;
      const instead = there && !data.right[at][target] ? data.guesses[at][target][0][0] : "";
      button.style.setProperty("--share", chance);
      button.querySelector(".chance").textContent = there ? percent(chance || Number.EPSILON) : ""; // never quite nothing
      button.querySelector(".instead").textContent = instead ? `× ${instead}` : "";
      const likeliest = there ? data.guesses[at][target].map(([text, share]) => `${text} ${percent(share)}`).join(", ") : "";
      button.title = there ? `to be said: ${truth}, given ${exactly(chance)}. Likeliest: ${likeliest}` : `to be said: ${truth}`;
      button.setAttribute("aria-label", button.title);
    }
    find(".loss").textContent = there ? `loss ${data.losses[at].toFixed(2)} nats` : data.waits;
    find(".loss").classList.toggle("waits", !there);
    find(".before").textContent = there
      ? data.steps[0] === 0 && at && data.compared
        ? `untrained ${data.losses[0].toFixed(2)}`
        : at
          ? ""
          : "untrained"
      : "";
    find(".sum").title = there ? `mean loss on these targets at step ${whole(data.trained[at])}` : "";
  }

  cells.onkeydown = (event) => {
    const button = event.target.closest("[data-target]");
    const all = [...cells.querySelectorAll("[data-target]")],
      at = all.indexOf(button);
    const seats = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 };
    if (!button || !(event.key in seats)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    const next = all[Math.max(0, Math.min(all.length - 1, seats[event.key]))];
    for (const each of all) each.tabIndex = each === next ? 0 : -1;
    next.focus();
  };

  draw();
  return follow(root, shared, draw);
}
