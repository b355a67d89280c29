// Made from payload.py by python -m llmviz.parts.types.

/** A request and two replies to it. */
export interface TwoReplies {
  request: string;
  one: string;
  other: string;
}

/** Choices by place: 1 and 2 for the preferred reply, 0 for a tie. `pairs` are those from the place `first` on, chosen or still to come. `list` is another text for each list of choices that this one does not go on from. `closed` says why nothing can be chosen now, if so. `note` stands below the replies. */
export interface Labeller {
  list: string;
  said: number[];
  first: number;
  pairs: TwoReplies[];
  closed: string;
  note: string;
}
