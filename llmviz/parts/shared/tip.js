// The tip of a part: what is said of an element, in its `data-tip`, while it is pointed at, touched or has the focus.

/** @param {HTMLElement} root @returns {HTMLElement | null} */
const tipOf = (root) => root.querySelector(":scope > .tip");

/**
 * Show a text below what reaches from `top` to `bottom`, or above it where a window ends; `beside` it, to the right or where there is no
 * room to the left. Pixels from the corner of the part.
 * @param {HTMLElement} root @param {string} text @param {number} left @param {number} top @param {number} bottom
 */
export function showTip(root, text, left, top, bottom, beside = 0) {
  const tip = tipOf(root);
  if (!tip) return;
  tip.textContent = text;
  tip.hidden = false;
  const room = root.clientWidth - tip.offsetWidth;
  const at = beside && left + beside > room ? left - beside - tip.offsetWidth : Math.min(left + beside, room);
  tip.style.left = `${Math.max(0, at)}px`;
  const under = root.getBoundingClientRect().top + bottom + tip.offsetHeight + 4 <= innerHeight;
  tip.style.top = `${under ? bottom + 4 : top - tip.offsetHeight - 4}px`;
}

/** @param {HTMLElement} root */
export function hideTip(root) {
  const tip = tipOf(root);
  if (tip) tip.hidden = true;
}

const FOLLOWED = new WeakSet();

/** @param {HTMLElement} root */
export function followTips(root) {
  if (FOLLOWED.has(root)) return;
  FOLLOWED.add(root);
  /** @param {Event} event */
  const tell = ({ target }) => {
    const found = target instanceof Element ? target.closest("[data-tip]") : null;
    const text = found?.getAttribute("data-tip");
    if (!found || !text) return hideTip(root);
    const box = found.getBoundingClientRect();
    const corner = root.getBoundingClientRect();
    showTip(root, text, box.left - corner.left, box.top - corner.top, box.bottom - corner.top);
  };
  root.addEventListener("pointerover", tell);
  root.addEventListener("focusin", tell);
  root.addEventListener("focusout", () => hideTip(root));
  root.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && hideTip(root)); // a finger leaves when it is lifted
}
