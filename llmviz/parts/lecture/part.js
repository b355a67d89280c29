// Keys and size of a lecture. It shows nothing itself: it presses the buttons of the bar, and sets two variables of the document:
// `--fit`, by which the type is larger or smaller than the screen alone would have it, and `--more`, the pixels that charts grow by.

/** @import { Mounted } from "../shared/types" @import { Beat } from "./payload" */

/** @typedef {{ pointed: boolean, fit: number, beat?: string, since: number, looks?: string }} State */

const STATE = Symbol.for("llmviz lecture"); // of what is shown, on its element
const ON = ["ArrowRight", "PageDown", " "],
  BACK = ["ArrowLeft", "PageUp"];
const TEXT =
  "input:not([type=range], [type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true], [role=combobox]";
const ARROWS = "[role=slider], input[type=range], input[type=radio], [role=radio], [role=spinbutton]";
const PRESSED =
  "button, a, summary, input, [role=button], [role=radio], [role=checkbox], [role=switch], [role=option], [role=tab], [role=row]";
const OPEN = "[role=dialog], [role=listbox][data-testid], [data-testid=stPopoverBody], [data-testid=stSelectboxVirtualDropdown]";
const SMALLEST = 0.6,
  LARGEST = 1.5,
  BESIDE_CHARTS = 1.1,
  ROUNDS = 4;
const SETTLES = 2500; // ms in which a new beat may still grow; later it only shrinks, so that nothing jumps while somebody talks

/** @returns {HTMLElement | null} */
function focused() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return /** @type {HTMLElement | null} */ (element);
}

// Whether the key belongs to what has the focus. Arrows also go from word to word, for who came there by the keyboard; after a click of
// the mouse (`pointed`) they turn the beat.
/** @param {string} key @param {HTMLElement | null} element @param {boolean} pointed */
function taken(key, element, pointed) {
  if (document.querySelector(OPEN)) return true;
  if (!element || element === document.body) return false;
  if (element.matches(TEXT)) return true;
  if (key.startsWith("Page") || key === "Escape") return false;
  if (key === " ") return element.matches(PRESSED) || element.hasAttribute("aria-selected") || element.hasAttribute("aria-pressed");
  return element.matches(ARROWS) || (!pointed && element.getRootNode() !== document);
}

/** @param {string} name */
function press(name) {
  /** @type {HTMLElement | null} */ (document.querySelector(`.st-key-${name} button:not(:disabled)`))?.click();
}

// How far down what can be seen reaches, and to the right, how many boxes cut off some of their content, and whether there is a chart: its
// lines and labels need room that type would take.
/** @param {Element} top */
function extent(top) {
  let bottom = 0,
    right = 0,
    cut = 0,
    chart = false;
  const look = (/** @type {Element} */ element) => {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden" || style.position === "fixed") return;
    const box = element.getBoundingClientRect();
    const clips = style.overflowX !== "visible" && style.display !== "contents" && !(element instanceof SVGElement);
    if (box.width > 1 && box.height > 1) {
      bottom = Math.max(bottom, box.bottom);
      right = Math.max(right, box.right);
      if (clips && element.scrollWidth > element.clientWidth + 1) cut += 1;
      if (clips && element.scrollHeight > element.clientHeight + 1 && style.overflowY === "auto") cut += 1;
    }
    chart ||= element instanceof SVGElement && box.width > innerWidth / 8;
    if (clips || element instanceof SVGElement) return;
    for (const child of element.shadowRoot?.children ?? element.children) look(child);
  };
  for (const child of top.children) look(child);
  return { bottom, right, cut, chart };
}

// The largest value between `low` and `high` that `fits`, found by halving; `low` where none does.
/** @param {number} low @param {number} high @param {(value: number) => boolean} fits */
function largest(low, high, fits) {
  if (fits(high)) return high;
  for (let round = 0; round < ROUNDS; round += 1) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** @param {State} state */
function size(state) {
  const root = document.documentElement;
  const block = document.querySelector("[data-testid=stMainBlockContainer]");
  const bar = document.querySelector(".st-key-beats")?.getBoundingClientRect();
  if (!block || !bar) return;
  const set = (/** @type {string} */ name, /** @type {string | number} */ value) => root.style.setProperty(name, String(value));
  const looks = () => JSON.stringify([extent(block), innerWidth, innerHeight, state.beat]);
  if (state.looks === looks()) return; // to size a beat takes some dozen layouts
  root.dataset.sizing = ""; // measured from the top, then spread
  const grows = performance.now() - state.since < SETTLES;
  const fine = (/** @type {number} */ cut) => {
    const now = extent(block);
    return now.bottom <= bar.top && now.right <= innerWidth + 1 && now.cut <= cut;
  };
  if (grows || !fine(Infinity)) {
    set("--more", "0px");
    set("--fit", 1);
    const { bottom, right, cut, chart } = extent(block);
    const usual = bottom <= bar.top && right <= innerWidth + 1;
    const high = Math.min(chart ? BESIDE_CHARTS : LARGEST, grows ? LARGEST : state.fit);
    state.fit = largest(usual ? Math.min(1, high) : SMALLEST, usual ? high : Math.min(1, high), (fit) => {
      set("--fit", fit);
      return fine(fit <= 1 ? Infinity : cut);
    });
    set("--fit", state.fit);
    const room = Math.max(0, bar.top - extent(block).bottom);
    const more = largest(0, room, (pixels) => {
      set("--more", `${pixels}px`);
      return fine(Infinity);
    });
    set("--more", `${more}px`);
  }
  delete root.dataset.sizing;
  delete root.dataset.packed;
  if (!fine(Infinity)) root.dataset.packed = ""; // something reaches out of its box: no room to spread
  state.looks = looks();
}

/** @param {Mounted<Beat>} mounted */
export default function lecture({ data: [{ beat, unit }], parentElement, setTriggerValue }) {
  const element = /** @type {HTMLElement & { [STATE]?: State }} */ (parentElement);
  element[STATE] ??= { pointed: false, fit: LARGEST, since: 0 };
  const state = element[STATE];
  if (state.beat !== beat) Object.assign(state, { beat, since: performance.now() });

  // A chart of plotly's cannot take its type from the document: the server draws it anew for this screen.
  const tell = () => {
    const screen = Math.round(Math.min(0.01875 * innerWidth, innerHeight / 30));
    if (screen !== unit && document.querySelector(".js-plotly-plot")) setTriggerValue("unit", screen);
  };
  let waits = 0;
  const later = () => {
    clearTimeout(waits);
    waits = setTimeout(() => {
      size(state);
      tell();
    }, 60);
  };
  const watch = new ResizeObserver(later);
  const block = document.querySelector("[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock]");
  if (block) watch.observe(block);
  for (const after of [0, 250, 700, 1500]) setTimeout(() => parentElement.isConnected && later(), after); // parts arrive one by one

  const ended = new AbortController();
  const first = { capture: true, signal: ended.signal }; // before what has the focus
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Tab") state.pointed = false;
      const name = ON.includes(event.key) ? "on" : BACK.includes(event.key) ? "back" : event.key === "Escape" ? "leave" : "";
      if (!name || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (taken(event.key, focused(), state.pointed)) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) press(name);
    },
    first,
  );
  document.addEventListener("pointerdown", () => Object.assign(state, { pointed: true }), first);
  const resized = () => {
    state.since = performance.now();
    later();
  };
  addEventListener("resize", resized, first);
  return () => {
    ended.abort();
    watch.disconnect();
    clearTimeout(waits);
  };
}
