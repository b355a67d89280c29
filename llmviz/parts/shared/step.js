// @ts-nocheck
// One step for all parts that show the same run. This file is put before the script of each part; the table below is shared by all.
//
// A group is one run. `chosen` is the step the user has set, or null: then the parts follow the newest snapshot.
// Scrubbing calls listeners in this browser and no server.

export const groups = (globalThis.llmvizGroups ??= new Map());

// The group of this run. `data.origin` {phase, word} is what it began as; `data.step` counts when the group is new, or when the page was opened at another address (`data.visit`).
export function group(data) {
  if (!groups.has(data.group)) groups.set(data.group, { chosen: null, newest: 0, listeners: new Set(), visit: null });
  const found = groups.get(data.group);
  if (data.origin) found.origin = data.origin;
  if (found.visit !== data.visit) {
    found.visit = data.visit;
    found.chosen = data.step;
  }
  return found;
}

// Call `listener` whenever the step changes while the part is on the page; one listener for each root element, however often a part is drawn. Returns what ends
// just this: Streamlit may clean up after an overtaken drawing when the next one has already been made.
export function follow(root, shared, listener) {
  root.leaveGroup?.();
  const mark = () => {
    const begun = stepOf(shared) === 0 ? shared.origin?.phase : "";
    root.classList.toggle("untrained", begun === "random");
    root.classList.toggle("untuned", begun === "pretrained");
  };
  const heard = () => {
    if (!root.isConnected) return;
    mark();
    listener();
  };
  mark();
  shared.listeners.add(heard);
  return (root.leaveGroup = () => shared.listeners.delete(heard));
}

export function choose(shared, step) {
  if (shared.chosen === step) return;
  shared.chosen = step;
  for (const listener of shared.listeners) listener();
}

export function renew(shared, newest) {
  if (shared.newest === newest) return;
  shared.newest = newest;
  if (shared.chosen === null) for (const listener of shared.listeners) listener();
}

export const stepOf = (shared) => shared.chosen ?? shared.newest;

// A step as a page names it: at step 0 with what the run began as, for there nothing has been learnt.
export const stepName = (shared, step) => `step ${whole(step)}${step === 0 && shared.origin ? `, ${shared.origin.word}` : ""}`;

// The place of the last step that is not beyond `step`; -1 where there is none.
export function placeOf(steps, step) {
  let low = 0,
    high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// A number as it is written; null is what had none when it left the server (views/finite.py).
export const digits = (number, count = 2) => (number === null ? "no number" : number.toFixed(count));
export const percent = (share) => (share === null ? "no number" : share > 0 && share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`);
export const exactly = (share) => (share === null ? "no number" : `${(100 * share).toFixed(2)}%`);
export const whole = (number) => number.toLocaleString("en");
export const counted = (count, noun) => `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;

// Whether a verdict is the true label, in words and by a mark; nothing where the true label is not known.
export const marked = (label, truth) => (truth ? `true label: ${truth} ${label === truth ? "✓ right" : "✗ wrong"}` : "");

// An element with text and attributes; text is set as text, so nothing in a user's sentence is ever markup.
export function make(tag, attributes = {}, text = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}
