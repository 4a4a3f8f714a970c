/** The bench adds up a firmware from the linker's map. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imageParts } from "../../bench/qemu/imageparts.ts";

const MAP = `
.making         0x801f4000      0x100
 .text.fxBuildMath
                0x801f4000      0x100 build/qemu/xs/xsMath.o

.text           0x80000000      0x200
 .text.fxRunID  0x8004abd4     0x0010 build/qemu/xs/xsRun.o
 .text.fxRunInstanceOf
                0x8004abe4      0x020 build/qemu/xs/xsRun.o
                                0x022 (size before relaxing)
 .text.unused   0x00000000      0x400 build/qemu/xs/xsRun.o
 .rodata.str1.4 0x80050000        0x8 build/qemu/mbedtls/aes.o
 .text          0x80060000      0x100 /usr/lib/picolibc/lib/rv32imac/ilp32/libc.a(strcmp.S.o)
 .bss.pool      0x80400000     0x1000 build/qemu/lwip/core/memp.o
 .ramtext       0x80400000       0x40 build/qemu/hal/qemu-riscv32/chip.o
`;

test("code and constants count by source; what is left out or only in RAM does not", () => {
  const parts = [...imageParts(MAP)].filter(([, bytes]) => bytes > 0);
  assert.deepEqual(parts, [
    ["XS", 0x30],
    ["TLS and X.509 (Mbed TLS)", 8],
    ["C library", 0x100],
    ["board and natives", 0x40],
  ]);
});
