// One step for all parts that show the same run. `chosen` is the step the user has set, or null: then the parts follow the newest
// snapshot. Scrubbing calls listeners in this browser and no server.

import { whole } from "./format.js";

/** @import { Group } from "./types" @import { Shared } from "./payload" */

const everywhere = /** @type {{ llmvizGroups?: Map<string, Group> }} */ (globalThis); // each part has its own copy of this file
everywhere.llmvizGroups ??= new Map();
const groups = everywhere.llmvizGroups;

/**
 * The group of this run. `data.step` counts when the group is new, or when the page was opened at another address (`data.visit`).
 * @param {Partial<Shared>} data @returns {Group}
 */
export function group({ group: name = "", step = null, visit, origin }) {
  const found = groups.get(name) ?? { chosen: null, newest: 0, listeners: new Set(), visit: null };
  groups.set(name, found);
  if (origin) found.origin = origin;
  if (found.visit !== visit) {
    found.visit = visit;
    found.chosen = step;
  }
  return found;
}

/** @param {Group} shared @param {number | null} step */
export function choose(shared, step) {
  if (shared.chosen === step) return;
  shared.chosen = step;
  for (const listener of shared.listeners) listener();
}

/** @param {Group} shared @param {number} newest */
export function renew(shared, newest) {
  if (shared.newest === newest) return;
  shared.newest = newest;
  if (shared.chosen === null) for (const listener of shared.listeners) listener();
}

/** @param {Group} shared */
export const stepOf = (shared) => shared.chosen ?? shared.newest;

/**
 * A step as a page names it: at step 0 with what the run began as, for there nothing has been learnt.
 * @param {Group} shared @param {number} step
 */
export const stepName = (shared, step) => `step ${whole(step)}${step === 0 && shared.origin ? `, ${shared.origin.word}` : ""}`;

/**
 * The place of the last step that is not beyond `step`; -1 where there is none.
 * @param {readonly number[]} steps @param {number} step
 */
export const placeOf = (steps, step) => steps.findLastIndex((each) => each <= step);

/**
 * The place of the step that is next to `step`.
 * @param {readonly number[]} steps @param {number} step
 */
export function nearest(steps, step) {
  const place = Math.max(0, placeOf(steps, step));
  return steps[place + 1] - step < step - steps[place] ? place + 1 : place;
}
