// Made from payload.py by python -m llmviz.parts.types.

import type { Origin } from "../shared/payload";

/** One model, by step: of each word its probability of each label and how strongly it has the colour of each kind, 0 … 1; the spans it marks; and what these come to, in a few words. */
export interface TaggedRow {
  title: string;
  about: string;
  phase: string;
  start: Origin;
  empty: string;
  action: string;
  steps: number[];
  probability: number[][][];
  strength: number[][][];
  spans: [number, number, number][][];
  score: string[];
}

/** `words` are those of the text; `labels` what a word has probabilities of; `kinds` the names of the kinds of span; `truth` the true spans, None where nobody knows them. Each kind has a colour of its own, or those of a group share one: the `colours` are by kind the place of its group in the `legend`. `pieces` are those of each word, where some word has more than one: the first carries the label. */
export interface Tagged {
  words: string[];
  labels: string[];
  kinds: string[];
  rows: TaggedRow[];
  truth: [number, number, number][] | null;
  note: string;
  colours?: number[];
  legend?: string[];
  pieces?: string[][];
}
