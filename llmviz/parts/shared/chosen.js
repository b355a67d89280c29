// @ts-nocheck
// What was chosen here a moment ago, and what the server says is chosen: a click shows at once, and waits for the server's answer after that.

export const PATIENCE = 3000; // milliseconds for which a click counts for more than what the server still says

// `told`, what the server says; `visit`, another number where the page was opened at another address, by which a click from before is
// forgotten. Returns what is to be shown, whether that still waits for its answer, and what takes a click.
export function choice(root, told, visit) {
  const clicked = root.clicked;
  if (clicked && (clicked.visit !== visit || alike(clicked.chosen, told) || Date.now() > clicked.until)) root.clicked = null;
  return {
    now: () => (root.clicked ? root.clicked.chosen : told),
    waits: () => Boolean(root.clicked),
    choose: (chosen) => (root.clicked = { chosen, visit, until: Date.now() + PATIENCE }),
  };
}

export const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);
