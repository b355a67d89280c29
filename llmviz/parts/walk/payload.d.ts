// Made from payload.py by python -m llmviz.parts.types.

/** A token as it is shown, and whether it stands for no text. */
export interface Token {
  text: string;
  special: boolean;
}

/** Tokens that a model reads or writes, and their ids. */
export interface Sequence {
  tokens: Token[];
  ids: number[];
}

/** A part of the model, such as a block: its name, and what it does in a sentence. */
export interface Stage {
  name: string;
  says: string;
}

/** One operation and what comes out of it. `kind` is how its numbers come about, `reads` are the places of the boxes it reads, and `shape` is heads, rows, columns. A row belongs to a token of the sequence `rows`. A column is a number of a vector where `columns` is -1, a token of that sequence where it is 0 or more, and one of the `words` where it is -2. `values`, `weight` and `bias` are float32 in base64, empty where the stage of the box is not opened; what weight, bias and `constant` mean depends on the kind. `moved` is how far training has moved its weights since step 0, as a share of their length there, -1 where that is not known or there are none. */
export interface Box {
  name: string;
  kind: string;
  stage: number;
  reads: number[];
  shape: number[];
  rows: number;
  columns: number;
  says: string;
  parameters: number;
  multiplications: number;
  tensors: string[];
  moved: number;
  values: string;
  weight: string;
  bias: string;
  constant: number;
}

/** The boxes of a model; those of the stage `opened` have their numbers. `at` is what is chosen: box, head, row, column. `words` are those of the vocabulary's `vocabulary` that the logits are shown of. `empty` is said where there is nothing to show. */
export interface Walk {
  model: string;
  stages: Stage[];
  opened: number;
  boxes: Box[];
  sequences: Sequence[];
  words: string[];
  vocabulary: number;
  at: number[];
  note: string;
  empty: string;
}
