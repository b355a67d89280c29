// Made from payload.py by python -m llmviz.parts.types.

/** One text, in runs of words; those that the cell is about are set apart. */
export interface ConfusedExample {
  bits: [string, boolean][];
}

/** `counts` by true label and label given, both in the order of `labels`; `examples` likewise, some of each cell. `of` says what is counted, `noun` names one of it. */
export interface Confusion {
  labels: string[];
  counts: number[][];
  examples: ConfusedExample[][][];
  of: string;
  noun: string;
}
