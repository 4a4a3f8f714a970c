/**
 * The boot selector of the simulated board: two slots, one trial, decided over a log on flash, as
 * hal/xs/boot/select.c does.
 */
import type { Boot, Flash, ResetCause, Running } from "../hal.ts";
import { FlashFault } from "../checked.ts";
import { type BootLog, SimBootLog } from "./bootlog.ts";
import type { SimFlash } from "./flash.ts";
import type { Power } from "./power.ts";

/** Thrown by Boot.restart: the program that runs is gone. */
export class Restarted extends Error {
  override name = "Restarted";
}

/** Thrown by the bootloader when no slot holds an image: what must never happen. */
export class Unbootable extends Error {
  override name = "Unbootable";
}

/** Says whether a slot holds an image whose digest and signature are right. */
export type Bootable = (slot: Flash) => boolean;

export class SimBoot implements Boot {
  /** Trials begun so far. */
  trials = 0;
  #power: Power;
  #slots: readonly [Flash, Flash];
  #bootable: Bootable;
  #log: SimBootLog;
  #running: Running = { slot: 0, trial: false, cause: "unknown" };

  constructor(power: Power, slots: readonly [Flash, Flash], bootable: Bootable) {
    this.#power = power;
    this.#slots = slots;
    this.#bootable = bootable;
    this.#log = new SimBootLog(power);
  }

  /** What the log said at the last reset, or was made to say since. */
  get log(): BootLog {
    return this.#log.newest;
  }

  /** Where the log is. */
  get flash(): SimFlash {
    return this.#log.flash;
  }

  /** What is durable becomes that of another board. */
  copyFrom(other: SimBoot): void {
    this.#log.copyFrom(other.#log);
    this.trials = other.trials;
  }

  /**
   * The bootloader: chooses the slot that runs from now on. A log that cannot be written keeps
   * nothing from booting that was confirmed. After power came the newest entry is written again: it
   * may be one that was torn and reads right only now and then. Throws Unbootable.
   */
  reset(cause: ResetCause): Running {
    const { slot, state } = this.#log.open();
    if (
      state === "armed" &&
      this.#holdsImage(other(slot)) &&
      this.#log.write({ slot, state: "trying" })
    ) {
      this.trials++;
      return (this.#running = { slot: other(slot), trial: true, cause });
    }
    const good = this.#holdsImage(slot) ? slot : other(slot);
    if (!this.#holdsImage(good)) throw new Unbootable("no slot holds a valid image");
    if (state !== "stable" || good !== slot || cause === "power")
      this.#log.write({ slot: good, state: "stable" });
    return (this.#running = { slot: good, trial: false, cause });
  }

  running(): Running {
    this.#power.require();
    return { ...this.#running, trial: this.#running.trial && this.#running.slot !== this.log.slot };
  }

  arm(): void {
    if (this.running().trial) throw new Error("an image on trial cannot arm");
    if (!this.#holdsImage(other(this.log.slot)))
      throw new FlashFault("device", "the staged image cannot be booted");
    if (this.log.state !== "armed") this.#write({ slot: this.log.slot, state: "armed" });
  }

  confirm(): void {
    if (this.#running.slot === this.log.slot) return;
    this.#write({ slot: other(this.log.slot), state: "stable" });
  }

  restart(): never {
    this.#power.require();
    throw new Restarted("restart");
  }

  #holdsImage(slot: 0 | 1): boolean {
    return this.#bootable(this.#slots[slot]);
  }

  /** Throws a FlashFault when the log cannot be written. */
  #write(log: BootLog): void {
    if (!this.#log.write(log)) throw new FlashFault("device", "the boot log cannot be written");
  }
}

function other(slot: 0 | 1): 0 | 1 {
  return slot === 0 ? 1 : 0;
}
