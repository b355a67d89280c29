// Made from payload.py by python -m llmviz.parts.types.

/** A piece of a step, and what was done to it. */
export interface Bit {
  text: string;
  tone: string;
}

/** One step of a derivation, and whether it is the one that was picked of several. */
export interface Move {
  cells: Bit[];
  said: string;
  picked: boolean;
}

/** A piece of the vocabulary: its mark, its text, and what is said of it. */
export interface Entry {
  mark: string;
  text: string;
  known: boolean;
  head: string;
  steps: Move[];
}

/** A word in pieces, which are places of entries. A word of BPE has one state more than it has ranks of merges: the first is its letters. */
export interface Cut {
  fresh: boolean;
  pieces: number[];
  ranks: number[];
  states: number[][];
  how: string;
  steps: Move[];
}

/** The sentence in the pieces of one vocabulary; `waits` is what stands there until it has been learnt. */
export interface Vocabulary {
  kind: string;
  name: string;
  about: string;
  mark: string;
  waits: string;
  entries: Entry[];
  words: Cut[];
}

/** The merges that the sentence takes, by rank, and what is said of each; `total`, how many the vocabulary has. */
export interface Merges {
  ranks: number[];
  said: string[];
  total: number;
}

/** The sentence in all vocabularies. */
export interface Pieces {
  note: string;
  rows: Vocabulary[];
  merges: Merges | null;
}
