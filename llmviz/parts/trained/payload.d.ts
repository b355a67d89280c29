// Made from payload.py by python -m llmviz.parts.types.

/** Percent of training, ascending. */
export interface Trained {
  shares: number[];
}
