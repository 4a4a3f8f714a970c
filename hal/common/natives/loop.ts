/** The loop of boards without an event loop of their own: run() of Board. */
import { wait } from "./socket.ts";
import { exit, now } from "./system.ts";

/** Calls `step` for ever, and waits between two steps until it wants to be called again. */
export function run(step: () => number): void {
  for (;;) {
    const until = step();
    if (until === -Infinity) exit(0);
    wait(until - now());
  }
}
