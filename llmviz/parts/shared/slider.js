// Sliders over the steps of a run. While one moves, only this browser knows; what it is let go on is told to the server.

import { h } from "./dom.js";
import { moved, SLIDER } from "./keys.js";
import { choose } from "./step.js";

/** @import { Given, Group, Props } from "./types" */

/**
 * A slider of the browser's own, over places 0 … `most`.
 * @param {{ name?: string, low?: number, most: number, step?: number, at: number, text: string, set: (at: number) => void,
 * done: (at: number) => void }} range
 */
export const range = ({ name, low = 0, most, step = 1, at, text, set, done }) => {
  const value = (/** @type {{ currentTarget: HTMLElement }} */ { currentTarget }) =>
    Number(/** @type {HTMLInputElement} */ (currentTarget).value);
  return h("input", {
    ...{ type: "range", min: low, max: most, step, disabled: most <= low, "aria-label": name, "aria-valuetext": text, value: at },
    oninput: (event) => set(value(event)),
    onchange: (event) => done(value(event)),
    onkeydown: (event) => event.stopPropagation(), // a lecture turns its pages with the same keys
  });
};

/**
 * What moves the step of a run among those of its `stops`: `set` to one of these places, the last of which follows what is newest, and
 * `report` where it now stands, -1 for the newest.
 * @param {Group} shared @param {readonly number[]} stops @param {Given<any>["tell"]} tell
 */
export function stepper(shared, stops, tell) {
  return {
    /** @param {number} place */
    set(place) {
      const at = Math.max(0, Math.min(stops.length - 1, place));
      if (stops.length) choose(shared, at === stops.length - 1 ? null : stops[at]);
    },
    report: () => tell("step", shared.chosen ?? -1),
  };
}

const SETTLED = 250; // milliseconds: a held key moves many times; the address needs only the last

/**
 * A slider below a chart, on its axis, and what makes the chart itself one: to press and drag. `place` is the stop it stands on, `xs`
 * where they stand in pixels; `class` that of the thumb, and `aria` what it says.
 * @param {{ state: { dragging?: boolean, reporting?: number }, root: HTMLElement, xs: readonly number[], place: number, left?: number,
 * right?: number, look?: Props["class"], aria: Props, keys?: Record<string, number>, set: (place: number) => void, report: () => void }} rail
 */
export function rail({ state, root, xs, place, left = 0, right, look, aria, keys = SLIDER, set, report }) {
  /** @param {PointerEvent} event */
  const under = ({ clientX }) => {
    const pixel = clientX - root.getBoundingClientRect().left;
    return xs.reduce((best, x, at) => (Math.abs(x - pixel) < Math.abs(xs[best] - pixel) ? at : best), 0);
  };
  const release = () => {
    if (state.dragging) report();
    state.dragging = false;
  };
  /** @type {Props} */
  const drag = {
    onpointerdown(event) {
      if (event.button || !xs.length || event.target.closest("[data-tip]")) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      state.dragging = true;
      /** @type {HTMLElement} */ (root.querySelector(".thumb")).focus({ preventScroll: true });
      set(under(event));
    },
    onpointermove: (event) => state.dragging && set(under(event)),
    onpointerup: release,
    onpointercancel: release,
  };
  const at = xs[place] ?? left;
  const done = right === undefined ? "" : `left: ${left}px; width: ${right - left}px; --done: ${(at - left) / (right - left)}`;
  const slider = h(
    "div.rail",
    drag,
    h(
      "div.groove",
      { style: done },
      xs.map((x) => h("i.stop", { style: `left: ${x - left}px` })),
    ),
    h("div.thumb", {
      ...{ class: look, role: "slider", tabindex: 0, "aria-orientation": "horizontal", ...aria },
      style: `left: ${at}px; visibility: ${xs.length ? "visible" : "hidden"}`,
      onkeydown(event) {
        const next = moved(event, place, xs.length, keys);
        if (next === null) return;
        set(next);
        clearTimeout(state.reporting);
        state.reporting = setTimeout(report, SETTLED);
      },
    }),
  );
  return { drag, slider };
}
