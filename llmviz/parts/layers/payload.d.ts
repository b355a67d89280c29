// Made from payload.py by python -m llmviz.parts.types.

/** Who has these figures: by step, of each row, as a number and in words. With more than one step it follows the slider. */
export interface Series {
  name: string;
  phase: string;
  mark: string;
  steps: number[];
  values: ((number | null)[])[];
  told: string[][];
}

/** A figure that all rows are held against. */
export interface Level {
  name: string;
  value: number;
}

/** The rows from the prediction down to the words, on a scale that ends at `most`; `said` is a sentence at each of the steps. */
export interface Layers {
  title: string;
  about: string;
  rows: string[];
  most: number;
  series: Series[];
  levels: Level[];
  steps: number[];
  said: string[];
}
