/**
 * What decoding a package takes on the bare-metal board: instructions of the decoder, and of all,
 * for each byte of the image that it makes.
 */
import { readFileSync } from "node:fs";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { decoderAddresses } from "../pairs/decoder.ts";
import { CASES } from "./cases.ts";
import { build, imageOf, profiled } from "./profile.ts";

/** Packages whose decoding is measured; the word for them is that of their group in the bench. */
export const DECODED = ["compressed", "delta"] as const;
export type Decoded = (typeof DECODED)[number];

/** Instructions for each byte of the image. */
export interface Decoding {
  readonly decoder: number;
  /** From the first byte of the package until the image is verified. */
  readonly all: number;
}

export async function measureDecoding(form: Decoded): Promise<Decoding> {
  const { functions, counts } = await profiled(CASES["download-http"], form);
  const map = readFileSync(riscv32.built(`${imageOf(VERSION_1)}.map`), "utf8");
  const addresses = decoderAddresses(map);
  const bytes = build(VERSION_2).length;
  let decoder = 0;
  let all = 0;
  for (const [index, count] of counts.functions) {
    all += count;
    if (addresses.has(functions[index]?.start ?? -1)) decoder += count;
  }
  return { decoder: decoder / bytes, all: all / bytes };
}
