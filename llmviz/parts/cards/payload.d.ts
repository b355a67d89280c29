// Made from payload.py by python -m llmviz.parts.types.

import type { Origin } from "../shared/payload";

/** One model: by step its shares of the labels, and a note in words, those after a text being set apart. */
export interface Card {
  title: string;
  about: string;
  phase: string;
  start: Origin;
  empty: string;
  action: string;
  steps: number[];
  labels: string[];
  shares: number[][];
  notes: [string, boolean][][];
}

/** `truth` is the true label, empty where there is none. */
export interface Cards {
  cards: Card[];
  truth: string;
}
