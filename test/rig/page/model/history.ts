/**
 * The whole run as lists: what the timeline draws, the messages and the lines of the console. It
 * grows with the run; what a moment knows of it is a length of each list.
 */
import { stateName } from "../../../../src/objects/fumostate.ts";
import type { Recorded } from "../../events/event.ts";
import { slotName, type Tone, toneOf } from "./world.ts";

export type Of<K extends Recorded["kind"]> = Extract<Recorded, { kind: K }>;

/** Something that lasts. Without `to` it has not ended. */
export interface Span {
  readonly from: number;
  to: number | undefined;
  readonly label: string;
  /** What a look from nearer says. */
  readonly title: string;
  tone: Tone;
}

/** Something that happens. */
export interface Mark {
  readonly t: number;
  readonly label: string;
  readonly tone: Tone;
  /** It gets a line through all lanes and a flag. */
  readonly loud: boolean;
}

/** A line of the console, or what the bench says between them. */
export interface Line {
  readonly t: number;
  readonly text: string;
  readonly from: "device" | "bench";
}

/** So many bytes, somewhen between two times: the same where an operation is seen. */
export interface Amount {
  readonly from: number;
  readonly t: number;
  readonly bytes: number;
}

export interface Lanes {
  readonly scenario: Span[];
  readonly power: Span[];
  readonly runs: Span[];
  readonly State: Span[];
  readonly session: Span[];
}

export type LaneName = keyof Lanes;

/** What turns a device off that is not meant to be harmed. */
const WANTED: readonly string[] = ["switch", "end"];
const SLOTS: readonly string[] = ["a", "b"];
/** Sessions nearer to each other than that are one, where there are many. */
const SHORT_MS = 40;
/** What a device stored, it stored since it said so last, and no longer ago than that. */
const GAP_MS = 500;
const TONES: { readonly [phase: string]: Tone } = {
  began: "busy",
  passed: "good",
  failed: "bad",
  error: "bad",
  skipped: "rest",
};

export class History {
  readonly events: Recorded[] = [];
  readonly messages: Of<"dm">[] = [];
  readonly lines: Line[] = [];
  readonly marks: Mark[] = [];
  readonly lanes: Lanes = { scenario: [], power: [], runs: [], State: [], session: [] };
  /** Bytes that came to flash, or to the device. */
  readonly transfer: Amount[] = [];
  /** Moments at which something turns, in order. */
  readonly turns: number[] = [0];
  /** Blocks of the slots that are used at some time, from the first. */
  reach = 0;
  #stored = 0;
  #storedAt = 0;
  #hasFlash = false;
  #running: string | undefined;

  /** Takes the next event of the run. */
  add(event: Recorded): void {
    this.events.push(event);
    switch (event.kind) {
      case "dm":
        this.#message(event);
        break;
      case "serial":
        this.lines.push({ t: event.t, text: event.line, from: "device" });
        break;
      case "user":
        this.#say(event.t, `person: ${event.text}`);
        break;
      case "warning":
        if (event.source !== "device") this.#say(event.t, `warning: ${event.text}`);
        break;
      case "console":
        this.#say(event.t, `console ${event.line}: ${event.path}`);
        break;
      case "geometry":
        for (const { name, used, blockLength } of event.partitions)
          if (SLOTS.includes(name)) this.reach = Math.max(this.reach, used / blockLength);
        break;
      case "flashop":
        this.#operation(event);
        break;
      case "progress":
        this.#progress(event);
        break;
      default:
        this.#turn(event);
    }
  }

  /** When the last event came, in ms of the run. */
  get end(): number {
    return this.events.at(-1)?.t ?? 0;
  }

  /** Returns how many of `list` were there at `t`. */
  static countAt(list: readonly { readonly t: number }[], t: number): number {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((list[middle]?.t ?? 0) <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #turn(event: Recorded): void {
    const { t } = event;
    switch (event.kind) {
      case "power":
        this.#power(t, event.on, WANTED.includes(event.by));
        this.#say(t, event.on ? "power on" : `power off, by ${event.by}`);
        break;
      case "cut":
        this.#power(t, false);
        this.marks.push({
          t,
          label: `cut at operation ${event.operation}`,
          tone: "bad",
          loud: true,
        });
        this.#say(t, `power failed in operation ${event.operation}${modeOf(event.mode)}`);
        break;
      case "boot":
        this.#boot(event);
        break;
      case "state":
        this.#state(event);
        break;
      case "turn":
        if (event.what === "confirmed") this.#confirmed(t);
        this.marks.push({ t, label: event.what, tone: "rest", loud: false });
        this.#turned(t);
        break;
      case "began":
        this.#session(t, event.session);
        break;
      case "session":
        this.#session(t, event.id);
        break;
      case "fault":
        this.marks.push({ t, label: event.what, tone: "busy", loud: false });
        this.#say(t, `fault: ${event.what}`);
        break;
      case "result":
        this.marks.push({
          t,
          label: `result ${event.code}`,
          tone: event.code < 300 ? "good" : "bad",
          loud: event.code >= 300,
        });
        this.#turned(t);
        break;
      case "scenario":
        this.#scenario(event);
        break;
    }
  }

  #say(t: number, text: string): void {
    this.lines.push({ t, text, from: "bench" });
  }

  #turned(t: number): void {
    if ((this.turns.at(-1) ?? -1) < t) this.turns.push(t);
  }

  /** `wanted`: it was turned off as a device in order is. */
  #power(t: number, on: boolean, wanted = false): void {
    const { power, runs, State } = this.lanes;
    if (!on) {
      const was = power.at(-1);
      if (was !== undefined && was.to === undefined && !wanted)
        this.marks.push({ t, label: "power off", tone: "bad", loud: true });
      for (const lane of [power, runs, State]) close(lane, t);
      this.#running = undefined;
    } else if (power.at(-1)?.to !== undefined || power.length === 0)
      open(power, { ...spanOf(t, "", "power"), tone: "good" });
    this.#turned(t);
  }

  #boot(event: Of<"boot">): void {
    const { t, version, trial } = event;
    const slot = slotName(event.slot);
    const before = this.#running;
    const where = `slot ${SLOTS.includes(slot) ? slot.toUpperCase() : slot}`;
    const label = `${version}${trial ? " on trial" : ""} · ${where}`;
    const tone: Tone = trial ? "busy" : "rest";
    if (this.lanes.power.length === 0) this.#power(t, true);
    close(this.lanes.State, t);
    open(this.lanes.runs, { ...spanOf(t, label, `${label}, reset by ${event.cause}`), tone });
    this.#running = version;
    if (before !== version) this.#turned(t);
    this.#turned(t);
  }

  /** What ran on trial goes on, and is to stay. */
  #confirmed(t: number): void {
    const { runs } = this.lanes;
    const last = runs.at(-1);
    if (last === undefined || last.to !== undefined) return;
    const label = last.label.replace(" on trial", "");
    open(runs, { ...spanOf(t, label, `${label}, confirmed`), tone: "good" });
  }

  #state(event: Of<"state">): void {
    const { State } = this.lanes;
    const last = State.at(-1);
    const label = `${event.state}`;
    if (last?.label === label && last.to === undefined) return;
    const title = `State ${event.state} ${stateName(event.state)}`;
    open(State, { ...spanOf(event.t, label, title), tone: toneOf(event.state) });
    this.#turned(event.t);
  }

  #scenario(event: Of<"scenario">): void {
    const { t, name, phase, problems = [] } = event;
    const { scenario } = this.lanes;
    if (phase !== "skipped") this.#say(t, `scenario ${name}: ${phase}`);
    for (const problem of problems) this.#say(t, `${name}: ${problem}`);
    if (phase === "began") {
      open(scenario, { ...spanOf(t, name, name), tone: "busy" });
    } else {
      const last = scenario.pop();
      const tone = TONES[phase] ?? "rest";
      scenario.push({ ...spanOf(last?.from ?? t, name, `${name}: ${phase}`), to: t, tone });
      const loud = tone === "bad";
      if (loud) this.marks.push({ t, label: `${name} ${phase}`, tone, loud });
    }
    this.#turned(t);
  }

  #message(event: Of<"dm">): void {
    this.messages.push(event);
    if (event.session === undefined) return;
    this.#session(event.t, event.session);
    const span = this.lanes.session.at(-1);
    if (span !== undefined && Number(event.msgID ?? 0) > 1) span.tone = "busy";
  }

  /** A session lasts from the first to the last that is heard of it. */
  #session(t: number, id: string): void {
    const { session } = this.lanes;
    const last = session.at(-1);
    if (last?.label === id) last.to = t;
    else session.push({ ...spanOf(t, id, `session ${id}`), to: t });
  }

  #operation(event: Of<"flashop">): void {
    this.#hasFlash = true;
    if (!SLOTS.includes(event.partition)) return;
    this.reach = Math.max(this.reach, event.block + 1);
    if (event.op === "write") this.transfer.push({ from: event.t, t: event.t, bytes: event.bytes });
  }

  #progress(event: Of<"progress">): void {
    const { t, bytes } = event;
    const more = bytes - this.#stored;
    if (!this.#hasFlash && more > 0 && event.source === "device")
      this.transfer.push({ from: Math.max(this.#storedAt, t - GAP_MS), t, bytes: more });
    this.#stored = bytes;
    this.#storedAt = t;
  }
}

function modeOf(mode: string | undefined): string {
  return mode === undefined ? "" : ` (${mode})`;
}

function spanOf(from: number, label: string, title: string): Span {
  return { from, to: undefined, label, title, tone: "rest" };
}

function close(lane: Span[], t: number): void {
  const last = lane.at(-1);
  if (last !== undefined && last.to === undefined) last.to = t;
}

function open(lane: Span[], span: Span): void {
  close(lane, span.from);
  lane.push(span);
}

/** A part of the run. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the turns to which a key goes, from the beginning of a part to its end: all that turned,
 * and where sessions begin and end between two of them.
 */
export function turnsOf(history: History, { from: first, to: last }: Range): readonly number[] {
  const sessions: number[] = [];
  let before = -Infinity;
  for (const { from, to, tone } of history.lanes.session) {
    // One that said nothing but "here I am" is no turn.
    if (tone === "rest") continue;
    if (from - before > SHORT_MS) sessions.push(from);
    before = to ?? history.end;
    sessions.push(before);
  }
  const inside = [...history.turns, ...sessions].filter((t) => t > first && t < last);
  return [...new Set([first, ...inside, last])].sort((a, b) => a - b);
}

/**
 * Returns how many bytes came in each of `count` bins: `binOf` says where in them a time is, from 0
 * to `count`.
 */
export function binned(
  amounts: readonly Amount[],
  count: number,
  binOf: (t: number) => number,
): number[] {
  const sums = new Array<number>(count).fill(0);
  const place = (t: number): number => Math.max(0, Math.min(count - 1, Math.floor(binOf(t))));
  for (const { from, t, bytes } of amounts) {
    const [first, last] = [place(from), place(t)];
    const share = bytes / (last - first + 1);
    for (let bin = first; bin <= last; bin++) sums[bin] = (sums[bin] ?? 0) + share;
  }
  return sums;
}
