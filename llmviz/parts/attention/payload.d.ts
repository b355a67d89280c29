// Made from payload.py by python -m llmviz.parts.types.

/** A token as it is shown, and whether it stands for no text. */
export interface Token {
  text: string;
  joined?: boolean;
  special: boolean;
}

/** What a head may look at, such as the previous token; `chance` is the share that would fall on it by chance. */
export interface Target {
  name: string;
  short: string;
  chance: number;
}

/** At a step for each head the place of its target, the share of its attention on it, and whether it is named for it. */
export interface Named {
  step: number;
  heads: [number, number, boolean][];
}

/** `weights` are bytes in base64: step, layer, head, query, key. Of a deep model some layers are here, after the `first` ones. */
export interface Weights {
  layers: number;
  heads: number;
  first: number;
  causal: boolean;
  steps: number[];
  tokens: Token[];
  weights: string;
  note: string;
}

/** What heads may be named for, and by step what they are. */
export interface Names {
  targets: Target[];
  named: Named[];
}

/** `empty` is said where nothing has been answered. */
export interface Maps {
  layers: number;
  heads: number;
  first: number;
  causal: boolean;
  steps: number[];
  tokens: Token[];
  weights: string;
  note: string;
  targets: Target[];
  named: Named[];
  empty: string;
}

/** `layer` and `head` are those chosen; `withheld` is said where a step has no names, if anything. */
export interface Attention {
  layers: number;
  heads: number;
  first: number;
  causal: boolean;
  steps: number[];
  tokens: Token[];
  weights: string;
  note: string;
  targets: Target[];
  named: Named[];
  empty: string;
  title: string;
  compact: boolean;
  layer: number;
  head: number;
  withheld: string;
}
