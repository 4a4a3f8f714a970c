/**
 * What a device process does to its flash, as events. The program tells of each operation by a line
 * such as `write slot-b.flash 4096 512`, with `torn` behind one that a cut did not let end; the
 * counts are those of the whole run, over all starts of the device.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FlashStatus } from "../../hal/hal.ts";
import type { EventLog } from "./events/log.ts";

/** A partition, and the file of the state directory in which it is. */
export interface FlashFilePart {
  readonly name: "boot" | "store" | "a" | "b";
  readonly file: string;
  readonly status: Pick<FlashStatus, "blocks" | "blockLength" | "eraseValue">;
}

const LINE = /^(write|erase) (\S+) (\d+) (\d+)( torn)?$/;
/** Bytes that are compared at a time. */
const PIECE = 4096;

/** Returns the end of the last byte that is not erased. */
function usedOf(path: string, eraseValue: number): number {
  if (!existsSync(path)) return 0;
  const bytes = readFileSync(path);
  const erased = Buffer.alloc(PIECE, eraseValue);
  let end = bytes.length;
  while (end > 0) {
    const from = Math.max(0, end - PIECE);
    const piece = bytes.subarray(from, end);
    if (!piece.equals(erased.subarray(0, piece.length))) break;
    end = from;
  }
  while (end > 0 && bytes[end - 1] === eraseValue) end--;
  return end;
}

class FlashWatch {
  readonly #log: EventLog;
  readonly #parts: ReadonlyMap<string, FlashFilePart>;
  readonly #erases = new Map<string, number>();
  #operations = 0;

  constructor(log: EventLog, directory: string, parts: readonly FlashFilePart[]) {
    this.#log = log;
    this.#parts = new Map(parts.map((part) => [part.file, part]));
    log.emit({
      kind: "geometry",
      partitions: parts.map(({ name, file, status: { blocks, blockLength, eraseValue } }) => ({
        name,
        blocks,
        blockLength,
        eraseValue,
        used: usedOf(join(directory, file), eraseValue),
      })),
    });
  }

  line(text: string): void {
    const [, what, file = "", offset, length, torn] = LINE.exec(text) ?? [];
    const part = this.#parts.get(file);
    if (part === undefined || (what !== "write" && what !== "erase")) return;
    const { blockLength } = part.status;
    const end = Number(offset) + Number(length);
    this.#operations++;
    // A write over the edge of a block is one operation on each.
    for (let at = Number(offset); at < end; ) {
      const block = Math.floor(at / blockLength);
      const to = Math.min(end, (block + 1) * blockLength);
      const key = `${part.name} ${block}`;
      const erases = (this.#erases.get(key) ?? 0) + (what === "erase" ? 1 : 0);
      this.#erases.set(key, erases);
      this.#log.emit({
        kind: "flashop",
        partition: part.name,
        op: what,
        block,
        from: at - block * blockLength,
        bytes: to - at,
        n: this.#operations,
        erases,
        ...(torn === undefined ? {} : { torn: "torn" }),
      });
      at = to;
    }
  }
}

const watches = new WeakMap<EventLog, Map<string, FlashWatch>>();

/**
 * Returns what takes the lines of a device that keeps its flash in `directory`. The first time in a
 * run it says what is there.
 */
export function watchFlash(
  log: EventLog,
  directory: string,
  parts: readonly FlashFilePart[],
): (line: string) => void {
  const known = watches.get(log) ?? new Map<string, FlashWatch>();
  watches.set(log, known);
  const watch = known.get(directory) ?? new FlashWatch(log, directory, parts);
  known.set(directory, watch);
  return (line) => {
    watch.line(line);
  };
}
