/** What boards are built with: programs and files, and the Debian packages that bring them. */
import { isPrebuilt } from "../../../hal/sim/build.ts";

/**
 * A thing to have: a program to find on the PATH, or a file; and the Debian package that brings it.
 */
export interface Tool {
  readonly what: string;
  readonly program?: string;
  readonly file?: string;
  readonly debian: string;
}

/** One process at a time runs on a state directory: lock.ts. */
const LOCK: Tool = { what: "lock on files", program: "flock", debian: "util-linux" };

/** The boot selector of board sim is C that runs in Node; an installed package has it compiled. */
const WEB_ASSEMBLY: readonly Tool[] = [
  { what: "compiler for WebAssembly", program: process.env.CLANG ?? "clang", debian: "clang" },
  { what: "linker for WebAssembly", program: "wasm-ld", debian: "lld" },
  { what: "GNU make", program: "make", debian: "make" },
];

export const SIM_TOOLS: readonly Tool[] = isPrebuilt() ? [LOCK] : [...WEB_ASSEMBLY, LOCK];

export const HOST_TOOLS: readonly Tool[] = [
  { what: "C compiler", program: process.env.CC ?? "cc", debian: "gcc" },
  { what: "GNU make", program: "make", debian: "make" },
  { what: "C library headers", file: "/usr/include/stdlib.h", debian: "libc6-dev" },
  { what: "libsodium (Ed25519)", file: "/usr/include/sodium.h", debian: "libsodium-dev" },
  {
    what: "Mbed TLS (SHA-256, MD5, P-256)",
    file: "/usr/include/mbedtls/sha256.h",
    debian: "libmbedtls-dev",
  },
];

/**
 * What a bare-metal board needs: compiler and picolibc of the processor, whose tools' names begin
 * with `cross`, and its emulator. The sources of lwIP, Mbed TLS and libsodium come from Debian,
 * too: hal/bare/sources.sh.
 */
export function bareTools(
  processor: string,
  { cross, emulator }: { readonly cross: string; readonly emulator: string },
  emulatorPackage: string,
): readonly Tool[] {
  const target = cross.slice(0, -1);
  return [
    ...HOST_TOOLS,
    LOCK,
    { what: `compiler for ${processor}`, program: `${cross}gcc`, debian: `gcc-${target}` },
    {
      what: `C library for ${processor}`,
      file: `/usr/lib/picolibc/${target}/picolibc.specs`,
      debian: `picolibc-${target}`,
    },
    { what: `QEMU for ${processor}`, program: emulator, debian: emulatorPackage },
  ];
}
