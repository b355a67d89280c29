// A sentence whose words a click takes away and puts back, each with a gauge below it.

import { h } from "./dom.js";
import { walk } from "./keys.js";
import { choice } from "./part.js";
import { tabStops, told } from "./rows.js";

/** @import { Given } from "./types" @import { Word } from "./payload" */

const DENSE = 14; // words above which they stand closer
const MANY = 40; // words above which the row scrolls

/**
 * `away` are the places that the server says are away, and `gone` what that is called; `single`, whether only one is away at a time;
 * `level`, how the gauge stands, from -1 to 1; `said`, what is to be heard after the word; `event`, what a click tells the server.
 * @param {Given<any>} given
 * @param {{ words: Word[], away: number[], gone: string, label: string, event: string, single?: boolean | undefined,
 * level: (place: number, pressed: boolean) => number, said: (place: number, pressed: boolean) => string }} row
 */
export function wordRow({ data, kept, redraw, tell }, { words, away, gone, label, event, single, level, said }) {
  const state = kept([data.group, words], () => ({ seat: 0 }));
  const { now, waits, choose } = choice(state, away, data.visit);
  const tab = tabStops(state, words.length);

  return h(
    "div.tokens",
    {
      ...{ role: "group", "aria-label": label, dir: "auto" },
      class: [words.length > DENSE && "dense", words.length > MANY && "long", waits() && "waiting"],
      ...walk(state, ".token", {
        choose(place) {
          const others = single ? [] : now().filter((each) => each !== place);
          choose(now().includes(place) ? others : [...others, place].sort((one, other) => one - other));
          redraw();
          tell(event, now());
        },
      }),
    },
    words.map(({ text, known, joined }, place) => {
      const pressed = now().includes(place);
      const heard = [text, pressed && gone, !known && "unknown to the model"].filter(Boolean).join(", ") + said(place, pressed);
      return h(
        "button.token",
        {
          ...{ type: "button", "data-place": place, "aria-pressed": pressed, tabindex: tab() },
          ...{ class: [joined && "joined", !known && "unknown"], ...told(heard) },
        },
        h("span.word", {}, text),
        h("span.gauge", { "aria-hidden": true }, h("span.level", { style: `transform: scaleX(${level(place, pressed)})` })),
      );
    }),
  );
}
