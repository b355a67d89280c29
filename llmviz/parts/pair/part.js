// Two parts of a text, one above the other. Without a token under the mouse or the focus the strongest looks back are drawn; with one, all of
// its own.

import { exactly, h, percent, slots, tabStops, walk } from "../shared/draw.js";
import { begun, part, placeOf, stepName, stepOf } from "../shared/run.js";
import { bytesOf, heaviest } from "../shared/weights.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Pair } from "./payload" */

const STRONG = 0.3; // share of a head's attention from which on a line is drawn
const FAINT = 0.06; // the same, of the token that is pointed at
const SURE = 0.3; // from an even chance, from which on who knows the grammar has an answer to call right or wrong
const MANY = 22; // tokens in both parts from which they are set smaller
const PARTS = /** @type {const} */ (["first", "second"]);

/** @typedef {{ part: (typeof PARTS)[number], place: number }} Token */

export default part(
  (/** @type {Given<Pair & Shared>} */ { data, root, shared, kept, redraw }) =>
    () => {
      const [n, m] = PARTS.map((name) => data[name].length);
      const state = kept([data.first, data.second], () => ({
        ...{ chosen: /** @type {Token | null} */ (null), seats: { first: { seat: 0 }, second: { seat: 0 } } },
      }));
      const there = data.steps.length > 0;
      const place = Math.max(0, placeOf(data.steps, stepOf(shared)));
      const [back, ahead] = [bytesOf(data.back), bytesOf(data.ahead)];
      // How much a token of one part looks at one of the other.
      const look = (/** @type {string} */ from, /** @type {number} */ token, /** @type {number} */ other) =>
        (from === "first" ? ahead[(place * n + token) * m + other] : back[(place * m + token) * n + other]) / 255;

      const { chosen } = state;
      const links = [];
      for (let one = 0; there && one < n; one += 1)
        for (let two = 0; two < m; two += 1) {
          if (chosen && chosen.place !== (chosen.part === "first" ? one : two)) continue;
          const share = chosen?.part === "first" ? look("first", one, two) : look("second", two, one);
          if (share >= (chosen ? FAINT : STRONG)) links.push({ first: one, second: two, share });
        }

      const seen = new Map(links.map(({ share, ...ends }) => [ends[chosen?.part === "first" ? "second" : "first"], share]));
      const tokens = (/** @type {Token["part"]} */ name) => {
        const tab = tabStops(state.seats[name], data[name].length);
        const others = data[name === "first" ? "second" : "first"];
        const row = data[name].map(({ text, known }, at) => {
          const share = chosen && chosen.part !== name ? (seen.get(at) ?? 0) : 0;
          const told = heaviest(
            others.map((other, index) => ({ text: other.text, share: look(name, at, index) })),
            FAINT,
            3,
          );
          const heard = told ? `looks at ${told}` : "looks at nothing in the other part";
          return h(
            "button.token",
            {
              ...{ type: "button", tabindex: tab(), style: `--share: ${0.6 * share}`, "aria-label": there ? `${text}: ${heard}` : text },
              class: [!known && "unknown", chosen?.part === name && chosen.place === at && "chosen", share > 0 && "seen"],
            },
            text,
          );
        });
        const turn = (/** @type {number | null} */ at) => {
          state.chosen = at === null ? null : { part: name, place: at };
          redraw();
        };
        return h("div", { class: n + m > MANY && "dense", ...walk(state.seats[name], ".token", { look: turn }) }, row);
      };

      const chance = there ? data.shares[place] : 0;
      const follows = chance >= 0.5;
      const known = data.best !== null && there && Math.abs(data.best - 0.5) >= SURE;
      const mark = known && data.best !== null ? (follows === data.best >= 0.5 ? " ✓ right" : " ✗ wrong") : "";
      slots(
        root,
        { class: begun(shared) },
        {
          ".first": tokens("first"),
          ".second": tokens("second"),
          ".answer": h("section", {
            class: !there && "bare",
            ...(there && { tabindex: 0, "data-tip": `p(follows) = ${exactly(chance)}` }),
          }),
          ".label": there ? (follows ? "follows" : "does not follow") : data.empty,
          ".share": there && percent(follows ? chance : 1 - chance),
          ".scale i": h("i", { style: `left: ${100 * chance}%` }),
          ".at": there && `the second part, at ${stepName(shared, data.steps[place])}`,
          ".best": data.best !== null && `grammar: follows ${percent(data.best)}${mark}`,
          ".note": data.note,
        },
      );

      // The lines go from where the tokens now stand.
      const corner = root.querySelector(".parts")?.getBoundingClientRect() ?? new DOMRect();
      const middle = (/** @type {string} */ name, /** @type {number} */ at, /** @type {"top" | "bottom"} */ edge) => {
        const box = root.querySelector(`.${name}`)?.children[at]?.getBoundingClientRect() ?? corner;
        return [box.left + box.width / 2 - corner.left, box[edge] - corner.top];
      };
      const lines = links.map(({ first, second, share }) => {
        const [[x, y], [u, v]] = [middle("first", first, "bottom"), middle("second", second, "top")];
        const bend = (v - y) / 2;
        const d = `M${x},${y}C${x},${y + bend} ${u},${v - bend} ${u},${v}`;
        return h("path", { d, "stroke-width": 0.6 + 5.4 * share, opacity: 0.2 + 0.8 * share });
      });
      slots(root, { class: begun(shared) }, { ".parts svg": lines });
    },
  ".parts",
);
