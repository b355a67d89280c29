// @ts-nocheck
// What parts that are not written anew yet are drawn with.

import { stepOf } from "./step.js";

export function follow(root, shared, listener) {
  root.leaveGroup?.();
  const mark = () => {
    const begun = stepOf(shared) === 0 ? shared.origin?.phase : "";
    root.classList.toggle("untrained", begun === "random");
    root.classList.toggle("untuned", begun === "pretrained");
  };
  const heard = () => {
    if (!root.isConnected) return;
    mark();
    listener();
  };
  mark();
  shared.listeners.add(heard);
  return (root.leaveGroup = () => shared.listeners.delete(heard));
}

export function make(tag, attributes = {}, text = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}
