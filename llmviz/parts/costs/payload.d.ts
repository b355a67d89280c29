// Made from payload.py by python -m llmviz.parts.types.

/** One text, whether it is the one the vocabularies are from, and for each kind its tokens per word and how many of them are [UNK]. */
export interface Cost {
  name: string;
  own: boolean;
  rates: number[];
  lost: number[];
}

/** The kinds of vocabulary by name, and the texts. */
export interface Costs {
  title: string;
  about: string;
  below: string;
  names: string[];
  texts: Cost[];
}
