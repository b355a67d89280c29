// Made from payload.py by python -m llmviz.parts.types.

import type { Word } from "../shared/payload";

/** `back` (step, second, first) and `ahead` (step, first, second) are bytes in base64; `shares` is p(follows) by step, `best` that for who knows the grammar. */
export interface Pair {
  first: Word[];
  second: Word[];
  steps: number[];
  shares: number[];
  back: string;
  ahead: string;
  empty: string;
  note: string;
  best: number | null;
}
