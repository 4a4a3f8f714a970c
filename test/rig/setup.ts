/**
 * What a board needs of the machine, whether it is there, and how to get it. Used by doctor, and
 * before anything is built.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { buildSelector, isPrebuilt } from "../../hal/sim/build.ts";
import { make } from "./boards/build.ts";
import { Exit, RigError } from "./exit.ts";

export type BoardName = "sim" | "host" | "qemu" | "esp32-fake";

/**
 * A thing to have: a program to find on the PATH, or a file; and the Debian package that brings it.
 */
interface Requirement {
  readonly what: string;
  readonly program?: string;
  readonly file?: string;
  readonly debian: string;
}

/** One process at a time runs on a state directory: lock.ts. */
const LOCK: Requirement = { what: "lock on files", program: "flock", debian: "util-linux" };

/** The boot selector of board sim is C that runs in Node; an installed package has it compiled. */
const SIM: readonly Requirement[] = [
  { what: "compiler for WebAssembly", program: process.env.CLANG ?? "clang", debian: "clang" },
  { what: "linker for WebAssembly", program: "wasm-ld", debian: "lld" },
  { what: "GNU make", program: "make", debian: "make" },
];

const HOST: readonly Requirement[] = [
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
 * The sources of lwIP, Mbed TLS and libsodium come from Debian, too: hal/bare/sources.sh.
 */
const QEMU: readonly Requirement[] = [
  ...HOST,
  LOCK,
  {
    what: "compiler for RISC-V",
    program: "riscv64-unknown-elf-gcc",
    debian: "gcc-riscv64-unknown-elf",
  },
  {
    what: "C library for RISC-V",
    file: "/usr/lib/picolibc/riscv64-unknown-elf/picolibc.specs",
    debian: "picolibc-riscv64-unknown-elf",
  },
  { what: "QEMU for RISC-V", program: "qemu-system-riscv32", debian: "qemu-system-misc" },
];

const REQUIREMENTS: { readonly [B in BoardName]: readonly Requirement[] } = {
  sim: isPrebuilt() ? [LOCK] : [...SIM, LOCK],
  host: HOST,
  qemu: QEMU,
  "esp32-fake": HOST,
};

/** Programs of others that tests compare ours with. */
const ORACLES: readonly Requirement[] = [
  { what: "libwbxml's converters", program: "wbxml2xml", debian: "libwbxml2-utils" },
];

export interface Check {
  readonly what: string;
  readonly present: boolean;
  readonly debian: string;
}

/** Looks for everything that `board` needs; nothing is changed. */
export function check(board: BoardName): Check[] {
  return REQUIREMENTS[board].map(looked);
}

function looked({ what, program, file, debian }: Requirement): Check {
  return {
    what,
    debian,
    present: file !== undefined ? existsSync(file) : program !== undefined && onPath(program),
  };
}

function onPath(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v "${program}"`], { stdio: "ignore" }).status === 0;
}

/** The line to type for what is missing. */
export function installLine(packages: readonly string[]): string {
  return `sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`;
}

/**
 * Makes sure that `board` can be built: installs the missing Debian packages where this user may
 * without being asked (root, or sudo without a password), else throws a RigError with the one line
 * to type. Board sim is built here, since nothing else builds it.
 */
export function setUp(board: BoardName, note: (text: string) => void): void {
  const left = install(REQUIREMENTS[board], `that board ${board} is built with`, note);
  if (left.length > 0) {
    const what = left.map((item) => item.what).join(", ");
    const line = installLine(left.map(({ debian }) => debian));
    throw new RigError(
      Exit.noBoard,
      `board ${board} cannot be built here: missing ${what}`,
      `type: ${line}`,
    );
  }
  if (board === "sim") make(buildSelector);
}

/**
 * Installs what tests compare with, where that can be done without being asked; a test says itself
 * what it does without.
 */
export function setUpOracles(note: (text: string) => void): void {
  install(ORACLES, "that tests compare with", note);
}

/** What is still missing after an attempt to install it. */
function install(
  requirements: readonly Requirement[],
  purpose: string,
  note: (text: string) => void,
): readonly Check[] {
  const missing = requirements.map(looked).filter(({ present }) => !present);
  const prefix = privilege();
  if (missing.length === 0 || prefix === undefined) return missing;
  const packages = missing.map(({ debian }) => debian);
  note(`installing ${packages.join(", ")} (Debian packages ${purpose})`);
  aptGet(prefix, ["update", "-qq"]);
  aptGet(prefix, ["install", "-y", "-qq", "--no-install-recommends", ...packages]);
  return requirements.map(looked).filter(({ present }) => !present);
}

/** The command words that make apt-get work here, or undefined when nobody here may install. */
function privilege(): readonly string[] | undefined {
  if (!onPath("apt-get")) return undefined;
  if (process.getuid?.() === 0) return [];
  return spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0
    ? ["sudo", "-n"]
    : undefined;
}

function aptGet(prefix: readonly string[], words: readonly string[]): void {
  const [program = "apt-get", ...rest] = [...prefix, "apt-get", ...words];
  spawnSync(program, rest, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
