/**
 * Builds boot loader and firmware of a bare-metal board on Node, and flash as it leaves the
 * factory; and says how an emulator runs them. A board is a record: build.ts of its folder.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { alone, BASE_MODULES, buildBlob, BuildError, ROOT, runMake } from "../xs/build.ts";
import type { PartName } from "../xs/parts.ts";
import { type Cut, planOf } from "./cut.ts";
import { type Factory, factorySector } from "./factory.ts";
import { type MemoryMap, readMap } from "./map.ts";
import { LENGTH_AT, placesOf } from "./places.ts";

const HERE = "hal/bare";
const MAKEFILE = `${HERE}/Makefile`;

/** Typed on the console, it switches a running board off: board.h. */
export const SWITCH_KEY = "\x04";

/** Name of the network device, for QEMU's monitor: `set_link n0 off`. */
export const NETWORK_DEVICE = "n0";

/** What is different from board to board. Paths are from the top of the repository. */
export interface BoardRecord {
  /** The folder of its family: board.mk names the processor, map.h says where things are. */
  readonly folder: string;
  /** Which of the family's chips it has, where there are several: CHIP of board.mk and map.h. */
  readonly chip?: string;
  /** Where it is built: a folder that no other board has. */
  readonly out: string;
  /** Beginning of the names of its compiler and binutils. */
  readonly cross: string;
  /** The emulator. */
  readonly emulator: string;
  /** Words for the emulator that run an image alone, without loader and flash. */
  readonly runsImage: (elf: string) => readonly string[];
  /** Words for the emulator that power on a board with this flash, and this loader beside it. */
  readonly runsFlash: (flash: string, loaderElf: string) => readonly string[];
  /** Words for the emulator that connect the board to the network of this name. */
  readonly connects: (network: string) => readonly string[];
  /**
   * What map.h says otherwise for an image that runs alone: more RAM than the board has, for
   * programs that test.
   */
  readonly testMap: Readonly<Record<string, string>>;
}

/** Beside testMap: programs that test run without watchdog, and end by themselves. */
const TEST_LAYOUT = {
  HEAP_SLOTS: "262144",
  HEAP_CHUNKS: "2097152",
  HEAP_GROWS: "64",
  WATCHDOG: "0",
  PRELOADS: "0",
  STACK_BYTES_MIN: "256K",
} as const;

export interface FirmwareOptions {
  /** Names the files below the board's `out`. */
  readonly name: string;
  readonly version: string;
  /** The module that runs, as a path from build/js; `src/main` unless told. */
  readonly entry?: string;
  /** Keep names and lines of the TypeScript, for stack traces; larger. */
  readonly positions?: boolean;
  /**
   * The payload of the release that devices run. Names keep their identifiers, bytecode and loaded
   * modules their places, so that a delta is small. Throws a BuildError when it is no firmware.
   */
  readonly previous?: Buffer | undefined;
  /** Parts that it does without. */
  readonly without?: readonly PartName[] | undefined;
  /** For an image that is no product: natives of its own. */
  readonly natives?: ExtraNatives;
}

export interface ExtraNatives {
  /** The list that has them and includes the board's: a path from the top of the repository. */
  readonly list: string;
  /** C files, as paths from there. */
  readonly sources: readonly string[];
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

/** Where the partitions begin in the flash: for tests that look into it, or damage it. */
export interface FlashParts {
  readonly bootLog: number;
  readonly store: number;
  readonly slotA: number;
  readonly slotB: number;
}

/**
 * Fetches the C libraries that every image is linked with, unless they are there. Throws a
 * BuildError.
 */
export function fetchSources(): void {
  const { status, stderr, error } = alone(() =>
    spawnSync(join(ROOT, HERE, "sources.sh"), [], { cwd: ROOT, encoding: "utf8" }),
  );
  if (error || status !== 0)
    throw new BuildError(`cannot fetch the sources of the C libraries\n${stderr.slice(-2000)}`);
}

/** Options of an emulator whose screen is not shown, whatever it runs. */
function headless(serial: string, monitor = "none"): string[] {
  return ["-display", "none", "-serial", serial, "-monitor", monitor];
}

/** A bare-metal board: its builds, and what its emulator is started with. */
export class BareBuild {
  readonly record: BoardRecord;
  #map: MemoryMap | undefined;

  constructor(record: BoardRecord) {
    this.record = record;
  }

  /** The memory map. Throws an Error when map.h lacks a number. */
  get map(): MemoryMap {
    return (this.#map ??= readMap(this.record));
  }

  get emulator(): string {
    return this.record.emulator;
  }

  get parts(): FlashParts {
    const at = (name: string): number => this.map.at(`FLASH_${name}`);
    return {
      bootLog: at("BOOT_LOG"),
      store: at("STORE"),
      slotA: at("SLOT_A"),
      slotB: at("SLOT_B"),
    };
  }

  /** The path of what was built under this name, such as "loader.elf". */
  built(name: string): string {
    return join(ROOT, this.record.out, name);
  }

  /**
   * The firmware with an application in it: the payload of a package. Throws a BuildError, as all
   * that builds does.
   */
  buildFirmware(options: FirmwareOptions): Buffer {
    const { folder, out } = this.record;
    fetchSources();
    mkdirSync(join(ROOT, out), { recursive: true });
    const blob = `${out}/${options.name}.blob`;
    return alone(() => {
      buildBlob({
        entry: options.entry ?? "src/main",
        out: join(ROOT, blob),
        version: options.version,
        positions: options.positions ?? false,
        previous: options.previous,
        modules: BASE_MODULES,
        without: options.without,
        generated: {
          "hal/board": `export { openBoard } from "./${basename(folder)}/board.js";\n`,
        },
      });
      return this.#linkFirmware(options, blob);
    });
  }

  /** As buildFirmware, for a blob that is there. */
  #linkFirmware({ name, natives, previous }: FirmwareOptions, blob: string): Buffer {
    const words = [`NAME=${name}`, `BLOB=${blob}`];
    if (previous !== undefined) words.push(`PLACES=${this.#placesAfter(previous).join(" ")}`);
    if (natives !== undefined) {
      const { list, sources } = natives;
      words.push(`NATIVES=../../../${list}`, `MORE=${sources.join(" ")}`);
    }
    this.#make(`${name}.bin`, words);
    return this.#withSharedMachine(name, readFileSync(this.built(`${name}.bin`)));
  }

  /** What the linker is told of the release before. */
  #placesAfter(previous: Buffer): string[] {
    const places = placesOf(previous);
    if (places === undefined)
      throw new BuildError("the release before is no firmware of a bare-metal board");
    const at = (offset: number): string =>
      `0x${(this.map.at("WINDOW_BASE") + offset).toString(16)}`;
    return [`-DBLOB_AT=${at(places.blob)}`, `-DROM_AT=${at(places.rom)}`];
  }

  /**
   * A program that tests something, with so many slots of stack: the words that run it, the
   * emulator first. Its natives are the shared ones and the boot selector of hal/sim.
   */
  linkTest(name: string, blob: string, stackSlots: number): readonly [string, ...string[]] {
    fetchSources();
    const definitions = { ...this.record.testMap, ...TEST_LAYOUT, STACK_SLOTS: stackSlots };
    const layout = Object.entries(definitions).map(([word, value]) => `-D${word}=${value}`);
    this.#make(`${name}.elf`, [
      `NAME=${name}`,
      `BLOB=${blob}`,
      `LAYOUT=${layout.join(" ")}`,
      "NATIVES=../../../test/xs/natives.list",
      "MORE=test/xs/heap.c test/xs/selectornative.c hal/sim/selector.c",
    ]);
    return [this.emulator, ...this.#runImage(name, "stdio")];
  }

  /** The whole flash of a new board: factory sector, and an image in slot A if there is one. */
  makeFlash(factory: Factory, image?: Uint8Array): Buffer {
    fetchSources();
    const flash = Buffer.alloc(this.map.at("FLASH_BYTES"), 0xff);
    alone(() => {
      this.#make("loader.bin");
      const at = this.map.find("FLASH_LOADER");
      if (at !== undefined) readFileSync(this.built("loader.bin")).copy(flash, at);
    });
    const { offset, bytes } = this.refit(factory);
    bytes.copy(flash, offset);
    if (image) flash.set(image, this.parts.slotA);
    return flash;
  }

  /** The factory sector for a board that is switched off, and where in its flash it goes. */
  refit(factory: Factory): { readonly offset: number; readonly bytes: Buffer } {
    return {
      offset: this.map.at("FLASH_FACTORY"),
      bytes: factorySector(factory, this.map.at("FACTORY_BYTES")),
    };
  }

  /** Options of the emulator for a board with this flash. */
  machineOptions(
    flash: string,
    { cut, network = true, monitor, pushPort, skipsSleep }: MachineOptions = {},
  ): string[] {
    const forward = pushPort === undefined ? "" : `,hostfwd=udp:127.0.0.1:${pushPort}-:${pushPort}`;
    return [
      ...this.record.runsFlash(flash, this.built("loader.elf")),
      ...headless("stdio", monitor === undefined ? "none" : `unix:${monitor},server=on,wait=off`),
      ...(network
        ? [
            "-netdev",
            `user,id=${NETWORK_DEVICE}${forward}`,
            ...this.record.connects(NETWORK_DEVICE),
          ]
        : ["-nic", "none"]),
      ...(skipsSleep === true ? ["-icount", "shift=0,sleep=off"] : []),
      ...(cut === undefined
        ? []
        : ["-device", `loader,addr=${this.map.handoff},data=${planOf(cut)},data-len=4`]),
    ];
  }

  #make(target: string, words: readonly string[] = []): void {
    const { folder, out, cross, chip = "" } = this.record;
    const board = [`BOARD=${folder}`, `CHIP=${chip}`, `OUT=${out}`, `CROSS=${cross}`];
    runMake([`${out}/${target}`], MAKEFILE, [...board, ...words]);
  }

  #runImage(name: string, serial: string): string[] {
    return [...this.record.runsImage(this.built(`${name}.elf`)), ...headless(serial), "-no-reboot"];
  }

  /** Lets the image make its shared machine (rom.h) and appends it. */
  #withSharedMachine(name: string, image: Buffer): Buffer {
    const told = this.built(`${name}.told`);
    // To a file: of a pipe whose reader is slow the emulator drops bytes.
    const { error } = spawnSync(this.emulator, this.#runImage(name, `file:${told}`), {
      stdio: ["ignore", "ignore", "inherit"],
      timeout: 600_000,
    });
    if (error) throw new BuildError(`cannot run ${this.emulator}: ${error.message}`);
    const stdout = readFileSync(told);
    const line = stdout.indexOf("ROM ");
    const end = stdout.indexOf("\n", line);
    const [length = NaN, at = NaN] =
      line < 0
        ? []
        : stdout
            .toString("latin1", line + 4, end)
            .split(" ")
            .map(Number);
    const rom = stdout.subarray(end + 1);
    if (rom.length !== length || !(at >= image.length))
      throw new BuildError(
        `the modules of ${name} cannot be loaded ahead\n${stdout.toString("latin1", 0, 2000)}`,
      );
    const whole = Buffer.concat([image, Buffer.alloc(at - image.length), rom]);
    whole.writeUInt32LE(whole.length, LENGTH_AT);
    return whole;
  }
}
