/**
 * The smallest complete port: the HAL of a chip whose vendor gives the few functions of chip.ts.
 * hal/README.md prints it whole.
 */
import { frozen } from "../../src/base/frozen.ts";
import { FlashFault } from "../common/checked.ts";
import { HttpLink } from "../common/http/http.ts";
import type { Board, Boot, Flash, FlashStatus, Identity, LogLevel, Running } from "../hal.ts";
import { type Chip, openChip } from "./chip.ts";

/** The memory map: erase blocks of 4096 bytes, programmed by 16. */
const BLOCK = 4096;
const ALIGN = 16;
const STORE_BLOCKS = 4;
const SLOT_BLOCKS = 6;
const STORE_AT = 0;
const SLOTS_AT: readonly number[] = frozen([
  STORE_BLOCKS * BLOCK,
  (STORE_BLOCKS + SLOT_BLOCKS) * BLOCK,
]);

class ChipFlash implements Flash {
  readonly #chip: Chip;
  readonly #from: number;
  readonly #status: FlashStatus;

  constructor(chip: Chip, from: number, blocks: number) {
    this.#chip = chip;
    this.#from = from;
    this.#status = { blocks, blockLength: BLOCK, writeAlign: ALIGN, eraseValue: 0xff };
  }

  status(): FlashStatus {
    return this.#status;
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    this.#check(byteOffset, buffer.length, 1);
    this.#done(this.#chip.flashRead(this.#from + byteOffset, buffer));
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    this.#check(byteOffset, bytes.length, ALIGN);
    this.#done(this.#chip.flashProgram(this.#from + byteOffset, bytes));
  }

  eraseBlock(block: number): void {
    this.#check(block * BLOCK, BLOCK, 1);
    this.#done(this.#chip.flashErase(this.#from + block * BLOCK));
  }

  #check(at: number, length: number, align: number): void {
    if (at < 0 || at + length > this.#status.blocks * BLOCK)
      throw new FlashFault("bounds", `${length} bytes at ${at}`);
    if (at % align !== 0 || length % align !== 0)
      throw new FlashFault("misaligned", `${length} bytes at ${at}`);
  }

  #done(done: boolean): void {
    if (!done) throw new FlashFault("device", "the flash reports an error");
  }
}

class ChipBoot implements Boot {
  readonly #chip: Chip;

  constructor(chip: Chip) {
    this.#chip = chip;
  }

  running(): Running {
    return {
      slot: this.#chip.bootSlot(),
      trial: this.#chip.bootOnTrial(),
      cause: this.#chip.resetCause(),
      failures: 0, // this chip counts no crashes
    };
  }

  arm(): void {
    if (!this.#chip.bootTry(1 - this.#chip.bootSlot()))
      throw new Error("the staged image cannot be booted");
  }

  confirm(): void {
    if (this.#chip.bootOnTrial() && !this.#chip.bootKeep())
      throw new Error("the boot selection cannot be written");
  }

  restart(): never {
    return this.#chip.reset();
  }
}

/** The port over a chip. */
export function openPort(chip: Chip, identity: Identity): Board {
  const log = (level: LogLevel, source: string, text: string): void => {
    chip.print(`${level} ${source}: ${text}`);
  };
  return {
    store: new ChipFlash(chip, STORE_AT, STORE_BLOCKS),
    staging: new ChipFlash(chip, SLOTS_AT[1 - chip.bootSlot()] ?? 0, SLOT_BLOCKS),
    boot: new ChipBoot(chip),
    link: new HttpLink((host, port) => chip.connect(host, port)),
    identity,
    log,
    now: () => chip.uptimeMs(),
    random: (bytes) => {
      chip.random(bytes);
    },
    provision: () => chip.provision(),
    typed: (buffer) => chip.typed(buffer),
    run: (step) => {
      for (;;) chip.wait(step() - chip.uptimeMs());
    },
  };
}

/** What a package must be made for, and what servers are told. */
const IDENTITY: Identity = frozen({
  DevId: "urn:uuid:00000000-0000-4000-8000-0000000000ff",
  Man: "",
  Mod: "",
  Lang: "en",
  DevTyp: "device",
  OEM: "",
  FwV: "",
  SwV: "1.0",
  HwV: "1.0",
  vendorId: new Uint8Array(16),
  classId: new Uint8Array(16),
});

/** The board that the program runs on. Call it once. */
export function openBoard(): Board {
  return openPort(openChip(), IDENTITY);
}
