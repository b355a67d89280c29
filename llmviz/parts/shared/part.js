// A part of a page: what Streamlit calls at every change of its data, and what draws it then and whenever its step or its size changes.

import { group, stepOf } from "./step.js";
import { followTips } from "./tip.js";

/** @import { Clicked, Given, Mounted } from "./types" @import { Shared } from "./payload" */

/** @typedef {{ end?: () => void, of?: string, state?: any }} Kept */
const KEPT = Symbol.for("llmviz kept"); // on the root of a part

/**
 * `begin` returns what draws the part. Where something in it is drawn to the size of an element, `sized` is that element.
 *
 * Nothing is drawn off the page, where an element has no style to draw by: Streamlit takes a part away before it cleans up, and may
 * hand new data to one that it has taken away.
 * @template {object} Data @param {(given: Given<Data>) => () => void} begin @returns {(mounted: Mounted<Data>) => () => void}
 */
export const part = (begin, sized = "") =>
  function mounted({ data: [data], parentElement, setTriggerValue }) {
    const root = /** @type {HTMLElement & { [KEPT]?: Kept }} */ (parentElement.querySelector(".part"));
    root[KEPT] ??= {};
    const own = root[KEPT];
    own.end?.(); // of an overtaken drawing
    const shared = group(/** @type {Partial<Shared>} */ (data));
    const redraw = () => root.isConnected && draw();
    /** @type {Given<Data>["kept"]} */
    const kept = (of, first) => {
      const shape = JSON.stringify(of);
      if (own.of !== shape) Object.assign(own, { of: shape, state: first() });
      return own.state;
    };
    const draw = begin({ data, root, shared, kept, redraw, tell: setTriggerValue });
    const watch = new ResizeObserver(redraw);
    redraw();
    if (sized && root.isConnected) {
      redraw(); // now there is an element to draw to the size of
      const element = root.querySelector(sized);
      if (element) watch.observe(element);
    }
    followTips(root);
    shared.listeners.add(redraw);
    const end = () => {
      watch.disconnect();
      shared.listeners.delete(redraw);
    };
    own.end = end;
    return end;
  };

/**
 * How large an element of the part is, and its letters; null where it has no room, as in a closed fold.
 * @param {HTMLElement} root @param {string} selector
 */
export function sizeOf(root, selector) {
  const element = root.querySelector(selector);
  if (!element?.clientWidth) return null;
  return { width: element.clientWidth, height: element.clientHeight, em: parseFloat(getComputedStyle(root).fontSize) };
}

/**
 * The class of a part that stands on step 0: of a run from a random start there nothing has been read, of a fine-tuned one nothing learnt.
 * @param {Given<any>["shared"]} shared
 */
export const begun = (shared) => stepOf(shared) === 0 && { random: "untrained", pretrained: "untuned" }[shared.origin?.phase ?? ""];

const PATIENCE = 3000; // milliseconds for which a click counts for more than what the server still says

/**
 * What was chosen here a moment ago, and what the server says is chosen, `told`: a click shows at once, and waits for the server's answer
 * after that. In another `visit` of the page a click from before is forgotten.
 * @template Chosen @param {Clicked<Chosen>} state @param {Chosen} told @param {unknown} visit
 */
export function choice(state, told, visit) {
  const { clicked } = state;
  const answered = clicked && JSON.stringify(clicked.chosen) === JSON.stringify(told);
  if (clicked && (clicked.visit !== visit || answered || Date.now() > clicked.until)) state.clicked = null;
  return {
    now: () => (state.clicked ? state.clicked.chosen : told),
    waits: () => Boolean(state.clicked),
    /** @param {Chosen} chosen */
    choose(chosen) {
      state.clicked = { chosen, visit, until: Date.now() + PATIENCE };
    },
  };
}
