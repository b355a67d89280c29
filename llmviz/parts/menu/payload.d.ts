// Made from payload.py by python -m llmviz.parts.types.

/** What a choice is: a selector of links and buttons in the menu. */
export interface Menu {
  choices: string;
}
