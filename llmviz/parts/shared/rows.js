// Rows of a name, a bar and a number.

import { h } from "./dom.js";

/** @import { Child, Props } from "./types" */

/** @param {string} title @param {Child} [about] */
export const heading = (title, about = "") => h("h3", {}, h("span.title", {}, title), h("span.about", {}, about));

/** A bar that is full at 1. @param {number} share @param {Props["class"]} [look] @param {...Child} more */
export const track = (share, look, ...more) =>
  h("span.track", { class: look, "aria-hidden": true }, h("span.fill", { style: `transform: scaleX(${share})` }), more);

/**
 * What tells an element's figures to the mouse, the finger, the focus and a screen reader.
 * @param {string} text @returns {Props}
 */
export const told = (text) => ({ "data-tip": text, "aria-label": text });

/**
 * One tab stop for many: of `count` that are made in turn, that at `state.seat`.
 * @param {{ seat: number }} state @param {number} count
 */
export function tabStops(state, count) {
  let place = 0;
  state.seat = Math.max(0, Math.min(state.seat, count - 1));
  return () => (place++ === state.seat ? 0 : -1);
}

/**
 * The word for a guess, with a mark where it is right.
 * @param {string} text @param {boolean} right
 */
export const guess = (text, right) => h("span.name", {}, h("bdi", {}, text), h("span.tick", {}, right ? " ✓" : ""));
