// @ts-nocheck
// Attention before, at the chosen step, and the difference: one head at a time, the one that has changed most first.
//
// data: group, visit, step, layers, heads, causal, steps, tokens [{text, special}], weights (base64 of bytes: step, layer, head, query, key), note

import { drawMatrix } from "../attention/matrix.js";
import { channels, headOf, palette, unpacked } from "../attention/weights.js";
import { exactly, percent, whole } from "../shared/format.js";
import { follow, make } from "../shared/old.js";
import { drawSized } from "../shared/resize.js";
import { group, placeOf, stepOf } from "../shared/step.js";

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".shift");
  const list = root.querySelector(".heads");
  const [before, after, apart] = ["before", "after", "apart"].map((name) => root.querySelector(`.${name}`));
  const [first, second, third] = root.querySelectorAll("figcaption");
  const shared = group(data);
  const bytes = unpacked(root, data.weights);
  const colours = palette(root);
  const [none, more, less] = ["--st-background-color", "--st-orange-color", "--st-blue-color"].map((name) => channels(root, name));
  // 256 colours around zero: blue for less attention than before, orange for more.
  const around = Array.from({ length: 256 }, (_, byte) => {
    const part = (byte - 128) / 128;
    return none.map((low, at) => Math.round(low + ((part < 0 ? less : more)[at] - low) * Math.sqrt(Math.abs(part))));
  });
  const n = data.tokens.length;
  const pairs = Array.from({ length: data.layers * data.heads }, (_, place) => [Math.floor(place / data.heads), place % data.heads]);
  const shape = JSON.stringify([data.group, data.layers, data.heads, data.tokens]);

  // How much of a token's attention has gone elsewhere, on average over the tokens: 0 … 1.
  function changed(place, [layer, head]) {
    const [then, now] = [headOf(data, bytes, 0, layer, head), headOf(data, bytes, place, layer, head)];
    let sum = 0;
    for (let query = 0; query < n; query += 1) for (let key = 0; key < n; key += 1) sum += Math.abs(now(query, key) - then(query, key));
    return sum / (2 * n);
  }

  if (root.shape !== shape) {
    root.shape = shape;
    const last = pairs.map((pair) => changed(data.steps.length - 1, pair));
    root.chosen = last.indexOf(Math.max(...last));
    list.replaceChildren(
      ...pairs.map(([layer, head], place) => {
        const button = make("button", { type: "button" }, `${layer + 1}.${head + 1}`);
        button.append(make("i", { "aria-hidden": "true" }));
        button.onclick = () => {
          root.chosen = place;
          root.redraw();
        };
        return button;
      }),
    );
  }

  function draw() {
    const place = Math.max(0, placeOf(data.steps, stepOf(shared)));
    const [layer, head] = pairs[root.chosen];
    const [then, now] = [headOf(data, bytes, 0, layer, head), headOf(data, bytes, place, layer, head)];
    const share = pairs.map((pair) => changed(place, pair));
    const most = Math.max(0.01, ...share);
    [...list.children].forEach((button, index) => {
      button.setAttribute("aria-pressed", index === root.chosen);
      button.lastChild.style.transform = `scaleX(${share[index] / most})`;
      const said = `layer ${pairs[index][0] + 1}, head ${pairs[index][1] + 1}: ${exactly(share[index])} of its attention has moved`;
      button.title = said;
      button.setAttribute("aria-label", said);
    });
    first.textContent = `Before · step ${whole(data.steps[0])}`;
    second.textContent = `After · step ${whole(data.steps[place])}`;
    third.textContent = "Difference: orange more, blue less";
    drawMatrix(root, before, data, then, colours, null);
    drawMatrix(root, after, data, now, colours, null);
    drawMatrix(
      root,
      apart,
      data,
      (query, key) => (128 + 127 * Math.max(-1, Math.min(1, now(query, key) - then(query, key)))) / 255,
      around,
      null,
    );
    let far = { by: 0, query: 0, key: 0 };
    for (let query = 0; query < n; query += 1)
      for (let key = 0; key < n; key += 1) {
        const by = now(query, key) - then(query, key);
        if (Math.abs(by) > Math.abs(far.by)) far = { by, query, key };
      }
    const name = (at) => data.tokens[at].text;
    root.querySelector(".said").textContent =
      `Layer ${layer + 1}, head ${head + 1}: ${percent(share[root.chosen])} of its attention has moved.` +
      (far.by
        ? ` Most of all: ${name(far.query)} looks ${far.by > 0 ? "more" : "less"} at ${name(far.key)}, ${percent(then(far.query, far.key))} before, ${percent(now(far.query, far.key))} now.`
        : "");
    root.querySelector(".note").textContent = data.note;
  }
  root.redraw = draw;

  const unwatch = drawSized(root, root, draw);
  const unfollow = follow(root, shared, draw);
  return () => {
    unwatch();
    unfollow();
  };
}
