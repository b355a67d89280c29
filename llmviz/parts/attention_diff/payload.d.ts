// Made from payload.py by python -m llmviz.parts.types.

import type { Token } from "../attention/payload";

/** The heads of a model at its steps, the first of which is before. */
export interface AttentionDiff {
  layers: number;
  heads: number;
  first: number;
  causal: boolean;
  steps: number[];
  tokens: Token[];
  weights: string;
  note: string;
}
