/** The boards that the rig knows: one row each. */
import { relative } from "node:path";
import type { BareBuild } from "../../../hal/bare/build.ts";
import { cortexM4, cortexM7 } from "../../../hal/qemu-cortexm/build.ts";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { buildSelector } from "../../../hal/sim/build.ts";
import { ROOT } from "../../../hal/xs/build.ts";
import { buildRunner } from "../../xs/runner.ts";
import { bareBench } from "../conformance/barebench.ts";
import { esp32Bench } from "../conformance/esp32bench.ts";
import { hostBench } from "../conformance/hostbench.ts";
import { mcubootBench } from "../conformance/mcubootbench.ts";
import { SimBench } from "../conformance/simbench.ts";
import { developmentClass } from "../identity.ts";
import type { Need } from "../suite/scenario.ts";
import { bareBoard } from "./bare.ts";
import type { BoardRow, RigBoard } from "./board.ts";
import { make } from "./build.ts";
import { esp32Fake } from "./esp32fake.ts";
import { host } from "./host.ts";
import { sim } from "./sim.ts";
import { bareTools, HOST_TOOLS, SIM_TOOLS } from "./tools.ts";

/** A board that has a driver. */
interface DeviceRow extends BoardRow {
  readonly driver: RigBoard;
  /** What scenarios may need of it, beyond what every board can do. */
  readonly bears?: readonly Need[];
}

/** A board with XS of its own. */
interface EngineRow extends DeviceRow {
  readonly engine: NonNullable<BoardRow["engine"]>;
}

/** A bare-metal board, in an emulator. */
export interface BareRow extends EngineRow {
  readonly build: BareBuild;
}

function bare(
  name: string,
  build: BareBuild,
  about: {
    readonly processor: string;
    readonly emulatorPackage: string;
    readonly classNumber: number;
  },
): BareRow {
  const classId = developmentClass(about.classNumber);
  return {
    build,
    tools: bareTools(about.processor, build.record, about.emulatorPackage),
    driver: bareBoard(name, classId, build),
    bears: ["tls"],
    bench: (print) => bareBench(build, classId, print),
    engine: (program, blob, stack) => build.linkTest(program, relative(ROOT, blob), stack),
  };
}

const ARM = { processor: "Arm", emulatorPackage: "qemu-system-arm" } as const;

function prepareSim(): void {
  make(buildSelector);
}

const simRow: DeviceRow = {
  tools: SIM_TOOLS,
  prepare: prepareSim,
  driver: sim,
  bench: () => new SimBench(),
};
const hostRow: EngineRow = {
  tools: HOST_TOOLS,
  driver: host,
  bench: hostBench,
  engine: (_name, blob, stack) => [buildRunner(), "--stack", String(stack), blob],
};
const esp32FakeRow: DeviceRow = {
  tools: HOST_TOOLS,
  driver: esp32Fake,
  bench: esp32Bench,
  bears: ["tls"],
};
const mcubootRow: BoardRow = {
  tools: SIM_TOOLS,
  prepare: prepareSim,
  bench: () => mcubootBench(),
};

export const ROWS = {
  sim: simRow,
  host: hostRow,
  qemu: bare("qemu", riscv32, {
    processor: "RISC-V",
    emulatorPackage: "qemu-system-misc",
    classNumber: 3,
  }),
  cortexm: bare("cortexm", cortexM7, { ...ARM, classNumber: 7 }),
  cortexm4: bare("cortexm4", cortexM4, { ...ARM, classNumber: 8 }),
  "esp32-fake": esp32FakeRow,
  mcuboot: mcubootRow,
} as const;

/** A row's name. */
export type BoardName = keyof typeof ROWS;
type NameOf<R> = { [B in BoardName]: (typeof ROWS)[B] extends R ? B : never }[BoardName];
/** A board of which the rig makes devices. */
export type DeviceName = NameOf<DeviceRow>;
/** A board with XS of its own. */
export type EngineName = NameOf<EngineRow>;
/** A bare-metal board. */
export type BareName = NameOf<BareRow>;

function has<N extends BoardName>(member: keyof BareRow): (name: BoardName) => name is N {
  return (name): name is N => member in ROWS[name];
}

export const ROW_NAMES = Object.keys(ROWS) as BoardName[];
export const BOARD_NAMES = ROW_NAMES.filter(has<DeviceName>("driver"));
export const ENGINE_NAMES = ROW_NAMES.filter(has<EngineName>("engine"));
export const BARE_NAMES = ROW_NAMES.filter(has<BareName>("build"));

/** The drivers of those that have one. */
export const BOARDS = Object.fromEntries(BOARD_NAMES.map((name) => [name, ROWS[name].driver])) as {
  readonly [D in DeviceName]: RigBoard;
};

/** What scenarios may need of that board, and it has. */
export function bears(name: DeviceName): readonly Need[] {
  const row: DeviceRow = ROWS[name];
  return row.bears ?? [];
}
