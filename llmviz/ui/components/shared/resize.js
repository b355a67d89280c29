// Call `draw` whenever `element` changes its size; one watcher for each root element, however often a part is drawn. Returns what ends it.
//
// An element that is taken off the page is told of a size too, before Streamlit cleans up, and by then has no style to draw by.
function watchSize(root, element, draw) {
  root.resized?.disconnect();
  const resized = (root.resized = new ResizeObserver(() => element.isConnected && draw()));
  resized.observe(element);
  return () => resized.disconnect();
}
