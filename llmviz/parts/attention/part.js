// Attention: all heads as small maps, and one of them large, as arcs over the tokens and as a matrix. Tells the server "head" [layer, head]; a
// head is shown at once; the server only keeps it in the address.

import { h, percent, slots, tabStops, told, walk } from "../shared/draw.js";
import { drawMatrix, paint, palette, pen, under } from "../shared/matrix.js";
import { begun, choice, hideTip, part, placeOf, showTip, stepName } from "../shared/run.js";
import { headOf, heaviest } from "../shared/weights.js";
import { arcs } from "./arcs.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Attention } from "./payload" */

/** @typedef {{ seat: number, pinned: number | null, hovered: number | null, reporting?: number, [other: string]: unknown }} State */

const LEAST = 0.03; // weight from which on it is told
const SETTLED = 200; // milliseconds: a held key moves many times; the address needs the last

export default part((/** @type {Given<Attention & Shared>} */ { data, root, shared, kept, redraw, tell }) => {
  const { tokens, heads, layers, compact, steps } = data;
  const n = tokens.length;
  const answered = steps.length > 0;
  const state = kept(
    [data.group, layers, heads, tokens, answered, compact],
    () => /** @type {State} */ ({ seat: 0, pinned: null, hovered: null }),
  );
  const { now, choose } = choice(state, heads * data.layer + data.head, data.visit);
  const canvas = (/** @type {string} */ selector) => /** @type {HTMLCanvasElement} */ (root.querySelector(selector));

  const places = () => (shared.chosen === null ? steps.length - 1 : Math.max(0, placeOf(steps, shared.chosen)));
  const weightOf = (/** @type {number} */ head) => headOf(data, places(), Math.floor(head / heads), head % heads);

  // What a head is named for at the step: its target, the share of its attention on it, what chance would give; null before it is measured.
  const nameOf = (/** @type {number} */ head) => {
    const row =
      data.named[
        placeOf(
          data.named.map(({ step }) => step),
          steps[places()],
        )
      ]?.heads[head];
    return row ? { ...data.targets[row[0]], mass: row[1], named: row[2] } : null;
  };
  const measured = (/** @type {ReturnType<typeof nameOf>} */ found) =>
    found
      ? `${found.named ? found.name : `mixed; most above chance is ${found.name}`}: ${percent(found.mass)} of its attention, by chance ${percent(found.chance)}`
      : "";
  const layerOf = (/** @type {number} */ head) => data.first + Math.floor(head / heads) + 1;
  const called = (/** @type {number} */ head) => `layer ${layerOf(head)}, head ${(head % heads) + 1}`;

  function looks(/** @type {ReturnType<typeof weightOf>} */ weight, /** @type {number} */ token) {
    const out = tokens.map(({ text }, key) => ({ text, share: weight(token, key) }));
    const back = tokens.map(({ text }, query) => ({ text, share: weight(query, token) })).filter((_, query) => query !== token);
    const others = heaviest(back, LEAST);
    return `looks at ${heaviest(out, LEAST) || "nothing in particular"}${others ? `; looked at by ${others}` : "; no other token looks at it"}.`;
  }

  const chooseHead = (/** @type {number} */ head) => {
    if (!answered || head === now()) return;
    choose(head);
    redraw();
    clearTimeout(state.reporting);
    state.reporting = setTimeout(() => tell("head", [Math.floor(head / heads), head % heads]), SETTLED);
  };
  const point = (/** @type {number | null} */ token) => {
    if (state.hovered === token || !answered) return;
    state.hovered = token;
    redraw();
  };
  const pin = (/** @type {number} */ token) => {
    state.pinned = state.pinned === token ? null : token;
    redraw();
  };

  const tile = (/** @type {number} */ head) => {
    const found = answered ? nameOf(head) : null;
    const where = `${layerOf(head)}·${(head % heads) + 1} `;
    const name = found && (heads > 4 || compact ? found.short : found.name.replace(" tokens", ""));
    return h(
      "button.tile",
      {
        ...{ type: "button", role: "radio", "data-place": head, "aria-checked": answered && head === now() },
        ...{ tabindex: head === now() ? 0 : -1, ...told(`${called(head)}${found ? `: ${measured(found)}` : ""}`) },
      },
      h("canvas", { "aria-hidden": true }),
      h(
        "span.name",
        {},
        answered && [
          where,
          found?.named ? [h("b", {}, name), !compact && heads <= 4 && ` ${percent(found.mass)}`] : found && (heads > 4 ? "mix" : "mixed"),
        ],
      ),
    );
  };

  // Tokens in a row as they are, or, where they need more room than there is, turned. Frame and gap take 5 pixels of each, whatever its size.
  function fit() {
    const { fontFamily, fontSize } = getComputedStyle(root);
    const em = parseFloat(fontSize);
    const room = root.querySelector(".tokens")?.clientWidth ?? 0;
    pen().font = `600 100px ${fontFamily}`;
    const wanted = tokens.reduce((sum, { text }) => sum + pen().measureText(text).width / 100 + 0.75, 0); // em, with padding
    const size = Math.min(1.1 * em, (room - 5 * n) / wanted);
    const dense = size < 0.82 * em;
    return { dense, size: dense ? Math.min(0.95 * em, (0.8 * room) / n) : size };
  }

  function row(/** @type {ReturnType<typeof weightOf>} */ weight, /** @type {number | null} */ focus) {
    const tab = tabStops(state, n);
    const { dense, size } = fit();
    const buttons = tokens.map(({ text, special }, place) => {
      const share = answered && focus !== null ? Math.sqrt(weight(focus, place)) : 0;
      return h(
        "button.token",
        {
          ...{ type: "button", "data-place": place, tabindex: tab(), "aria-pressed": place === state.pinned, style: `--share: ${share}` },
          ...{
            class: [special && "special", place === focus && "chosen"],
            "aria-label": answered ? `${text} ${looks(weight, place)}` : text,
          },
        },
        text,
      );
    });
    return h(
      "div",
      { class: dense && "dense", style: `--fit: ${size}px`, ...walk(state, ".token", { look: point, choose: pin }) },
      buttons,
    );
  }

  return () => {
    const head = now();
    const focus = state.hovered ?? state.pinned;
    const weight = answered ? weightOf(head) : () => 0;
    const found = answered ? nameOf(head) : null;
    const blank = answered && Boolean(data.withheld && data.targets.length && !found);
    const all = Array.from({ length: layers * heads }, (_, place) => place);
    const seen = data.causal ? "Above the diagonal all is 0: a token sees only what stands before it." : "Each token sees all the others.";
    const legend = answered && !compact && "more colour, more attention";
    const name = found && !compact ? ` · ${found.named ? found.name : "mixed"}` : "";
    const mass =
      found && !compact ? `${percent(found.mass)}${found.named ? "" : ` on ${found.name}`}, by chance ${percent(found.chance)} · ` : "";
    const idle = compact ? measured(found) : "Point at a token: above it stands where it looks, below it who looks at it.";
    const hidden = { style: answered ? null : "visibility: hidden" };

    const over = (/** @type {PointerEvent & { currentTarget: HTMLElement }} */ event) => {
      const cell = answered && state.space ? under(event, event.currentTarget, /** @type {any} */ (state.space)) : null;
      point(cell ? cell.query : null);
      if (!cell) return hideTip(root);
      const [from, to] = [cell.query, cell.key].map((place) => `“${tokens[place].text}”`);
      const blind = data.causal && cell.key > cell.query;
      const corner = root.getBoundingClientRect();
      const text = blind ? `${from} cannot see ${to}: it comes later` : `${from} → ${to} ${percent(weight(cell.query, cell.key))}`;
      showTip(root, text, event.clientX - corner.left, event.clientY - corner.top, event.clientY - corner.top + 14);
    };
    const look = {
      class: [compact && "compact", (heads > 4 || compact) && "small", !answered && "unanswered", begun(shared)],
      style: `--layers: ${data.layers}; --heads: ${heads}`,
    };
    slots(root, look, {
      ".all .about": h("span", { class: blank && "withheld" }, blank ? data.withheld : legend),
      ".grid": h(
        "div",
        {
          style: `grid-template-columns: repeat(${heads}, minmax(0, 1fr))`,
          ...walk({ seat: head }, ".tile", {
            keys: { ArrowRight: 1, ArrowLeft: -1, ArrowDown: heads, ArrowUp: -heads },
            choose: chooseHead,
            focus: chooseHead,
          }),
        },
        all.map(tile),
      ),
      ".one .title": answered ? `${data.title}${capital(called(head))}${name}` : data.empty,
      ".one .about": answered && `${mass}${shared.origin ? stepName(shared, steps[places()]) : ""}`,
      ".sentence": h("div", hidden),
      ".tokens": row(weight, focus),
      ".said": answered && (focus === null ? idle : [h("b", {}, `“${tokens[focus].text}”`), ` ${looks(weight, focus)}`]),
      ".square": h("div", hidden),
      ".matrix": h("canvas", {
        "aria-label": `Attention matrix, ${n} by ${n}: a row for each token that looks. ${seen}`,
        onpointermove: over,
        onpointerleave: () => {
          hideTip(root);
          point(null);
        },
      }),
      ".note": data.note,
    });
    if (!answered) return;

    const colours = palette(root);
    for (const [place, each] of root.querySelectorAll(".tile canvas").entries())
      paint(/** @type {HTMLCanvasElement} */ (each), n, weightOf(place), colours);
    state.space = drawMatrix(root, canvas(".matrix"), data, weight, colours, focus);
    if (compact) return;
    const left = root.querySelector(".tokens")?.getBoundingClientRect().left ?? 0;
    const centres = [...root.querySelectorAll(".token")].map((button) => {
      const box = button.getBoundingClientRect();
      return box.left - left + box.width / 2;
    });
    const [high, low] = [".out", ".in"].map((selector) => root.querySelector(selector)?.clientHeight ?? 0);
    const { above, below } = arcs({ high, low, centres, chosen: focus, weight });
    slots(root, look, { ".out": above, ".in": below });
  };
}, ".big");

const capital = (/** @type {string} */ text) => text.charAt(0).toUpperCase() + text.slice(1);
