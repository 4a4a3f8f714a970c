/**
 * Keeps a simulated board in a directory: each change is in its file before the operation returns,
 * so the process may be killed.
 */
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { SimBoard, type SimBoardOptions } from "./board.ts";
import type { SimFlash } from "./flash.ts";

/**
 * The board whose state is in `directory`, made new, with erased flash, where a file is missing.
 * Throws when a file has another size than the partition.
 */
export function boardInDirectory(directory: string, options: SimBoardOptions): SimBoard {
  mkdirSync(directory, { recursive: true });
  const board = new SimBoard(options);
  keep(board.store, join(directory, "store.bin"));
  keep(board.slots[0], join(directory, "slot-a.bin"));
  keep(board.slots[1], join(directory, "slot-b.bin"));
  keep(board.boot.flash, join(directory, "boot.bin"));
  return board;
}

function keep(flash: SimFlash, path: string): void {
  if (!existsSync(path)) writeFileSync(path, flash.bytes);
  const bytes = readFileSync(path);
  if (bytes.length !== flash.bytes.length)
    throw new Error(`${path} has ${bytes.length} bytes, the partition ${flash.bytes.length}`);
  flash.load(bytes);
  const file = openSync(path, "r+");
  flash.onChange = (from, to) => {
    writeSync(file, flash.bytes, from, to - from, from);
  };
}
