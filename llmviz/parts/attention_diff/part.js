// Attention before and after: one head at a time, the one that has changed most first.

import { exactly, h, largest, percent, slots, tabStops, told, walk, whole } from "../shared/draw.js";
import { drawMatrix, palette } from "../shared/matrix.js";
import { part, placeOf, stepOf } from "../shared/run.js";
import { headOf } from "../shared/weights.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { AttentionDiff } from "./payload" */

export default part((/** @type {Given<AttentionDiff & Shared>} */ { data, root, shared, kept, redraw }) => {
  const { heads, steps, tokens } = data;
  const all = Array.from({ length: data.layers * heads }, (_, head) => head);
  const pairs = tokens.flatMap((_, query) => tokens.map((_, key) => ({ query, key })));
  const weightOf = (/** @type {number} */ place, /** @type {number} */ head) => headOf(data, place, Math.floor(head / heads), head % heads);

  // How much a head's weight has changed from the first step on, for each pair of tokens; the sum is how much of its attention has moved: 0 … 1.
  const changes = (/** @type {number} */ place, /** @type {number} */ head) => {
    const [then, now] = [weightOf(0, head), weightOf(place, head)];
    return pairs.map(({ query, key }) => now(query, key) - then(query, key));
  };
  const moved = (/** @type {number} */ place, /** @type {number} */ head) =>
    changes(place, head).reduce((sum, by) => sum + Math.abs(by), 0) / (2 * tokens.length);
  const state = kept([data.group, data.layers, heads, tokens], () => {
    const most = largest(all.map((head) => moved(steps.length - 1, head)));
    return { chosen: most, seat: most };
  });
  const choose = (/** @type {number} */ head) => {
    state.chosen = head;
    redraw();
  };

  return () => {
    const place = Math.max(0, placeOf(steps, stepOf(shared)));
    const { chosen } = state;
    const shares = all.map((head) => moved(place, head));
    const most = Math.max(0.01, ...shares);
    const tab = tabStops(state, all.length);
    const buttons = all.map((head) => {
      const [layer, number] = [Math.floor(head / heads) + 1, (head % heads) + 1];
      const heard = `layer ${layer}, head ${number}: ${exactly(shares[head])} of its attention has moved`;
      return h(
        "button",
        { type: "button", tabindex: tab(), "aria-pressed": head === chosen, ...told(heard) },
        `${layer}.${number}`,
        h("i", { "aria-hidden": true, style: `transform: scaleX(${shares[head] / most})` }),
      );
    });
    const [then, now] = [weightOf(0, chosen), weightOf(place, chosen)];
    const by = changes(place, chosen);
    const { query, key } = pairs[largest(by.map(Math.abs))];
    const further = `${tokens[query].text} looks ${now(query, key) > then(query, key) ? "more" : "less"} at ${tokens[key].text}`;
    const figures = `${percent(then(query, key))} before, ${percent(now(query, key))} now`;
    const said = `Layer ${Math.floor(chosen / heads) + 1}, head ${(chosen % heads) + 1}: ${percent(shares[chosen])} of its attention has moved.`;
    const alternative = (/** @type {string} */ what) => h("canvas", { "aria-label": `Attention ${what}. ${said}` });
    slots(
      root,
      {},
      {
        ".heads": h("div", walk(state, "button", { choose }), buttons),
        ".first": `Before · step ${whole(steps[0])}`,
        ".second": `After · step ${whole(steps[place])}`,
        ".before": alternative("before"),
        ".after": alternative("after"),
        ".apart": alternative("after less that before"),
        ".said": said + (by.some(Boolean) ? ` Most of all: ${further}, ${figures}.` : ""),
        ".note": data.note,
      },
    );
    const draw = (/** @type {string} */ selector, /** @type {typeof now} */ weight, /** @type {number[][]} */ colours) =>
      drawMatrix(root, /** @type {HTMLCanvasElement} */ (root.querySelector(selector)), data, weight, colours, null);
    draw(".before", then, palette(root));
    draw(".after", now, palette(root));
    const difference = (/** @type {number} */ one, /** @type {number} */ other) =>
      Math.max(-1, Math.min(1, now(one, other) - then(one, other)));
    draw(".apart", (one, other) => (128 + 127 * difference(one, other)) / 255, palette(root, true));
  };
}, ".three");
