// What the scripts of the parts say of themselves, in types. The payloads are in payload.d.ts beside each part.

export type Child = string | number | boolean | null | undefined | Wanted | readonly Child[];

/** An element that shall be there: its tag, and what it is to have and to hold. */
export interface Wanted {
  tag: string;
  props: Props;
  children: readonly Child[];
}

type On<Kind extends Event> = (event: Kind & { currentTarget: HTMLElement; target: Element }) => void;

export interface Props {
  class?: string | false | null | readonly (string | false | null | undefined | 0)[];
  onclick?: On<MouseEvent>;
  onkeydown?: On<KeyboardEvent>;
  onfocusin?: On<FocusEvent>;
  onfocusout?: On<FocusEvent>;
  onpointerdown?: On<PointerEvent>;
  onpointermove?: On<PointerEvent>;
  onpointerup?: On<PointerEvent>;
  onpointercancel?: On<PointerEvent>;
  onpointerover?: On<PointerEvent>;
  onpointerleave?: On<PointerEvent>;
  oninput?: On<Event>;
  onchange?: On<Event>;
  [attribute: string]: unknown;
}

/** What Streamlit calls the script of a part with. */
export interface Mounted<Data> {
  data: [Data];
  parentElement: HTMLElement;
  setTriggerValue(name: string, value: unknown): void;
}

/** All parts that show one run, and the step they stand on. */
export interface Group {
  chosen: number | null;
  newest: number;
  visit: number | null | undefined;
  origin?: { phase: string; word: string };
  listeners: Set<() => void>;
}

/** What a part is given to draw with. */
export interface Given<Data> {
  data: Data;
  root: HTMLElement;
  /** The step of its run, and those who follow it. */
  shared: Group;
  /** What lives longer than one drawing, until `of` changes. */
  kept<State>(of: unknown, first: () => State): State;
  redraw(): void;
  /** Tell the server. */
  tell(event: string, value: unknown): void;
}

/** Where a click is kept that waits for the server's answer. */
export interface Clicked<Chosen> {
  clicked?: { chosen: Chosen; visit: unknown; until: number } | null;
  [other: string]: unknown;
}

/** Where something is drawn: its edges in pixels, and what stands where. */
export interface Panel {
  left: number;
  right: number;
  top: number;
  bottom: number;
  em: number;
  x(value: number): number;
  y(value: number): number;
  /** What a pixel of the window stands for. */
  at(pixel: number): number;
}

export interface Line {
  steps: readonly number[];
  values: readonly (number | null)[];
}

/** The name of a line, at the height of the line, and what is said of it. */
export interface Label {
  y: number;
  text: string;
  about?: string | undefined;
  /** The class of the line, where a piece of it stands before the name. */
  line?: string | undefined;
  dash?: string | undefined;
  /** The class of the name. */
  looks?: string | undefined;
  /** Where the line ends. */
  from?: number | undefined;
}
