// Made from payload.py by python -m llmviz.parts.types.

import type { Level } from "../curve/payload";
import type { Points } from "../curve/payload";

/** Pretraining, fine-tuning or training from scratch, and how far it is, from 0 to 1. */
export interface Phase {
  title: string;
  about: string;
  progress: number;
}

/** By step the likeliest words for a gap; what stands where a model has none yet, none any more, and never had any. */
export interface Words {
  asked: string;
  truth: string;
  steps: number[];
  candidates: [string, number][][];
  empty: string;
  gone: string;
  never: string;
}

/** By step the shares of the labels; what stands where there are none yet, and where there is no head for them. */
export interface Predictions {
  asked: string;
  steps: number[];
  labels: string[];
  shares: number[][];
  empty: string;
  none: string;
}

/** What a model is at its step 0. */
export interface Beginning {
  title: string;
  about: string;
  phase: string;
}

/** One of the five cards. */
export interface Station {
  title: string;
  about: string;
  start?: Beginning | null;
}

/** One of the two charts: `stops` are the steps of which there are weights, `total` the length of its axis. */
export interface Charted {
  steps: number[];
  values: number[];
  stops: number[];
  total: number;
  bounds: Level[];
  about: string;
}

/** How often predictions are right, here and from scratch; `withheld` is what stands in place of the lines, if anything. */
export interface Right {
  steps: number[];
  values: number[];
  stops: number[];
  total: number;
  bounds: Level[];
  about: string;
  scratch: Points;
  withheld: string;
}

/** `join` is the slider's place of step 0 of the second phase; `label` the true label, empty where there is none; `terms` are words of the glossary. */
export interface Story {
  join: number;
  phases: Phase[];
  words: Words;
  predictions: Predictions;
  scratch: Predictions;
  label: string;
  cards: Station[];
  loss: Charted;
  accuracy: Right;
  terms: Record<string, string>;
}
