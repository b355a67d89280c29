// Made from payload.py by python -m llmviz.parts.types.

import type { Word } from "../shared/payload";

/** `hidden` are places of tokens; `probability` is by step and token; `single`, whether only one word is hidden at a time. */
export interface TokenStrip {
  tokens: Word[];
  hidden: number[];
  steps: number[];
  probability: number[][];
  note: string;
  single?: boolean;
}
