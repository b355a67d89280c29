// Made from payload.py by python -m llmviz.parts.types.

/** One hidden word: as it is called and as the model writes it, empty where it has no word for it; by step the likeliest and its own probability. */
export interface Gap {
  place: number;
  truth: string;
  source: string;
  candidates: [string, number][][];
  probability: number[];
}

/** `title`, what is asked; `mark`, what the tick stands for; `low`, whether there is little height; `withheld`, what is said where no step is known, if anything. */
export interface Bars {
  steps: number[];
  empty: string;
  groups: Gap[];
  title?: string;
  mark?: string;
  low?: boolean;
  withheld?: string;
}
