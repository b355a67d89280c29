// Closes the menu after a choice where it lies over the page, as on a phone: Streamlit leaves it open, and the page chosen unseen. Shows
// nothing itself.

/** @import { Mounted } from "../shared/types" @import { Menu } from "./payload" */

const MENU = "[data-testid=stSidebar]";

function close() {
  const menu = document.querySelector(MENU),
    page = document.querySelector("[data-testid=stMain]");
  if (!menu || !page) return;
  const beside = menu.getBoundingClientRect().right <= page.getBoundingClientRect().left + 1;
  if (!beside) /** @type {HTMLElement | null} */ (menu.querySelector("[data-testid=stSidebarCollapseButton] button"))?.click();
}

/** @param {Mounted<Menu>} mounted */
export default function menu({ data: [{ choices }] }) {
  const ended = new AbortController();
  const listen = (/** @type {MouseEvent} */ event) => {
    const chosen = event.target instanceof Element ? event.target.closest(choices) : null;
    if (chosen?.closest(MENU)) setTimeout(close); // after the choice has done what it does
  };
  document.addEventListener("click", listen, { signal: ended.signal });
  return () => ended.abort();
}
