// Made from payload.py by python -m llmviz.parts.types.

/** A token that is asked for: what is right, why it is asked for, its loss and its likeliest tokens before and after the step, and its probability at each step of the trail. */
export interface Target {
  place: number;
  truth: string;
  fate: string;
  nats: number[];
  likeliest: [string, number][][];
  trail: number[];
}

/** One text of the batch as the model reads it, and its loss before and after the step. */
export interface Text {
  tokens: string[];
  nats: number[];
  targets: Target[];
}

/** One layer: the length of its gradient, how far it moves as a share of its length, and by which optimizers. */
export interface Layer {
  name: string;
  gradient: number;
  moved: number;
  movers: string[];
}

/** `next` is the step that is open, `batch` that whose batch the texts are from; `count` how many there are in it; `loss` that of the batch before and after; `whole` the length of the whole gradient, `clip` that it may have, `cut` the share that is left; the last two of the trail are before and after the open step. */
export interface OneStep {
  phase: string;
  next: number;
  batch: number;
  first: string;
  lead: string;
  count: number;
  loss: number[];
  layers: Layer[];
  whole: number;
  clip: number;
  cut: number;
  movers: [string, number][];
  trail: number[];
  texts: Text[];
  group?: string;
}
