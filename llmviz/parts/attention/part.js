// @ts-nocheck
// Attention: all heads as small maps, and one of them large, as arcs over the tokens and as a matrix.
//
// data: group, visit, step, title, about, compact, layers, heads, layer, head, causal, steps, tokens [{text, joined, special}],
//       weights (base64 of bytes: step, layer, head, query, key), targets [{name, short, chance}], named [{step, heads [[target, mass, named]]}],
//       note, empty, withheld (what is said where a step has no names, if anything)
// triggers: "head", [layer, head]. A head is shown at once; the server only keeps it in the address.

import { percent } from "../shared/format.js";
import { follow, make } from "../shared/old.js";
import { choice } from "../shared/part.js";
import { drawSized } from "../shared/resize.js";
import { group, placeOf, stepName } from "../shared/step.js";
import { drawArcs } from "./arcs.js";
import { drawMatrix, under } from "./matrix.js";
import { headOf, paint, palette, unpacked } from "./weights.js";

const LONGEST = 4; // tokens told in a sentence

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".maps");
  const find = (name) => root.querySelector(name);
  const [heading, grid, title, about, list, above, below, square, canvas, tip, said] = [
    ".all .about",
    ".grid",
    ".title",
    ".one .about",
    ".tokens",
    ".out",
    ".in",
    ".square",
    ".matrix",
    ".tip",
    ".said",
  ].map(find);
  const shared = group(data);
  const bytes = unpacked(root, data.weights);
  const colours = palette(root);
  const n = data.tokens.length;
  const answered = data.steps.length > 0;
  let space;

  const shape = JSON.stringify([data.group, data.layers, data.heads, data.tokens, answered, data.compact]);
  if (root.shape !== shape) {
    root.shape = shape;
    root.clicked = null;
    root.pinned = root.hovered = null;
    root.seat = Math.min(root.seat ?? 0, n - 1);
    root.classList.toggle("compact", data.compact);
    root.classList.toggle("small", data.heads > 4 || data.compact);
    grid.style.gridTemplateColumns = `repeat(${data.heads}, minmax(0, 1fr))`;
    grid.replaceChildren(...Array.from({ length: data.layers * data.heads }, (_, place) => tile(place)));
    list.replaceChildren(...data.tokens.map(token));
    root.classList.toggle("unanswered", !answered);
    square.style.visibility = find(".sentence").style.visibility = answered ? "visible" : "hidden";
  }
  const { now, choose } = choice(root, { layer: data.layer, head: data.head }, data.visit);
  find(".note").textContent = data.note;

  const placeNow = () => (shared.chosen === null ? data.steps.length - 1 : Math.max(0, placeOf(data.steps, shared.chosen)));
  const chosen = () => root.hovered ?? root.pinned;

  function tile(place) {
    const button = make("button", { type: "button", class: "tile", role: "radio", "data-place": place });
    button.append(make("canvas", { width: 1, height: 1, "aria-hidden": "true" }), make("span", { class: "name" }));
    return button;
  }

  function token({ text, special }, place) {
    const button = make("button", { type: "button", class: "token", "data-place": place }, text);
    button.classList.toggle("special", special);
    button.title = text;
    return button;
  }

  // What a head is named for at a step: its target, the share of its attention on it, what chance would give; null before it is measured.
  function nameOf(place, step) {
    const row =
      data.named[
        placeOf(
          data.named.map((each) => each.step),
          step,
        )
      ]?.heads[place];
    if (!row) return null;
    const [target, mass, named] = row;
    return { ...data.targets[target], mass, named };
  }

  // The same for a title: the name, and what was measured.
  function summary({ name, mass, chance, named }) {
    return [` · ${named ? name : "mixed"}`, `${percent(mass)}${named ? "" : ` on ${name}`}, by chance ${percent(chance)} · `];
  }

  function told(found) {
    if (!found) return "";
    const { name, mass, chance, named } = found;
    return `${named ? name : `mixed; most above chance is ${name}`}: ${percent(mass)} of its attention, by chance ${percent(chance)}`;
  }

  function draw() {
    const { layer, head } = now();
    if (!answered) {
      title.textContent = data.empty;
      heading.textContent = about.textContent = said.textContent = "";
      return;
    }
    const place = placeNow();
    const step = data.steps[place];
    [...grid.children].forEach((button, index) => {
      const at = { layer: Math.floor(index / data.heads), head: index % data.heads };
      const found = nameOf(index, step);
      const here = at.layer === layer && at.head === head;
      paint(button.querySelector("canvas"), n, headOf(data, bytes, place, at.layer, at.head), colours);
      button.setAttribute("aria-checked", here);
      button.tabIndex = here ? 0 : -1;
      const name = `layer ${at.layer + 1}, head ${at.head + 1}${found ? `: ${told(found)}` : ""}`;
      button.setAttribute("aria-label", name);
      button.title = name;
      label(button.querySelector(".name"), at, found);
    });
    const found = nameOf(layer * data.heads + head, step);
    const [called, measured] = found && !data.compact ? summary(found) : ["", ""];
    title.textContent = `${data.title}Layer ${layer + 1}, head ${head + 1}${called}`;
    about.textContent = `${measured}${stepName(shared, step)}`;
    const blank = Boolean(data.withheld && data.targets.length && !found),
      legend = data.compact ? "" : "more colour, more attention";
    heading.textContent = blank ? data.withheld : legend;
    heading.classList.toggle("withheld", blank);
    drawOne();
  }

  function label(element, { layer, head }, found) {
    const where = `${layer + 1}·${head + 1} `;
    if (!found?.named) element.replaceChildren(where, found ? "mixed" : "");
    else {
      const name = root.classList.contains("small") ? found.short : found.name.replace(" tokens", "");
      element.replaceChildren(where, make("b", {}, name), data.compact ? "" : ` ${percent(found.mass)}`);
    }
  }

  function drawOne() {
    const { layer, head } = now();
    const weight = headOf(data, bytes, placeNow(), layer, head);
    const focus = chosen();
    [...list.children].forEach((button, index) => {
      button.classList.toggle("chosen", index === focus);
      button.setAttribute("aria-pressed", index === root.pinned);
      button.tabIndex = index === root.seat ? 0 : -1;
      button.style.setProperty("--share", focus === null ? 0 : Math.sqrt(weight(focus, index)));
      button.setAttribute("aria-label", `${data.tokens[index].text} ${looks(weight, index)}`);
    });
    fit();
    if (!data.compact) {
      const left = list.getBoundingClientRect().left;
      const centres = [...list.children].map((button) => {
        const box = button.getBoundingClientRect();
        return box.left - left + box.width / 2;
      });
      drawArcs(above, below, centres, weight, focus);
    }
    space = drawMatrix(root, canvas, data, weight, colours, focus);
    const seen = data.causal ? "Above the diagonal all is 0: a token sees only what stands before it." : "Each token sees all the others.";
    canvas.setAttribute("aria-label", `Attention matrix, ${n} by ${n}: a row for each token that looks. ${seen}`);
    const idle = nameOf(layer * data.heads + head, data.steps[placeNow()]);
    if (focus === null)
      said.textContent = data.compact ? told(idle) : "Point at a token: above it stands where it looks, below it who looks at it.";
    else said.replaceChildren(make("b", {}, `“${data.tokens[focus].text}”`), ` ${looks(weight, focus)}`);
  }

  // Tokens in a row as they are, or, where they need more room than there is, turned. Frame and gap take 5 pixels of each, whatever its size.
  function fit() {
    const style = getComputedStyle(root);
    const em = parseFloat(style.fontSize);
    root.pen.font = `600 100px ${style.fontFamily}`;
    const wanted = data.tokens.reduce((sum, { text }) => sum + root.pen.measureText(text).width / 100 + 0.75, 0); // em, with padding
    const size = Math.min(1.1 * em, (list.clientWidth - 5 * n) / wanted);
    const dense = size < 0.82 * em;
    list.classList.toggle("dense", dense);
    list.style.setProperty("--fit", `${dense ? Math.min(0.95 * em, (0.8 * list.clientWidth) / n) : size}px`);
  }

  function looks(weight, token) {
    const share = (pairs) =>
      pairs
        .filter(([, value]) => value >= 0.03)
        .sort(([, one], [, other]) => other - one)
        .slice(0, LONGEST);
    const told = (pairs) => pairs.map(([place, value]) => `“${data.tokens[place].text}” ${percent(value)}`).join(", ");
    const places = data.tokens.map((_, place) => place);
    const out = share(places.map((key) => [key, weight(token, key)]));
    const back = share(places.filter((query) => query !== token).map((query) => [query, weight(query, token)]));
    return `looks at ${told(out) || "nothing in particular"}${back.length ? `; looked at by ${told(back)}` : "; no other token looks at it"}.`;
  }

  function chooseHead(place) {
    const [layer, head] = [Math.floor(place / data.heads), place % data.heads];
    choose({ layer, head });
    draw();
    clearTimeout(root.reporting);
    root.reporting = setTimeout(() => setTriggerValue("head", [layer, head]), 200); // a held key moves many times; the address needs the last
  }

  grid.onclick = (event) => {
    const button = event.target.closest(".tile");
    if (button && answered) chooseHead(Number(button.dataset.place));
  };
  grid.onkeydown = (event) => {
    const { layer, head } = now();
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: data.heads, ArrowUp: -data.heads };
    const next = layer * data.heads + head + (moves[event.key] ?? 0);
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    if (!answered || next < 0 || next >= grid.children.length) return;
    chooseHead(next);
    grid.children[next].focus();
  };

  const hover = (place) => {
    if (root.hovered === place || !answered) return;
    root.hovered = place;
    drawOne();
  };
  list.onpointerover = (event) => hover(tokenOf(event));
  list.onpointerleave = () => hover(null);
  for (const [place, button] of [...list.children].entries()) {
    button.onfocus = () => hover((root.seat = place));
    button.onblur = () => hover(null);
  }
  list.onclick = (event) => {
    const place = tokenOf(event);
    if (place === null) return;
    root.pinned = root.pinned === place ? null : place;
    root.seat = place;
    drawOne();
  };
  list.onkeydown = (event) => {
    const seats = { ArrowRight: root.seat + 1, ArrowLeft: root.seat - 1, Home: 0, End: n - 1 };
    if (!(event.key in seats)) return;
    event.preventDefault();
    event.stopPropagation();
    root.seat = Math.max(0, Math.min(n - 1, seats[event.key]));
    list.children[root.seat].focus();
  };
  canvas.onpointermove = (event) => {
    const cell = answered && under(event, canvas, space);
    tip.hidden = !cell;
    hover(cell ? cell.query : null);
    if (!cell) return;
    const { layer, head } = now();
    const share = headOf(data, bytes, placeNow(), layer, head)(cell.query, cell.key);
    const blind = data.causal && cell.key > cell.query;
    const [from, to] = [cell.query, cell.key].map((place) => `“${data.tokens[place].text}”`);
    tip.textContent = blind ? `${from} cannot see ${to}: it comes later` : `${from} → ${to} ${percent(share)}`;
    const box = canvas.getBoundingClientRect();
    tip.style.top = `${event.clientY - box.top + 18}px`;
    tip.style.left = `${Math.min(event.clientX - box.left, box.width - tip.offsetWidth)}px`;
  };
  canvas.onpointerleave = () => {
    tip.hidden = true;
    hover(null);
  };

  const unwatch = drawSized(root, find(".big"), draw);
  const unfollow = follow(root, shared, draw);
  return () => {
    unwatch();
    unfollow();
  };
}

const tokenOf = (event) => {
  const button = event.target.closest(".token");
  return button ? Number(button.dataset.place) : null;
};
