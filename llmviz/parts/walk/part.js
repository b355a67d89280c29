// A sentence's way through a model. One box of the model is chosen and shown as a grid of its numbers, one cell of the grid is chosen, and how
// that number is made stands below. Tells the server "stage" when the boxes of another part of the model are needed, and "at"
// [box, head, row, column] of what is chosen, which it only keeps in the address.

import { h, render } from "../shared/draw.js";
import { choice, part, sizeOf } from "../shared/run.js";
import { diagram } from "./diagram.js";
import { equation, termOf } from "./equation.js";
import { colouring, drawGrid, fieldOf, mostOf, pictureOf, show } from "./grid.js";
import { madeOf } from "./kinds.js";
import { drawnColumns, furthest, headRow, isCausal, isShare, shownWords } from "./numbers.js";
import { drawAcross, drawStrip, labelsOf, stripField } from "./strip.js";
import { grid, headRadios, leftOut, legend, likeliest, title } from "./zoomed.js";

/** @import { Child, Clicked, Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Walk } from "./payload" @import { Place } from "./numbers.js" */

/**
 * `rows` is the chosen row of each sequence, `wanted` a box of a stage whose numbers are on their way, and `term` what is pointed at in a sum.
 * @typedef {{ seat: number, place: Place | null, rows: Record<number, number>, wanted: Partial<Place> & { box: number } | null, term: number,
 * under: { row: number, column: number } | null, reporting?: number, boxes: string, looked: Clicked<number[]>, [other: string]: unknown }} State
 */

const emptied = () => ({ seat: 0, place: null, rows: {}, wanted: null, term: -1, under: null });

/** @param {Place} place @returns {[number, number, number, number]} */
const addressOf = ({ box, head, row, column }) => [box, head, row, column];

const HEADING = 120; // pixels of the box that are to be seen when one is clicked below which it would stand
const NARROW = 34; // em up to which the likeliest words stand below the grid; as in part.css
const LIKELIEST_ROOM = 15.5; // em that they take beside it
const SETTLED = 200; // milliseconds: a held key moves many times; the address needs the last

export default part((/** @type {Given<Walk & Shared>} */ { data: given, root, kept, redraw, tell }) => {
  const data = shownWords(given);
  const { boxes } = data;
  const state = kept([data.model, given.visit], () => /** @type {State} */ ({ ...emptied(), boxes: "", looked: {} }));
  const shapes = JSON.stringify(boxes.map(({ name, shape }) => [name, ...shape]));
  if (state.boxes !== shapes) Object.assign(state, { ...emptied(), boxes: shapes });
  const stage = choice(state, data.opened, given.visit);
  // Of a sentence that was on its way when somebody clicked, the server says where they stood before.
  const look = choice(state.looked, data.at, given.visit);

  /** A place of which all is known, from what is asked for and what was chosen before. @param {Partial<Place> & { box: number }} asked @returns {Place} */
  function settled({ box: at, head, row, column }) {
    const box = boxes[at];
    const [heads, rows, columns] = box.shape;
    const before = state.place;
    const tokens = data.sequences[box.rows]?.tokens ?? [];
    const usual = tokens.length === rows ? tokens.findLastIndex(({ special }) => !special) : 0;
    const within = (/** @type {number | undefined} */ wanted, /** @type {number} */ count) =>
      wanted !== undefined && wanted >= 0 && wanted < count;
    const own = /** @type {number} */ (
      within(row, rows) ? row : within(state.rows[box.rows], rows) ? state.rows[box.rows] : Math.max(0, usual)
    );
    const many = /** @type {number} */ (within(head, heads) ? head : within(before?.head, heads) ? before?.head : 0);
    // The same number of a vector, where the box before had as many: what norms, additions and activations do to it can be followed.
    const last = before && boxes[before.box];
    const follows = last && last.columns === -1 && box.columns === -1 && last.shape[2] === columns && last.shape[0] === heads;
    const drawn = drawnColumns(data, box);
    const best = furthest(headRow(box, many, own).subarray(0, isCausal(data, at) ? own + 1 : drawn));
    return {
      box: at,
      head: many,
      row: own,
      column: /** @type {number} */ (within(column, drawn) ? column : follows && before.column < drawn ? before.column : best),
    };
  }
  const report = () => {
    clearTimeout(state.reporting);
    state.reporting = setTimeout(() => {
      if (state.place) tell("at", addressOf(state.place));
    }, SETTLED);
    if (state.place) look.choose(addressOf(state.place));
  };
  /** @param {Partial<Place> & { box: number }} asked */
  const take = (asked) => {
    state.place = settled(asked);
    state.wanted = null;
    state.term = -1;
    state.under = null;
    if (boxes[asked.box].shape[1] > 1) state.rows[boxes[asked.box].rows] = state.place.row;
  };
  /** @param {number} at */
  const isHere = (at) => boxes[at]?.stage === data.opened && boxes[at].values !== "";

  /** The box of a stage that is shown first: its weights of attention, or its last. @param {number} of */
  const opening = (of) => {
    const weights = boxes.findIndex(({ kind, stage: its }) => its === of && kind === "softmax");
    return weights >= 0 ? weights : boxes.findLastIndex(({ stage: its }) => its === of);
  };

  if (boxes.length) {
    const [box, head, row, column] = look.now();
    const first = { box: opening(data.opened), head, row, column };
    if (state.wanted && isHere(state.wanted.box)) {
      take(state.wanted);
      report();
    } else if (!state.place && isHere(box)) take({ box, head, row, column });
    else if (!(state.place && isHere(state.place.box))) {
      if (stage.waits()) state.wanted ??= state.place ?? first;
      else if (isHere(first.box)) take(first);
      else state.wanted = first;
    }
  }

  /** Go to a box, and to what is asked for in it; the numbers of another stage are asked for first. @param {Partial<Place> & { box: number }} asked */
  const go = (asked) => {
    if (isHere(asked.box)) {
      take(asked);
      report();
      if (stage.now() !== data.opened) {
        stage.choose(data.opened); // back from a stage that has not come
        tell("stage", data.opened);
      }
    } else {
      state.wanted = asked;
      stage.choose(boxes[asked.box].stage);
      tell("stage", boxes[asked.box].stage);
    }
    redraw();
  };
  const choose = (/** @type {number} */ box) => box !== (state.wanted ?? state.place)?.box && go({ box });
  const open = (/** @type {number} */ wanted) => {
    if (wanted !== stage.now()) go({ box: opening(wanted) });
  };
  const cell = (/** @type {number} */ row, /** @type {number} */ column) => {
    const { place } = state;
    if (place && (place.row !== row || place.column !== column)) go({ ...place, row, column });
  };
  const point = (/** @type {State["under"]} */ under) => {
    if (under?.row === state.under?.row && under?.column === state.under?.column) return;
    state.under = under;
    redraw();
  };

  const seen = () => {
    const zoomed = root.querySelector(".zoomed");
    if (zoomed && zoomed.getBoundingClientRect().top > innerHeight - HEADING) zoomed.scrollIntoView({ block: "start" });
  };

  /** @param {number} at @param {Child} heads @param {...Child} zoomed */
  const draw = (at, heads, ...zoomed) => {
    const waiting = Boolean(state.wanted);
    render(
      root,
      { class: "walk" },
      h(
        "div.columns",
        {},
        diagram({ data, state, opened: stage.now(), chosen: at, waiting, open, choose, click: seen }),
        h("div.zoomed", { class: waiting && "waiting" }, title(data, at, choose, heads), zoomed),
      ),
      data.note && h("p.note", {}, data.note),
    );
  };

  return () => {
    const { place, wanted } = state;
    if (wanted) {
      const { name } = data.stages[boxes[wanted.box].stage];
      return draw(wanted.box, null, h("p.on-its-way", { role: "status" }, `The numbers of “${name}” are on their way.`));
    }
    if (!place) return render(root, { class: "walk" }, h("p.empty", {}, data.empty));

    const at = place.box;
    const box = boxes[at];
    const size = sizeOf(root, ".zoomed");
    const share = isShare(box);
    const scale = mostOf(box);
    const both = box.kind === "probabilities";
    const made = madeOf(data, place);
    const left = size ? labelsOf(root, made, size.width, size.em) : 0;
    const room = size && size.width - (both && size.width >= NARROW * size.em ? LIKELIEST_ROOM * size.em : 0);
    const field = size && room ? fieldOf(root, data, at, { width: room, em: size.em, left }) : null;
    const terms = size && field && made ? stripField(root, made, size.width, size.em, field) : null;
    draw(
      at,
      headRadios(box.shape[0], place.head, (head) => head !== place.head && go({ ...place, head })),
      h(
        "div.field",
        {},
        h("div.numbers", {}, grid({ data, root, place, field, cell, point }), h("p.under", {}, leftOut(data, at))),
        both && likeliest(data, place, (column) => cell(place.row, column)),
      ),
      equation({ data, place, made, state, field: terms, redraw, go, cell, legend: legend(root, share, scale) }),
    );
    if (!field) return;
    const colour = colouring(root, share, scale.most);
    const canvas = (/** @type {string} */ selector) => /** @type {HTMLCanvasElement} */ (root.querySelector(selector));
    for (const [head, small] of /** @type {NodeListOf<HTMLCanvasElement>} */ (root.querySelectorAll(".heads canvas")).entries())
      show(small, pictureOf(data, at, head, colour));
    drawGrid(root, canvas(".grid-of-numbers"), data, place, field, state.under, colour);
    if (!made || !terms) return;
    if (made.terms) drawStrip(root, canvas(".strip"), made.terms, terms, termOf(state, made));
    else drawAcross(root, canvas(".across"), made.across, terms, place.column, box.kind === "add");
  };
}, ".zoomed");
