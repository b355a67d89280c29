// The weighed sentence: pushes go to the left or to the right. Tells the server "out", the list of words left out.

import { h, render, whole } from "../shared/draw.js";
import { part, placeOf, stepOf } from "../shared/run.js";
import { wordRow } from "../shared/words.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Weighed } from "./payload" */

const LEAST = 1; // nats a full bar stands for at least: else noise would fill the bars of a model that has no opinion

export default part((/** @type {Given<Weighed & Shared>} */ given) => () => {
  const { data, root, shared } = given;
  const most = Math.max(LEAST, ...data.weight.flat().map((weight) => Math.abs(weight ?? 0)));
  const place = placeOf(data.steps, stepOf(shared));
  const weights = data.weight[place];
  const row = wordRow(given, {
    ...{ words: data.words, away: data.out, gone: "left out", event: "out" },
    label: "The sentence. Choose a word to leave it out or put it back.",
    level: (word, gone) => (gone ? 0 : (weights?.[word] ?? 0) / most),
    said(word, gone) {
      const weight = gone ? null : weights?.[word];
      const towards = data.labels.at((weight ?? 0) < 0 ? 0 : -1);
      return weight == null ? "" : `: ${Math.abs(weight).toFixed(2)} nats towards ${towards}, step ${whole(data.steps[place])}`;
    },
  });
  render(root, { class: ["word-row", "weighed", !weights && "bare"] }, row, h("p.note", {}, data.note));
});
