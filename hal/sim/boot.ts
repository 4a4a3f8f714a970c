/**
 * The boot selector of the simulated board: two slots, one trial. Its log is durable and changes whole or not at all, and
 * each change is one operation that power can cut.
 */
import type { Boot, Flash, ResetCause, Running } from "../hal.ts";
import { FlashFault } from "../checked.ts";
import type { Power } from "./power.ts";

/** Thrown by Boot.restart: the program that runs is gone. */
export class Restarted extends Error {
  override name = "Restarted";
}

/** Thrown by the bootloader when no slot holds an image: what must never happen. */
export class Unbootable extends Error {
  override name = "Unbootable";
}

/** The durable log. `slot` is the confirmed one; `armed`: the other boots next, on trial; `trying`: it has been booted so. */
export interface BootLog {
  readonly slot: 0 | 1;
  readonly state: "stable" | "armed" | "trying";
}

/** Says whether a slot holds an image whose digest and signature are right. */
export type Bootable = (slot: Flash) => boolean;

export class SimBoot implements Boot {
  /** Trials begun so far. */
  trials = 0;
  /** Called after the log changed. */
  onChange: ((log: BootLog) => void) | undefined;
  #power: Power;
  #slots: readonly [Flash, Flash];
  #bootable: Bootable;
  #log: BootLog;
  #running: Running = { slot: 0, trial: false, cause: "unknown" };

  constructor(power: Power, slots: readonly [Flash, Flash], bootable: Bootable, log: BootLog = { slot: 0, state: "stable" }) {
    this.#power = power;
    this.#slots = slots;
    this.#bootable = bootable;
    this.#log = log;
  }

  get log(): BootLog {
    return this.#log;
  }

  /** What is durable becomes that of another board. */
  copyFrom(other: SimBoot): void {
    this.#log = other.#log;
    this.trials = other.trials;
  }

  /** The bootloader: chooses the slot that runs from now on. Throws Unbootable. */
  reset(cause: ResetCause): Running {
    if (this.#log.state === "trying") this.#append({ slot: this.#log.slot, state: "stable" });
    if (this.#log.state === "armed") {
      if (this.#holdsImage(other(this.#log.slot))) {
        this.#append({ slot: this.#log.slot, state: "trying" });
        this.trials++;
        return this.#running = { slot: other(this.#log.slot), trial: true, cause };
      }
      this.#append({ slot: this.#log.slot, state: "stable" });
    }
    if (!this.#holdsImage(this.#log.slot)) {
      if (!this.#holdsImage(other(this.#log.slot))) throw new Unbootable("no slot holds a valid image");
      this.#append({ slot: other(this.#log.slot), state: "stable" });
    }
    return this.#running = { slot: this.#log.slot, trial: false, cause };
  }

  running(): Running {
    this.#power.require();
    return { ...this.#running, trial: this.#running.trial && this.#running.slot !== this.#log.slot };
  }

  arm(): void {
    if (this.running().trial) throw new Error("an image on trial cannot arm");
    if (!this.#holdsImage(other(this.#log.slot))) throw new FlashFault("device", "the staged image cannot be booted");
    if (this.#log.state !== "armed") this.#append({ slot: this.#log.slot, state: "armed" });
  }

  confirm(): void {
    if (this.#running.slot === this.#log.slot) return;
    this.#append({ slot: other(this.#log.slot), state: "stable" });
  }

  restart(): never {
    this.#power.require();
    throw new Restarted("restart");
  }

  #holdsImage(slot: 0 | 1): boolean {
    return this.#bootable(this.#slots[slot]);
  }

  #append(log: BootLog): void {
    try {
      this.#power.performWhole("boot log", () => { this.#log = log; });
    } finally {
      this.onChange?.(this.#log);
    }
  }
}

function other(slot: 0 | 1): 0 | 1 {
  return slot === 0 ? 1 : 0;
}
