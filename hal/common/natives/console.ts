/** The log at the serial console. */
import { frozen } from "../../../src/base/frozen.ts";
import type { LogLevel } from "../../hal.ts";
import { now, print } from "./system.ts";

const LETTERS: { readonly [L in LogLevel]: string } = frozen({
  error: "E",
  warning: "W",
  info: "I",
  debug: "D",
});

/** Writes a line of the log. */
export function printLine(level: LogLevel, source: string, line: string): void {
  print(`[${(now() / 1000).toFixed(3).padStart(8)}] ${LETTERS[level]} ${source}: ${line}`);
}
