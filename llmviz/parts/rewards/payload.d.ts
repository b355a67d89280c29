// Made from payload.py by python -m llmviz.parts.types.

/** A reply: what it is called, its tokens, and by step the reward after each number of them, that of the whole reply last. `taste` is what is truly thought of it, null where nobody knows or it is not to be seen; `marks` are by step what is said beside that. */
export interface Rewarded {
  name: string;
  tokens: string[];
  rewards: number[][];
  taste: number | null;
  marks: string[];
}

/** The replies, the visitor's own first. `judged`, whether the taste has a column; `empty` stands where no step is known. */
export interface Rewards {
  title: string;
  steps: number[];
  rows: Rewarded[];
  judged: boolean;
  empty: string;
  note: string;
}
