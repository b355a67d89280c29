// What a part hangs on: its page, its run, its tip.

export * from "./part.js";
export * from "./step.js";
export * from "./tip.js";
