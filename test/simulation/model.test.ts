/**
 * The update machine, the boot selector and power that fails, explored completely, as far as takes
 * some seconds; wholemodel.test.ts goes further. And the selector of the model is the one that
 * boots.
 */
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import type { ResetCause } from "../../hal/hal.ts";
import { Random } from "../../hal/sim/random.ts";
import { Bench, packageWith } from "./bench.ts";
import { explored } from "./model/explored.ts";
import { arm, confirm, type Log, select, type Slot } from "./model/selector.ts";

explored("one flash fault, one ticket", { faults: 1, tickets: 1, downloads: false });
explored("attempts, descriptors and notices", { faults: 0, tickets: 1, downloads: true });

const CAUSES: readonly ResetCause[] = ["power", "restart", "watchdog", "panic", "unknown"];
const TRIALS = { none: "stable", armed: "armed", running: "trying" } as const;
const WALK = 3000;

test("model and boot selector agree: every log, pair of slots and reset cause", () => {
  const random = new Random(7);
  const { board } = new Bench();
  const good: [boolean, boolean] = [true, true];
  const usable = (slot: Slot): boolean => good[slot];
  const met = new Set<string>();
  let log: Log = { slot: 0, trial: "none" };
  let running: { slot: Slot; trial: boolean } | undefined;
  board.slots[1].load(packageWith());
  const same = (what: string): void => {
    deepStrictEqual(board.boot.log, { slot: log.slot, state: TRIALS[log.trial] }, what);
  };
  const spoil = (slot: Slot): void => {
    const { bytes } = board.slots[slot];
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    good[slot] = !good[slot];
  };
  const restart = (): void => {
    const cause = CAUSES[random.below(CAUSES.length)] ?? "power";
    const choice = select(log, usable);
    met.add(`${log.slot} ${log.trial} ${good.join()}`);
    try {
      board.start(cause);
    } catch (error) {
      deepStrictEqual([choice, (error as Error).name], [undefined, "Unbootable"]);
      running = undefined;
      return;
    }
    ok(choice !== undefined, "the model has nothing to boot");
    log = choice.log;
    running = { slot: choice.slot, trial: choice.trial };
    const { slot, trial } = board.boot.running();
    deepStrictEqual([slot, trial], [running.slot, running.trial], cause);
    same(`after ${cause}`);
  };
  const doArm = (): void => {
    if (running === undefined) return;
    const armed = arm(log, running.trial && running.slot !== log.slot, usable);
    let refused = false;
    try {
      board.boot.arm();
    } catch {
      refused = true;
    }
    deepStrictEqual(refused, armed === undefined, "arm");
    log = armed ?? log;
    same("after arm");
  };
  const doConfirm = (): void => {
    if (running === undefined) return;
    log = confirm(log, running.slot, running.trial && running.slot !== log.slot);
    board.boot.confirm();
    same("after confirm");
  };
  restart();
  for (let turn = 0; turn < WALK; turn++) {
    const act = random.below(10);
    if (act < 4) restart();
    else if (act < 7) doArm();
    else if (act < 8) doConfirm();
    else spoil(act === 8 ? 0 : 1);
  }
  deepStrictEqual(met.size, 2 * 3 * 4, "every situation was met");
});
