// Made from payload.py by python -m llmviz.parts.types.

/** What one run was measured at, and the lowest and highest of the runs of its recipe, empty where there are too few. */
export interface LearningCurve {
  values: number[];
  low: number[];
  high: number[];
}

/** A share, its name and its dash. */
export interface Known {
  values: number[];
  low: number[];
  high: number[];
  name: string;
  about: string;
  dash: string;
}

/** One model: its measurements are by place in `tokens` and `steps`, those of its band in `bandTokens`; `stops` are places with weights kept. */
export interface Panel {
  name: string;
  about: string;
  live: boolean;
  chosen: boolean;
  tokens: number[];
  steps: number[];
  stops: number[];
  runs: number;
  bandTokens: number[];
  lines: Known[];
  loss: LearningCurve;
  floor: number | null;
  guess: number | null;
}

/** `most` is the length of the axis, `axis` its name; `hidden` says why shares are not shown yet, if they are not, and `click` what a click does; `point` is the step that was clicked in the panel that is chosen. */
export interface SmallMultiples {
  axis: string;
  columns: number;
  click: string;
  most: number;
  hidden: string;
  point: number | null;
  panels: Panel[];
}
