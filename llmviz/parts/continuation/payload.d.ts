// Made from payload.py by python -m llmviz.parts.types.

import type { Word } from "../shared/payload";

/** One text: its words, which of them go on without a space, how probable each was, whether it has ended, and why it went no further. */
export interface Written {
  words: string[];
  joined: boolean[];
  chances: number[];
  ended: boolean;
  why: string;
}

/** By step what was written; `shown`, how many tokens are to be seen; `at`, the token whose alternatives are shown; `chosen`, how many of the first were chosen by hand; `withheld`, what is said in place of probabilities, if anything. */
export interface Continuation {
  given: Word[];
  steps: number[];
  texts: Written[];
  shown: number;
  at: number;
  chosen: number;
  note: string;
  withheld: string;
}
