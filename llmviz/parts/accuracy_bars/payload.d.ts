// Made from payload.py by python -m llmviz.parts.types.

/** The lowest and the highest of several, and of what. */
export interface Band {
  low: number;
  high: number;
  source: string;
}

/** One row: with more than one step it follows the slider. `withheld` stands in place of the share, if anything does. */
export interface Rung {
  name: string;
  about: string;
  phase: string;
  steps: number[];
  values: number[];
  band: Band | null;
  withheld: string;
}

/** The rows, and what is said above and below them. */
export interface AccuracyBars {
  title: string;
  below: string;
  rungs: Rung[];
}
