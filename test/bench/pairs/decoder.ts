/** What the decoder of delta packages takes on the bare-metal board, as it was compiled. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { BareBuild } from "../../../hal/bare/build.ts";
import { WINDOW_BYTES, WORK_BYTES } from "../../../src/base/delta.ts";
import { Exit, RigError } from "../../rig/exit.ts";

const OBJECT = "hal/common/base/delta.o";
const STATE = "Delta";

/** A part of the object in a linker's map; its name is on a line of its own when it is long. */
const PART =
  /^ \.(?:text|s?rodata)\.(\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) \S*hal\/common\/base\/delta\.o$/gm;

/** What XS calls, and what takes its arguments apart: the rest knows nothing of XS. */
const GLUE = /^(?:xs_|to[A-Z]|check[A-Z]|this[A-Z]|str|cst)/;

/** Bytes of code and constants in the firmware of this linker's map: of the decoder, and of all. */
export function decoderCode(map: string): { readonly decoder: number; readonly all: number } {
  let decoder = 0;
  let all = 0;
  for (const [, name = "", address = "0", length = "0"] of map.matchAll(PART)) {
    if (parseInt(address, 16) === 0) continue; // the linker has left it out
    all += parseInt(length, 16);
    if (!GLUE.test(name)) decoder += parseInt(length, 16);
  }
  return { decoder, all };
}

/** Addresses at which functions of the decoder begin in that firmware, and its constants. */
export function decoderAddresses(map: string): ReadonlySet<number> {
  return new Set([...map.matchAll(PART)].map(([, , address = "0"]) => parseInt(address, 16)));
}

/** What an entry of the debugging information says: `DW_AT_name`, or another of its attributes. */
function attribute(entry: string, name: string): string | undefined {
  return new RegExp(`DW_AT_${name}\\s*:(?: \\(indirect string, offset: \\w+\\):)? (.*)`)
    .exec(entry)?.[1]
    ?.trim();
}

/** Bytes of the type that a C file names so, from what objdump says of its object; NaN: none. */
export function typeBytes(information: string, type: string): number {
  const entries = new Map<string, string>();
  for (const entry of information.split(/^ <\w+></m)) entries.set(entry.split(">")[0] ?? "", entry);
  for (const entry of entries.values()) {
    if (!entry.includes("DW_TAG_typedef") || attribute(entry, "name") !== type) continue;
    const target = /<0x(\w+)>/.exec(attribute(entry, "type") ?? "")?.[1] ?? "";
    return Number(attribute(entries.get(target) ?? "", "byte_size"));
  }
  return NaN;
}

/** Bytes of RAM from the first byte of a package to the last: the state, pieces and window. */
function decoderRam(build: BareBuild): number {
  const words = ["--dwarf=info", build.built(OBJECT)];
  const { stdout, status } = spawnSync(`${build.record.cross}objdump`, words, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new RigError(Exit.noBoard, `cannot read ${build.built(OBJECT)}`);
  return typeBytes(stdout, STATE) + WORK_BYTES + WINDOW_BYTES;
}

/** Code and RAM of the decoder in the firmware that was built under this name. */
export function decoderSize(
  build: BareBuild,
  name: string,
): { readonly decoder: number; readonly all: number; readonly ram: number } {
  return {
    ...decoderCode(readFileSync(build.built(`${name}.map`), "utf8")),
    ram: decoderRam(build),
  };
}
