/** What measures is no part of what is measured: the product's image has no code of the bench. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { symbolsOf } from "../../bench/qemu/meter/meter.ts";
import { BENCH_NATIVES } from "../../bench/qemu/programs.ts";
import { root } from "../../root.ts";
import { skip } from "../qemu/device.ts";

/** What an image has from test/: functions of C, objects that were linked, modules. */
function benchParts(name: string): string[] {
  const symbols = symbolsOf(name).map((symbol) => symbol.name);
  const map = readFileSync(join(root, `build/qemu/${name}.map`), "utf8");
  const blob = readFileSync(join(root, `build/qemu/${name}.blob`)).toString("latin1");
  return [
    ...symbols.filter((symbol) => /^(xs_)?bench/i.test(symbol)),
    ...new Set(map.match(/\bbuild\/qemu\/test\/\S+\.o/g)),
    ...new Set(blob.match(/\btest\/[a-z/]+/g)),
  ];
}

test("the product's image has nothing of the bench; the image of the bench does", { skip }, () => {
  riscv32.buildFirmware({ name: "product", version: "1.0.0" });
  assert.deepEqual(benchParts("product"), []);
  riscv32.buildFirmware({
    name: "bench-floor",
    version: "floor",
    entry: "test/bench/qemu/board/floor",
    natives: BENCH_NATIVES,
  });
  const found = benchParts("bench-floor");
  assert.ok(found.includes("xs_bench_receive"), found.join(" "));
  assert.ok(found.includes("benchMark"), found.join(" "));
  assert.ok(found.includes("build/qemu/test/bench/qemu/board/natives.o"), found.join(" "));
  assert.ok(found.includes("test/bench/qemu/board/floor"), found.join(" "));
});
