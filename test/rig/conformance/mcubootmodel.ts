/**
 * MCUboot with swap, as its design document has it, over two slots of the sim board: the table from
 * trailers to swap type, the swap that is taken up again after a power failure, and the trailers
 * that it leaves. Written from the document, and not from hal/mcuboot: the two have to agree.
 */
import type { FlashStatus, ResetCause } from "../../../hal/hal.ts";
import { Unbootable } from "../../../hal/sim/boot.ts";
import { SimFlash } from "../../../hal/sim/flash.ts";
import { Power } from "../../../hal/sim/power.ts";

const MAGIC_8 = Buffer.from("77c295f360d2ef7f3552500f2cb67980", "hex");
const MAGIC_TAIL = Buffer.from("2de15d29410b8d77679c110f1f8a", "hex");

export type Swap = "none" | "test" | "permanent" | "revert";
type Field = "imageOk" | "copyDone" | "swapInfo";
const UNITS: { readonly [F in Field]: number } = { imageOk: 1, copyDone: 2, swapInfo: 3 };

/** Rows are tried in order; what a row does not name may be anything. */
const TABLE: readonly {
  readonly swap: Swap;
  readonly primary?: Partial<State>;
  readonly secondary?: Partial<State>;
}[] = [
  { swap: "test", secondary: { magic: "good", imageOk: "unset" } },
  { swap: "permanent", secondary: { magic: "good", imageOk: "set" } },
  { swap: "revert", primary: { magic: "good", imageOk: "unset", copyDone: "set" } },
];

interface State {
  readonly magic: "good" | "bad" | "unset";
  readonly imageOk: "set" | "bad" | "unset";
  readonly copyDone: "set" | "bad" | "unset";
}

export class McubootModel {
  readonly primary: SimFlash;
  readonly secondary: SimFlash;
  readonly #power: Power;
  readonly #maxAlign: number;
  readonly #valid: (slot: SimFlash) => boolean;
  /** The swap that is under way: MCUboot keeps it in the trailers' status areas. */
  #under: Swap = "none";

  /** `valid` checks digest and signature. */
  constructor(
    power: Power,
    status: FlashStatus,
    maxAlign: number,
    valid: (slot: SimFlash) => boolean,
  ) {
    this.#power = power;
    this.#maxAlign = maxAlign;
    this.#valid = valid;
    this.primary = new SimFlash(power, status, "primary");
    this.secondary = new SimFlash(power, status, "secondary");
  }

  /** The boot loader: afterwards the image in the primary slot runs. Throws Unbootable. */
  reset(_cause: ResetCause): void {
    if (this.#under === "none") this.#begin(this.decide());
    if (this.#under !== "none") this.#finish(this.#under);
    if (!this.#valid(this.primary)) throw new Unbootable("the primary slot holds no valid image");
  }

  /** What the trailers ask for. */
  decide(): Swap {
    const primary = this.#state(this.primary);
    const secondary = this.#state(this.secondary);
    const fits = (state: State, row: Partial<State> = {}): boolean => {
      return (Object.keys(row) as (keyof State)[]).every((field) => row[field] === state[field]);
    };
    return (
      TABLE.find((row) => fits(primary, row.primary) && fits(secondary, row.secondary))?.swap ??
      "none"
    );
  }

  /** Where a field of the trailer begins. */
  place(field: Field | "magic"): number {
    const magic = this.primary.bytes.length - MAGIC_8.length;
    return field === "magic"
      ? magic
      : magic - (magic % this.#maxAlign) - UNITS[field] * this.#maxAlign;
  }

  get magic(): Buffer {
    if (this.#maxAlign <= 8) return MAGIC_8;
    return Buffer.concat([Buffer.from([this.#maxAlign & 0xff, this.#maxAlign >> 8]), MAGIC_TAIL]);
  }

  /** An image that is not fit to boot is thrown away. */
  #begin(swap: Swap): void {
    if (swap === "none") return;
    if (!this.#valid(this.secondary)) {
      this.#eraseTrailer(this.secondary);
      this.secondary.eraseBlock(0);
      return;
    }
    this.#power.performWhole("swap", () => {
      const kept = new SimFlash(new Power(), this.primary.status());
      kept.copyFrom(this.primary);
      this.primary.copyFrom(this.secondary);
      this.secondary.copyFrom(kept);
      this.#under = swap;
    });
  }

  /** Each step is done again after a cut, from the first on. */
  #finish(swap: Swap): void {
    this.#eraseTrailer(this.secondary);
    this.#eraseTrailer(this.primary);
    this.#write(this.primary, "magic", this.magic);
    if (swap !== "test") this.#write(this.primary, "imageOk", Buffer.from([1]));
    this.#write(this.primary, "copyDone", Buffer.from([1]));
    this.#under = "none";
  }

  #eraseTrailer(slot: SimFlash): void {
    slot.eraseBlock(slot.status().blocks - 1);
  }

  #write(slot: SimFlash, field: Field | "magic", bytes: Buffer): void {
    const at = this.place(field);
    const from = at - (at % this.#maxAlign);
    const unit = Buffer.alloc(
      Math.ceil((at + bytes.length - from) / this.#maxAlign) * this.#maxAlign,
      slot.status().eraseValue,
    );
    bytes.copy(unit, at - from);
    slot.write(new Uint8Array(unit), from);
  }

  #state(slot: SimFlash): State {
    const { eraseValue } = slot.status();
    const at = this.place("magic");
    const magic = slot.bytes.subarray(at, at + MAGIC_8.length);
    const flag = (field: Field): State["imageOk"] => {
      const byte = slot.bytes[this.place(field)];
      return byte === eraseValue ? "unset" : byte === 1 ? "set" : "bad";
    };
    return {
      magic: this.magic.equals(magic)
        ? "good"
        : magic.every((byte) => byte === eraseValue)
          ? "unset"
          : "bad",
      imageOk: flag("imageOk"),
      copyDone: flag("copyDone"),
    };
  }
}
