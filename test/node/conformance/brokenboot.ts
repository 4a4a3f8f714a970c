/** Boot selectors that lie, and what a HAL that lies is. */
import type { Boot, Flash, ResetCause, Running } from "../../../hal/hal.ts";
import type { Part } from "../../rig/conformance/plan.ts";
import type { Wrapper } from "../../rig/conformance/simbench.ts";

export interface BrokenHal {
  readonly lie: string;
  readonly part: Part;
  /** Name of a check that it must not pass. */
  readonly caught: string;
  /** Made anew for each run: what it closes over is what this board keeps. */
  make(): Wrapper;
}

function withBoot(change: (boot: Boot, cause: ResetCause) => Partial<Boot>): Wrapper {
  return (hal, cause) => {
    const { boot } = hal;
    const whole: Boot = {
      running: () => boot.running(),
      arm: () => {
        boot.arm();
      },
      confirm: () => {
        boot.confirm();
      },
      restart: () => boot.restart(),
    };
    return { ...hal, boot: { ...whole, ...change(boot, cause) } };
  };
}

export const BROKEN_BOOTS: readonly BrokenHal[] = [
  {
    lie: "confirm is kept in RAM",
    part: "boot",
    caught: "boot: confirm is durable when it returns",
    make: () =>
      withBoot((boot) => {
        let confirmed = false;
        return {
          confirm: () => {
            confirmed = true;
          },
          running: () => ({ ...boot.running(), trial: boot.running().trial && !confirmed }),
        };
      }),
  },
  {
    lie: "arm again is refused",
    part: "boot",
    caught: "boot: arm twice is arm",
    make: () =>
      withBoot((boot) => {
        let armed = false;
        return {
          arm: () => {
            if (armed) throw new Error("armed already");
            boot.arm();
            armed = true;
          },
        };
      }),
  },
  {
    lie: "arm looks at nothing",
    part: "boot",
    caught: "boot: arm throws when nothing is staged",
    make: () =>
      withBoot((boot) => ({
        arm: () => {
          try {
            boot.arm();
          } catch {
            /* believed */
          }
        },
      })),
  },
  {
    lie: "arm is kept in RAM until restart",
    part: "boot",
    caught: "boot: arm is durable when it returns",
    make: () =>
      withBoot((boot) => {
        let armed = false;
        return {
          arm: () => {
            armed = true;
          },
          restart: () => {
            if (armed) boot.arm();
            return boot.restart();
          },
        };
      }),
  },
  {
    lie: "a trial confirms itself",
    part: "boot",
    caught: "boot: an unconfirmed trial ends at a restart",
    make: () =>
      withBoot((boot) => {
        const running = boot.running();
        boot.confirm();
        return { running: () => running };
      }),
  },
  {
    lie: "a trial is not told",
    part: "boot",
    caught: "boot: an armed image boots at the next restart, on trial",
    make: () => withBoot((boot) => ({ running: () => ({ ...boot.running(), trial: false }) })),
  },
  {
    lie: "a confirmed image stays on trial",
    part: "boot",
    caught: "boot: a confirmed image is no longer on trial",
    make: () =>
      withBoot((boot) => {
        const first: Running = boot.running();
        return { running: () => first };
      }),
  },
  {
    lie: "every reset is power",
    part: "boot",
    caught: "boot: a restart is told as restart",
    make: () => withBoot((boot) => ({ running: () => ({ ...boot.running(), cause: "power" }) })),
  },
  {
    lie: "no crash is known to be one",
    part: "boot",
    caught: "boot: a panic is told as panic",
    make: () =>
      withBoot((boot) => ({
        running: () => {
          const { cause, ...rest } = boot.running();
          return { ...rest, cause: cause === "panic" ? "restart" : cause };
        },
      })),
  },
  {
    lie: "the latest crash is counted, and none before it",
    part: "boot",
    caught: "boot: failures counts crashes in a row, until power, a restart or confirm, or is 0",
    make: () =>
      withBoot((boot) => ({
        running: () => ({ ...boot.running(), failures: Math.min(1, boot.running().failures) }),
      })),
  },
  {
    lie: "confirm forgets no crash",
    part: "boot",
    caught: "boot: failures counts crashes in a row, until power, a restart or confirm, or is 0",
    make: () =>
      withBoot((boot) => ({
        confirm: () => {
          if (boot.running().trial) boot.confirm();
        },
      })),
  },
  {
    lie: "a trial that panics begins again",
    part: "boot",
    caught: "boot: an unconfirmed trial ends with a panic",
    make: () => {
      let trial: Running | undefined;
      return withBoot((boot, cause) => {
        const running = boot.running();
        if (running.trial) trial = running;
        const again = cause === "panic" ? trial : undefined;
        if (cause !== "panic" && !running.trial) trial = undefined;
        return { running: () => (again === undefined ? boot.running() : { ...again, cause }) };
      });
    },
  },
  {
    lie: "staging is always slot 1",
    part: "boot",
    caught: "boot: staging is the slot that does not run, whichever that is",
    make: () => {
      let first: Flash | undefined;
      return (hal) => ({ ...hal, staging: (first ??= hal.staging) });
    },
  },
];
