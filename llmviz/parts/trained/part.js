// How far several models are trained: a slider that moves the parts of all of them, in this browser.

import { h, render } from "../shared/draw.js";
import { part, placeOf, renew, stepOf } from "../shared/run.js";
import { range, stepper } from "../shared/slider.js";

/** @import { Given } from "../shared/types" @import { Shared } from "../shared/payload" @import { Trained } from "./payload" */

export default part((/** @type {Given<Trained & Shared>} */ { data: { shares }, root, shared, tell }) => {
  const last = Math.max(0, shares.length - 1);
  const { set, report } = stepper(shared, shares, tell);
  renew(shared, shares[last] ?? 0);
  return () => {
    const at = Math.max(0, placeOf(shares, stepOf(shared)));
    const text = !shares.length ? "" : !shares[at] ? "at the start" : at === last ? "at the end" : `after ${shares[at]}% of training`;
    render(
      root,
      { class: "trained" },
      h("span.from", {}, "untrained"),
      range({ name: "How far the four models are trained", most: last, at, text, set, done: report }),
      h("span.to", {}, "trained"),
      h("output", {}, text),
    );
  };
});
