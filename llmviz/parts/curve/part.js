// @ts-nocheck
// The live curve: the headline (held-out loss, or another figure) between its lines, the probes below, and one slider on the same axis of steps.
//
// data: group, visit, step, small, shares, phase, about, fits, total, live, empty, snapshots, headline {name, share, steps, values},
//       batches {steps, values}, lines [{name, about, value}],
//       probes [{name, about, dash, phase, steps, values}], ceilings [{name, about, value}],
//       terms {term: meaning}
// Where the headline `fits`, the axis spans its values, also below 0; else it ends above the lines. A loss above the axis is drawn at its edge, with an arrow; hover and text say how much it is.
// Every line carries its label, and a label under the mouse or the focus says what its line is (`about`).
// triggers: "step" when the slider is let go: a snapshot, or -1 for the newest. While it moves, only this browser knows.

import { percent, whole } from "../shared/format.js";
import { follow, make } from "../shared/old.js";
import { drawSized } from "../shared/resize.js";
import { choose, group, nearest, placeOf, renew, stepName, stepOf } from "../shared/step.js";
import { explainTerms } from "../shared/terms.js";
import { above, arrow, clear, layout, outside, path, reach, spread, ticks } from "./scale.js";

const SVG = "http://www.w3.org/2000/svg";

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".curve");
  const find = (name) => root.querySelector(name);
  const [svg, chart, rail, groove, thumb, tip, hint] = ["svg", ".chart", ".rail", ".groove", ".thumb", ".tip", ".hint"].map(find);
  const shared = group(data);
  root.classList.toggle("small", Boolean(data.small));
  root.classList.toggle("finetuned", data.phase === "finetuned");
  const { headline, batches, snapshots, probes } = data;
  const last = snapshots.at(-1) ?? 0;
  const learnt = data.fits || data.phase === "finetuned" ? headline.values : []; // few labels are soon known by heart: the loss on others may rise
  const bottom = data.fits ? 1.06 * Math.min(0, ...learnt) : 0;
  const top = 1.06 * Math.max(data.fits ? 0 : 1, ...learnt, ...data.lines.map(({ value }) => value)) || (bottom ? 0 : 1);
  const title = headline.name.charAt(0).toUpperCase() + headline.name.slice(1);
  const scale = (count) => {
    const [, size = top - bottom] = ticks(top - bottom, count);
    const first = Math.ceil(bottom / size);
    return bottom ? Array.from({ length: Math.floor(top / size) - first + 1 }, (_, index) => (first + index) * size) : ticks(top, count);
  };
  const peaks = data.shares ? [] : above(headline.steps, headline.values, top);
  const rough = data.shares ? [] : above(batches.steps, batches.values, top, data.total / 50);
  let space;

  const node = (tag, attributes, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const rule = (y, name) => node("line", { class: name, x1: space.left, x2: space.right, y1: y, y2: y });
  const write = (x, y, text, attributes = {}) => node("text", { x, y: y + 0.3 * space.em, ...attributes }, text);
  const explained = (x, y, text, about, name = "") => {
    const told = { tabindex: 0, role: "note", "aria-label": `${text}: ${about}`, "data-about": about };
    const label = write(x, y, text, { class: `explained ${name}`, ...told });
    return Object.assign(label, { onfocus: () => explain(label), onblur: leave });
  };
  const valueAt = ({ steps, values }, step) => values[placeOf(steps, step)];
  const main = data.shares ? (probes[0] ?? { steps: [], values: [] }) : headline; // the line on which the cursor's point lies
  const number = (value, digits = 2) => (headline.share ? percent(value) : value.toFixed(digits));
  const over = (value) => (value > top ? " ↑ above the axis" : "");
  const figure = (value) =>
    value === undefined ? "" : data.shares ? ` · ${percent(value)}` : ` · ${headline.name} ${number(value)}${over(value)}`;
  const numbers = (step) => `${stepName(shared, step)}${figure(valueAt(main, step))}`;

  function frame() {
    const em = parseFloat(getComputedStyle(root).fontSize);
    space = layout(chart.clientWidth, chart.clientHeight, em, data.total, top, data.small, data.shares, bottom);
    const { left, right, foot, x, yLoss, yShare } = space;
    const parts = [];
    hint.style.width = `${right - left}px`;
    hint.style.left = `${left}px`;
    for (const tick of (data.lines.length || data.fits) && !data.shares ? scale(data.small ? 1 : 3) : [])
      parts.push(
        rule(yLoss(tick), "grid"),
        write(left - 0.5 * em, yLoss(tick), headline.share ? percent(tick) : Number(tick.toFixed(6)), { "text-anchor": "end" }),
      );
    for (const tick of data.small ? [] : [0, 0.5, 1])
      parts.push(rule(yShare(tick), "grid"), write(left - 0.5 * em, yShare(tick), `${100 * tick}%`, { "text-anchor": "end" }));
    for (const tick of ticks(data.total, Math.max(1, Math.min(5, Math.floor((right - left) / (3.6 * em))))))
      parts.push(write(x(tick), foot + 1.05 * em, tick ? whole(tick) : "step 0", { "text-anchor": "middle" }));

    if (!data.shares) for (const { value } of data.lines) parts.push(rule(yLoss(value), "bound"));
    for (const { value } of data.ceilings) parts.push(rule(yShare(value), "ceiling"));
    if (batches.steps.length && !data.shares)
      parts.push(node("path", { class: "line batch", d: path(batches.steps, batches.values, x, yLoss) }));
    if (headline.steps.length && !data.shares)
      parts.push(node("path", { class: "line held", d: path(headline.steps, headline.values, x, yLoss) }));
    for (const [found, looks, name] of [
      [rough, "above batch", "this batch"],
      [peaks, "above", `held-out ${headline.name}`],
    ])
      for (const peak of found) {
        const mark = node("path", { class: looks, d: arrow(x(peak.step), space.loss.top, em) });
        mark.append(node("title", {}, outside([peak], name)));
        parts.push(mark);
      }
    for (const { steps, values, dash, phase = "" } of probes)
      parts.push(node("path", { class: `line probe ${phase}`, d: path(steps, values, x, yShare), "stroke-dasharray": dash }));

    root.layer = node("g", {});
    const drawing = node("g", { "aria-hidden": true });
    drawing.append(...parts, root.layer);
    const lines = (data.shares ? [] : data.lines).map(({ name, about, value }) => ({
      y: yLoss(value),
      text: `${name} ${number(value)}`,
      about,
    }));
    const named = probes.map(({ name, about, values, dash, phase = "" }) => {
      return { y: yShare(values.at(-1)), text: name, about, line: `line probe ${phase}`, dash, name: "name" };
    });
    for (const { name, about, value } of data.ceilings)
      named.push({ y: yShare(value), text: `${name} ${percent(value)}`, about, line: "ceiling" });
    const focused = root.getRootNode().activeElement?.dataset?.about;
    svg.replaceChildren(drawing, ...labels(lines, space.loss), ...labels(named, space.share));
    if (focused) [...svg.querySelectorAll(".explained")].find((label) => label.dataset.about === focused)?.focus({ preventScroll: true });
    svg.setAttribute("aria-label", summary());

    groove.style.left = `${left}px`;
    groove.style.width = `${right - left}px`;
    groove.replaceChildren(...snapshots.map((step) => Object.assign(make("i", { class: "stop" }), { style: `left:${x(step) - left}px` })));
    draw();
  }

  function labels(wanted, panel) {
    const { em, right } = space;
    return spread(wanted, 1.15 * em, panel.top, panel.bottom + 0.3 * em).flatMap(({ y, at, text, about, line, dash = "", name }) => {
      const stroke = dash && { "stroke-dasharray": dash };
      const key = line ? [node("path", { class: line, d: `M${right + 0.9 * em},${at}h${1.4 * em}`, ...stroke })] : [];
      const label = explained(right + (key.length ? 2.7 : 0.9) * em, at, text, about, name);
      return [node("path", { class: "leader", d: `M${right + 2},${y}L${right + 0.7 * em},${at}` }), ...key, label];
    });
  }

  function summary() {
    const { name: figure, steps, values } = headline;
    if (!steps.length) return `No ${figure} yet.`;
    const ends = `${title} on held-out text: ${number(values[0])} at step 0, ${number(values.at(-1))} at step ${whole(steps.at(-1))}.`;
    const bounds = data.lines.map(({ name, value }) => `${name} ${number(value)}`).join(", ");
    const out = [outside(peaks, `held-out ${figure}`), outside(rough, "loss of a batch")]
      .filter(Boolean)
      .map((said) => ` ${said}.`)
      .join("");
    return `${ends}${out} ${bounds}. ${probes.map(({ name, values }) => `${name}: ${percent(values.at(-1))}`).join(", ")}.`;
  }

  function draw() {
    if (!space) return; // off the page since before it was drawn
    const step = snapshots[placeOf(snapshots, stepOf(shared))] ?? 0; // the other parts show this snapshot too
    const { x, yLoss, yShare, em, left, right } = space;
    const at = x(step);
    const shown = snapshots.length > 0;
    const value = valueAt(main, step);
    const parts = shown ? [node("line", { class: "cursor", x1: at, x2: at, y1: space.loss.top - 0.5 * em, y2: space.foot })] : [];
    if (shown && value !== undefined) {
      const y = data.shares ? yShare(value) : yLoss(value);
      const label = write(0, 0, numbers(step), { class: "here" });
      root.layer.replaceChildren(label); // has a width once it is on the page
      const wide = label.getComputedTextLength(),
        before = at > left + 0.62 * (right - left);
      const from = Math.max(left + 0.3 * em, before ? at - 0.7 * em - wide : at + 0.7 * em); // never on the numbers of the axis
      const panel = data.shares ? space.share : space.loss;
      const lines = data.shares ? probes : [main];
      const taken = lines.map(({ steps, values }) =>
        reach(steps, values, space.step(from), space.step(from + wide), data.shares ? yShare : yLoss),
      );
      label.setAttribute("x", from);
      label.setAttribute("y", 0.3 * em + clear(y, 0.75 * em, [...taken, [y, y]].filter(Boolean), panel));
      parts.push(node("circle", { class: "point", cx: at, cy: y, r: 0.36 * em }), label);
    }
    root.layer.replaceChildren(...parts);
    thumb.style.left = `${at}px`;
    thumb.style.visibility = shown ? "visible" : "hidden";
    groove.style.setProperty("--done", (at - left) / (right - left));
    thumb.setAttribute("aria-valuemin", 0);
    thumb.setAttribute("aria-valuemax", last);
    thumb.setAttribute("aria-valuenow", step);
    thumb.setAttribute("aria-valuetext", shown ? numbers(step) : "no snapshot yet");
  }

  const set = (place) => {
    const step = snapshots[Math.max(0, Math.min(snapshots.length - 1, place))];
    if (step !== undefined) choose(shared, step === last ? null : step);
  };
  const report = () => setTriggerValue("step", shared.chosen ?? -1);
  const stepUnder = (event) => space.step(event.clientX - chart.getBoundingClientRect().left);

  for (const area of [chart, rail]) {
    area.onpointerdown = (event) => {
      if (event.button || !snapshots.length || event.target.closest(".explained")) return;
      event.preventDefault();
      area.setPointerCapture(event.pointerId);
      root.dragging = true;
      tip.hidden = true;
      thumb.focus({ preventScroll: true });
      set(nearest(snapshots, stepUnder(event)));
    };
    area.onpointermove = (event) => {
      if (root.dragging) set(nearest(snapshots, stepUnder(event)));
      else if (area === chart) hover(event);
    };
    area.onpointerup = area.onpointercancel = () => {
      if (root.dragging) report();
      root.dragging = false;
    };
  }
  function leave() {
    tip.hidden = true;
    root.layer.querySelector(".ghost")?.remove();
  }
  chart.onpointerleave = leave;

  function explain(label) {
    const { x, y, height } = label.getBBox();
    leave();
    tip.textContent = label.dataset.about;
    tip.classList.add("wide");
    tip.hidden = false;
    tip.style.left = `${Math.max(0, Math.min(x, chart.clientWidth - tip.offsetWidth))}px`;
    tip.style.top = `${y + height + tip.offsetHeight > chart.clientHeight ? y - tip.offsetHeight - 4 : y + height + 4}px`;
  }

  function hover(event) {
    const label = event.target.closest(".explained");
    if (label) return explain(label);
    const step = Math.round(stepUnder(event));
    const place = headline.steps.length ? nearest(headline.steps, step) : -1;
    const reached = Math.max(batches.steps.at(-1) ?? 0, headline.steps.at(-1) ?? 0);
    if (place < 0 || step > reached + data.total / 50) return leave();
    const near = headline.steps[place];
    const rows = [`step ${whole(near)}`, `held-out ${headline.name} ${number(headline.values[place], 3)}${over(headline.values[place])}`];
    const batch = valueAt(batches, near);
    if (batch !== undefined) rows.push(`this batch ${batch.toFixed(3)}${over(batch)}`);
    for (const probe of probes) rows.push(`${probe.name} ${percent(valueAt(probe, near) ?? 0)}`);
    const at = space.x(near);
    root.layer.querySelector(".ghost")?.remove();
    root.layer.prepend(node("line", { class: "ghost", x1: at, x2: at, y1: space.loss.top, y2: space.foot }));
    tip.textContent = rows.join("\n");
    tip.classList.remove("wide");
    tip.hidden = false;
    tip.style.top = 0;
    tip.style.left = `${Math.min(at + 14, chart.clientWidth - tip.offsetWidth)}px`;
  }

  thumb.onkeydown = (event) => {
    const now = nearest(snapshots, Math.min(stepOf(shared), last));
    const end = snapshots.length - 1;
    const places = {
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      PageUp: now + 5,
      PageDown: now - 5,
      Home: 0,
      End: end,
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    set(places[event.key]);
    clearTimeout(root.reporting);
    root.reporting = setTimeout(report, 250); // a held key moves many times; the address needs only the last
  };

  find(".title").textContent = data.shares ? "While it learns" : `${title} while it learns`;
  const about = data.shares ? `${probes[0]?.name ?? "shares"}, of held-out examples` : data.about;
  explainTerms(find(".about"), headline.steps.length ? about : "", data.terms);
  hint.hidden = headline.steps.length > 0;
  hint.textContent = data.empty;
  const unwatch = drawSized(root, chart, frame);
  const unfollow = follow(root, shared, draw);
  renew(shared, last);
  return () => {
    unwatch();
    unfollow();
  };
}
