// Made from payload.py by python -m llmviz.parts.types.

/** What was asked, what was said to it, and what that lacks; "" where it is as wanted. */
export interface Example {
  asked: string;
  said: string;
  lacks: string;
}

/** One cell: `good` of `count` are as wanted; `examples` are these or some, those that lack something first; `more` is said too. */
export interface Outcome {
  good: number;
  count: number;
  examples: Example[];
  more?: string;
}

/** A row. One with a single cell is wanted in no column of its own: the cell goes across all. */
export interface Line {
  name: string;
  cells: Outcome[];
}

/** Rows that belong together, under a title. */
export interface Group {
  title: string;
  lines: Line[];
}

/** `of` says what is counted and `noun` names one of it, `corner` says what the rows are, `good` and `bad` what an example is called. `open` is the place of the cell that is open at first; without it, the one in which least is as wanted. */
export interface Outcomes {
  columns: string[];
  groups: Group[];
  corner: string;
  of: string;
  noun: string;
  good: string;
  bad: string;
  open?: number;
}
