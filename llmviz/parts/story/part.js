// @ts-nocheck
import { above, arrow, outside, path, spread } from "../curve/scale.js";
import { exactly, marked, percent, whole } from "../shared/format.js";
import { follow, make } from "../shared/old.js";
import { drawSized } from "../shared/resize.js";
import { choose, group, placeOf, renew, stepOf } from "../shared/step.js";
import { explainTerms } from "../shared/terms.js";

const SVG = "http://www.w3.org/2000/svg";
const PHASES = ["pretrained", "finetuned", "random"],
  CARDS = ["random", "pretrained", "pretrained", "finetuned", "random"];
const SHOWN = 3; // candidates in a card

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".story");
  const [heads, cards, svg, chart, rail, groove, thumb, tip] = [
    ".phases",
    ".cards",
    "svg",
    ".chart",
    ".rail",
    ".groove",
    ".thumb",
    ".tip",
  ].map((name) => root.querySelector(name));
  const { words, verdicts, scratch, loss, accuracy, join } = data;
  const shared = group(data);
  const stops = [...loss.stops, ...accuracy.stops.map((step) => join + step)];
  const end = stops.length - 1;
  let space;

  const node = (tag, attributes, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  if (!cards.children.length) {
    heads.append(
      ...PHASES.map((phase, place) => {
        const box = make("div", { class: `phase ${phase}${place === 2 ? " third" : ""}` });
        const bar = make("span", { class: "progress" });
        bar.append(make("i"));
        box.append(make("b"), make("p"), bar);
        return box;
      }),
    );
    cards.append(
      ...CARDS.map((phase) => {
        const card = make("div", { class: `card ${phase}` });
        const top = make("div", { class: "top" });
        top.append(make("b"), make("span", { class: "at" }));
        card.append(
          top,
          make("p", { class: "asked" }),
          make("div", { class: "words" }),
          make("p", { class: "asked" }),
          make("div", { class: "verdict" }),
        );
        return card;
      }),
    );
  }
  data.phases.forEach(({ title, about, progress }, place) => {
    const [name, note, bar] = heads.children[place].children;
    name.textContent = title;
    note.textContent = note.title = about;
    bar.firstChild.style.transform = `scaleX(${progress})`;
  });

  function guesses(box, place) {
    const found = words.candidates[place];
    if (!found) return box.replaceChildren(make("p", { class: "none" }, words.empty));
    box.replaceChildren(
      ...found.slice(0, SHOWN).map(([word, share]) => {
        const row = make("div", { class: word === words.truth ? "row truth" : "row", title: `${word}: ${exactly(share)}` });
        const track = make("div", { class: "track", "aria-hidden": "true" });
        const fill = make("i");
        fill.style.transform = `scaleX(${share})`;
        track.append(fill);
        row.append(make("span", {}, word === words.truth ? `${word} ✓` : word), track, make("em", {}, percent(share)));
        return row;
      }),
    );
  }

  function verdict(box, given, place) {
    const shares = given.shares[place];
    if (!shares) return box.replaceChildren(make("p", { class: "none" }, given.empty));
    const best = shares.indexOf(Math.max(...shares));
    const says = make("p", { class: "says" });
    says.append(make("b", {}, given.labels[best]), make("span", {}, percent(shares[best])));
    const scale = make("div", {
      class: "scale",
      role: "img",
      "aria-label": given.labels.map((label, index) => `${label} ${percent(shares[index])}`).join(", "),
    });
    const mark = make("i");
    mark.style.left = `${100 * shares.at(-1)}%`;
    scale.append(mark);
    box.replaceChildren(says, scale, make("p", { class: "judged" }, marked(given.labels[best], data.label)));
  }

  function missing(box, text, terms) {
    const line = box.querySelector(".none") ?? make("p", { class: "none" });
    explainTerms(line, text, terms);
    box.replaceChildren(line);
  }

  // Where the slider stands: the phase, 0 or 1, and the step within it.
  function where() {
    const step = stops[placeOf(stops, stepOf(shared))] ?? 0;
    return step >= join && accuracy.stops.length ? [1, step - join] : [0, step];
  }

  function draw() {
    const [phase, step] = where();
    const read = placeOf(words.steps, phase ? Infinity : step);
    const learnt = placeOf(verdicts.steps, phase ? step : Infinity);
    const alone = placeOf(scratch.steps, phase ? step : Infinity);
    const told = [
      ["step 0", words.steps.length ? 0 : -1, null],
      [words.steps.length ? `step ${whole(words.steps[read] ?? 0)}` : "", words.steps.length ? read : -1, null],
      ["step 0", null, [verdicts, 0]],
      [verdicts.steps.length ? `step ${whole(verdicts.steps[learnt] ?? 0)}` : "", null, [verdicts, learnt]],
      [scratch.steps.length ? `step ${whole(scratch.steps[alone] ?? 0)}` : "", null, [scratch, alone]],
    ];
    const now = phase ? (step ? 3 : 2) : step ? 1 : 0;
    told.forEach(([at, guess, judged], place) => {
      const card = cards.children[place];
      const [top, asked, box, question, answer] = card.children;
      const [read0, learnt0] = [place === 1 && words.steps[read] === 0, place === 3 && verdicts.steps[learnt] === 0];
      const begins = (read0 || learnt0) && data.cards[place].start;
      const { title, about, phase: own } = begins || { ...data.cards[place], phase: CARDS[place] };
      top.firstChild.textContent = title;
      top.firstChild.title = about;
      card.classList.remove("random", "pretrained", "finetuned");
      card.classList.add(own);
      top.lastChild.textContent = at;
      asked.textContent = words.asked;
      question.textContent = verdicts.asked;
      if (guess === null) missing(box, place === 4 ? words.never : words.gone);
      else guesses(box, guess);
      if (judged) verdict(answer, ...judged);
      else missing(answer, verdicts.none, place ? {} : data.terms); // where it is first said
      card.classList.toggle("now", place === now || (place === 4 && now === 3));
      card.classList.toggle("ahead", place > 1 && !phase && accuracy.stops.length > 0);
    });
    if (space) mark(phase, step);
  }

  function frame() {
    const em = parseFloat(getComputedStyle(root).fontSize);
    const width = chart.clientWidth,
      gap = 0.8 * em,
      column = (width - 4 * gap) / 5;
    const narrow = width < 34 * em; // no room beside the lines for their names: these stand below
    const head = 0.7 * em,
      foot = chart.clientHeight - (narrow ? 5.6 : 0.4) * em;
    const [first, last] = narrow ? [width / 2 - gap, width - 0.5 * em] : [2 * column + gap - 7.2 * em, width - 9.5 * em];
    const panels = [
      { left: 0.5 * em, right: first, top: 1.06 * Math.max(1, ...loss.bounds.map(({ value }) => value)), total: loss.total },
      { left: (narrow ? width / 2 : 2 * (column + gap)) + 0.5 * em, right: last, top: 1, total: accuracy.total },
    ];
    const x = (phase, step) => panels[phase].left + ((panels[phase].right - panels[phase].left) * step) / Math.max(1, panels[phase].total);
    const y = (phase, value) => foot - ((foot - head) * Math.min(value, panels[phase].top)) / panels[phase].top;
    const parts = [];
    const drawn = [
      [{ phase: "pretrained", ...loss, name: "held-out loss" }],
      [
        { phase: "finetuned", ...accuracy, name: "fine-tuned" },
        { phase: "random", ...accuracy.scratch, about: accuracy.about, name: "from scratch" },
      ],
    ];
    const written = [(value) => value.toFixed(2), percent];
    const bounds = [loss.bounds, accuracy.bounds];
    drawn.forEach((lines, phase) => {
      const { left, right } = panels[phase];
      parts.push(node("line", { class: "axis", x1: left, x2: right, y1: foot, y2: foot }));
      for (const { value } of bounds[phase])
        parts.push(node("line", { class: "bound", x1: left, x2: right, y1: y(phase, value), y2: y(phase, value) }));
      const there = lines.filter(({ steps }) => steps.length);
      for (const line of there)
        parts.push(
          node("path", {
            class: `line ${line.phase}`,
            d: path(
              line.steps,
              line.values,
              (step) => x(phase, step),
              (value) => y(phase, value),
            ),
          }),
        );
      for (const line of phase ? [] : there)
        for (const peak of above(line.steps, line.values, panels[0].top))
          parts.push(node("path", { class: `above ${line.phase}`, d: arrow(x(0, peak.step), y(0, peak.value), em) }));
      const labels = [
        ...there.map(({ name, values, about }) => ({
          y: y(phase, values.at(-1)),
          text: `${name} ${written[phase](values.at(-1))}`,
          looks: "name",
          about,
        })),
        ...bounds[phase].map(({ name, value, about }) => ({
          y: y(phase, value),
          text: `${name} ${written[phase](value)}`,
          looks: "",
          about,
        })),
      ];
      const placed = narrow
        ? labels.map((label, line) => ({ ...label, at: foot + (1.7 + 1.15 * line) * em }))
        : spread(labels, 1.15 * em, head, foot);
      const from = narrow ? left : right + 0.6 * em;
      for (const { at, text, looks, about } of placed) parts.push(named(from, at + 0.3 * em, text, looks, about));
    });
    if (accuracy.withheld) {
      const { left, right } = panels[1];
      parts.push(node("rect", { class: "cover", x: left, y: head, width: Math.max(0, right - left), height: foot - head, rx: 0.35 * em }));
      const lines = narrow ? accuracy.withheld.split(/(?<=:) /) : [accuracy.withheld];
      lines.forEach((line, at) => {
        const y = (head + foot) / 2 + (0.3 + 1.15 * (at - (lines.length - 1) / 2)) * em;
        parts.push(node("text", { x: (left + right) / 2, y, "text-anchor": "middle" }, line));
      });
    }
    root.layer = node("g", {});
    svg.replaceChildren(...parts, root.layer);
    space = { x, y, panels, head, foot, em };
    groove.replaceChildren(
      ...stops.map((step, place) => {
        const inner = place < loss.stops.length ? x(0, step) : x(1, step - join);
        return Object.assign(make("i"), { style: `left:${inner}px` });
      }),
    );
    draw();
  }

  // A label of the chart; one with something to say about it explains itself to the mouse and to the keyboard.
  function named(x, y, text, looks, about) {
    if (!about) return node("text", { class: looks, x, y }, text);
    const label = node("text", { class: `explained ${looks}`, x, y, tabindex: 0, role: "note", "aria-label": `${text}: ${about}` }, text);
    label.onmouseenter = label.onfocus = () => {
      tip.textContent = about;
      tip.hidden = false;
      tip.style.left = `${Math.max(0, Math.min(x, chart.clientWidth - tip.offsetWidth))}px`;
      tip.style.top = `${y - tip.offsetHeight - 1.2 * space.em}px`;
    };
    label.onmouseleave = label.onblur = () => (tip.hidden = true);
    return label;
  }

  function mark(phase, step) {
    const { x, y, head, foot, em } = space;
    const at = x(phase, step);
    const lines = phase
      ? [
          ["finetuned", accuracy],
          ["random", accuracy.scratch],
        ]
      : [["pretrained", loss]];
    const parts = [node("line", { class: "cursor", x1: at, x2: at, y1: head - 4, y2: foot + 0.9 * em })];
    const begun = { pretrained: data.cards[1].start?.phase ?? "pretrained", finetuned: "pretrained", random: "random" };
    for (const [name, { steps, values }] of lines) {
      const value = values[placeOf(steps, step)];
      if (value !== undefined)
        parts.push(node("circle", { class: `point ${step ? name : begun[name]}`, cx: at, cy: y(phase, value), r: 0.36 * em }));
    }
    root.layer.replaceChildren(...(stops.length ? parts : []));
    thumb.style.left = `${at}px`;
    thumb.style.visibility = stops.length ? "visible" : "hidden";
    thumb.className = `thumb ${phase && step ? "finetuned" : phase || step ? "pretrained" : "random"}`;
    thumb.setAttribute("aria-valuemin", 0);
    thumb.setAttribute("aria-valuemax", Math.max(0, end));
    thumb.setAttribute("aria-valuenow", stops.indexOf(phase ? join + step : step));
    thumb.setAttribute("aria-valuetext", `${phase ? "fine-tuning" : "pretraining"}, step ${whole(step)}`);
    svg.setAttribute("aria-label", summary());
  }

  function summary() {
    const told = (name, { steps, values }, write) =>
      steps.length ? [`${name}: ${write(values[0])} at first, ${write(values.at(-1))} at last`] : [];
    const out = outside(above(loss.steps, loss.values, space.panels[0].top), "loss");
    const all = [
      ...told("Loss in pretraining", loss, (value) => value.toFixed(2)),
      ...(out ? [out] : []),
      ...told("Right predictions, fine-tuned", accuracy, percent),
      ...told("from scratch", accuracy.scratch, percent),
    ];
    if (accuracy.withheld) all.push(`How often the predictions are right: ${accuracy.withheld}`);
    return all.length ? `${all.join(". ")}.` : "Nothing has been trained yet.";
  }

  const set = (place) => {
    const step = stops[Math.max(0, Math.min(end, place))];
    if (step !== undefined) choose(shared, step === stops[end] ? null : step);
  };
  const report = () => setTriggerValue("step", shared.chosen ?? -1);
  function under(event) {
    const pixel = event.clientX - chart.getBoundingClientRect().left;
    const places = stops.map((step, place) => (place < loss.stops.length ? space.x(0, step) : space.x(1, step - join)));
    return places.reduce((best, at, place) => (Math.abs(at - pixel) < Math.abs(places[best] - pixel) ? place : best), 0);
  }
  for (const area of [chart, rail]) {
    area.onpointerdown = (event) => {
      if (event.button || !stops.length || event.target.closest(".explained")) return;
      event.preventDefault();
      area.setPointerCapture(event.pointerId);
      root.dragging = true;
      thumb.focus({ preventScroll: true });
      set(under(event));
    };
    area.onpointermove = (event) => root.dragging && set(under(event));
    area.onpointerup = area.onpointercancel = () => {
      if (root.dragging) report();
      root.dragging = false;
    };
  }
  thumb.onkeydown = (event) => {
    const now = placeOf(stops, stepOf(shared));
    const first = loss.stops.length;
    const places = {
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      PageUp: now < first ? first : end,
      PageDown: now > first ? first : 0,
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

  const unwatch = drawSized(root, chart, frame);
  const unfollow = follow(root, shared, draw);
  renew(shared, stops[end] ?? 0);
  return () => {
    unwatch();
    unfollow();
  };
}
