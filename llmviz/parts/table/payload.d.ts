// Made from payload.py by python -m llmviz.parts.types.

/** A piece of what a cell says. With a `page`, it opens that page at this `run`; without a run, the page as it is. */
export interface Bit {
  text: string;
  page: string;
  run: string;
}

/** What a cell says, smaller lines below it, and the number by which its column sorts, if it has one. `faint` where it is no figure; a `tint` from 0 to 1 lets one see where it is high. */
export interface Cell {
  bits: Bit[];
  more: string[];
  value: number | null;
  faint: boolean;
  tint?: number;
}

/** The name of a column, what is said of it to who points at it, and whether it sorts. */
export interface Column {
  name: string;
  about: string;
  sorts: boolean;
}

/** One row: its name, what is said below that, the phase whose colour it has ("" for none), how far it stands below another while the rows are in their own order, and whether it stays on top when they are sorted. */
export interface Row {
  name: string;
  about: string;
  phase: string;
  depth: number;
  pinned: boolean;
  cells: Cell[];
}

/** `corner` heads the names of the rows; `sort` is the column they are sorted by, -1 for none, from the highest `down` or up from the lowest. In `prose` cells are sentences. `visit` is another number for each visit of the page. */
export interface Table {
  label: string;
  corner: string;
  columns: Column[];
  rows: Row[];
  sort: number;
  down: boolean;
  prose: boolean;
  visit: number;
}
