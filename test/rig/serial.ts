/**
 * What a device says on its serial console, made into events. The sentences are those of src/client
 * and the boards.
 */
import type { RigEvent } from "./events/event.ts";

/**
 * `[  12.345] I update: State 30 Download Progressing`. A source is believed about its own matter
 * only, and what a session says about nothing but messages and its end: servers write a part of it.
 */
const LINE = /^\[\s*(\d+\.\d+)\] ([EWID]) (\w+): (.*)$/;
const BOOT = /^version (\S+) runs from slot (\S+?)(, on trial)?, reset by (\w+)$/;
const LISTENING = /^listens for pushes on UDP port (\d+)$/;
const STATE = /^State (\d+) (.*)$/;
const PROGRESS = /^(\d+) of (\d+) bytes$/;
const MESSAGE = /^(sent|received) (message \d+ .*)$/;
const SESSION = /^session ([0-9A-F]{1,4}) (completed|aborted|unauthenticated|protocol): (.*)$/;
/** What src/update/sentence.ts says at the turns of an update. */
const TURNS = [
  [/^verified .*: /, "verified"],
  [/^restarting into the new image, /, "armed"],
  [/^updated to /, "confirmed"],
  [/^the image on trial is rejected; /, "rejected"],
  [/^every outcome is reported$/, "reported"],
] as const;
const HEAP = new RegExp(
  "^at most (\\d+) slots of (\\d+) bytes, (\\d+) bytes of chunks" +
    "(?:, (\\d+) slots of stack; live (\\d+) slots, (\\d+) bytes of chunks)?$",
);
const FLASH = /^(\S+): (\d+) writes of (\d+) bytes, (\d+) erases$/;

/** Every line is a serial event; those that a view or a test understands are one more. */
export function parseSerial(line: string): readonly RigEvent[] {
  const serial: RigEvent = { kind: "serial", line };
  const [, , level, source, text = ""] = LINE.exec(line) ?? [];
  const more = level === undefined ? undefined : understand(level, source ?? "", text);
  return more === undefined ? [serial] : [serial, more];
}

function understand(level: string, source: string, text: string): RigEvent | undefined {
  const boot = BOOT.exec(text);
  if (source === "client" && boot) {
    const [, version = "", slot = "", trial, cause = ""] = boot;
    return { kind: "boot", version, slot, trial: trial !== undefined, cause };
  }
  const listening = LISTENING.exec(text);
  if (source === "board" && listening) return { kind: "listening", port: Number(listening[1]) };
  const state = STATE.exec(text);
  if (source === "update" && state)
    return { kind: "state", state: Number(state[1]), name: state[2] ?? "" };
  const progress = PROGRESS.exec(text);
  if (source === "update" && progress)
    return { kind: "progress", bytes: Number(progress[1]), total: Number(progress[2]) };
  const turn = TURNS.find(([pattern]) => pattern.test(text))?.[1];
  if (source === "update" && turn !== undefined) return { kind: "turn", what: turn };
  const message = MESSAGE.exec(text);
  if (source === "session" && message) {
    return {
      kind: "message",
      direction: message[1] === "sent" ? "sent" : "received",
      text: message[2] ?? "",
    };
  }
  const session = SESSION.exec(text);
  if (source === "session" && session) {
    const [, id = "", outcome = "", detail = ""] = session;
    return { kind: "session", id, outcome, detail };
  }
  const heap = HEAP.exec(text);
  if (source === "heap" && heap) {
    const numbers = heap.slice(1).map((digits: string | undefined) => Number(digits ?? 0));
    const [
      peakSlots = 0,
      slotBytes = 0,
      peakChunkBytes = 0,
      stackSlots = 0,
      liveSlots = 0,
      liveChunkBytes = 0,
    ] = numbers;
    return {
      kind: "heap",
      slotBytes,
      peakSlots,
      peakChunkBytes,
      stackSlots,
      liveSlots,
      liveChunkBytes,
    };
  }
  const flash = FLASH.exec(text);
  if (source === "flash" && flash) {
    const [writes = 0, bytes = 0, erases = 0] = flash.slice(2).map(Number);
    return { kind: "flash", partition: flash[1] ?? "", writes, bytes, erases };
  }
  if (source === "user") return { kind: "user", text };
  if (level === "E" || level === "W")
    return { kind: "warning", text: `device: ${source}: ${text}` };
  return undefined;
}
