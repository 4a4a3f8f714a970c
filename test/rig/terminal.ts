/**
 * The event log for a person: lines that read like sentences, and a progress bar where the terminal
 * can show one.
 */
import { styleText } from "node:util";
import cliProgress from "cli-progress";
import type { Heap, Recorded, View } from "./events.ts";
import { clipped } from "./printable.ts";

export interface TerminalOptions {
  readonly quiet: boolean;
  readonly json: boolean;
  /** Show the device's serial lines and every message. */
  readonly verbose: boolean;
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
      if (!options.quiet) progress.show(event.what ?? "package", event.bytes, event.total);
      return;
    }
    const line = sentence(event, options, paint);
    if (line === undefined) return;
    progress.clear();
    process.stdout.write(`${paint("dim", seconds(event.t))}  ${line}\n`);
  };
}

type Paint = (style: Style, text: string) => string;

function sentence(
  event: Exclude<Recorded, { kind: "progress" }>,
  options: TerminalOptions,
  paint: Paint,
): string | undefined {
  const important =
    event.kind === "result" ||
    event.kind === "end" ||
    event.kind === "warning" ||
    event.kind === "user" ||
    (event.kind === "session" && event.outcome !== "completed");
  if (options.quiet && !important) return undefined;
  switch (event.kind) {
    case "note":
      return event.text;
    case "warning":
      return paint("yellow", `warning: ${clipped(event.text)}`);
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
    case "server":
      return options.verbose ? `server  ${clipped(event.text)}` : undefined;
    case "serial":
      return options.verbose ? paint("dim", `serial  ${clipped(event.line)}`) : undefined;
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
  }
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
