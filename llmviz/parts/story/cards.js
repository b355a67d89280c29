// The five cards of the story: what the model makes of the sentence at each station of its life.

import { exactly, h, percent, told, track, verdict, whole } from "../shared/draw.js";
import { placeOf } from "../shared/run.js";
import { explained } from "../shared/terms.js";

/** @import { Predictions, Story, Words } from "./payload" */

const CARDS = ["random", "pretrained", "pretrained", "finetuned", "random"];
const SHOWN = 3; // candidates in a card

/** @param {string} text @param {Record<string, string>} [terms] */
const none = (text, terms) => h("p.none", {}, explained(text, terms));

/** @param {Words} words @param {number} place */
function guesses({ candidates, empty, truth }, place) {
  if (!candidates[place]) return none(empty);
  return candidates[place].slice(0, SHOWN).map(([word, share]) => {
    const right = word === truth;
    return h(
      "div.row",
      { class: right && "truth", role: "img", ...told(`${word}: ${exactly(share)}`) },
      h("span", {}, right ? `${word} ✓` : word),
      track(share),
      h("em", {}, percent(share)),
    );
  });
}

/** @param {Predictions} given @param {number} place @param {string} truth */
function prediction({ shares, empty, labels }, place, truth) {
  const now = shares[place];
  if (!now) return none(empty);
  const { best, label, said } = verdict(labels, now, truth);
  const all = labels.map((label, index) => `${label} ${percent(now[index])}`).join(", ");
  return [
    h("p.says", {}, h("b", {}, label), h("span", {}, percent(now[Math.max(0, best)]))),
    h("div.scale", { role: "img", ...told(all) }, h("i", { style: `left: ${100 * (now.at(-1) ?? 0)}%` })),
    h("p.predicted", {}, said),
  ];
}

/** The cards at a step of a phase, 0 or 1. @param {Story} data @param {number} phase @param {number} step */
export function stations(data, phase, step) {
  const { words, predictions, scratch } = data;
  const read = placeOf(words.steps, phase ? Infinity : step);
  const learnt = placeOf(predictions.steps, phase ? step : Infinity);
  const alone = placeOf(scratch.steps, phase ? step : Infinity);
  const at = (/** @type {number[]} */ steps, /** @type {number} */ place) => (steps.length ? `step ${whole(steps[place] ?? 0)}` : "");
  const predicted = (/** @type {Predictions} */ given, /** @type {number} */ place) => prediction(given, place, data.label);
  const first = words.steps.length ? 0 : -1;
  const now = phase ? (step ? 3 : 2) : step ? 1 : 0;
  const stations = [
    { at: "step 0", word: guesses(words, first), label: none(predictions.none, data.terms) }, // where the terms are first said
    { at: at(words.steps, read), word: guesses(words, read), label: none(predictions.none), begins: words.steps[read] === 0 },
    { at: "step 0", word: none(words.gone), label: predicted(predictions, 0) },
    {
      at: at(predictions.steps, learnt),
      word: none(words.gone),
      label: predicted(predictions, learnt),
      begins: predictions.steps[learnt] === 0,
    },
    { at: at(scratch.steps, alone), word: none(words.never), label: predicted(scratch, alone) },
  ];
  return stations.map(({ at: when, word, label, begins }, place) => {
    const { title, about, phase: own } = (begins && data.cards[place].start) || { ...data.cards[place], phase: CARDS[place] };
    const here = place === now || (place === 4 && now === 3);
    const ahead = place > 1 && !phase && data.accuracy.stops.length > 0;
    return h(
      "div.card",
      { class: [own, here && "now", ahead && "ahead"] },
      h("div.top", {}, h("b", { "data-tip": about, tabindex: about ? 0 : null }, title), h("span.at", {}, when)),
      h("p.asked", {}, words.asked),
      h("div.words", {}, word),
      h("p.asked", {}, predictions.asked),
      h("div.prediction", {}, label),
    );
  });
}
