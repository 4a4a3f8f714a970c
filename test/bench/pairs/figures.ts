/** The figures of the pairs: what a package takes as a delta, compressed, and whole. */
import { join } from "node:path";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { deltaPackage } from "../../rig/delta/package.ts";
import { VENDOR_ID } from "../../rig/identity.ts";
import { buildImage } from "../../rig/image.ts";
import { BOARDS } from "../../rig/boards/boards.ts";
import { developmentKey, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import type { Version } from "../../../src/image/version.ts";
import { versionText } from "../../../src/image/version.ts";
import { root } from "../../root.ts";
import type { Figure } from "../figure.ts";
import { decoderSize } from "./decoder.ts";
import { type Pair, PAIRS } from "./pairs.ts";
import { Tree } from "./tree.ts";

const COMPRESSED_BYTES = 560_000;
const DECODER_BYTES = { decoder: 2560, all: 2750, ram: 8192 } as const;

function packed(payload: Buffer, version: Version): Buffer {
  const key = developmentKey();
  const identity = { vendorId: VENDOR_ID, classId: BOARDS.qemu.classId, securityCounter: 1 };
  return buildImage({ payload, version, key, ...identity });
}

/** Of one pair. `base` and `image` are signed. */
function pairFigures({ what, limit }: Pair, base: Buffer, image: Buffer): Figure[] {
  const { map } = riscv32;
  const group = `a package: ${what}`;
  const rows: readonly (readonly [name: string, value: number, budget: number])[] = [
    ["delta", deltaPackage(image, base).length, limit],
    ["compressed", deltaPackage(image).length, COMPRESSED_BYTES],
    ["whole; the slot", image.length, map.at("SLOT_BLOCKS") * map.at("SLOT_BLOCK")],
  ];
  return rows.map(([name, value, budget]) => ({ group, name, value, unit: "B", budget }));
}

function decoderFigures(name: string): Figure[] {
  const group = "the decoder of deltas";
  const { decoder, all, ram } = decoderSize(riscv32, name);
  const rows = [
    ["code", decoder, DECODER_BYTES.decoder],
    ["code, with what XS calls", all, DECODER_BYTES.all],
    ["RAM", ram, DECODER_BYTES.ram],
  ] as const;
  return rows.map(([row, value, budget]) => ({ group, name: row, value, unit: "B", budget }));
}

/** Makes the pairs, and hands out the figures of each as soon as they are known. */
export async function measurePairs(add: (figures: readonly Figure[]) => void): Promise<void> {
  BOARDS.qemu.firmware(VERSION_1, 0);
  add(decoderFigures(`firmware-${versionText(VERSION_1)}`));
  const tree = new Tree(join(root, "build/pairs"));
  const bases = new Map<Pair["before"], Buffer>();
  for (const pair of PAIRS) {
    const { what, before, after } = pair;
    const first = { what, name: "before", version: versionText(VERSION_1), edits: before };
    const base = bases.get(before) ?? (await tree.build(first));
    bases.set(before, base);
    const second = { what, name: "after", version: versionText(VERSION_2), edits: after };
    const image = await tree.build({ ...second, previous: base });
    add(pairFigures(pair, packed(base, VERSION_1), packed(image, VERSION_2)));
  }
}
