// @ts-nocheck
import { counted, exactly, follow, group, make, percent, placeOf, stepName, stepOf } from "../shared/step.js";

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".choices");
  const find = (name) => root.querySelector(name);
  const [title, head, list, line, key] = ["h3", ".head", ".rows", ".line", ".key"].map(find);
  const shared = group(data);
  const last = data.filters.length - 1;
  root.style.setProperty("--columns", data.filters.length);

  function row(word, chances, { picked, chosen, others }) {
    const element = make(others ? "div" : "button", { class: `row${others ? " others" : ""}`, ...(others ? {} : { type: "button" }) });
    const name = make("span", { class: "name" });
    name.append(make("bdi", {}, word), make("span", { class: "mark" }, picked ? (chosen ? " ☞" : " ✓") : ""));
    const tracks = chances.map((chance, index) => {
      const track = make("span", { class: `track${index === last ? " last" : ""}`, "aria-hidden": "true" });
      track.append(Object.assign(make("div", { class: "fill" }), { style: `transform: scaleX(${chance})` }));
      return track;
    });
    const said = data.filters.map((filter, index) => `${filter} ${exactly(chances[index])}`).join(", ");
    element.append(name, ...tracks, make("span", { class: "share" }, percent(chances[last])));
    element.classList.toggle("picked", Boolean(picked));
    element.classList.toggle("out", !others && chances[last] === 0);
    element.title = `${word}: ${said}`;
    element.setAttribute(
      "aria-label",
      `${element.title}${picked ? (chosen ? ", chosen by you" : ", taken") : others ? "" : "; take this one"}`,
    );
    return element;
  }

  function draw() {
    const index = placeOf(data.steps, stepOf(shared));
    const now = data.places[index];
    const step = index < 0 ? "" : ` at ${stepName(shared, data.steps[index])}`;
    title.firstChild.textContent = `What could stand ${data.at ? `at place ${data.at + 1}` : "first"}`;
    title.lastChild.textContent = step;
    const focus = [...list.children].indexOf(root.getRootNode().activeElement);
    head.replaceChildren();
    if (!now) {
      list.replaceChildren();
      line.replaceChildren();
      line.hidden = true;
      key.textContent = index < 0 ? data.empty : "The text has ended before this place.";
      return;
    }
    line.hidden = false;
    const { candidates, others, picked, chosen } = now;
    if (last > 0) head.append(make("span"), ...data.filters.map((filter) => make("span", { title: filter }, filter)));
    const rows = candidates.map(({ word, chances }, rank) => row(word, chances, { picked: rank === picked, chosen }));
    list.replaceChildren(...rows, row("all others", others, { others: true }));
    if (focus >= 0) list.children[focus]?.focus({ preventScroll: true });
    const part = ({ chances, start }, rank) =>
      Object.assign(make("i", { class: rank === picked ? "picked" : "" }), {
        style: `left: ${100 * start}%; width: ${100 * chances[last]}%`,
      });
    line.replaceChildren(...candidates.map(part));
    const dice = !data.open && !chosen && now.left > 1;
    if (dice) line.append(Object.assign(make("b"), { style: `left: ${100 * now.draw}%` }));
    const word = `“${candidates[picked]?.word}”`;
    if (data.open)
      key.textContent = `${now.left > 1 ? `${counted(now.left, "token")} can be drawn` : "only one token is left"} · or choose one yourself`;
    else if (chosen) key.textContent = `☞ ${word}: the way you chose`;
    else if (!dice) key.textContent = `✓ ${word}: the only one left`;
    else key.textContent = `✓ the draw ${now.draw.toFixed(2)} fell on ${word} · ${counted(now.left, "token")} could be drawn`;
  }

  list.onclick = (event) => {
    const index = placeOf(data.steps, stepOf(shared));
    const rank = [...list.children].indexOf(event.target.closest("button"));
    if (rank < 0 || !data.places[index]) return;
    const { before, candidates } = data.places[index];
    setTriggerValue("branch", [...before, candidates[rank].id]);
  };
  list.onkeydown = (event) => {
    const rows = [...list.querySelectorAll("button")];
    const at = rows.indexOf(event.target.closest("button"));
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    rows[Math.max(0, Math.min(rows.length - 1, moves[event.key]))]?.focus();
  };

  draw();
  return follow(root, shared, draw);
}
