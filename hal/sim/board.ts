/**
 * A whole board in this process: a store, two slots, a boot selector, a clock that stands still
 * unless told, and power that fails.
 */
import type {
  Base,
  Datagrams,
  FlashStatus,
  Hal,
  Identity,
  Link,
  LogLevel,
  ResetCause,
} from "../hal.ts";
import { CheckedFlash } from "../common/checked.ts";
import { SimBoot } from "./boot.ts";
import { SimFlash } from "./flash.ts";
import { Power } from "./power.ts";
import { Random } from "./random.ts";

export interface SimBoardOptions {
  readonly store: FlashStatus;
  readonly slot: FlashStatus;
  readonly identity: Identity;
  readonly link: Link;
  readonly datagrams?: Datagrams;
  /** The vendor's public keys, as SimBoot has them. */
  readonly keys: Uint8Array;
  /** Geometry of the boot log; a short one by default. */
  readonly bootLog?: FlashStatus;
  readonly power?: Power;
  readonly seed?: number;
  readonly log?: (level: LogLevel, source: string, text: string) => void;
  /** A real clock, milliseconds; without it, time is `advance`. */
  readonly clock?: () => number;
  /** Unpredictable bytes; without it, they come from `seed`. */
  readonly random?: (bytes: Uint8Array) => void;
}

export class SimBoard {
  readonly power: Power;
  readonly store: SimFlash;
  readonly slots: readonly [SimFlash, SimFlash];
  readonly boot: SimBoot;
  #options: SimBoardOptions;
  #random: Random;
  #elapsedMs = 0;

  constructor(options: SimBoardOptions) {
    this.#options = options;
    this.#random = new Random(options.seed ?? 1);
    this.power = options.power ?? new Power();
    this.store = new SimFlash(this.power, options.store, "store");
    this.slots = [
      new SimFlash(this.power, options.slot, "slot"),
      new SimFlash(this.power, options.slot, "slot"),
    ];
    this.boot = new SimBoot({
      power: this.power,
      slots: this.slots,
      keys: options.keys,
      log: options.bootLog,
      refused: (slot, why) =>
        options.log?.("error", "boot", `slot ${slot} cannot be booted: ${why}`),
    });
  }

  /** All its flash. */
  get parts(): readonly SimFlash[] {
    return [this.store, ...this.slots, this.boot.flash];
  }

  /** Everything that outlives a reset becomes that of another board of the same make. */
  copyFrom(other: SimBoard): void {
    this.store.copyFrom(other.store);
    this.slots[0].copyFrom(other.slots[0]);
    this.slots[1].copyFrom(other.slots[1]);
    this.boot.copyFrom(other.boot);
    this.#random = other.#random.fork();
  }

  /** What `copyFrom` takes along, as bytes and values. */
  durable(): readonly unknown[] {
    const [first, second] = this.slots;
    return [
      ...this.store.durable(),
      ...first.durable(),
      ...second.durable(),
      ...this.boot.durable(),
      this.#random.state,
    ];
  }

  /** Lets time pass. */
  advance(milliseconds: number): void {
    this.#elapsedMs += milliseconds;
  }

  /**
   * Power on, or a reset for another cause: runs the bootloader, and gives the board as the program
   * sees it until the next reset. Whoever keeps the time lets `boot.pauseMs` pass first. Throws a
   * PowerLoss when power is cut in the bootloader, Unbootable when no image is left.
   */
  start(cause: ResetCause): Hal {
    this.power.restore();
    const running = this.boot.reset(cause);
    const options = this.#options;
    const bootedAt = options.clock?.() ?? 0;
    this.#elapsedMs = 0;
    return {
      store: new CheckedFlash(this.store),
      base: payloadIn(this.slots[running.slot === 0 ? 0 : 1]),
      staging: new CheckedFlash(this.slots[running.slot === 0 ? 1 : 0]),
      boot: this.boot,
      link: options.link,
      identity: options.identity,
      datagrams: options.datagrams,
      now: () => (options.clock === undefined ? this.#elapsedMs : options.clock() - bootedAt),
      random: (bytes) =>
        options.random === undefined ? this.#random.fill(bytes) : options.random(bytes),
      log: (level, source, text) => options.log?.(level, source, text),
    };
  }
}

/** The payload of the MCUboot image in a slot, as its header says. */
function payloadIn(slot: SimFlash): Base {
  const head = new DataView(slot.bytes.buffer, slot.bytes.byteOffset);
  const from = head.getUint16(8, true);
  return {
    length: Math.min(head.getUint32(12, true), slot.bytes.length - from),
    read: (buffer, offset) => {
      slot.read(buffer, from + offset);
    },
  };
}
