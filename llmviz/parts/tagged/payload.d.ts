// Made from payload.py by python -m llmviz.parts.types.

import type { Origin } from "../shared/payload";

/** One model: by step and word its probability of each tag. */
export interface TaggedRow {
  title: string;
  about: string;
  phase: string;
  start: Origin;
  empty: string;
  action: string;
  steps: number[];
  probability: number[][][];
}

/** `words` are those of the text; `tags` all there are, O first and then a B- and an I- for each kind of entity; `names` what the kinds are called; `truth` the true tag of each word, empty where nobody knows them. */
export interface Tagged {
  words: string[];
  tags: string[];
  names: Record<string, string>;
  rows: TaggedRow[];
  truth: string[];
  note: string;
}
