// One sentence in the pieces of several vocabularies. Under the mouse or the focus, a piece tells its id, its count and how it came to be; the
// slider goes through the merges of BPE, all in this browser. Tells the server "step" when it is let go: how many merges are made, or -1 for
// all of them.

import { counted, h, largest, slots, walk, whole } from "../shared/draw.js";
import { choose, part, placeOf, renew, stepOf } from "../shared/run.js";
import { range } from "../shared/slider.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Cut, Move, Pieces, Vocabulary } from "./payload" */

/** @typedef {{ row: number, word: number, piece: number }} Place */

export default part((/** @type {Given<Pieces & Shared>} */ { data, root, shared, kept, redraw, tell }) => {
  const { merges } = data;
  const state = kept([data.rows, merges], () => ({ look: /** @type {Place | null} */ (null), seats: data.rows.map(() => ({ seat: 0 })) }));
  renew(shared, merges?.total ?? 0);

  const made = () => (merges ? placeOf(merges.ranks, stepOf(shared)) + 1 : 0); // merges of this sentence
  const stateOf = (/** @type {Cut} */ { ranks }) => placeOf(ranks, stepOf(shared)) + 1;
  const piecesOf = (/** @type {Cut} */ word) => (word.states.length ? word.states[stateOf(word)] : word.pieces);

  // The piece a page opens on: of a word the text never had, or the first there is; the longest of it.
  function first() {
    for (const fresh of [true, false])
      for (const [row, { words, entries }] of data.rows.entries())
        for (const [word, cut] of words.entries())
          if (cut.fresh === fresh && piecesOf(cut).length)
            return { row, word, piece: largest(piecesOf(cut).map((entry) => entries[entry].text.length)) };
    return null;
  }

  function slider(/** @type {NonNullable<typeof merges>} */ { ranks, said }) {
    const at = made();
    const count = ranks.length;
    const all = count === 1 ? "the one merge made" : `all ${counted(count, "merge")} made`;
    const text =
      at === count ? `${all}; drag to see them one by one` : at ? `merge ${at} of ${count}: ${said[at - 1]}` : "letters, before any merge";
    const set = (/** @type {number} */ now) => choose(shared, now === count ? null : now ? ranks[now - 1] : 0);
    const done = () => tell("step", shared.chosen ?? -1);
    return h(
      "label.merges",
      {},
      range({ name: "Merges made in this sentence", most: count, at, text, set, done }),
      h("span.told", {}, text),
    );
  }

  return () => {
    const at = made();
    const newest = merges && at > 0 && at < merges.ranks.length ? merges.ranks[at - 1] : null;
    state.look = data.rows[state.look?.row ?? -1]?.words[state.look?.word ?? -1] ? state.look : first();
    const look = state.look;

    /** @param {Vocabulary} row @param {number} index */
    function line({ kind, name, about, mark, waits, entries, words }, index) {
      const flat = words.flatMap((cut, word) => piecesOf(cut).map((entry, piece) => ({ entry, word, piece })));
      const seat = state.seats[index];
      if (look?.row === index)
        seat.seat = flat.findIndex(
          ({ word, piece }) => word === look.word && piece === Math.min(look.piece, piecesOf(words[word]).length - 1),
        );
      let place = 0;
      const shown = words.map((cut) => {
        const now = stateOf(cut);
        const merged = newest !== null && cut.ranks.includes(newest);
        const pieces = piecesOf(cut).map((entry) => {
          const { mark: before, text, known, head } = entries[entry];
          const here = place++;
          const looks = [
            !known && "unknown",
            merged && !cut.states[now - 1].includes(entry) && "merged",
            look?.row === index && here === seat.seat && "now",
          ];
          return h(
            "button.piece",
            { type: "button", class: looks, tabindex: here === Math.max(0, seat.seat) ? 0 : -1, "aria-label": `${before}${text}: ${head}` },
            before && h("i", {}, before),
            h("bdi", {}, text),
          );
        });
        return h("span.word", { class: cut.fresh && "fresh" }, pieces);
      });
      const turn = (/** @type {number | null} */ to) => {
        if (to === null) return;
        state.look = { row: index, word: flat[to].word, piece: flat[to].piece };
        redraw();
      };
      return h(
        "div.row",
        { role: "group", "aria-label": `${name}, ${about}` },
        h("div.name", {}, h("b", {}, name), h("span", {}, about), h("span", {}, mark)),
        waits ? h("p.waits", {}, waits) : h("div.words", { dir: "auto", ...walk(seat, ".piece", { look: turn }) }, shown),
        h("div.count", {}, !waits && [h("b", {}, whole(flat.length)), ` token${flat.length === 1 ? "" : "s"}`]),
        !waits && kind === "bpe" && merges && merges.ranks.length > 0 && slider(merges),
      );
    }

    const row = look && data.rows[look.row];
    const word = row?.words[look?.word ?? -1];
    const pieces = word ? piecesOf(word) : [];
    const entry = row?.entries[pieces[Math.min(look?.piece ?? 0, pieces.length - 1)]];
    const told = (row?.kind === "bpe" ? entry?.steps : word?.steps) ?? [];
    slots(
      root,
      {},
      {
        ".rows": h("div", { onkeydown: across }, data.rows.map(line)),
        ".chip": entry && entry.mark + entry.text,
        ".detail .said": entry?.head,
        ".steps": told.length > 0 && [h("span.how", {}, word?.how), told.map(move)],
        ".note": data.note,
      },
    );
  };
});

const move = (/** @type {Move} */ { cells, said, picked }) =>
  h(
    "span.step",
    { class: picked && said && "picked" },
    cells.map(({ text, tone }) => h("u", { class: tone }, text)),
    said && h("em", {}, said),
  );

/** Up and down lead from vocabulary to vocabulary. @param {KeyboardEvent & { target: Element }} event */
function across(event) {
  const row = event.target.closest(".piece") && event.target.closest(".row");
  if (!row || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  event.stopPropagation(); // a lecture turns its pages with some of these keys
  const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  /** @type {HTMLElement | null | undefined} */ (next?.querySelector(".piece[tabindex='0']"))?.focus();
}
