// Made from payload.py by python -m llmviz.parts.types.

/** One of the two matrices, A and B, whose product LoRA adds to a frozen one, and its SHA-256 at the last step. */
export interface Factor {
  letter: string;
  shape: number[];
  last: string;
}

/** One tensor, and its SHA-256 in the parent, here at the first step and at the last, in hexadecimal digits, empty for none; what became of it when the model was made, and what training does to it. */
export interface Tensor {
  name: string;
  shape: number[];
  theirs: string;
  ours: string;
  last: string;
  fate: string;
  role: string;
  factors: Factor[];
}

/** Tensors of one layer; `moved` is by step, as a share of the layer's length, or of a layer that begins at `zero` as a length. `beside` says which of LoRA's factors stand beside its matrices, "" where none do. */
export interface Layer {
  name: string;
  fate: string;
  numbers: number;
  zero: boolean;
  moved: number[];
  tensors: Tensor[];
  role: string;
  beside: string;
}

/** How many tensors, and of how many numbers. */
export interface Sum {
  tensors: number;
  numbers: number;
}

/** `left` are tensors of the parent's that this model has no use for; `sums` are by fate; `moves` says what training moves. */
export interface Network {
  steps: number[];
  parent: string;
  child: string;
  layers: Layer[];
  left: Tensor[];
  sums: Record<string, Sum>;
  moves: string;
}
