/** A boot selector over simulated flash, for tests of what it chooses. */
import { SimBoot } from "../../../hal/sim/boot.ts";
import { SimFlash } from "../../../hal/sim/flash.ts";
import { Power } from "../../../hal/sim/power.ts";
import { BOOT_KEYS, signed } from "./image.ts";

const SLOT = { blocks: 2, blockLength: 512, writeAlign: 4, eraseValue: 0xff };
/** The boot log of board sim, and that of boards with sectors of 4 KiB. */
export const SHORT = { blocks: 2, blockLength: 32, writeAlign: 16, eraseValue: 0xff };
export const LONG = { ...SHORT, blockLength: 4096 };

interface Options {
  readonly power?: Power;
  readonly log?: typeof SHORT;
  readonly keys?: Uint8Array;
  readonly images?: readonly [Uint8Array, Uint8Array];
}

interface Selected {
  readonly boot: SimBoot;
  /** What was said of slots that cannot be booted. */
  readonly refused: string[];
  /** Puts something into a slot, as the client does. */
  put(slot: 0 | 1, bytes: Uint8Array): void;
}

/** Versions 1 and 2. */
export const GOOD = [signed(1), signed(2)] as const;
export const NOTHING = new Uint8Array(0);

/** A board whose slots hold versions 1 and 2, unless told. */
export function selector({
  power = new Power(),
  log = SHORT,
  keys,
  images = GOOD,
}: Options = {}): Selected {
  const slots = [new SimFlash(power, SLOT), new SimFlash(power, SLOT)] as const;
  const refused: string[] = [];
  const put = (slot: 0 | 1, bytes: Uint8Array): void => {
    slots[slot].bytes.fill(0xff);
    slots[slot].load(bytes);
  };
  put(0, images[0]);
  put(1, images[1]);
  const boot = new SimBoot({
    power,
    slots,
    keys: keys ?? BOOT_KEYS,
    log,
    refused: (slot, why) => refused.push(`${slot}: ${why}`),
  });
  return { boot, refused, put };
}
