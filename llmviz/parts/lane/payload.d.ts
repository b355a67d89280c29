// Made from payload.py by python -m llmviz.parts.types.

/** A value to choose, and its name. */
export interface Option {
  value: string;
  title: string;
}

/** What can be set: one of the choices, or where there are none a number from `low` to `high`. */
export interface Control {
  name: string;
  label: string;
  value: number | string;
  low?: number;
  high?: number;
  step?: number;
  percent?: boolean;
  choices: Option[];
}

/** What is to be said there, and the number of the target, -1 where no loss is taken. */
export interface Asked {
  text: string;
  target: number;
}

/** A token that is read: what was done to it, a tag beside it, its part, and what is to be said there. */
export interface Cell {
  text: string;
  sort: string;
  tag: string;
  part: number;
  says: Asked[];
}

/** `steps` are percent of training, and by them trained (steps), losses, chances and right by target, and the likeliest for each target. `withheld` is what is said in place of the number of targets, if anything; `compared`, whether the loss is set beside that before training. */
export interface Lane {
  kind: string;
  name: string;
  model: string;
  about: string;
  controls: Control[];
  cells: Cell[];
  targets: number;
  withheld: string;
  of: string;
  note: string;
  waits: string;
  compared: boolean;
  steps: number[];
  trained: number[];
  losses: number[];
  chances: number[][];
  right: boolean[][];
  guesses: [string, number][][][];
}
