// Made from payload.py by python -m llmviz.parts.types.

/** A token, and the number of the gap that a sentinel stands for, -1 for any other token. */
export interface Sentinel {
  text: string;
  gap: number;
}

/** What came out: `cross` is where each token looked in what was given, by token and place; spans and confidence are by gap. */
export interface Answer {
  tokens: Sentinel[];
  chances: number[];
  cross: number[][];
  spans: string[];
  confidence: number[];
  ended: boolean;
}

/** `withheld` is what is said in place of probabilities, if anything. */
export interface ReadAndWritten {
  steps: number[];
  given: Sentinel[];
  texts: Answer[];
  empty: string;
  withheld: string;
}
