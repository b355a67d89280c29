// Made from payload.py by python -m llmviz.parts.types.

/** A name for what is shown; another one is sized anew. And the pixels of type that charts drawn by the server have. */
export interface Beat {
  beat: string;
  unit: number;
}
