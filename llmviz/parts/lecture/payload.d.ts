// Made from payload.py by python -m llmviz.parts.types.

/** A name for what is shown; another one is sized anew. */
export interface Beat {
  beat: string;
}
