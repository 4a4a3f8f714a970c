/**
 * The boot selector of the simulated board: the one in C that boots chips (hal/common/boot), over a
 * log on simulated flash.
 */
import { FlashFault } from "../common/checked.ts";
import type { Boot, Flash, FlashStatus, ResetCause, Running } from "../hal.ts";
import { filled } from "../../src/base/bytes.ts";
import { frozen } from "../../src/base/frozen.ts";
import { SimFlash } from "./flash.ts";
import type { Power } from "./power.ts";
import { Selector } from "./selector.ts";

/** Thrown by Boot.restart: the program that runs is gone. */
export class Restarted extends Error {
  override name = "Restarted";
}

/** Thrown by the bootloader when no slot holds an image: what must never happen. */
export class Unbootable extends Error {
  override name = "Unbootable";
}

/**
 * What is durable: `slot` is the confirmed one; `armed`: the other boots next, on trial; `trying`:
 * it has been booted so.
 */
export interface BootLog {
  readonly slot: 0 | 1;
  readonly state: "stable" | "armed" | "trying";
}

/** In the order of ResetCause in hal/common/boot/log.h. */
const CAUSES: readonly ResetCause[] = frozen(["power", "restart", "watchdog", "panic", "unknown"]);
/** In the order of BootTrial there. */
const STATES: readonly BootLog["state"][] = frozen(["stable", "armed", "trying"]);
/** BootDecision of hal/common/boot/select.h, as far as it matters here. */
const TRIAL = 1;
const NOTHING = 5;
const HELD = 6;
const MINUTE_MS = 60_000;

/** Two entries of 16 bytes a block, so that an update fills some. */
export const BOOT_LOG: FlashStatus = frozen({
  blocks: 2,
  blockLength: 32,
  writeAlign: 16,
  eraseValue: 0xff,
});

export interface SimBootOptions {
  readonly power: Power;
  readonly slots: readonly [Flash, Flash];
  /**
   * The vendor's public keys, one to four, as hal/common/boot/image.h has them. Boards that are
   * given the same array share what is made of it.
   */
  readonly keys: Uint8Array;
  /** Geometry of the boot log. */
  readonly log?: FlashStatus | undefined;
  /** Is told of a slot that should have booted and cannot. */
  readonly refused?: ((slot: number, why: string) => void) | undefined;
}

export class SimBoot implements Boot {
  /** Where the boot log is. */
  readonly flash: SimFlash;
  /** Trials begun so far. */
  trials = 0;
  /** How long the board waits before it starts what the last reset has selected. */
  pauseMs = 0;
  readonly #power: Power;
  readonly #selector: Selector;
  #told = 0;

  constructor({ power, slots, keys, log = BOOT_LOG, refused }: SimBootOptions) {
    this.#power = power;
    this.flash = new SimFlash(power, log, "boot log");
    const ports = {
      read: (buffer: Uint8Array, offset: number) =>
        attempted(() => {
          this.flash.read(buffer, offset);
        }),
      write: (bytes: Uint8Array, offset: number) => this.#write(bytes, offset),
      erase: (block: number) =>
        attempted(() => {
          this.flash.eraseBlock(block);
        }),
      room: (slot: number) => bytesOf(slots[slot === 0 ? 0 : 1]),
      load: (slot: number, buffer: Uint8Array) => {
        load(slots[slot === 0 ? 0 : 1], buffer);
      },
      refused: (slot: number, why: string) => refused?.(slot, why),
    };
    this.#selector = new Selector(ports, log, keys);
  }

  /** What the log said after the last reset, or was made to say since. */
  get log(): BootLog {
    return {
      slot: bits(this.#told, 9, 1) === 0 ? 0 : 1,
      state: STATES[bits(this.#told, 10, 2)] ?? "stable",
    };
  }

  /** What is durable becomes that of another board. */
  copyFrom(other: SimBoot): void {
    this.flash.copyFrom(other.flash);
    this.#told = other.#told;
    this.trials = other.trials;
  }

  /** What `copyFrom` takes along, as bytes and values. */
  durable(): readonly unknown[] {
    return [...this.flash.durable(), this.#told, this.trials];
  }

  /** The bootloader: chooses the slot that runs from now on. Throws Unbootable. */
  reset(cause: ResetCause): Running {
    this.#told = this.#selector.select(CAUSES.indexOf(cause));
    const decision = bits(this.#told, 0, 4);
    if (decision === NOTHING) throw new Unbootable("no slot holds a valid image");
    if (decision === TRIAL) this.trials++;
    const failures = bits(this.#told, 16, 8);
    this.pauseMs = decision === HELD ? this.#selector.pauseMinutes(failures) * MINUTE_MS : 0;
    return this.running();
  }

  running(): Running {
    this.#power.require();
    const told = this.#told;
    return {
      slot: bits(told, 4, 1),
      trial: bits(told, 5, 1) === 1,
      cause: CAUSES[bits(told, 6, 3)] ?? "unknown",
      failures: bits(told, 16, 8),
    };
  }

  arm(): void {
    this.#power.require();
    this.#take(this.#selector.arm(this.#told));
  }

  confirm(): void {
    this.#power.require();
    this.#take(this.#selector.confirm(this.#told));
  }

  restart(): never {
    this.#power.require();
    throw new Restarted("restart");
  }

  #take(result: number | string): void {
    if (typeof result === "string") throw new FlashFault("device", result);
    this.#told = result;
  }

  /** As boards do, to bytes that read as erased only. */
  #write(bytes: Uint8Array, offset: number): boolean {
    const before = new Uint8Array(bytes.length);
    const { eraseValue } = this.flash.status();
    return attempted(() => {
      this.flash.read(before, offset);
      if (!filled(before, 0, before.length, eraseValue))
        throw new FlashFault("device", "the place is not erased");
      this.flash.write(bytes, offset);
    });
  }
}

function bits(told: number, from: number, count: number): number {
  return (told >>> from) & ((1 << count) - 1);
}

/** False when the flash says that it failed. */
function attempted(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof FlashFault) return false;
    throw error;
  }
}

function bytesOf(slot: Flash): number {
  const { blocks, blockLength } = slot.status();
  return blocks * blockLength;
}

/** Units that cannot be read are zero: an image that reaches into one does not verify. */
function load(slot: Flash, buffer: Uint8Array): void {
  if (attempted(() => slot.read(buffer, 0))) return;
  buffer.fill(0);
  const { writeAlign } = slot.status();
  for (let at = 0; at < buffer.length; at += writeAlign)
    attempted(() => {
      slot.read(buffer.subarray(at, at + writeAlign), at);
    });
}
