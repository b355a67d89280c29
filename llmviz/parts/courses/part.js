// @ts-nocheck
// How several runs go on one axis of tokens read: in each panel what the model knows, above its loss. The runs of its recipe are a band behind the line.
//
// data: axis, most, hidden, point, columns, click, panels [{name, about, live, chosen, tokens, steps, stops, runs, bandTokens,
//       lines [{name, about, dash, values, low, high}], loss {values, low, high}, floor, guess}]
// Under the mouse, or at the place the arrow keys have moved to, stands what all panels were at after as many tokens.
// triggers: "point" [panel, step] for a click, or Enter: the nearest place with weights kept (a stop), or -1 where there is none.

import { above, arrow, outside, path, spread, ticks } from "../curve/scale.js";
import { counted, digits, exactly, percent, whole } from "../shared/format.js";
import { make } from "../shared/old.js";
import { drawSized } from "../shared/resize.js";
import { nearest } from "../shared/step.js";

const SVG = "http://www.w3.org/2000/svg";

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".courses");
  const [list, tip] = [".panels", ".tip"].map((name) => root.querySelector(name));
  const { panels, most } = data;
  const millions = (count) => (count >= 1e6 ? `${Number((count / 1e6).toFixed(2))} M` : `${Math.round(count / 1e3)} k`);

  const node = (tag, attributes, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  if (root.count !== panels.length) {
    root.count = panels.length;
    list.style.setProperty("--columns", data.columns);
    list.replaceChildren(
      ...panels.map(() => {
        const made = make("section", { class: "panel" });
        const chart = make("div", { class: "chart" });
        chart.append(node("svg", { role: "img", tabindex: 0 }));
        const cover = make("p", { class: "hidden withheld", role: "note" });
        cover.append(make("span"));
        made.append(make("h3"), make("span", { class: "about" }), chart, cover);
        return made;
      }),
    );
  }
  const sections = [...list.children];

  const axisTop = ({ guess }) => 1.06 * Math.max(1, guess ?? 0);

  function frame() {
    sections.forEach((section, index) => draw(section, panels[index]));
    mark(root.under ?? null);
  }

  function draw(section, panel) {
    const [chart, svg] = [".chart", "svg"].map((name) => section.querySelector(name));
    section.classList.toggle("chosen", panel.chosen);
    section.querySelector("h3").textContent = panel.name;
    section.querySelector(".about").textContent = panel.about;
    section.querySelector(".hidden").hidden = !data.hidden;
    section.querySelector(".hidden span").textContent = data.hidden;
    const em = parseFloat(getComputedStyle(root).fontSize);
    const left = 2.6 * em,
      right = Math.max(left + 6 * em, chart.clientWidth - 8 * em),
      foot = chart.clientHeight - 1.4 * em;
    const short = chart.clientHeight < 9.5 * em; // no room for the loss
    const split = short ? foot + 1.2 * em : foot - Math.min(5.4 * em, 0.4 * foot);
    const x = (tokens) => left + ((right - left) * tokens) / most;
    const share = (value) => split - 1.5 * em - (split - 2.1 * em) * value;
    const top = axisTop(panel);
    const loss = (value) => foot - (foot - split - 0.2 * em) * (Math.min(value, top) / top);
    const write = (at, height, text, looks = {}) => node("text", { x: at, y: height + 0.3 * em, ...looks }, text);
    const rule = (y, name) => node("line", { class: name, x1: left, x2: right, y1: y, y2: y });
    const parts = [];
    for (const tick of [0, 0.5, 1])
      parts.push(
        rule(share(tick), tick === 0.5 ? "chance" : "grid"),
        write(left - 0.4 * em, share(tick), `${100 * tick}%`, { "text-anchor": "end" }),
      );
    if (!short) parts.push(rule(foot, "grid"), write(left - 0.4 * em, foot, 0, { "text-anchor": "end" }));
    for (const tick of ticks(most, right - left > 16 * em ? 4 : 2))
      parts.push(write(x(tick), foot + 1.05 * em, tick ? millions(tick) : 0, { "text-anchor": "middle" }));
    parts.push(write(right + 0.7 * em, foot + 1.05 * em, data.axis));

    const area = ({ low, high }, y) =>
      low.length
        ? [
            node("path", {
              class: "band",
              d: `${path(panel.bandTokens, high, x, y)}L${path([...panel.bandTokens].reverse(), [...low].reverse(), x, y).slice(1)}Z`,
            }),
          ]
        : [];
    const shares = data.hidden ? [] : panel.lines;
    for (const line of shares) parts.push(...area(line, share));
    const bounds = short
      ? []
      : [
          [panel.floor, "floor", ""],
          [panel.guess, "guess", ""],
        ].filter(([value]) => value != null);
    for (const [value] of bounds) parts.push(rule(loss(value), "bound"));
    if (!short) parts.push(...area(panel.loss, loss));
    for (const { values, dash } of shares)
      if (values.length) parts.push(node("path", { class: "line", d: path(panel.tokens, values, x, share), "stroke-dasharray": dash }));
    if (panel.loss.values.length && !short) parts.push(node("path", { class: "line", d: path(panel.tokens, panel.loss.values, x, loss) }));
    for (const peak of short ? [] : [...above(panel.tokens, panel.loss.values, top), ...above(panel.bandTokens, panel.loss.high, top)])
      parts.push(node("path", { class: "above", d: arrow(x(peak.step), loss(top), em) }));
    for (const { values } of shares)
      for (const place of panel.stops)
        parts.push(
          node("circle", {
            class: "stop",
            cx: x(panel.tokens[place]),
            cy: share(values[place]),
            r: (panel.stops.length > 16 ? 0.13 : 0.2) * em,
          }),
        );

    const at = x(panel.tokens.at(-1) ?? panel.bandTokens.at(-1) ?? most);
    const ending = ({ values, high, low }) => values.at(-1) ?? (high.length ? (high.at(-1) + low.at(-1)) / 2 : undefined);
    const upper = shares.map((line) => ({
      line,
      y: share(ending(line) ?? 0),
      text: `${line.name} ${percent(ending(line) ?? 0)}`,
      dash: line.dash,
      looks: "name",
    }));
    if (!data.hidden && panel.lines.length) upper.push({ y: share(0.5), text: "chance of two", looks: "", from: right });
    const lower = [...(short || ending(panel.loss) == null ? [] : [[ending(panel.loss), "loss", "name"]]), ...bounds].map(
      ([value, title, looks]) => ({ y: loss(value), text: `${title} ${value.toFixed(2)}`, looks, from: looks ? undefined : right }),
    );
    for (const [wanted, low, high] of [
      [upper, 0.5 * em, Math.min(foot, split - 0.6 * em)],
      [lower, split + 0.4 * em, foot + 0.2 * em],
    ])
      for (const { y, at: height, text, dash, looks, from = at } of spread(wanted, 1.12 * em, low, high)) {
        parts.push(node("path", { class: "leader", d: `M${from + 2},${y}L${right + 0.5 * em},${height}` }));
        if (dash !== undefined)
          parts.push(node("path", { class: "line", d: `M${right + 0.6 * em},${height}h${1.4 * em}`, "stroke-dasharray": dash }));
        parts.push(write(right + (dash === undefined ? 0.7 : 2.3) * em, height, text, { class: looks }));
      }
    const layer = node("g", {});
    svg.replaceChildren(...parts, layer);
    svg.setAttribute("aria-label", summary(panel));
    Object.assign(section, { x, share, loss, left, right, foot, layer, em, ending });
  }

  function summary(panel) {
    const told = data.hidden
      ? [data.hidden]
      : panel.lines.map(({ name, values }) => (values.length ? `${name} ${percent(values.at(-1))}` : `${name} not measured`));
    const nats = panel.loss.values.at(-1),
      out = above(panel.steps, panel.loss.values, axisTop(panel));
    return `${panel.name}. ${told.join(", ")}.${nats === undefined ? "" : ` Loss ${digits(nats)}, floor ${panel.floor?.toFixed(2)}.`}${out.length ? ` ${outside(out, "Loss")}.` : ""} Arrow keys go through the training, Enter shows its questions.`;
  }

  // A line at so many tokens in every panel, and in the panel that is chosen one at its point.
  function mark(tokens) {
    sections.forEach((section, index) => {
      const panel = panels[index],
        { x, layer, foot, share, em } = section;
      if (!layer) return;
      const lines = [];
      const chosen = panel.chosen && data.point !== null ? panel.steps.indexOf(data.point) : -1;
      if (chosen >= 0)
        lines.push(node("line", { class: "cursor", x1: x(panel.tokens[chosen]), x2: x(panel.tokens[chosen]), y1: 0.4 * em, y2: foot }));
      if (tokens !== null) {
        lines.push(node("line", { class: "ghost", x1: x(tokens), x2: x(tokens), y1: 0.4 * em, y2: foot }));
        const place = nearest(panel.tokens, tokens);
        if (!data.hidden && panel.tokens.length && tokens <= panel.tokens.at(-1) * 1.02)
          for (const { values } of panel.lines)
            lines.push(node("circle", { class: "stop", cx: x(panel.tokens[place]), cy: share(values[place]), r: 0.3 * em }));
      }
      layer.replaceChildren(...lines);
    });
  }

  function tell(section, panel, tokens) {
    root.under = tokens;
    mark(tokens);
    if (tokens === null || !panel.tokens.length) return (tip.hidden = true);
    const place = nearest(panel.tokens, tokens);
    const rows = data.hidden ? [] : panel.lines.map(({ name, values }) => `${name} ${exactly(values[place])}`);
    const kept = data.click ? [data.click] : [];
    tip.textContent = [
      `step ${whole(panel.steps[place])}, ${counted(panel.tokens[place], "token")}`,
      ...rows,
      `loss ${digits(panel.loss.values[place], 3)}${panel.loss.values[place] > axisTop(panel) ? " ↑ above the axis" : ""}`,
      ...kept,
    ].join("\n");
    tip.hidden = false;
    const box = section.getBoundingClientRect(),
      outer = root.getBoundingClientRect();
    const x = box.left - outer.left + section.x(panel.tokens[place]),
      beyond = x + 12 + tip.offsetWidth > box.right - outer.left;
    const at = beyond ? x - 12 - tip.offsetWidth : x + 12;
    tip.style.left = `${Math.max(0, Math.min(at, root.clientWidth - tip.offsetWidth))}px`;
    tip.style.top = `${section.offsetTop + section.querySelector(".chart").offsetTop + 4}px`;
  }

  sections.forEach((section, index) => {
    const panel = panels[index],
      chart = section.querySelector(".chart"),
      svg = section.querySelector("svg");
    const under = (event) => {
      const pixel = event.clientX - chart.getBoundingClientRect().left;
      const tokens = ((pixel - section.left) / (section.right - section.left)) * most;
      return tokens < -0.02 * most || tokens > 1.05 * most ? null : Math.max(0, Math.min(most, tokens));
    };
    const pick = (tokens) => {
      if (tokens === null) return;
      const kept = panel.stops.map((place) => panel.tokens[place]);
      setTriggerValue("point", [index, kept.length ? panel.steps[panel.stops[nearest(kept, tokens)]] : -1]);
    };
    chart.onpointermove = (event) => tell(section, panel, under(event));
    chart.onpointerleave = () => tell(section, panel, null);
    chart.onclick = (event) => pick(under(event));
    svg.onkeydown = (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        return pick(root.under ?? panel.tokens.at(-1) ?? null);
      }
      const last = panel.tokens.length - 1,
        now = nearest(panel.tokens, root.under ?? panel.tokens[last] ?? 0);
      const places = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: last };
      if (!(event.key in places) || last < 0) return;
      event.preventDefault();
      event.stopPropagation(); // a lecture turns its pages with the same keys
      tell(section, panel, panel.tokens[Math.max(0, Math.min(last, places[event.key]))]);
    };
    svg.onblur = () => tell(section, panel, null);
  });

  return drawSized(root, list, frame);
}
