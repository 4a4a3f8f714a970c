/** The keyboard: every key, and what it does. */
import { batch } from "@preact/signals";
import { bounds, counts, cursor, end, even, filter, follow, help, link } from "./store.tsx";
import { moment, picked, playing, seek, turns, type View, view, zoom } from "./store.tsx";

interface Key {
  readonly keys: readonly string[];
  readonly says: string;
  readonly act: (event: KeyboardEvent) => void;
}

function hundredth(): number {
  const { from, to } = bounds.value;
  return (to - from) / 100;
}

/** Goes to the turn before or after the moment. */
function turn(way: -1 | 1): void {
  const now = moment.value;
  const found =
    way < 0 ? turns.value.findLast((t) => t < now - 0.5) : turns.value.find((t) => t > now + 0.5);
  seek(found ?? (way < 0 ? 0 : end.value));
}

/** Goes to the message before or after, and to its moment. */
function message(way: -1 | 1): void {
  const last = counts.value.messages - 1;
  const at = (picked.value ?? last) + way;
  picked.value = Math.max(0, Math.min(at, last));
}

function viewed(name: View): () => void {
  return () => {
    view.value = name;
  };
}

/** Stops, goes on, or begins again in a report that was at its end. */
function play(): void {
  batch(() => {
    if (playing.value) playing.value = false;
    else if (cursor.value !== undefined) playing.value = true;
    else if (link.value === "live") cursor.value = end.value;
    else {
      cursor.value = bounds.value.from;
      playing.value = true;
    }
  });
}

const KEYS: readonly Key[] = [
  { keys: ["ArrowLeft"], says: "to the turn before", act: () => turn(-1) },
  { keys: ["ArrowRight"], says: "to the next turn", act: () => turn(1) },
  { keys: [","], says: "a hundredth back", act: () => seek(moment.value - hundredth()) },
  { keys: ["."], says: "a hundredth on", act: () => seek(moment.value + hundredth()) },
  { keys: ["Home"], says: "to the beginning", act: () => seek(0) },
  { keys: ["End"], says: "to the end", act: () => seek(end.value) },
  { keys: ["Escape"], says: "to the newest of all, and follow it", act: follow },
  { keys: [" "], says: "stop, or play from here", act: play },
  { keys: ["k", "ArrowUp"], says: "the message before", act: () => message(-1) },
  { keys: ["j", "ArrowDown"], says: "the next message", act: () => message(1) },
  { keys: ["r"], says: "messages as sentences", act: viewed("readable") },
  { keys: ["x"], says: "messages as XML", act: viewed("xml") },
  { keys: ["h"], says: "messages as bytes", act: viewed("hex") },
  {
    keys: ["e"],
    says: "time by turns, or by the clock",
    act: () => {
      even.value = !even.value;
    },
  },
  { keys: ["z"], says: "the scenario of the moment alone, or all", act: zoom },
  {
    keys: ["/"],
    says: "filter the console",
    act: () => document.getElementById("filter")?.focus(),
  },
  {
    keys: ["?"],
    says: "these keys",
    act: () => {
      help.value = !help.value;
    },
  },
];

function isTyped(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}

/** Takes the keys of the page. What is typed into a field stays there. */
export function listen(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyped(event.target)) {
      if (event.key !== "Escape" || !(event.target instanceof HTMLInputElement)) return;
      if (event.target.id === "filter") filter.value = "";
      event.target.blur();
      return;
    }
    if (event.key === " " && event.target instanceof HTMLButtonElement) return;
    if (help.value && event.key === "Escape") {
      help.value = false;
      return;
    }
    const key = KEYS.find(({ keys }) => keys.includes(event.key));
    if (key === undefined) return;
    event.preventDefault();
    key.act(event);
  });
}

const NAMES: { readonly [key: string]: string } = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  " ": "Space",
};

export function Help() {
  if (!help.value) return null;
  return (
    <div
      class="help"
      role="dialog"
      aria-label="keys"
      onClick={() => {
        help.value = false;
      }}
      onKeyDown={() => undefined}
    >
      <dl>
        {KEYS.map(({ keys, says }) => (
          <div key={says}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{NAMES[key] ?? key}</kbd>
              ))}
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
