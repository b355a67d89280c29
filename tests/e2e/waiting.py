"""What browser tests wait for, and how long at most: milliseconds.

Workers give way to everything else (`worker.POLITENESS`), so where all cores run tests a training of seconds takes minutes, and so may the
first answer of one that is still loading.
"""

QUIET = "[data-testid=stApp][data-test-script-state=notRunning]"
MINUTE = 60_000
TRAINED = 5 * MINUTE

# How far up and down what can be seen reaches, shadow roots included, and where the bar begins.
EXTENT = """() => {
  let top = Infinity, bottom = 0, right = 0;
  const look = element => {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden" || style.position === "fixed") return;
    const box = element.getBoundingClientRect();
    const leaf = element instanceof SVGElement || style.overflowX !== "visible";
    const text = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if ((leaf || text) && box.width > 1 && box.height > 1) {
      [top, bottom, right] = [Math.min(top, box.top), Math.max(bottom, box.bottom), Math.max(right, box.right)];
    }
    if (!leaf) for (const child of element.shadowRoot?.children ?? element.children) look(child);
  };
  for (const child of document.querySelector("[data-testid=stMainBlockContainer]").children) look(child);
  return {top, bottom, right, bar: document.querySelector(".st-key-beats").getBoundingClientRect().top};
}"""
# The same as soon as it stays: a beat is sized a moment after its parts stand there.
SIZED = f"""() => new Promise(sized => {{
  let before = "", still = 0;
  const look = () => {{
    const now = JSON.stringify(({EXTENT})());
    still = now === before ? still + 1 : 0;
    before = now;
    if (still > 4) sized(JSON.parse(now)); else setTimeout(look, 40);
  }};
  look();
}})"""
