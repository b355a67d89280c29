// Made from payload.py by python -m llmviz.parts.types.

/** A token, its probability after each filter, and where its share of the draw begins. */
export interface Candidate {
  word: string;
  id: number;
  chances: number[];
  start: number;
}

/** What could stand at a place: `before` are the ids of the way there, `picked` the candidate that was taken, -1 for none yet, `left` how many could be drawn, `draw` where the draw fell, `chosen` whether a visitor took it. */
export interface Choice {
  before: number[];
  candidates: Candidate[];
  others: number[];
  picked: number;
  left: number;
  draw: number;
  chosen: boolean;
}

/** `open`, whether the token is not drawn yet; by step its choice, None where the text has ended before. */
export interface Choices {
  steps: number[];
  at: number;
  open: boolean;
  filters: string[];
  empty: string;
  places: (Choice | null)[];
}
