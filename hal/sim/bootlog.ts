/**
 * The boot log of the simulated board, on flash that power tears as any other: entries of the whole
 * state in two blocks, as the boards have it (hal/xs/boot/log.h). The newest valid entry is the
 * truth. An entry is written to bytes that read as erased, and read back; when a block is full the
 * other one is erased. Blocks are as short as can be, so that an update fills some.
 *
 *     offset  bytes  field, little-endian
 *          0      4  sequence, larger than in every entry before
 *          4      1  slot
 *          5      1  state: an index of STATES
 *          6      6  0
 *         12      4  CRC-32 of bytes 0 to 11
 */
import type { FlashStatus } from "../hal.ts";
import { FlashFault } from "../checked.ts";
import { equal, filled } from "../../src/base/bytes.ts";
import { crc32 } from "../../src/base/crc32.ts";
import { frozen } from "../../src/base/frozen.ts";
import { SimFlash } from "./flash.ts";
import type { Power } from "./power.ts";

/**
 * `slot` is the confirmed one; `armed`: the other boots next, on trial; `trying`: it has been
 * booted so.
 */
export interface BootLog {
  readonly slot: 0 | 1;
  readonly state: "stable" | "armed" | "trying";
}

const STATES: readonly BootLog["state"][] = frozen(["stable", "armed", "trying"]);
const ENTRY_BYTES = 16;
const ENTRIES = 2;
const BLOCKS = 2;
const ATTEMPTS_MAX = 4;
const STATUS: FlashStatus = frozen({
  blocks: BLOCKS,
  blockLength: ENTRIES * ENTRY_BYTES,
  writeAlign: ENTRY_BYTES,
  eraseValue: 0xff,
});
const FIRST: BootLog = frozen({ slot: 0, state: "stable" });

export class SimBootLog {
  readonly flash: SimFlash;
  #newest: BootLog = FIRST;
  /**
   * Where the next entry goes: block, place in it; and its sequence, behind those of entries that
   * may yet read as whole.
   */
  #block = 0;
  #place = ENTRIES;
  #next = 1;

  constructor(power: Power) {
    this.flash = new SimFlash(power, STATUS, "boot log");
  }

  /** As of the last `open` or `write`. */
  get newest(): BootLog {
    return this.#newest;
  }

  /** What is durable, and what is known of it, becomes that of another board. */
  copyFrom(other: SimBootLog): void {
    this.flash.copyFrom(other.flash);
    this.#newest = other.#newest;
    this.#block = other.#block;
    this.#place = other.#place;
    this.#next = other.#next;
  }

  /** Reads the log, whatever is in it: slot 0 is confirmed where no entry is valid. */
  open(): BootLog {
    const sequences: number[] = [];
    const used = [0, 0];
    let newest = FIRST;
    let latest = 0;
    for (let at = 0; at < BLOCKS * ENTRIES; at++) {
      const entry = this.#entry(at);
      const block = Math.floor(at / ENTRIES);
      if (entry === "erased") continue;
      used[block] = (at % ENTRIES) + 1;
      const sequence = entry === "broken" ? latest + 1 : entry.sequence;
      sequences.push(sequence);
      if (entry === "broken" || sequence < latest) continue;
      latest = sequence;
      newest = entry.log;
      this.#block = block;
    }
    if (latest === 0) this.#block = 0;
    this.#place = latest === 0 ? ENTRIES : (used[this.#block] ?? ENTRIES);
    this.#next = latest + sequences.length + 1;
    return (this.#newest = newest);
  }

  /** Makes `log` the newest entry, durably. False: the flash failed, and what was the newest is. */
  write(log: BootLog): boolean {
    const entry = encode(log, this.#next);
    const back = new Uint8Array(ENTRY_BYTES);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const full = this.#place >= ENTRIES;
      const block = full ? BLOCKS - 1 - this.#block : this.#block;
      const place = full ? 0 : this.#place;
      const at = (block * ENTRIES + place) * ENTRY_BYTES;
      const written = attempted(() => {
        if (full) this.flash.eraseBlock(block);
        this.flash.read(back, at);
        if (filled(back, 0, ENTRY_BYTES, STATUS.eraseValue)) this.flash.write(entry, at);
        this.flash.read(back, at);
      });
      if (written && equal(entry, back)) {
        this.#newest = log;
        this.#block = block;
        this.#place = place + 1;
        this.#next++;
        return true;
      }
      if (!full) this.#place = place + 1;
    }
    return false;
  }

  /** A place that cannot be read was torn. */
  #entry(at: number): { readonly sequence: number; readonly log: BootLog } | "erased" | "broken" {
    const bytes = new Uint8Array(ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    if (
      !attempted(() => {
        this.flash.read(bytes, at * ENTRY_BYTES);
      })
    )
      return "broken";
    if (filled(bytes, 0, ENTRY_BYTES, STATUS.eraseValue)) return "erased";
    const slot = bytes[4];
    const state = STATES[bytes[5] ?? STATES.length];
    const sequence = view.getUint32(0, true);
    const whole = view.getUint32(12, true) === crc32(bytes.subarray(0, 12), 0);
    if (!whole || sequence === 0 || (slot !== 0 && slot !== 1) || state === undefined)
      return "broken";
    return { sequence, log: { slot, state } };
  }
}

function encode({ slot, state }: BootLog, sequence: number): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, sequence, true);
  bytes[4] = slot;
  bytes[5] = STATES.indexOf(state);
  view.setUint32(12, crc32(bytes.subarray(0, 12), 0), true);
  return bytes;
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
