/**
 * The event log for a person: lines that read like sentences, and a progress bar where the terminal
 * can show one.
 */
import { styleText } from "node:util";
import cliProgress from "cli-progress";
import type { Heap, Recorded, View } from "./events/event.ts";
import { clipped } from "./printable.ts";

export interface TerminalOptions {
  readonly quiet: boolean;
  readonly json: boolean;
  /** Show the device's serial lines and every message. */
  readonly verbose: boolean;
  /** Of a run of many scenarios: their verdicts, and what was wrong, unless `verbose`. */
  readonly calm?: boolean;
}

type Style = Parameters<typeof styleText>[0];

/**
 * True when the output is a person's terminal that may be drawn on: not a pipe, not a CI log, not
 * NO_COLOR.
 */
function isInteractive(): boolean {
  return (
    process.stdout.isTTY === true &&
    process.env.CI === undefined &&
    process.env.NO_COLOR === undefined
  );
}

export function terminal(options: TerminalOptions): View {
  if (options.json)
    return (event) => {
      process.stdout.write(`${JSON.stringify(event)}\n`);
    };
  const interactive = isInteractive();
  const paint: Paint = (style, text) => (interactive ? styleText(style, text) : text);
  const progress = new Progress(interactive);
  return (event) => {
    if (event.kind === "progress") {
      if (!options.quiet && options.calm !== true)
        progress.show(event.what ?? "package", event.bytes, event.total);
      return;
    }
    const line = sentence(event, options, paint);
    if (line === undefined) return;
    progress.clear();
    process.stdout.write(`${paint("dim", seconds(event.t))}  ${line}\n`);
  };
}

type Of<K extends Recorded["kind"]> = Extract<Recorded, { kind: K }>;
/** Events that no case of their own shows. */
type Wire = Of<
  | "note"
  | "began"
  | "authenticated"
  | "dm"
  | "command"
  | "value"
  | "alert"
  | "request"
  | "download"
  | "fault"
>;
type Paint = (style: Style, text: string) => string;

function sentence(
  event: Exclude<Recorded, { kind: "progress" }>,
  options: TerminalOptions,
  paint: Paint,
): string | undefined {
  if (options.calm === true && !options.verbose) return calmSentence(event, paint);
  const important =
    event.kind === "result" ||
    event.kind === "end" ||
    event.kind === "warning" ||
    event.kind === "user" ||
    event.kind === "console" ||
    (event.kind === "scenario" && event.phase !== "began") ||
    (event.kind === "session" && event.outcome !== "completed");
  if (options.quiet && !important) return undefined;
  switch (event.kind) {
    case "note":
      return event.source === "bench" ? event.text : wire(event, options);
    case "warning":
      return paint("yellow", `warning: ${clipped(event.text)}`);
    case "console":
      return paint("yellow", `console ${event.line}: ${event.path}`);
    case "power":
      return options.verbose ? `power   ${event.on ? "on" : "off"}` : undefined;
    case "scenario":
      return scenarioText(event, paint);
    case "plan":
    case "geometry":
    case "flashop":
      return undefined;
    case "user":
      return paint("bold", `person  ${clipped(event.text)}`);
    case "boot": {
      const trial = event.trial ? ", on trial" : "";
      return paint(
        "bold",
        `device  runs version ${event.version} from slot ${event.slot}${trial} (reset: ` +
          `${event.cause})`,
      );
    }
    case "listening":
      return `device  listens for pushes on UDP port ${event.port}`;
    case "state":
      return paint("cyan", `device  State ${event.state}  ${event.name}`);
    case "serial":
      return options.verbose ? paint("dim", `serial  ${clipped(event.line)}`) : undefined;
    case "turn":
      return options.verbose ? `device  image ${event.what}` : undefined;
    case "message":
      return options.verbose ? undefined : `device  ${event.direction} ${clipped(event.text)}`;
    case "session": {
      const text = `device  session ${event.id} ${event.outcome}: ${clipped(event.detail)}`;
      return event.outcome === "completed" ? text : paint("yellow", text);
    }
    case "heap":
      return `device  heap at most ${heapText(event)}`;
    case "flash":
      return options.verbose
        ? `device  ${event.partition}: ${event.writes} writes, ${event.erases} erases`
        : undefined;
    case "cut":
      return paint("yellow", `power cut at operation ${event.operation} (seed ${event.seed})`);
    case "result":
      return paint(event.code < 300 ? "green" : "red", `result  ${event.code}  ${event.text}`);
    case "end":
      return paint(event.status === 0 ? "green" : "red", event.text);
    default:
      return wire(event, options);
  }
}

/** Of a run of many scenarios. */
function calmSentence(
  event: Exclude<Recorded, { kind: "progress" }>,
  paint: Paint,
): string | undefined {
  if (event.kind === "end") return event.text;
  return event.kind === "scenario" && event.phase !== "began"
    ? `${event.board.padEnd(8)} ${scenarioText(event, paint)}`
    : undefined;
}

/** What a server saw: for those who want to know all. */
function wire(event: Wire, { verbose }: TerminalOptions): string | undefined {
  return verbose ? `server  ${clipped(wireText(event))}` : undefined;
}

function wireText(event: Wire): string {
  switch (event.kind) {
    case "note":
      return event.text;
    case "began":
      return `session ${event.session} began, number ${event.count} of ${event.device}`;
    case "authenticated":
      return `the device is ${event.status === 212 ? "" : "not "}authenticated: ${event.status}`;
    case "dm":
      return `${event.from === "device" ? "received" : "sent"} ${event.text}`;
    case "command":
      return `${event.name} ${event.uri} was answered ${event.status}`;
    case "value":
      return `${event.uri} is ${event.value}`;
    case "alert":
      return `alert ${event.type} from ${event.uri}: ${event.data}`;
    case "request":
      return `${event.method} ${event.url} ${event.range}: ${event.status}`;
    case "download":
      return `download reported: ${event.text}`;
    case "fault":
      return `fault: ${event.what}`;
  }
}

const TONES = { passed: "green", failed: "red", error: "red", skipped: "dim" } as const;

function scenarioText(event: Of<"scenario">, paint: Paint): string {
  const { name, phase, attempt, seconds: took = 0, problems = [] } = event;
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  if (phase === "began") return paint("bold", `scenario ${name}${again}`);
  const why = problems.map((problem) => `\n          ${clipped(problem)}`).join("");
  return `${paint(TONES[phase], phase.padEnd(7))} ${name}  ${took.toFixed(1)} s${again}${why}`;
}

/** The peak of a heap, and what of it was not garbage, for a person. */
export function heapText({
  slotBytes,
  peakSlots,
  peakChunkBytes,
  liveSlots,
  liveChunkBytes,
}: Heap): string {
  const live =
    liveSlots > 0 ? `, of which live ${size(liveSlots * slotBytes)} + ${size(liveChunkBytes)}` : "";
  return (
    `${peakSlots} slots (${size(peakSlots * slotBytes)}) + ${size(peakChunkBytes)} of ` +
    `chunks${live}`
  );
}

/** A bar on a terminal; elsewhere a line every quarter. */
class Progress {
  #bar: cliProgress.SingleBar | undefined;
  #interactive: boolean;
  #quarter = 0;

  constructor(interactive: boolean) {
    this.#interactive = interactive;
  }

  show(what: string, bytes: number, total: number): void {
    if (this.#interactive) {
      this.#bar ??= this.#start(what, total);
      this.#bar.setTotal(total);
      this.#bar.update(bytes, { amount: `${size(bytes)} of ${size(total)}` });
      if (bytes >= total) this.clear();
      return;
    }
    const quarter = total > 0 ? Math.floor((bytes * 4) / total) : 0;
    if (quarter > this.#quarter)
      process.stdout.write(
        `          ${what} ${quarter * 25} % (${size(bytes)} of ${size(total)})\n`,
      );
    this.#quarter = quarter;
  }

  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #start(what: string, total: number): cliProgress.SingleBar {
    const format = `          ${what} {bar} {percentage} %  {amount}`;
    const bar = new cliProgress.SingleBar(
      { format, hideCursor: true },
      cliProgress.Presets.shades_classic,
    );
    bar.start(total, 0, { amount: "" });
    return bar;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`.padStart(8);
}

/** Bytes for a person: "820 B", "64.0 KiB", "4.0 MiB". */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024
    ? `${(bytes / 1024).toFixed(1)} KiB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
