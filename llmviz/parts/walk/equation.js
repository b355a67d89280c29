// How the chosen number is made: the equation with its numbers, whether it adds up, and the strip of the terms of a sum.

import { h, moved, told } from "../shared/draw.js";
import { addsUp } from "./kinds.js";
import { cellName, furthest, numeral, valueAt } from "./numbers.js";
import { termUnder } from "./strip.js";

/** @import { Child, Props } from "../shared/types" @import { Walk } from "./payload" @import { Place } from "./numbers.js" @import { Made } from "./sums.js" @import { StripField } from "./strip.js" */

const RESULT = { class: "result" };

/** The place of the term that is told: that pointed at last, or that which weighs most. @param {{ term: number }} state @param {Made} made */
export const termOf = ({ term }, { terms }) =>
  terms ? (term >= 0 && term < terms.terms.length ? term : (terms.start ?? furthest(terms.terms))) : -1;

/** The sum up to and with a term. @param {Float64Array} terms @param {number} term */
const sumTo = (terms, term) => terms.subarray(0, term + 1).reduce((sum, each) => sum + each, 0);

/**
 * @param {{ data: Walk, place: Place, made: Made | null, state: { term: number }, field: StripField | null, redraw: () => void,
 * go: (place: Place) => void, cell: (row: number, column: number) => void, legend: Child }} given
 */
export function equation({ data, place, made, state, field, redraw, go, cell, legend }) {
  const box = data.boxes[place.box];
  const value = valueAt(box, place.head, place.row, place.column);
  const name = cellName(data, place);
  const title = (/** @type {string} */ rule) =>
    h(
      "div.which-cell",
      {},
      h(
        "h4",
        {},
        h("span.cell", { "aria-live": "polite" }, name, h("span.unseen", {}, ` of ${box.name}: ${numeral(value)}`)),
        h("span.about", {}, ` ${rule}`),
      ),
      legend,
    );
  if (!made) {
    const others = box.reads.map((read) => data.boxes[read]).filter(({ values }) => !values);
    const where = others.map(({ name, stage }) => `${name} (${data.stages[stage].name})`).join(", ");
    return h(
      "section.made",
      {},
      title(""),
      h("div.equation", {}, figure(numeral(value), box.name, RESULT)),
      h("p.about", {}, `It is made of ${where}, which is not open.`),
    );
  }

  const { rule, figures, total, terms } = made;
  const right = total !== null && addsUp(total, value);
  const check =
    total !== null &&
    h(
      "span.check",
      {
        class: right ? "right" : "off",
        "data-tip": right ? "Computed here once more from the numbers shown; the model's own number is the same." : null,
      },
      right ? "✓ adds up" : `the model has ${numeral(value)}: a difference of ${numeral(value - total)}`,
    );
  const shown = figures.map((each) => {
    if (typeof each === "string") return h("span.operator", {}, each);
    const text = typeof each.value === "string" ? each.value : numeral(each.value);
    const { from } = each;
    return from ? source(text, each.about, () => go(from)) : figure(text, each.about, each.tip ? told(`${each.about}: ${each.tip}`) : {});
  });
  const result =
    total === null
      ? figures.length === 0 && figure(numeral(value), box.name, RESULT)
      : [h("span.operator", {}, "="), figure(numeral(right ? value : total), box.name, RESULT)];
  const at = termOf(state, made);

  const point = (/** @type {number | null} */ term) => {
    if (term === null || term === at) return;
    state.term = term;
    redraw();
  };
  return h(
    "section.made",
    {},
    title(rule),
    h("div.equation", {}, shown, result, check),
    !terms &&
      field &&
      h("canvas.across", {
        "aria-hidden": true,
        style: `height: ${field.height}px`,
        onclick: (event) => cell(place.row, termUnder(event, field) ?? place.column),
      }),
    terms && [
      h("canvas.strip", {
        ...{ role: "slider", tabindex: 0, "aria-label": `The terms of the sum, ${terms.terms.length}. Arrow keys go from term to term.` },
        ...{ "aria-valuemin": 1, "aria-valuemax": terms.terms.length, "aria-valuenow": at + 1, "aria-valuetext": tellTerm(terms, at) },
        style: field && `height: ${field.height}px`,
        onpointermove: (event) => field && point(termUnder(event, field)),
        onclick: (event) => field && point(termUnder(event, field)),
        onkeydown: (event) => point(moved(event, at, terms.terms.length, { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 })),
      }),
      h(
        "p.told",
        {},
        h("span.words", {}, tellTerm(terms, at)),
        terms
          .from(at)
          .map(({ name, to }) => h("button.go", { type: "button", onclick: () => go(to), "data-tip": "Go to this number" }, `${name} ›`)),
      ),
    ],
  );
}

/** @param {NonNullable<Made["terms"]>} terms @param {number} at */
const tellTerm = ({ tell, terms }, at) => `${tell(at)}; sum so far ${numeral(sumTo(terms, at))}`;

/** @param {string} text @param {string} about @param {Props} [props] */
const figure = (text, about, props = {}) =>
  h("span.figure", { ...props, ...(props["data-tip"] ? { tabindex: 0, role: "note" } : {}) }, h("b", {}, text), h("small", {}, about));

/** A number that stands in another box, to which a click leads. @param {string} text @param {string} about @param {() => void} onclick */
const source = (text, about, onclick) =>
  h("button.figure", { type: "button", onclick, ...told(`${about}: ${text}. Go to this number`) }, h("b", {}, text), h("small", {}, about));
