/** The state of the page: the events so far, the moment that is shown, and what is chosen. */
import { batch, computed, signal } from "@preact/signals";
import type { Recorded } from "../../events/event.ts";
import { History, type Range, turnsOf } from "../model/history.ts";
import type { Order, OrderAnswer, PageConfig } from "../model/order.ts";
import { scaleOf } from "../model/scale.ts";
import { Fold } from "../model/world.ts";

/** Where events come from: a run, one that has ended, one that was lost, or a file. */
export type Link = "connecting" | "live" | "lost" | "ended" | "report";

export const config = signal<PageConfig>({ orders: [], command: "xs-fumo", version: "" });
export const link = signal<Link>("connecting");
/** Counts the events that came: what depends on them reads it. */
const version = signal(0);
const histories = new Map<string, History>();
/** Boards that said more than the bench says of itself. */
const spoken = new Set<string>();
const ASIDE: readonly string[] = ["note", "warning", "end"];
/** Boards of the run, in the order in which they spoke. */
export const boards = signal<readonly string[]>([]);
/** The board that is shown; undefined: the first. */
export const chosenBoard = signal<string | undefined>(undefined);
/** The moment that is shown, in ms of the run; undefined: the newest. */
export const cursor = signal<number | undefined>(undefined);
export const playing = signal(false);
/** The timeline makes room for each turn. */
export const even = signal(true);
/** The message that was chosen; undefined: the newest. */
export const picked = signal<number | undefined>(undefined);
export type View = "readable" | "xml" | "hex";
export const view = signal<View>("readable");
export const filter = signal("");
export const help = signal(false);
/** What the last order came to. */
export const answer = signal<(OrderAnswer & { readonly order: Order }) | undefined>(undefined);

const NOTHING = new History();

/** The board that is shown. */
export const board = computed(() => chosenBoard.value ?? boards.value[0] ?? "");

/** All of its run; a new wrapper whenever it has grown. */
const grown = computed(() => ({
  version: version.value,
  history: histories.get(board.value) ?? NOTHING,
}));

/** Returns the run of the board; whoever calls it is called again when it has grown. */
export function history(): History {
  return grown.value.history;
}

/** The part of the run that the timeline shows; undefined: all of it. */
export const part = signal<Range | undefined>(undefined);
/** Its beginning and end; the end of all moves on. */
export const bounds = computed((): Range => {
  const { end: to } = grown.value.history;
  return part.value ?? { from: 0, to };
});
export const end = computed(() => bounds.value.to);
export const moment = computed(() => Math.min(cursor.value ?? end.value, end.value));
export const turns = computed(() => turnsOf(grown.value.history, bounds.value));
export const scale = computed(() => scaleOf(turns.value, even.value));

const folds = new WeakMap<History, Fold>();

/** The world at the moment, a new object each time, so that whatever gets it is drawn again. */
export const world = computed(() => {
  const { history: run } = grown.value;
  const fold = folds.get(run) ?? new Fold();
  folds.set(run, fold);
  const count =
    cursor.value === undefined ? run.events.length : History.countAt(run.events, moment.value);
  return { now: { ...fold.at(run.events, count) } };
});

/** Messages and lines of the console that are there at the moment. */
export const counts = computed(() => {
  const { history: run } = grown.value;
  const all = cursor.value === undefined;
  return {
    messages: all ? run.messages.length : History.countAt(run.messages, moment.value),
    lines: all ? run.lines.length : History.countAt(run.lines, moment.value),
  };
});

/** Takes the next events of the run. */
export function take(events: readonly Recorded[]): void {
  for (const event of events) {
    const known = histories.get(event.board);
    const run = known ?? new History();
    if (known === undefined) histories.set(event.board, run);
    run.add(event);
    if (!ASIDE.includes(event.kind)) spoken.add(event.board);
  }
  batch(() => {
    if (boards.value.length < spoken.size) boards.value = [...spoken];
    version.value++;
  });
}

/** Goes to a moment; the end is the newest, which is followed. */
export function seek(t: number): void {
  const { from, to } = bounds.value;
  batch(() => {
    const isNewest = part.value === undefined && t >= to;
    cursor.value = isNewest ? undefined : Math.max(from, Math.min(t, to));
    picked.value = undefined;
  });
}

/** Shows a part of the run, at its end. */
export function show(range: Range): void {
  batch(() => {
    part.value = range;
    cursor.value = range.to;
    picked.value = undefined;
    playing.value = false;
  });
}

/** In a run of many scenarios: shows that of the moment, or all again. */
export function zoom(): void {
  const { lanes, end: last } = history();
  const t = moment.value;
  const span = lanes.scenario.find(({ from, to }) => from <= t && t <= (to ?? last));
  if (part.value !== undefined || span === undefined || lanes.scenario.length < 2)
    part.value = undefined;
  else show({ from: span.from, to: span.to ?? last });
}

/** Goes back to all, and to what is newest. */
export function follow(): void {
  batch(() => {
    part.value = undefined;
    cursor.value = undefined;
    picked.value = undefined;
    playing.value = false;
  });
}

/** True when the page can give this order. */
export function can(what: Order["what"]): boolean {
  return config.value.orders.includes(what) && link.value === "live";
}

/** Gives an order to the rig; what becomes of it is `answer`. */
export async function give(order: Order): Promise<void> {
  try {
    const reply = await fetch("orders", { method: "POST", body: JSON.stringify(order) });
    const said = (await reply.json()) as OrderAnswer;
    answer.value = { ...said, order };
  } catch {
    answer.value = { ok: false, text: "The rig does not answer.", order };
  }
}
