/** Boot selectors that lie, and what a HAL that lies is. */
import { createHash, type KeyObject, sign } from "node:crypto";
import type { Boot, Flash, Hal, ResetCause, Running } from "../../../hal/hal.ts";
import type { Part } from "../../rig/conformance/plan.ts";
import { type SimBenchOptions, simKind, type Wrapper } from "../../rig/conformance/simbench.ts";
import { spkiOf } from "../../rig/keys.ts";

export interface BrokenHal {
  readonly lie: string;
  readonly part: Part;
  /** Name of a check that it must not pass. */
  readonly caught: string;
  readonly options?: SimBenchOptions;
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

/** Offsets in the area of proofs that the builder makes: its digest, its key, its signature. */
const DIGEST_AT = 8;
const KEY_AT = DIGEST_AT + 32 + 4;
const SIGNATURE_AT = KEY_AT + 32 + 4;

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/**
 * A boot loader to which an image is the vendor's when its digest is right, and when the vendor's
 * key is named in it (`named`): the vendor's signature is put in its place before the real one
 * looks.
 */
function credulous(named: boolean): SimBenchOptions {
  return {
    make: (parts) => {
      const kind = simKind()(parts);
      const start = (cause: ResetCause): Hal => {
        const hal = kind.board.start(cause);
        const staged = kind.board.slots[hal.boot.running().slot === 0 ? 1 : 0];
        const arm = (): void => {
          signAgain(staged.bytes, parts.key, named);
          hal.boot.arm();
        };
        const { boot } = hal;
        const credulousBoot: Boot = {
          running: () => boot.running(),
          arm,
          confirm: () => {
            boot.confirm();
          },
          restart: () => boot.restart(),
        };
        return { ...hal, boot: credulousBoot };
      };
      return { ...kind, board: { start } };
    },
  };
}

function signAgain(slot: Uint8Array, key: KeyObject, named: boolean): void {
  const image = Buffer.from(slot.buffer, slot.byteOffset, slot.length);
  const from = image.readUInt16LE(8) + image.readUInt16LE(10) + image.readUInt32LE(12);
  if (from + SIGNATURE_AT + 64 > image.length) return;
  const digest = sha256(image.subarray(0, from));
  if (!digest.equals(image.subarray(from + DIGEST_AT, from + DIGEST_AT + 32))) return;
  const name = sha256(spkiOf(key));
  if (named && !name.equals(image.subarray(from + KEY_AT, from + KEY_AT + 32))) return;
  name.copy(image, from + KEY_AT);
  sign(null, digest, key).copy(image, from + SIGNATURE_AT);
}

/** Throws where nothing is staged. */
function expectImage(staging: Flash): void {
  const head = new Uint8Array(4);
  staging.read(head, 0);
  if (head.every((byte) => byte === 0xff)) throw new Error("nothing is staged");
}

/** The boot loader gives a trial that ended so a second chance. */
function triedAgain(by: ResetCause): Wrapper {
  let wasTrial = false;
  let isAgain = false;
  return withBoot((boot, cause) => {
    if (wasTrial && cause === by) {
      boot.arm();
      isAgain = true;
    }
    const armed = isAgain;
    isAgain = false;
    wasTrial = boot.running().trial;
    return armed
      ? { running: () => ({ ...boot.running(), slot: 1 - boot.running().slot, trial: true }) }
      : {};
  });
}

const HONEST: Wrapper = (hal) => hal;

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
  {
    lie: "whoever signs an image, it boots",
    part: "boot",
    caught: "boot: an image that a stranger signed never runs",
    options: credulous(false),
    make: () => HONEST,
  },
  {
    lie: "an image boots when it names the vendor's key",
    part: "boot",
    caught: "boot: a stranger's signature under the name of the vendor's key is none",
    options: credulous(true),
    make: () => HONEST,
  },
  {
    lie: "nobody looks at the last bytes of an image",
    part: "boot",
    caught: "boot: arm throws when the staged image is damaged (its last byte)",
    options: credulous(true),
    make: () => HONEST,
  },
  {
    lie: "arm is durable with the next call",
    part: "boot",
    caught: "boot: arm is durable when it returns",
    make: () => (hal) => {
      const { boot } = hal;
      let waiting = false;
      const flush = (): void => {
        if (waiting) boot.arm();
        waiting = false;
      };
      const lying: Boot = {
        arm: () => {
          flush();
          // What is staged is looked at: the arm that counts comes later.
          expectImage(hal.staging);
          waiting = true;
        },
        running: () => {
          flush();
          return boot.running();
        },
        confirm: () => {
          flush();
          boot.confirm();
        },
        restart: () => {
          flush();
          return boot.restart();
        },
      };
      return { ...hal, boot: lying };
    },
  },
  {
    lie: "confirm is durable with the next call",
    part: "boot",
    caught: "boot: confirm is durable when it returns",
    make: () =>
      withBoot((boot) => {
        let waiting = false;
        const flush = (): void => {
          if (waiting) boot.confirm();
          waiting = false;
        };
        return {
          confirm: () => {
            flush();
            waiting = true;
          },
          running: () => {
            flush();
            return boot.running();
          },
          restart: () => {
            flush();
            return boot.restart();
          },
        };
      }),
  },
  {
    lie: "confirm throws where nothing is on trial",
    part: "boot",
    caught: "boot: confirm is no error where nothing is on trial",
    make: () =>
      withBoot((boot) => ({
        confirm: () => {
          if (!boot.running().trial) throw new Error("nothing is on trial");
          boot.confirm();
        },
      })),
  },
  {
    lie: "the second confirm takes back the first",
    part: "boot",
    caught: "boot: confirm is durable when it returns",
    make: () =>
      withBoot((boot) => {
        let isFirst = true;
        return {
          confirm: () => {
            if (isFirst || boot.running().trial) boot.confirm();
            else boot.arm();
            isFirst = false;
          },
        };
      }),
  },
  {
    lie: "the image to go back to is armed on trial",
    part: "boot",
    caught: "boot: arm throws on trial",
    make: () =>
      withBoot((boot) => ({
        arm: () => {
          if (!boot.running().trial) boot.arm();
        },
      })),
  },
  {
    lie: "a trial that panicked is tried once more",
    part: "boot",
    caught: "boot: an unconfirmed trial ends with a panic",
    make: () => triedAgain("panic"),
  },
  {
    lie: "a trial that the watchdog ended is tried once more",
    part: "boot",
    caught: "boot: an unconfirmed trial ends when the watchdog resets it",
    make: () => triedAgain("watchdog"),
  },
  {
    lie: "a hang is told as a panic",
    part: "boot",
    caught: "boot: a program that never comes back is reset, and told as watchdog",
    make: () =>
      withBoot((boot) => ({
        running: () => {
          const { cause, ...rest } = boot.running();
          return { ...rest, cause: cause === "watchdog" ? "panic" : cause };
        },
      })),
  },
  {
    lie: "trial is told once in a boot",
    part: "boot",
    caught: "boot: a trial is a trial until it is confirmed",
    make: () =>
      withBoot((boot) => {
        let asked = 0;
        return {
          running: () => ({ ...boot.running(), trial: boot.running().trial && ++asked <= 1 }),
        };
      }),
  },
  {
    lie: "slots are counted from the one that runs",
    part: "boot",
    caught: "boot: an armed image boots at the next restart, on trial",
    make: () => withBoot((boot) => ({ running: () => ({ ...boot.running(), slot: 0 }) })),
  },
  {
    lie: "a word that nobody clears says restart for ever",
    part: "boot",
    caught: "boot: a panic is told as panic",
    make: () => {
      let restarted = false;
      return withBoot((boot) => ({
        restart: () => {
          restarted = true;
          return boot.restart();
        },
        running: () => {
          const running = boot.running();
          return { ...running, cause: restarted ? "restart" : running.cause };
        },
      }));
    },
  },
];
