// Made from payload.py by python -m llmviz.parts.types.

import type { Word } from "../shared/payload";

/** `out` are places of words left out; `weight` is by step and word in nats, None where it is left out, towards the last of `labels`. */
export interface Weighed {
  words: Word[];
  out: number[];
  steps: number[];
  weight: ((number | null)[])[];
  labels: string[];
  note: string;
}
