// Made from payload.py by python -m llmviz.parts.types.

/** One row: what it is, and the figure, which is 0 for none and null where nobody knows it; `said` is the figure in words. */
export interface LogBar {
  name: string;
  about: string;
  phase: string;
  value: number | null;
  said: string;
}

/** The rows, between the powers of ten `low` and `high`, and lines at some powers with their labels. `withheld` stands in place of the rows, if anything does. */
export interface LogBars {
  title: string;
  about: string;
  below: string;
  low: number;
  high: number;
  ticks: [number, string][];
  bars: LogBar[];
  withheld: string;
}
