// @ts-nocheck
// Draw, and draw again whenever `element` changes its size; one watcher for each root element, however often a part is drawn. Returns
// what ends it.
//
// Nothing is drawn off the page, where an element has no style to draw by: Streamlit takes a part away before it cleans up, and may
// hand new data to one that it has taken away. Nor is anything drawn in a closed fold, where it has no room; it is as soon as it gets some.

export function drawSized(root, element, draw) {
  const drawn = () => element.isConnected && element.clientWidth && draw();
  root.resized?.disconnect();
  const resized = (root.resized = new ResizeObserver(drawn));
  resized.observe(element);
  drawn();
  return () => resized.disconnect();
}
