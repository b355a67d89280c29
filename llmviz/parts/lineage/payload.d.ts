// Made from payload.py by python -m llmviz.parts.types.

/** One run; without a key a parent that is no longer here. `rails` are the generations above it, and whether each goes on below; `scratch`, whether it begins at random weights. */
export interface Run {
  key: string;
  rails: boolean[];
  phase: string;
  scratch: boolean;
  faint: boolean;
  title: string;
  settings: string;
  state: string;
  tone: string;
  kind: string;
  figures: string;
  time: string;
  size: string;
  when: string;
  about: string;
}

/** `ticked` are keys, two at most; `count` of `of` runs are shown. */
export interface Lineage {
  count: number;
  of: number;
  ticked: string[];
  rows: Run[];
}
