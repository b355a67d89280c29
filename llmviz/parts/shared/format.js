// Numbers as they are written; null is what had none when it left the server (views/finite.py).

/** @param {number | null | undefined} number */
export const digits = (number, count = 2) => (number == null ? "no number" : number.toFixed(count));

/** @param {number | null | undefined} share */
export const percent = (share) => (share == null ? "no number" : share > 0 && share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`);

/** @param {number | null | undefined} share */
export const exactly = (share) => (share == null ? "no number" : `${(100 * share).toFixed(2)}%`);

/** @param {number} number */
export const whole = (number) => number.toLocaleString("en");

/** @param {number} count @param {string} noun */
export const counted = (count, noun) => `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;

/**
 * Whether a label is the true one, in words and by a mark; nothing where that is not known.
 * @param {string} label @param {string} truth
 */
const marked = (label, truth) => (truth ? `true label: ${truth} ${label === truth ? "✓ right" : "✗ wrong"}` : "");

/** Whether all are alike: a new head begins so, and the first label is no prediction then. @param {readonly number[]} shares */
const tied = (shares) => shares.every((share) => share === shares[0]);

/**
 * What a model says by these shares, and whether it is right, in words.
 * @param {readonly string[]} labels @param {readonly number[]} shares @param {string} truth
 */
export const verdict = (labels, shares, truth) => {
  if (tied(shares)) return { best: -1, label: "undecided", said: truth && `true label: ${truth}` };
  const best = largest(shares);
  return { best, label: labels[best], said: marked(labels[best], truth) };
};

/** @param {readonly number[]} values */
export const largest = (values) => values.indexOf(Math.max(...values));
