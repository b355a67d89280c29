// Made from payload.py by python -m llmviz.parts.types.

/** Words under a heading, "" for none. */
export interface WordGroup {
  heading: string;
  words: string[];
}

/** What there is to say of all words, and they themselves. */
export interface WordList {
  said: string;
  groups: WordGroup[];
}
