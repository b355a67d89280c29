// Made from payload.py by python -m llmviz.parts.types.

/** Its words, each with the points it earns or loses; and what the whole comes to. */
export interface Reply {
  words: [string, number][];
  figures: string;
}

/** A request, the reply of the start, and by step that of the policy. */
export interface Sample {
  request: string;
  before: Reply;
  after: Reply[];
}

/** `before` and `after` head the two columns; `earns` says whose points those of a word are, and `most` how many have the full colour; `notes` are by step. Where there are no steps, `empty` is said. */
export interface Samples {
  steps: number[];
  rows: Sample[];
  before: string;
  after: string;
  earns: string;
  most: number;
  notes: string[];
  empty: string;
}
