// The token strip: a sentence whose words can be hidden, each with a bar for how probable the model finds it at the chosen step.
//
// data: group, visit, step, tokens [{text, known, joined}], hidden [place], steps, probability [step][place], note
// triggers: "hidden", the list of hidden places. The strip shows a click at once and waits for the server's answer after that.

const PATIENCE = 3000; // milliseconds for which a click counts for more than what the server still says
const DENSE = 14, MANY = 40; // tokens above which they stand closer, and above which the strip scrolls

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".strip");
  const list = root.querySelector(".tokens");
  const note = root.querySelector(".note");
  const shared = group(data);
  const words = JSON.stringify([data.group, data.tokens]);

  if (root.words !== words) {
    root.words = words;
    root.pending = null;
    root.seat = Math.min(root.seat ?? 0, Math.max(0, data.tokens.length - 1));
    list.classList.toggle("dense", data.tokens.length > DENSE);
    list.classList.toggle("long", data.tokens.length > MANY);
    list.replaceChildren(...data.tokens.map(token));
  }
  if (root.pending && (same(root.pending.hidden, data.hidden) || Date.now() > root.pending.until)) root.pending = null;
  note.textContent = data.note;

  const hidden = () => root.pending?.hidden ?? data.hidden;

  function token(given, place) {
    const button = make("button", { type: "button", class: "token", "data-place": place });
    button.classList.toggle("joined", given.joined);
    button.classList.toggle("unknown", !given.known);
    const gauge = make("span", { class: "gauge", "aria-hidden": "true" });
    gauge.append(make("span", { class: "level" }));
    button.append(make("span", { class: "word" }, given.text), gauge);
    return button;
  }

  function draw() {
    const place = placeOf(data.steps, stepOf(shared));
    const row = data.probability[place];
    const covered = new Set(hidden());
    root.classList.toggle("waiting", Boolean(root.pending));
    root.classList.toggle("bare", !row);
    [...list.children].forEach((button, index) => {
      const { text, known } = data.tokens[index];
      const away = covered.has(index);
      const chance = row?.[index];
      button.setAttribute("aria-pressed", away);
      button.tabIndex = index === root.seat ? 0 : -1;
      button.querySelector(".level").style.transform = `scaleX(${chance ?? 0})`;
      const said = [text, away ? "hidden" : "", known ? "" : "unknown to the model"].filter(Boolean).join(", ");
      const share = chance === undefined ? "" : `: the model gives it ${exactly(chance)} here at step ${whole(data.steps[place])}`;
      button.setAttribute("aria-label", said + share);
      button.title = said + share;
    });
  }

  list.onclick = (event) => {
    const button = event.target.closest(".token");
    if (!button) return;
    root.seat = Number(button.dataset.place);
    const now = hidden();
    const next = now.includes(root.seat) ? now.filter((place) => place !== root.seat) : [...now, root.seat].sort((a, b) => a - b);
    root.pending = { hidden: next, until: Date.now() + PATIENCE };
    draw();
    setTriggerValue("hidden", next);
  };
  list.onkeydown = (event) => {
    const last = data.tokens.length - 1;
    const seats = { ArrowRight: root.seat + 1, ArrowLeft: root.seat - 1, Home: 0, End: last };
    if (!(event.key in seats)) return;
    event.preventDefault();
    event.stopPropagation(); // a lecture turns its pages with the same keys
    root.seat = Math.max(0, Math.min(last, seats[event.key]));
    draw();
    list.children[root.seat]?.focus();
  };

  draw();
  return follow(root, shared, draw);
}

const same = (one, other) => one.length === other.length && one.every((value, index) => value === other[index]);
