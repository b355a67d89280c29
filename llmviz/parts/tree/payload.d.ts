// Made from payload.py by python -m llmviz.parts.types.

/** One token that was looked at: its parent's place, -1 for the beginning; its round; ln p of it alone and of the text up to it; whether it was kept, lies on the likeliest way, and is what greedy search takes. */
export interface Node {
  parent: number;
  depth: number;
  word: string;
  chance: number;
  score: number;
  kept: boolean;
  best: boolean;
  greedy: boolean;
}

/** By step the tree, and what is said of it; `width` is how many continuations are kept. */
export interface Tree {
  beginning: string;
  width: number;
  steps: number[];
  trees: Node[][];
  said: string[];
}
