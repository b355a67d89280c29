// Made from payload.py by python -m llmviz.parts.types.

/** One of them: the phase whose colour it has, empty for that of the text; the dash that tells it from others; its points; and the lowest and highest values at them, where it has a band. */
export interface Curve {
  name: string;
  phase: string;
  dash: string;
  steps: number[];
  values: number[];
  low?: number[];
  high?: number[];
}

/** A value that the curves are measured against. */
export interface Bound {
  name: string;
  value: number;
}

/** `kind` names the chart; `unit` is what the axis counts, `ticks` where it says so, as a logarithm with `log`; `marked` is a place on it at which the curves are named, None for their ends; `low` is the lowest value; `share`, whether values are shares. Where there are no curves, `empty` is said. */
export interface Curves {
  kind: string;
  title: string;
  about: string;
  empty: string;
  unit: string;
  total: number;
  ticks: number[];
  log: boolean;
  marked: number | null;
  low: number;
  share: boolean;
  lines: Curve[];
  bounds: Bound[];
}
