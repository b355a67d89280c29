// Made from payload.py by python -m llmviz.parts.types.

/** A line: the steps at which it was measured, and what was. */
export interface Points {
  steps: number[];
  values: number[];
}

/** The figure that the run is about, and whether it is a share. */
export interface Headline {
  steps: number[];
  values: number[];
  name: string;
  share: boolean;
}

/** A share measured on the way; the phase whose colour it has, where it is not that of the curve. */
export interface Probe {
  steps: number[];
  values: number[];
  name: string;
  about: string;
  dash: string;
  phase?: string;
}

/** A value that lines are measured against, and what is said of it. */
export interface Level {
  name: string;
  about: string;
  value: number;
}

/** Where the headline `fits`, the axis spans its values, also below 0; else it ends above the lines. `small`: the headline alone; `shares`: the probes alone. `total` is the length of the axis, `terms` are words of the glossary in `about`. */
export interface LiveCurve {
  phase: string;
  about: string;
  fits: boolean;
  total: number;
  live: boolean;
  empty: string;
  snapshots: number[];
  headline: Headline;
  batches: Points;
  lines: Level[];
  probes: Probe[];
  ceilings: Level[];
  terms?: Record<string, string>;
  small?: boolean;
  shares?: boolean;
}
