// Made from payload.py by python -m llmviz.parts.types.

/** One tensor, and its SHA-256 in the parent and here in hexadecimal digits, empty for none. */
export interface Tensor {
  name: string;
  shape: number[];
  theirs: string;
  ours: string;
  fate: string;
}

/** Tensors of one layer; `moved` is by step, as a share of the layer's length, or of a layer that begins at `zero` as a length. */
export interface Layer {
  name: string;
  fate: string;
  numbers: number;
  zero: boolean;
  moved: number[];
  tensors: Tensor[];
}

/** How many tensors, and of how many numbers. */
export interface Sum {
  tensors: number;
  numbers: number;
}

/** `left` are tensors of the parent's that this model has no use for; `sums` are by fate. */
export interface Network {
  steps: number[];
  parent: string;
  child: string;
  layers: Layer[];
  left: Tensor[];
  sums: Record<string, Sum>;
}
