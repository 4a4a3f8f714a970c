/**
 * Boot of hal.ts over MCUboot with swap (move, offset or scratch), for chips that ship it: the
 * running image is always in the primary slot, and staging is the secondary one. A swap is asked
 * for, and a trial confirmed, by a few bytes in the slots' trailers.
 *
 * Staging must be a `SecondarySlot`: it keeps the trailer apart, and takes back what was asked for
 * when another image is staged.
 */
import type { Boot, Flash, FlashStatus, ResetCause, Running } from "../hal.ts";
import { FlashFault } from "../common/checked.ts";
import { imageDigest } from "./image.ts";
import { SwapType, Trailer } from "./trailer.ts";

export interface McubootPorts {
  /** The slot that runs; only its trailer is written. */
  readonly primary: Flash;
  readonly secondary: SecondarySlot;
  /** MCUBOOT_BOOT_MAX_ALIGN of the boot loader in flash. */
  readonly maxAlign: number;
  /** Why the chip was reset. */
  cause(): ResetCause;
  reset(): never;
  /** Absent: the chip has no such memory, and crashes are not counted. */
  readonly retained?: Retained;
}

/**
 * A word of 32 bits that survives a reset, as memory that no program initializes or a backup
 * register. After a loss of power anything may be in it.
 */
export interface Retained {
  read(): number;
  write(word: number): void;
}

/** Where a count is in the word, the upper three bytes are these. */
const COUNTED = 0x58460000;
const COUNT_MAX = 0xff;
/** MCUboot starts an image at once, however often it has crashed: see pauseMinutes. */
const FAILURES_MAX = 8;
const PAUSE_MINUTES_MAX = 60;

/**
 * How long a board waits before it starts its client after so many crashes in a row: a minute,
 * doubling, at most an hour; 0: not at all. A boot loader of one's own does it by bootPauseMinutes
 * of hal/common/boot/select.h, which is the same.
 */
export function pauseMinutes(failures: number): number {
  if (failures < FAILURES_MAX) return 0;
  return Math.min(2 ** (failures - FAILURES_MAX), PAUSE_MINUTES_MAX);
}

export class McubootBoot implements Boot {
  readonly #ports: McubootPorts;
  readonly #primary: Trailer;
  readonly #slot: number;
  readonly #cause: ResetCause;
  readonly #failures: number;

  /** Counts this start: make one instance a boot. */
  constructor(ports: McubootPorts) {
    this.#ports = ports;
    this.#primary = new Trailer(ports.primary, ports.maxAlign);
    const digest = imageDigest(ports.primary, "given");
    if (digest === undefined)
      throw new Error(
        "the primary slot holds no image of MCUboot: partition table and boot loader disagree",
      );
    this.#slot = (((digest[0] ?? 0) << 16) | ((digest[1] ?? 0) << 8) | (digest[2] ?? 0)) >>> 0;
    this.#cause = ports.cause();
    this.#failures = countFailures(this.#cause, ports.retained);
  }

  /**
   * `slot` names the image, and not its place, which never changes: the first three bytes of its
   * digest.
   */
  running(): Running {
    return {
      slot: this.#slot,
      trial: this.#onTrial(),
      cause: this.#cause,
      failures: this.#failures,
    };
  }

  /**
   * Writes magic, then swap info, of the secondary slot: MCUboot decides by the magic, so a cut
   * leaves it asked for or not.
   */
  arm(): void {
    if (this.#onTrial()) throw new Error("the running image is on trial");
    const { secondary } = this.#ports;
    if (imageDigest(secondary, "checked") === undefined)
      throw new Error("the staged image cannot be booted");
    const { magic, imageOk } = secondary.trailer.read();
    if (magic === "good" && imageOk === "unset") return;
    secondary.disarm();
    secondary.trailer.writeMagic();
    secondary.trailer.writeSwapInfo(SwapType.test);
  }

  /** A flag that power failed in is one that MCUboot does not take for erased: the image stays. */
  confirm(): void {
    this.#ports.retained?.write(COUNTED);
    if (this.#onTrial()) this.#primary.writeImageOk();
  }

  restart(): never {
    return this.#ports.reset();
  }

  /** The state in which MCUboot would go back at the next reset. */
  #onTrial(): boolean {
    const { magic, copyDone, imageOk } = this.#primary.read();
    return magic === "good" && copyDone === "set" && imageOk === "unset";
  }
}

/** Crashes in a row that led to this start; the word has them from now on. */
function countFailures(cause: ResetCause, retained: Retained | undefined): number {
  if (retained === undefined) return 0;
  const word = retained.read();
  const before = (word & ~COUNT_MAX) === COUNTED ? word & COUNT_MAX : 0;
  const crashed = cause !== "power" && cause !== "restart";
  const failures = crashed ? Math.min(before + 1, COUNT_MAX) : 0;
  retained.write(COUNTED | failures);
  return failures;
}

/** The secondary slot as staging: all but the last blocks, which are the trailer's. */
export class SecondarySlot implements Flash {
  readonly trailer: Trailer;
  readonly #slot: Flash;
  readonly #trailerBlocks: number;
  readonly #status: FlashStatus;

  /**
   * `trailerBlocks` hold MCUboot's trailer and swap status: its boot_trailer_sz, in blocks, at
   * least 1.
   */
  constructor(slot: Flash, maxAlign: number, trailerBlocks: number) {
    const status = slot.status();
    this.#slot = slot;
    this.#trailerBlocks = trailerBlocks;
    this.#status = { ...status, blocks: status.blocks - trailerBlocks };
    this.trailer = new Trailer(slot, maxAlign);
  }

  status(): FlashStatus {
    return this.#status;
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    this.#inside(byteOffset, buffer.length);
    this.#slot.read(buffer, byteOffset);
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    this.#inside(byteOffset, bytes.length);
    this.#slot.write(bytes, byteOffset);
  }

  /** An image that changes is no longer the one that a swap was asked for. */
  eraseBlock(block: number): void {
    if (block < 0 || block >= this.#status.blocks)
      throw new FlashFault("bounds", `erase of block ${block}`);
    this.disarm();
    this.#slot.eraseBlock(block);
  }

  /**
   * Takes back what was asked for, and what a cut has left of it: erases the trailer's blocks, from
   * the last one down.
   */
  disarm(): void {
    const { magic, imageOk, copyDone } = this.trailer.read();
    if (magic === "unset" && imageOk === "unset" && copyDone === "unset") return;
    for (let i = 0; i < this.#trailerBlocks; i++)
      this.#slot.eraseBlock(this.#status.blocks + this.#trailerBlocks - 1 - i);
  }

  #inside(byteOffset: number, length: number): void {
    if (byteOffset < 0 || byteOffset + length > this.#status.blocks * this.#status.blockLength) {
      throw new FlashFault("bounds", `${length} bytes at ${byteOffset}`);
    }
  }
}
