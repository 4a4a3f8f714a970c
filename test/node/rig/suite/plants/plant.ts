/**
 * A fault that one scenario of the suite has to find: a bug planted in the device of board sim, or
 * a world that is not the one of the scenario. The device takes part in both; the bench is sound.
 */
import type { DeviceName } from "../../../../rig/boards/boards.ts";
import type { TestScenario } from "../../../../rig/suite/scenario.ts";

/** One line of the program of board sim; `find` is in the compiled file exactly once. */
export interface Bug {
  /** Compiled module, without `.js`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Plant {
  /** What goes wrong, as a sentence goes on: "fails where …". */
  readonly what: string;
  readonly bug?: Bug;
  /** Where no line of board sim can be at fault: the world of another scenario, on that board. */
  readonly world?: {
    readonly board: DeviceName;
    readonly of: (scenario: TestScenario) => TestScenario;
  };
  /** Seconds that the scenario has; for what never comes to an end. */
  readonly limit?: number;
  /** What did not hold. */
  readonly says: RegExp;
}

/** Plants by the name of their scenario. */
export interface Plants {
  readonly [scenario: string]: Plant;
}

/** No device comes to an end later than this without a fault. */
export const ENDLESS_SECONDS = 20;
export const NO_RESULT = /^no result: the update took longer than \d+ s$/;
export const CRASHED = /^the device ended by itself with status 1$|^unexpected crash/;
