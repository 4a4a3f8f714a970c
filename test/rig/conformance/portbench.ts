/**
 * A port in this process, before it runs on its chip: what it has is looked at, and the rest is
 * that of this computer.
 */
import type { Board } from "../../../hal/hal.ts";
import { SimBench } from "./simbench.ts";

/** Network, clock and console are this computer's until the port is on its chip. */
export function portBench(open: () => Board): SimBench {
  return new SimBench(
    (sim) => ({
      ...open(),
      link: sim.link,
      now: () => sim.now(),
      log: (level, source, text) => {
        sim.log(level, source, text);
      },
    }),
    { cuts: false },
  );
}
