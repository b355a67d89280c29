// What a chart is drawn with, and its slider.

export * from "./chart.js";
export * from "./plot.js";
export * from "./slider.js";
