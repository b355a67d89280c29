// The model from the text to the next token: its parts under each other, the boxes of the one that is open, and the residual stream beside them.

import { h, percent, told, walk, whole } from "../shared/draw.js";
import { compact, linesOf, shapeOf, streamOf } from "./lines.js";

/** @import { Child } from "../shared/types" @import { Box, Walk } from "./payload" @import { Line } from "./lines.js" */

// Where the wires run, in sixteenths of a rem: the stream, a branch that waits to be added, the branch under way, and the boxes.
const [STREAM, WAITING, BRANCH, BOXES] = [7, 14, 20, 28];
const HEIGHTS = { stage: 1.8, one: 1.62, beside: 2.5, tall: 3.65 }; // rem; as in part.css
const MOST_STAGES = 9;
const LONG = { with: 9, without: 13, alone: 18 }; // letters of a name for which there is room beside others, with and without a count, and alone

/** @param {number} height @param {...Child} paths */
const wire = (height, ...paths) =>
  h("svg.wire", { viewBox: `0 0 ${BOXES} ${16 * height}`, style: `height: ${height}rem`, "aria-hidden": true }, paths);

/** @param {string} look @param {string} d */
const stroke = (look, d) => h("path", { class: look, d });

/** What runs past a stage's name. @param {boolean} above whether the stream comes from the stage before @param {boolean} below whether there is more below */
function stageWire(above, below) {
  const [end, middle] = [16 * HEIGHTS.stage, 8 * HEIGHTS.stage];
  return wire(
    HEIGHTS.stage,
    above && stroke("flow", `M${STREAM},-0.5V${middle}`),
    below && stroke("flow", `M${STREAM},${middle}V${end + 0.5}`),
    h("circle.node", { cx: STREAM, cy: middle, r: 4 }),
  );
}

/** @param {Line} line @param {number} height @param {boolean} more whether the stream goes on below */
function lineWire({ stream, on, branch, waiting }, height, more) {
  const [end, middle] = [16 * height, 8 * height];
  const joins = `V${middle - 7}q0,7 -7,7H${STREAM + 9}`;
  return wire(
    height,
    stream === "begins" && stroke("flow", `M${STREAM},${middle}V${end + 0.5}`),
    stream === "passes" && stroke("flow", `M${STREAM},-0.5V${more ? end + 0.5 : middle}`),
    waiting && on === "" && stroke("side", `M${WAITING},0V${end}`),
    waiting && on !== "" && stroke("side", `M${WAITING},0V${middle - 5}`),
    branch === "leaves" && stroke("side", `M${STREAM},0C${STREAM},9 ${BRANCH},${middle - 9} ${BRANCH},${middle}V${end}`),
    branch === "begins" && stroke("side", `M${BRANCH},${middle}V${end}`),
    branch === "passes" && stroke("side", `M${BRANCH},0V${end}`),
    on === "" && branch !== "" && stroke("side", `M${BRANCH},${middle}H${BOXES}`),
    on === "box" && stroke("side", `M${STREAM},${middle}H${BOXES}`),
    branch === "returns" && [stroke("side", `M${BRANCH},0${joins}`), on === "add" && stroke("arrow", `M${STREAM + 6},${middle}l6,-3.5v7z`)],
    on === "box" && h("circle.node", { cx: STREAM, cy: middle, r: 2.6 }),
    on === "add" && [
      h("circle.plus", { cx: STREAM, cy: middle, r: 5.4 }),
      stroke("cross", `M${STREAM - 3},${middle}h6M${STREAM},${middle - 3}v6`),
    ],
  );
}

/** All there is to say of a box. @param {Walk} data @param {Box} box */
function aboutBox(data, box) {
  const read = box.reads.map((place) => {
    const { name, stage } = data.boxes[place];
    return stage === box.stage ? name : `${name} (${data.stages[stage].name})`;
  });
  return [
    `${box.name}: ${shapeOf(data, box)} numbers`,
    read.length && `reads ${read.join(", ")}`,
    box.parameters > 0 && `${whole(box.parameters)} parameters${box.tensors.length ? `: ${box.tensors.join(", ")}` : ""}`,
    box.moved >= 0 && `moved by training ${percent(box.moved)}`,
    box.multiplications > 0 && `${whole(box.multiplications)} multiplications`,
  ]
    .filter(Boolean)
    .join("\n");
}

/**
 * `opened` is the stage whose boxes are listed, `chosen` the box in the large picture; `waiting` says that their numbers are on their way.
 * @param {{ data: Walk, state: { seat: number }, opened: number, chosen: number, waiting: boolean, open: (stage: number) => void,
 * choose: (box: number) => void, click: () => void }} given
 */
export function diagram({ data, state, opened, chosen, waiting, open, choose, click }) {
  const { boxes } = data;
  const first = boxes.findIndex(({ stage }) => stage === opened);
  const reads = boxes[chosen]?.reads ?? [];
  const furthestMoved = boxes.reduce((most, { moved }) => Math.max(most, moved), 1e-9);
  state.seat = Math.max(0, chosen - first);

  const one = (/** @type {number} */ place, /** @type {number} */ seat, /** @type {boolean} */ narrow) => {
    const box = boxes[place];
    const far = box.reads.some((read) => boxes[read].stage < opened - 1);
    const gauge = box.moved >= 0 && h("span.moved", {}, h("i", { style: `width: ${(100 * box.moved) / furthestMoved}%` }));
    const count = box.parameters > 0 && h("span.count", {}, compact(box.parameters), gauge);
    const shape = h("span.shape", {}, narrow ? box.shape.filter((size, axis) => axis > 0 || size > 1).join(" × ") : shapeOf(data, box));
    return h(
      "button.box",
      {
        ...{ type: "button", "data-box": place, "aria-pressed": place === chosen, tabindex: place === chosen ? 0 : -1 },
        ...{
          class: [reads.includes(place) && "read", far && "far", !count && box.name.length > LONG.alone && "long"],
          style: narrow && `grid-column: ${seat + 1}`,
          ...told(aboutBox(data, box)),
        },
      },
      h("span.name", {}, box.name),
      narrow ? [count, shape] : [shape, count],
    );
  };

  const listed = (/** @type {number} */ stage) => {
    const lines = linesOf(boxes, stage);
    const last = stage === data.stages.length - 1 || streamOf(boxes, stage + 1).from < 0;
    return lines.map((line, place) => {
      const beside = line.boxes.length > 1;
      const tall = beside && line.boxes.some((box) => boxes[box].name.length > (boxes[box].parameters ? LONG.with : LONG.without));
      const height = tall ? HEIGHTS.tall : beside ? HEIGHTS.beside : HEIGHTS.one;
      const more = !last || place < lines.length - 1;
      return h(
        "div.run",
        {},
        lineWire(line, height, more),
        h(
          "div",
          {
            class: [beside ? "beside" : "alone", tall && "tall"],
            style: beside && `grid-template-columns: repeat(${line.columns}, minmax(0, 1fr))`,
          },
          line.boxes.map((box, seat) => one(box, line.seats[seat], beside)),
        ),
      );
    });
  };

  // Of a deep model the stages near the open one, and both ends: between them one row for many.
  const shown = (/** @type {number} */ stage) =>
    data.stages.length <= MOST_STAGES || stage < 2 || stage >= data.stages.length - 2 || Math.abs(stage - opened) < 2;

  const stages = data.stages.map(({ name, says }, stage) => {
    if (!shown(stage)) {
      if (shown(stage - 1) === false) return null;
      const many = data.stages.slice(stage).findIndex((_, more) => shown(stage + more));
      const middle = stage + Math.floor(many / 2);
      return h(
        "div.run",
        {},
        stageWire(true, true),
        h(
          "button.head.many",
          { type: "button", "data-stage": middle, onclick: () => open(middle) },
          h("span.name", {}, many === 1 ? name : `${whole(many)} more`),
          h("span.shape", {}, many === 1 ? "" : `to ${data.stages[stage + many - 1].name}`),
        ),
      );
    }
    const count = boxes.reduce((sum, box) => sum + (box.stage === stage ? box.parameters : 0), 0);
    const above = streamOf(boxes, stage).from >= 0;
    const next = stage + 1 < data.stages.length && streamOf(boxes, stage + 1).from >= 0;
    const isOpen = stage === opened;
    const begins = above || linesOf(boxes, stage)[0]?.stream === "begins";
    return [
      h(
        "div.run",
        {},
        stageWire(above, isOpen ? above : next || (begins && next)),
        h(
          "button.head",
          {
            ...{ type: "button", "data-stage": stage, "aria-expanded": isOpen, onclick: () => open(stage) },
            ...{ class: reads.some((read) => boxes[read].stage === stage) && !isOpen && "read", "data-tip": says },
          },
          h("span.name", {}, name),
          h("span.shape", {}, count > 0 ? `${compact(count)} parameters` : ""),
        ),
      ),
      isOpen && listed(stage),
    ];
  });
  return h(
    "div.diagram",
    {
      ...{ role: "group", "aria-label": "The model, in the way of the data. Arrow keys go from box to box.", class: waiting && "waiting" },
      ...walk(state, ".box", {
        keys: { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 },
        focus: (place) => choose(first + place),
        choose(place) {
          choose(first + place);
          click();
        },
      }),
    },
    stages,
  );
}
