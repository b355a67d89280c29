// What stands on the page, as a value: `h` says which elements shall be there, `render` changes those that are there into them.
//
// An element stays where it is and changes in what differs, so that a focus, a drag and a transition outlive a redraw. Text is set as
// text: nothing in a user's sentence is ever markup.

/** @import { Child, Props, Wanted } from "./types" */

const SVG = "http://www.w3.org/2000/svg";
const TIP = { class: "tip", kept: true, hidden: true, role: "tooltip" };
const SET = Symbol.for("llmviz set"); // what was set on an element; for every script of the page the same

/**
 * An element with these classes, `tag.class.class`.
 * @param {string} name @param {Props} [props] @param {...Child} children @returns {Wanted}
 */
export function h(name, props = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  return { tag, props: { ...props, class: [...classes, props.class].flat() }, children };
}

/**
 * Make what is in `root` into these, and after them the one tip of the part.
 * @param {HTMLElement} root @param {Props} props @param {...Child} children
 */
export function render(root, props, ...children) {
  set(root, { ...props, class: ["part", props.class].flat() });
  fill(root, [children, h("div.tip", TIP)]);
}

/**
 * Fill the elements of a frame: by selector what is in one, or with `h` what it also has; without children it keeps those it
 * has. A class comes on top of those of the frame.
 * @param {HTMLElement} root @param {Props} props @param {Record<string, Child>} wanted
 */
export function slots(root, props, wanted) {
  set(root, props, true);
  for (const [selector, child] of Object.entries(wanted)) {
    const element = root.querySelector(selector);
    if (!element) throw new Error(`the frame of this part has no ${selector}`);
    const whole = child !== null && typeof child === "object" && "tag" in child;
    if (whole) set(element, child.props, true);
    if (!whole || child.children.length) fill(element, whole ? child.children : [child]);
  }
  if (!root.querySelector(":scope > .tip")) set(put(root, made(root, "div"), undefined), TIP);
}

/** @param {Element} parent @param {readonly Child[]} children */
function fill(parent, children) {
  let place = 0;
  for (const child of /** @type {Exclude<Child, readonly Child[]>[]} */ (/** @type {unknown[]} */ ([...children]).flat(Infinity))) {
    if (child === null || child === undefined || typeof child === "boolean") continue;
    const there = parent.childNodes[place];
    place += 1;
    if (typeof child !== "object") {
      if (!(there instanceof Text)) put(parent, document.createTextNode(String(child)), there);
      else if (there.data !== String(child)) there.data = String(child);
      continue;
    }
    const same = there instanceof Element && there.localName === child.tag;
    const element = same ? there : put(parent, made(parent, child.tag), there);
    if (same && child.props.kept) continue; // left to itself
    set(element, child.props);
    fill(element, child.children);
  }
  while (parent.childNodes.length > place) parent.lastChild?.remove();
}

/** @template {Node} N @param {Element} parent @param {N} node @param {ChildNode | undefined} there */
function put(parent, node, there) {
  if (there) there.replaceWith(node);
  else parent.append(node);
  return node;
}

/** @param {Element} parent @param {string} tag @returns {Element} */
const made = (parent, tag) =>
  tag === "svg" || parent.namespaceURI === SVG ? document.createElementNS(SVG, tag) : document.createElement(tag);

/** @param {Element} element @param {Props} given */
function set(element, given, onTop = false) {
  const own = /** @type {{ [SET]?: { props: Props, listeners: Record<string, any>, frame: string | null } }} */ (
    /** @type {unknown} */ (element)
  );
  const before = own[SET] ?? { props: {}, listeners: {}, frame: onTop ? element.getAttribute("class") : null };
  /** @type {Props} */
  const props = { ...given, class: [before.frame, given.class].flat().filter(Boolean).join(" ") || null };
  for (const name of new Set([...Object.keys(before.props), ...Object.keys(props)])) {
    const value = props[name];
    if (name.startsWith("on")) {
      if (!(name in before.listeners)) element.addEventListener(name.slice(2), (event) => before.listeners[name]?.(event));
      before.listeners[name] = value;
    } else if (name === "value") {
      const input = /** @type {HTMLInputElement} */ (element);
      if (input.value !== String(value)) input.value = String(value);
    } else if (before.props[name] !== value) attribute(element, name, value);
  }
  own[SET] = { ...before, props };
}

/** @param {Element} element @param {string} name @param {unknown} value */
function attribute(element, name, value) {
  const states = name.startsWith("aria-"); // these say "false" too
  if (value === null || value === undefined || (value === false && !states)) element.removeAttribute(name);
  else element.setAttribute(name, value === true && !states ? "" : String(value));
}
