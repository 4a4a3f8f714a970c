/**
 * Runs the bare-metal board under the meter (meter.c): the lines that it prints, each with the
 * instructions that were executed before it. The firmware is the product's: it does not know.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BareBuild, NETWORK_DEVICE, SWITCH_KEY } from "../../../../hal/bare/build.ts";
import { riscv32 } from "../../../../hal/qemu-riscv32/build.ts";
import { alone } from "../../../../hal/xs/build.ts";
import type { RigBoard } from "../../../rig/boards/board.ts";
import { type BareName, ROWS } from "../../../rig/boards/boards.ts";
import { DeviceProcess } from "../../../rig/device.ts";
import { EventLog } from "../../../rig/events/log.ts";
import { Exit, RigError } from "../../../rig/exit.ts";
import { root } from "../../../root.ts";

const OUT = join(root, "build/bench");
const PLUGIN = join(OUT, "meter.so");
const SOURCE = join(root, "test/bench/qemu/meter/meter.c");
/** QEMU's interface for plugins has another version since this one of QEMU. */
const SECOND_API_MAJOR = 9;
/** What the loader begins with after each reset. */
const RESET_FUNCTION = "_start";
/** Begins a line of the console in every image, the loader's too. */
const LOG_FUNCTION = "boardLog";
/** Begin a line besides, or only mark a place (board/natives.c), in images that have them. */
const LINE_FUNCTIONS = ["xs_system_print", "benchMark"];
const LOADER = "loader";
/** Virtual time is that of a processor of 1 GHz, however slow the emulation is. */
const COUNTING = ["-icount", "shift=0"];

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  /** 0: not told. */
  readonly size: number;
  readonly isCode: boolean;
}

/** Symbols of what was built of a board under that name, by ascending address. */
export function symbolsOf(name: string, build: BareBuild = riscv32): ElfSymbol[] {
  const elf = build.built(`${name}.elf`);
  const words = ["--print-size", "--numeric-sort", "--defined-only", elf];
  const { stdout, status } = spawnSync(`${build.record.cross}nm`, words, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new RigError(Exit.noBoard, `cannot read the symbols of ${elf}`);
  return [...stdout.matchAll(/^([0-9a-f]+) (?:([0-9a-f]+) )?(\w) (\S+)$/gm)].map(
    ([, address = "", size = "0", kind, symbol = ""]) => ({
      name: symbol,
      address: parseInt(address, 16),
      size: parseInt(size, 16),
      isCode: kind === "t" || kind === "T" || kind === "W" || kind === "w",
    }),
  );
}

/** The address of a symbol. Throws a RigError when there is none. */
export function addressOf(symbols: readonly ElfSymbol[], name: string): number {
  const symbol = symbols.find((candidate) => candidate.name === name);
  if (symbol === undefined) throw new RigError(Exit.failed, `the image has no symbol ${name}`);
  return symbol.address;
}

/** One line of a map (meter.c). */
export function mapLine(kind: string, ...addresses: readonly number[]): string {
  return `${[kind, ...addresses.map((address) => address.toString(16))].join(" ")}\n`;
}

function lineMap(images: readonly string[], build: BareBuild): string {
  const addresses = [...images, LOADER].flatMap((image) => {
    const symbols = symbolsOf(image, build);
    const others = symbols.filter(({ name }) => LINE_FUNCTIONS.includes(name));
    return [addressOf(symbols, LOG_FUNCTION), ...others.map(({ address }) => address)];
  });
  const lines = [...new Set(addresses)].sort((a, b) => a - b);
  const reset = addressOf(symbolsOf(LOADER, build), RESET_FUNCTION);
  return mapLine("reset", reset) + lines.map((address) => mapLine("line", address)).join("");
}

/** Builds the plugin for this QEMU. Throws a RigError. */
function buildPlugin(emulator: string): void {
  const told = spawnSync(emulator, ["--version"], { encoding: "utf8" }).stdout;
  const major = Number(/version (\d+)/.exec(told)?.[1]);
  const api = major >= SECOND_API_MAJOR ? 2 : 1;
  alone(() => {
    mkdirSync(OUT, { recursive: true });
    const words = ["-O2", "-std=gnu11", "-Wall", "-Wextra", "-fPIC", "-shared"];
    const all = [...words, "-fvisibility=hidden", `-DMETER_API=${api}`, SOURCE, "-o", PLUGIN];
    const { status, stderr } = spawnSync(process.env.CC ?? "cc", all, { encoding: "utf8" });
    if (status !== 0) throw new RigError(Exit.noBoard, `cannot build ${SOURCE}\n${stderr}`);
  });
}

export interface MeterOptions {
  /** The board; `qemu` when absent. */
  readonly board?: BareName;
  /** Names of the images that may run, as they were built, besides the loader. */
  readonly images: readonly string[];
  /** Further lines of the map, and where the profile goes. */
  readonly profile?: { readonly map: string; readonly path: string };
}

/** Where a metered board leaves the dump of its network, in its directory. */
export const CAPTURE = "capture.pcap";

/** The rig's board under the meter. Images must be built before it starts. */
export function meteredBoard(options: MeterOptions): RigBoard {
  const { driver, build } = ROWS[options.board ?? "qemu"];
  return {
    ...driver,
    start(directory, log) {
      buildPlugin(build.emulator);
      const map = join(directory, "meter.map");
      writeFileSync(map, lineMap(options.images, build) + (options.profile?.map ?? ""));
      const profile = options.profile === undefined ? "" : `,profile=${options.profile.path}`;
      const dump = `filter-dump,id=dump,netdev=${NETWORK_DEVICE},file=${join(directory, CAPTURE)}`;
      const words = [
        ...build.machineOptions(join(directory, "flash.bin")),
        ...COUNTING,
        "-plugin",
        `${PLUGIN},map=${map}${profile}`,
        "-object",
        dump,
      ];
      return new DeviceProcess(build.emulator, words, log, { switchKey: SWITCH_KEY });
    },
  };
}

export interface Line {
  readonly text: string;
  /** Executed since the reset before it. */
  readonly instructions: number;
  /** The number of its mark in the profile, from 1 on. */
  readonly mark: number;
}

const COUNT = /^instructions (\d+)$/;

/** What a metered board said, boot by boot. A mark without a line is a line without text. */
export class Metered {
  readonly log = new EventLog("qemu");
  readonly boots: Line[][] = [];
  #now = 0;
  #mark = 0;
  #isMarked = false;

  constructor() {
    this.log.view((event) => {
      if (event.kind === "serial") this.#take(event.line.trimEnd());
    });
  }

  #take(text: string): void {
    const count = COUNT.exec(text)?.[1];
    if (count === undefined) {
      this.#add(text);
      return;
    }
    if (this.#isMarked) this.#add("");
    if (this.boots.length === 0 || Number(count) < this.#now) this.boots.push([]);
    this.#now = Number(count);
    this.#mark++;
    this.#isMarked = true;
  }

  #add(text: string): void {
    this.boots.at(-1)?.push({ text, instructions: this.#now, mark: this.#mark });
    this.#isMarked = false;
  }

  get lines(): Line[] {
    return this.boots.flat();
  }

  /** The first line like `pattern` of boot `boot`. */
  find(boot: number, pattern: RegExp): Line | undefined {
    return this.boots[boot]?.find(({ text }) => pattern.test(text));
  }

  /** Instructions before that line; NaN when there is none. */
  at(boot: number, pattern: RegExp): number {
    return this.find(boot, pattern)?.instructions ?? NaN;
  }

  /** Instructions between two lines of one boot. */
  spent(boot: number, from: RegExp, to: RegExp): number {
    return this.at(boot, to) - this.at(boot, from);
  }

  /** Numbers that lines like `pattern` have, in its group. */
  numbers(pattern: RegExp): number[] {
    return this.lines
      .map(({ text }) => Number(pattern.exec(text)?.[1] ?? NaN))
      .filter((value) => !Number.isNaN(value));
  }

  /** The most of them; NaN when there is none. */
  most(pattern: RegExp): number {
    const numbers = this.numbers(pattern);
    return numbers.length === 0 ? NaN : Math.max(...numbers);
  }

  /** The least of them; NaN when there is none. */
  least(pattern: RegExp): number {
    const numbers = this.numbers(pattern);
    return numbers.length === 0 ? NaN : Math.min(...numbers);
  }
}
