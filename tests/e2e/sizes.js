// What of a page cannot be read at the present size of its window, a line each: parts that scroll, and words that are cut, off the window or
// under other words; the menu beside it may scroll. Looks into the parts of the app too, which are mounted in shadow roots.
//
// scrolls: selectors of what may scroll.
(scrolls) => {
  const MAIN = "[data-testid=stMain]";
  const found = [];
  const up = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const may = (element) => scrolls.some((selector) => element.closest(selector));
  const brief = (text) => `“${text.trim().replace(/\s+/g, " ").slice(0, 50)}”`;
  const scrolling = (overflow) => /auto|scroll/.test(overflow);

  function place(element) {
    for (let node = element; node; node = up(node)) {
      const key = [...(node.classList ?? [])].find((name) => name.startsWith("st-key-"));
      if (key) return `in ${key.slice(7)}: `;
    }
    return "";
  }

  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest(".unseen");

  // The part of a box that its ancestors leave: each of them clips both ways, or one, or not at all. Null where some of them may scroll.
  function left(element, box) {
    const rest = { left: box.left, right: box.right, top: box.top, bottom: box.bottom };
    for (let node = element; node && !node.matches(MAIN); node = up(node)) {
      if (may(node)) return null;
      const style = getComputedStyle(node), edge = node.getBoundingClientRect();
      if (style.display === "inline" || style.display === "contents") continue;
      if (style.overflowX !== "visible") [rest.left, rest.right] = [Math.max(rest.left, edge.left), Math.min(rest.right, edge.right)];
      if (style.overflowY !== "visible") [rest.top, rest.bottom] = [Math.max(rest.top, edge.top), Math.min(rest.bottom, edge.bottom)];
    }
    return rest;
  }

  const texts = [];
  function visit(parent) {
    for (const node of parent.childNodes) {
      if (node.nodeType === Node.TEXT_NODE && node.data.trim() && parent instanceof Element) read(parent, node);
      if (!(node instanceof Element) || node.matches("style, script")) continue;
      look(node);
      visit(node);
      if (node.shadowRoot) visit(node.shadowRoot);
    }
  }

  function look(element) {
    if (may(element) || !seen(element)) return;
    const style = getComputedStyle(element);
    const wide = element.scrollWidth - element.clientWidth, tall = element.scrollHeight - element.clientHeight;
    if (scrolling(style.overflowX) && wide > 1) found.push(`${place(element)}${brief(element.textContent)} scrolls sideways, ${element.scrollWidth} px in ${element.clientWidth}`);
    const words = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (words && /hidden|clip/.test(style.overflowX) && wide > 1 && style.display !== "inline") found.push(`${place(element)}${brief(element.textContent)} does not fit, ${element.scrollWidth} px in ${element.clientWidth}`);
    if (scrolling(style.overflowY) && tall > 1) found.push(`${place(element)}${brief(element.textContent)} scrolls, ${element.scrollHeight} px in ${element.clientHeight}`);
  }

  function read(element, node) {
    if (!seen(element)) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 2 || box.height < 2) continue;
      const rest = left(element, box);
      if (!rest) continue;
      const wide = box.width - Math.max(0, rest.right - rest.left), tall = box.height - Math.max(0, rest.bottom - rest.top);
      // A box of text is higher than its letters.
      if (wide > 1 || tall > 0.25 * box.height) found.push(`${place(element)}${brief(node.data)} is cut, by ${Math.round(wide)} by ${Math.round(tall)} px`);
      else if (box.left < -1 || box.right > innerWidth + 1) found.push(`${place(element)}${brief(node.data)} is off the window, at ${Math.round(box.left)} to ${Math.round(box.right)} px`);
      else texts.push({ element, text: node.data, box });
    }
  }

  for (const root of document.querySelectorAll(MAIN)) {
    if (root.scrollWidth > root.clientWidth) found.push(`the page scrolls sideways, ${root.scrollWidth} px in ${root.clientWidth}`);
    visit(root);
  }
  for (const button of document.querySelectorAll("[data-testid=stHeader] button")) {
    const edge = button.getBoundingClientRect();
    for (const { element, text, box } of texts)
      if (Math.min(box.right, edge.right) - Math.max(box.left, edge.left) > 1 && Math.min(box.bottom, edge.bottom) - Math.max(box.top, edge.top) > 1)
        found.push(`${place(element)}${brief(text)} is under the button ${brief(button.ariaLabel ?? "")}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("the window scrolls sideways");
  texts.sort((one, other) => one.box.top - other.box.top);
  for (const [place_, { element, text, box }] of texts.entries())
    for (const other of texts.slice(place_ + 1)) {
      if (other.box.top >= box.bottom) break;
      if (other.element === element) continue;
      const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const tall = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      if (wide > 2 && tall > 0.35 * Math.min(box.height, other.box.height)) found.push(`${place(element)}${brief(text)} and ${brief(other.text)} lie on each other, ${Math.round(wide)} by ${Math.round(tall)} px`);
    }
  return [...new Set(found)];
}
