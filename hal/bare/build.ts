/**
 * Builds boot loader and firmware of the bare-metal board on Node, and flash as it leaves the
 * factory.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { alone, BASE_MODULES, buildBlob, BuildError, ROOT, runMake } from "../xs/build.ts";
import { readMap } from "./map.ts";

const HERE = "hal/bare";
const BOARD = "hal/qemu-riscv32";
const OUT = "build/qemu";
const MAKEFILE = `${HERE}/Makefile`;

const MAP = readMap(BOARD);
const FACTORY = MAP.at("FLASH_FACTORY");
const FACTORY_BYTES = MAP.at("FACTORY_BYTES");
/** Where the partitions begin: for tests that look into the flash, or damage it. */
export const FLASH_PARTS = {
  bootLog: MAP.at("FLASH_BOOT_LOG"),
  store: MAP.at("FLASH_STORE"),
  slotA: MAP.at("FLASH_SLOT_A"),
  slotB: MAP.at("FLASH_SLOT_B"),
} as const;

/** Where an image says how long it is: firmware.h. */
const LENGTH_AT = 8;

/** Kinds of records in the factory sector: factory.h. */
const KEY = 1;
const PROVISION = 2;
const CA = 3;

export interface FirmwareOptions {
  /** Names the files below build/qemu. */
  readonly name: string;
  readonly version: string;
  /** The module that runs, as a path from build/js; `src/main` unless told. */
  readonly entry?: string;
  /** Keep names and lines of the TypeScript, for stack traces; larger. */
  readonly positions?: boolean;
  /** For an image that is no product: natives of its own. */
  readonly natives?: ExtraNatives;
}

export interface ExtraNatives {
  /** The list that has them and includes the board's: a path from the top of the repository. */
  readonly list: string;
  /** C files, as paths from there. */
  readonly sources: readonly string[];
  /** Words for the linker. */
  readonly link?: readonly string[];
}

/**
 * Fetches the C libraries that everything here is linked with, unless they are there. Throws a
 * BuildError.
 */
export function fetchSources(): void {
  const { status, stderr, error } = alone(() =>
    spawnSync(join(ROOT, HERE, "sources.sh"), [], { cwd: ROOT, encoding: "utf8" }),
  );
  if (error || status !== 0)
    throw new BuildError(`cannot fetch the sources of the C libraries\n${stderr.slice(-2000)}`);
}

/** The firmware with an application in it: the payload of a package. */
export function buildFirmware(options: FirmwareOptions): Buffer {
  fetchSources();
  mkdirSync(join(ROOT, OUT), { recursive: true });
  const blob = `${OUT}/${options.name}.blob`;
  return alone(() => {
    buildBlob({
      entry: options.entry ?? "src/main",
      out: join(ROOT, blob),
      version: options.version,
      positions: options.positions ?? false,
      modules: BASE_MODULES,
      generated: { "hal/board": `export { openBoard } from "./qemu-riscv32/board.js";\n` },
    });
    return linkFirmware(options.name, blob, options.natives);
  });
}

/**
 * More RAM than the board has, for programs that run without loader and watchdog and end by
 * themselves.
 */
const TEST_LAYOUT = [
  "RAM_BASE=0x80600000",
  "RAM_BYTES=0x3000000",
  "HEAP_SLOTS=262144",
  "HEAP_CHUNKS=2097152",
  "HEAP_GROWS=64",
  "WATCHDOG=0",
  "PRELOADS=0",
  "STACK_BYTES_MIN=256K",
]
  .map((definition) => `-D${definition}`)
  .join(" ");

/** As buildFirmware, for a blob that is there. */
function linkFirmware(name: string, blob: string, natives: ExtraNatives | undefined): Buffer {
  const words = [`NAME=${name}`, `BLOB=${blob}`];
  if (natives !== undefined) {
    const { list, sources, link = [] } = natives;
    words.push(`NATIVES=../../../${list}`, `MORE=${sources.join(" ")}`);
    words.push(`LINK_MORE=${link.join(" ")}`);
  }
  runMake([`${OUT}/${name}.bin`], MAKEFILE, words);
  return withSharedMachine(name, readFileSync(join(ROOT, OUT, `${name}.bin`)));
}

/**
 * A program that tests something, with so many slots of stack, for `-bios`: the path of the image.
 * Its natives are the shared ones and the boot selector of hal/sim. Throws a BuildError.
 */
export function linkTest(name: string, blob: string, stackSlots: number): string {
  fetchSources();
  const layout = `${TEST_LAYOUT} -DSTACK_SLOTS=${stackSlots}`;
  runMake([`${OUT}/${name}.elf`], MAKEFILE, [
    `NAME=${name}`,
    `BLOB=${blob}`,
    `LAYOUT=${layout}`,
    "NATIVES=../../../test/xs/natives.list",
    "MORE=test/xs/heap.c test/xs/selectornative.c hal/sim/selector.c",
  ]);
  return join(ROOT, OUT, `${name}.elf`);
}

/** Lets the image make its shared machine (rom.h) and appends it. */
function withSharedMachine(name: string, image: Buffer): Buffer {
  const elf = join(ROOT, OUT, `${name}.elf`);
  const told = join(ROOT, OUT, `${name}.told`);
  // To a file: of a pipe whose reader is slow the emulator drops bytes.
  const words = [
    "-M",
    "virt",
    "-m",
    "8M",
    "-bios",
    elf,
    "-display",
    "none",
    "-monitor",
    "none",
    "-serial",
    `file:${told}`,
    "-no-reboot",
  ];
  const { error } = spawnSync(EMULATOR, words, {
    stdio: ["ignore", "ignore", "inherit"],
    timeout: 600_000,
  });
  if (error) throw new BuildError(`cannot run ${EMULATOR}: ${error.message}`);
  const stdout = readFileSync(told);
  const line = stdout.indexOf("ROM ");
  const end = stdout.indexOf("\n", line);
  const length = line < 0 ? NaN : Number(stdout.toString("latin1", line + 4, end));
  const rom = stdout.subarray(end + 1);
  if (rom.length !== length)
    throw new BuildError(
      `the modules of ${name} cannot be loaded ahead\n${stdout.toString("latin1", 0, 2000)}`,
    );
  const whole = Buffer.concat([image, Buffer.alloc(-image.length & 15), rom]);
  whole.writeUInt32LE(whole.length, LENGTH_AT);
  return whole;
}

export interface Factory {
  /**
   * Vendor public keys as hal/common/boot/image.h has them: SubjectPublicKeyInfo in DER, and behind a
   * revoked one what revokes it.
   */
  readonly keys: readonly Uint8Array[];
  /** JSON text for the client and the board. */
  readonly provision: string;
  /** Certificates of the authorities that servers are checked against, in DER: two at most. */
  readonly authorities?: readonly Uint8Array[];
}

function record(kind: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(kind, 0);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes, Buffer.alloc(-bytes.length & 3)]);
}

function factorySector(factory: Factory): Buffer {
  const records = [
    ...factory.keys.map((key) => record(KEY, key)),
    record(PROVISION, Buffer.from(factory.provision)),
    ...(factory.authorities ?? []).map((certificate) => record(CA, certificate)),
  ];
  const bytes = Buffer.concat(records);
  if (bytes.length > FACTORY_BYTES)
    throw new BuildError("keys and provisioning do not fit the factory sector");
  return Buffer.concat([bytes, Buffer.alloc(FACTORY_BYTES - bytes.length, 0xff)]);
}

/**
 * The whole flash of a new board: loader, factory sector, and an image in slot A if there is one.
 */
export function makeFlash(factory: Factory, image?: Uint8Array): Buffer {
  fetchSources();
  const flash = Buffer.alloc(MAP.at("FLASH_BYTES"), 0xff);
  alone(() => {
    runMake([`${OUT}/loader.bin`], MAKEFILE);
    readFileSync(join(ROOT, OUT, "loader.bin")).copy(flash);
  });
  factorySector(factory).copy(flash, FACTORY);
  if (image) flash.set(image, FLASH_PARTS.slotA);
  return flash;
}

/** The factory sector for a board that is switched off, and where in its flash it goes. */
export function refit(factory: Factory): { readonly offset: number; readonly bytes: Buffer } {
  return { offset: FACTORY, bytes: factorySector(factory) };
}

/**
 * How the power goes: before the operation, in the middle of it, after it; or never, and each
 * operation is told on the console.
 */
export const CUT_MODES = ["before", "torn", "after", "never"] as const;
export type CutMode = (typeof CUT_MODES)[number];

/**
 * A planned power cut (partitions.h): at the operation of this number, counted from power-on through
 * resets, or at the first one that programs, or erases, the byte at this offset of the flash. QEMU
 * ends with CUT_STATUS then.
 */
export type Cut = { readonly mode: CutMode } & (
  | { readonly operation: number }
  | { readonly program: number }
  | { readonly erase: number }
);
export const CUT_STATUS = 77;
const PROGRAM_AT = 2 ** 26;
const ERASE_AT = 2 ** 27;
const MODE = 2 ** 28;

function planOf(cut: Cut): number {
  const number =
    "program" in cut
      ? PROGRAM_AT + cut.program
      : "erase" in cut
        ? ERASE_AT + cut.erase
        : cut.operation;
  return CUT_MODES.indexOf(cut.mode) * MODE + number;
}

export interface MachineOptions {
  readonly cut?: Cut | undefined;
  /** False: the board has no network device. */
  readonly network?: boolean;
  /** A socket in the file system on which QEMU's monitor listens. */
  readonly monitor?: string;
  /**
   * Time passes with instructions, and not while the processor sleeps: for tests whose board waits
   * for minutes.
   */
  readonly skipsSleep?: boolean;
  /** Datagrams to this port of the loopback interface go to that of the board. */
  readonly pushPort?: number | undefined;
}

/** Name of the network device, for the monitor: `set_link n0 off`. */
export const NETWORK_DEVICE = "n0";

/** Options of qemu-system-riscv32 for a board with this flash. */
export function machineOptions(
  flash: string,
  { cut, network = true, monitor, pushPort, skipsSleep }: MachineOptions = {},
): string[] {
  const backend = `user,id=${NETWORK_DEVICE}${pushPort === undefined ? "" : `,hostfwd=udp:127.0.0.1:${pushPort}-:${pushPort}`}`;
  return [
    "-M",
    "virt",
    "-m",
    "8M",
    "-bios",
    "none",
    "-display",
    "none",
    "-serial",
    "stdio",
    "-monitor",
    monitor === undefined ? "none" : `unix:${monitor},server=on,wait=off`,
    "-drive",
    `if=pflash,unit=0,format=raw,file=${flash}`,
    "-global",
    "virtio-mmio.force-legacy=false",
    ...(network
      ? ["-netdev", backend, "-device", `virtio-net-device,netdev=${NETWORK_DEVICE}`]
      : ["-nic", "none"]),
    "-device",
    "virtio-rng-device",
    ...(skipsSleep === true ? ["-icount", "shift=0,sleep=off"] : []),
    ...(cut === undefined
      ? []
      : ["-device", `loader,addr=${MAP.handoff},data=${planOf(cut)},data-len=4`]),
  ];
}

/** Typed on the console, it switches a running board off: board.h. */
export const SWITCH_KEY = "\x04";

/** The emulator. */
export const EMULATOR = "qemu-system-riscv32";
