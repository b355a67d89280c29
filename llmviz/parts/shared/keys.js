// Going through things with the arrow keys.

/** @import { Props } from "./types" */

export const ROW = { ArrowRight: 1, ArrowLeft: -1 };
export const COLUMN = { ArrowDown: 1, ArrowUp: -1 };
export const SLIDER = { ...ROW, ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 };

/**
 * The place of `count` to which a key leads from the place `at`; null for a key that leads nowhere. Home and End lead to the ends.
 * @param {KeyboardEvent} event @param {number} at @param {number} count @param {Record<string, number>} moves
 */
export function moved(event, at, count, moves = ROW) {
  const by = { ...moves, Home: -Infinity, End: Infinity }[event.key];
  if (by === undefined || !count) return null;
  event.preventDefault();
  event.stopPropagation(); // a lecture turns its pages with the same keys
  return Math.max(0, Math.min(count - 1, at + by));
}

/**
 * What lets one go from element to element of a list: one tab stop for all, `state.seat`, and arrow keys from there. `choose` gets the
 * place of what is clicked, or chosen with Enter or Space, `focus` that of what has the focus, and `look` that of what is pointed at or has
 * the focus, null for none.
 * @param {{ seat: number }} state @param {string} selector @param {{ keys?: Record<string, number>, choose?: (place: number) => void, focus?: (place: number) => void,
 * look?: (place: number | null) => void }} [more] @returns {Props}
 */
export function walk(state, selector, { keys = ROW, choose, focus, look } = {}) {
  /** @param {Event & { currentTarget: HTMLElement, target: Element }} event */
  const seats = ({ currentTarget, target }) => {
    const all = /** @type {HTMLElement[]} */ ([...currentTarget.querySelectorAll(selector)]);
    return { all, at: all.indexOf(/** @type {HTMLElement} */ (target.closest(selector))) };
  };
  return {
    onkeydown(event) {
      const { all, at } = seats(event);
      if (at < 0) return;
      const pressed = event.key === "Enter" || event.key === " ";
      if (choose && pressed && !(all[at] instanceof HTMLButtonElement)) {
        event.preventDefault();
        event.stopPropagation();
        return choose(at);
      }
      const next = moved(event, at, all.length, keys);
      if (next !== null) all[next].focus();
    },
    onfocusin(event) {
      const { all, at } = seats(event);
      if (at < 0) return;
      state.seat = at;
      for (const [place, each] of all.entries()) each.tabIndex = place === at ? 0 : -1;
      look?.(at);
      focus?.(at);
    },
    onfocusout: () => look?.(null),
    onpointerover(event) {
      const { at } = seats(event);
      look?.(at < 0 ? null : at);
    },
    onpointerleave: () => look?.(null),
    onclick(event) {
      const { at } = seats(event);
      if (at < 0) return;
      state.seat = at;
      choose?.(at);
    },
  };
}
