// Made from payload.py by python -m llmviz.parts.types.

import type { Origin } from "../shared/payload";

/** One text. Of its `words` the first, as many as are `given`, were read and are not asked for: they are grey. Below the others stand bars of their `shares`, 0 … 1, and their `figures`, if there are any; `told` is said of each word that is not given. `verdict` is what the text comes to, `good` whether that is as wanted, None where nobody knows. */
export interface Text {
  words: string[];
  given: number;
  shares: number[];
  figures: string[];
  told: string[];
  verdict: string;
  good: boolean | null;
}

/** One model, and by step its text. */
export interface Reply {
  title: string;
  about: string;
  phase: string;
  start: Origin;
  empty: string;
  action: string;
  steps: number[];
  texts: Text[];
}

/** `note` is said below the rows. */
export interface Replies {
  rows: Reply[];
  note: string;
}
