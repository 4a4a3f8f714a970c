/** What the firmware takes on each processor: the table of hal/README.md, and what is true. */
import type { BareBuild } from "../../../hal/bare/build.ts";
import { SMALL } from "../../../hal/xs/parts.ts";
import { type BareName, ROWS } from "../../rig/boards/boards.ts";
import { VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { CASES } from "./cases.ts";
import { addressOf, meteredBoard, symbolsOf } from "./meter/meter.ts";
import { updateTotals } from "./rows.ts";
import { run } from "./run.ts";

const KIB = 1024;
/** The images of both versions, as the product has them. */
export const IMAGES = ["firmware-1.0.0", "firmware-2.0.0"] as const;

/** In KiB. */
export interface Sizes {
  /** Code and constants of C. */
  readonly text: number;
  /** The payload of a package: that, bytecode, loaded modules. */
  readonly image: number;
  /** The same without the parts of SMALL. */
  readonly small: number;
  /** Variables and buffers of fixed size. */
  readonly variables: number;
}

/** Builds the firmware, and measures it. */
export function sizesOf(board: BareName): Sizes {
  const { build, driver } = ROWS[board];
  const image = driver.firmware(VERSION_2, 0).length;
  const small = driver.firmware(VERSION_2, 0, { without: SMALL }).length;
  const at = (name: string): number => addressOf(symbolsOf(IMAGES[1], build), name);
  return {
    text: (at("__text_end") - at("_start")) / KIB,
    image: image / KIB,
    small: small / KIB,
    variables: (at("__heap_start") - at("__data_start")) / KIB,
  };
}

export interface Spent {
  /** KiB of data RAM that an update takes at most, in either boot. */
  readonly ram: number;
  /** Millions of instructions, from power-on until the server has the report. */
  readonly instructions: number;
}

/** A whole update over HTTP, download-and-update, under the meter. */
export async function spentOf(board: BareName): Promise<Spent> {
  const { build, driver } = ROWS[board];
  driver.firmware(VERSION_1, 0);
  const done = await run(
    meteredBoard({ board, images: IMAGES }),
    CASES["download-and-update-http"],
  );
  const { spareKiB, instructions } = updateTotals(done);
  return { ram: ramOf(build) / KIB - spareKiB, instructions };
}

/** Bytes of data RAM, but for what is kept through resets. */
function ramOf({ map }: BareBuild): number {
  return map.handoff - map.at("RAM_BASE");
}
