// @ts-nocheck
// Two parts of a text, one above the other, where each looks in the other, and whether the second goes on with the first.
//
// data: group, visit, step, first and second [{text, known}], steps, shares [step], back (step, second, first) and ahead (step, first,
// second) as bytes in base64, empty, note, best (p(follows) for who knows the grammar, or null)
// Without a token under the mouse or the focus the strongest looks back are drawn; with one, all of its own.

import { unpacked } from "../attention/weights.js";
import { exactly, percent } from "../shared/format.js";
import { follow, make } from "../shared/old.js";
import { drawSized } from "../shared/resize.js";
import { group, placeOf, stepName, stepOf } from "../shared/step.js";

const STRONG = 0.3,
  FAINT = 0.06; // shares of a head's attention from which a line is drawn, of all tokens and of the chosen one
const SURE = 0.3; // from an even chance, from which on who knows the grammar has an answer to call right or wrong
const MANY = 22; // tokens in both parts from which they are set smaller
const NS = "http://www.w3.org/2000/svg";

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".pair");
  const find = (name) => root.querySelector(name);
  const shared = group(data);
  const [parts, svg] = [find(".parts"), find("svg")];
  const [n, m] = [data.first.length, data.second.length];
  const bytes = { back: unpacked((root.back ??= {}), data.back), ahead: unpacked((root.ahead ??= {}), data.ahead) };
  const shape = JSON.stringify([data.first, data.second]);

  const place = () => Math.max(0, placeOf(data.steps, stepOf(shared)));
  const back = (query, key) => bytes.back[(place() * m + query) * n + key] / 255;
  const ahead = (query, key) => bytes.ahead[(place() * n + query) * m + key] / 255;

  if (root.shape !== shape) {
    root.shape = shape;
    root.chosen = null;
    for (const name of ["first", "second"]) {
      const row = find(`.${name}`);
      row.classList.toggle("dense", n + m > MANY);
      row.replaceChildren(
        ...data[name].map(({ text, known }, index) => {
          const token = make(
            "button",
            { type: "button", class: `token${known ? "" : " unknown"}`, "data-part": name, "data-place": index },
            text,
          );
          if (index) token.tabIndex = -1;
          return token;
        }),
      );
    }
  }

  const seats = (name) => [...find(`.${name}`).children];
  const middle = (token, edge) => {
    const [box, around] = [token.getBoundingClientRect(), parts.getBoundingClientRect()];
    return [box.left + box.width / 2 - around.left, box[edge] - around.top];
  };

  function line(from, to, share) {
    const path = document.createElementNS(NS, "path");
    const [[x, y], [u, v]] = [middle(seats("first")[from], "bottom"), middle(seats("second")[to], "top")];
    const bend = (v - y) / 2;
    path.setAttribute("d", `M${x},${y}C${x},${y + bend} ${u},${v - bend} ${u},${v}`);
    path.setAttribute("stroke-width", 0.6 + 5.4 * share);
    path.setAttribute("opacity", 0.2 + 0.8 * share);
    return path;
  }

  function draw() {
    const there = data.steps.length > 0;
    const chance = there ? data.shares[place()] : 0;
    const follows = chance >= 0.5;
    find(".answer").classList.toggle("bare", !there);
    find(".label").textContent = there ? (follows ? "follows" : "does not follow") : data.empty;
    find(".share").textContent = there ? percent(follows ? chance : 1 - chance) : "";
    find(".scale i").style.left = `${100 * chance}%`;
    find(".at").textContent = there ? `the second part, at ${stepName(shared, data.steps[place()])}` : "";
    const mark = there && Math.abs(data.best - 0.5) >= SURE ? (follows === data.best >= 0.5 ? " ✓ right" : " ✗ wrong") : "";
    find(".best").textContent = data.best === null ? "" : `grammar: follows ${percent(data.best)}${mark}`;
    find(".answer").title = there ? `p(follows) = ${exactly(chance)}` : "";
    find(".note").textContent = data.note;
    const chosen = root.chosen;
    const lines = [];
    const shareOf = { first: Array(n).fill(0), second: Array(m).fill(0) };
    for (let one = 0; there && one < n; one += 1)
      for (let two = 0; two < m; two += 1) {
        const share = chosen?.part === "first" ? ahead(one, two) : back(two, one);
        const own = chosen && (chosen.part === "first" ? chosen.place === one : chosen.place === two);
        if (chosen ? !own || share < FAINT : share < STRONG) continue;
        lines.push(line(one, two, share));
        if (chosen) shareOf[chosen.part === "first" ? "second" : "first"][chosen.part === "first" ? two : one] = share;
      }
    svg.replaceChildren(...lines);
    for (const name of ["first", "second"])
      seats(name).forEach((token, index) => {
        const share = shareOf[name][index];
        token.classList.toggle("chosen", chosen?.part === name && chosen.place === index);
        token.classList.toggle("seen", share > 0);
        token.style.setProperty("--share", 0.6 * share);
        token.setAttribute("aria-label", there ? `${data[name][index].text}: ${looks(name, index)}` : data[name][index].text);
      });
  }

  function looks(name, index) {
    const [others, weight] = name === "first" ? [data.second, (other) => ahead(index, other)] : [data.first, (other) => back(index, other)];
    const best = others
      .map(({ text }, other) => [text, weight(other)])
      .filter(([, share]) => share >= FAINT)
      .sort(([, one], [, two]) => two - one);
    return best.length
      ? `looks at ${best
          .slice(0, 3)
          .map(([text, share]) => `“${text}” ${percent(share)}`)
          .join(", ")}`
      : "looks at nothing in the other part";
  }

  const pick = (token) => {
    root.chosen = token ? { part: token.dataset.part, place: Number(token.dataset.place) } : null;
    draw();
  };
  const tokenOf = (event) => event.target.closest(".token");
  parts.onpointerover = (event) => pick(tokenOf(event));
  parts.onpointerleave = () => pick(null);
  parts.onfocusin = (event) => pick(tokenOf(event));
  parts.onfocusout = () => pick(null);
  parts.onkeydown = (event) => {
    const token = tokenOf(event);
    if (!token) return;
    const [row, at] = [[...token.parentElement.children], Number(token.dataset.place)];
    const seat = { ArrowRight: row[at + 1], ArrowLeft: row[at - 1], Home: row[0], End: row.at(-1) }[event.key];
    if (!["ArrowRight", "ArrowLeft", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    if (!seat) return;
    token.tabIndex = -1;
    seat.tabIndex = 0;
    seat.focus();
  };

  const unwatch = drawSized(root, parts, draw);
  const unfollow = follow(root, shared, draw);
  return () => {
    unwatch();
    unfollow();
  };
}
