/** The README's map of the bare-metal board is the one that is linked. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { root } from "../../root.ts";
import { skip } from "./device.ts";

const README = readFileSync(join(root, "hal/qemu-riscv32/README.md"), "utf8");
const MAP = readFileSync(join(root, "hal/qemu-riscv32/map.h"), "utf8");
const RAM_SPARE_MIN = 32 * 1024;

/**
 * First and second column of the README's rows that begin with an address: where, and how many
 * bytes.
 */
const rows = [...README.matchAll(/^\| (0x[0-9a-fA-F]+) \| (0x[0-9a-fA-F]+) \|/gm)].map(
  ([, at, bytes]) => [Number(at), Number(bytes)] as const,
);

function defined(name: string): number {
  return Number(new RegExp(`#define ${name} (0x[0-9A-Fa-f]+|\\d+)`).exec(MAP)?.[1]);
}

let symbols: ReadonlyMap<string, number>;
before(() => {
  if (skip !== false) return;
  riscv32.buildFirmware({ name: "map", version: "map" });
  const { stdout } = spawnSync("riscv64-unknown-elf-nm", [join(root, "build/qemu/map.elf")], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  symbols = new Map(
    [...stdout.matchAll(/^([0-9a-f]+) \w (\S+)$/gm)].map(([, at, name = ""]) => [
      name,
      parseInt(at ?? "", 16),
    ]),
  );
});

test("the README's flash is that of map.h, without gaps and overlaps", () => {
  const flash = rows.filter(([at]) => at < defined("FLASH_BASE"));
  const names = ["LOADER", "FACTORY", "BOOT_LOG", "STORE", "SLOT_A", "SLOT_B", "END"];
  assert.deepEqual(
    flash.map(([at]) => at),
    names.slice(0, -1).map((name) => defined(`FLASH_${name}`)),
  );
  flash.forEach(([at, bytes], index) => {
    assert.equal(at + bytes, defined(`FLASH_${names[index + 1] ?? ""}`));
  });
});

test("the README's memory is what the firmware is linked to", { skip }, () => {
  const [window, ram, handoff] = rows.filter(([at]) => at >= 0x80000000);
  assert.equal(symbols.get("_start"), window?.[0]);
  assert.ok((symbols.get("__rom_start") ?? Infinity) < (window?.[0] ?? 0) + (window?.[1] ?? 0));
  assert.equal(symbols.get("__data_start"), ram?.[0]);
  assert.equal(symbols.get("__stack_top"), (ram?.[0] ?? 0) + (ram?.[1] ?? 0));
  assert.equal(handoff?.[0], symbols.get("__stack_top"));
});

test("data RAM is 320 KB, and heaps and stacks fit it with room to spare", { skip }, () => {
  assert.equal(defined("RAM_BYTES"), 320 * 1024);
  const heap = (symbols.get("__heap_end") ?? 0) - (symbols.get("__heap_start") ?? 0);
  assert.ok(heap > (5120 + 1024) * 16 + 64 * 1024 + RAM_SPARE_MIN, `${heap} bytes`);
});
