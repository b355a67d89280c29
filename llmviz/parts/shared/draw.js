// What a part is drawn with.

export * from "./dom.js";
export * from "./format.js";
export * from "./keys.js";
export * from "./rows.js";
