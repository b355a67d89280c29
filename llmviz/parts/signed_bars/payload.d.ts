// Made from payload.py by python -m llmviz.parts.types.

/** A row: its name, what is said of it to who points at it, and its figure by step. */
export interface SignedBar {
  name: string;
  about: string;
  values: number[];
}

/** The rows, at each step the `most` that move farthest up and as many that move farthest down, or all where `most` is 0. `left` and `right` say what the sides mean. `phase` is the stage of the model whose colour they have. */
export interface SignedBars {
  title: string;
  about: string;
  steps: number[];
  bars: SignedBar[];
  most: number;
  left: string;
  right: string;
  phase: string;
  empty: string;
}
