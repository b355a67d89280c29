// Made from payload.py by python -m llmviz.parts.types.

/** What a run is at its step 0: the phase whose colour it has, and its name in words. */
export interface Origin {
  phase: string;
  word: string;
}

/** The run, by which parts move together; the step in the address, None for the newest; another number for each visit of a page. */
export interface Shared {
  group: string;
  step: number | null;
  visit: number;
  origin?: Origin;
}

/** A word as it is shown, whether the model knows it, and whether it goes on from the one before without a space. */
export interface Word {
  text: string;
  known: boolean;
  joined?: boolean;
}

/** One of several models that stand side by side: what it is at its step 0, what stands where it has nothing to say and on the button that changes that, and the steps it has something to say of. */
export interface Side {
  title: string;
  about: string;
  phase: string;
  start: Origin;
  empty: string;
  action: string;
  steps: number[];
}
