/** A board as the suite has it: of this machine, or of a bench. */
import {
  boardIn,
  type RigFile,
  ESP32,
  powerCommands,
  readRigFile,
  secretOf,
} from "../bench/rigfile.ts";
import type { AccountEntry, BoardEntry } from "../bench/rigfile.ts";
import { type Hold, holdBoard, notHeld } from "../bench/hold.ts";
import { type Place, placeOf } from "../bench/place.ts";
import { FIRMWARE_FAULTS, type FirmwareFault, type RigBoard } from "../boards/board.ts";
import { BOARD_NAMES, BOARDS, bears, type DeviceName } from "../boards/boards.ts";
import { builtBy, type Kind, portBoard } from "../boards/port.ts";
import { within } from "../device.ts";
import { ESP_HEADER_BYTES } from "../espimage.ts";
import { EventLog } from "../events/log.ts";
import { Exit, RigError } from "../exit.ts";
import { readKeyFile } from "../keys.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import type { Account } from "../rig.ts";
import { CONSOLE_BAUD } from "../serialboard.ts";
import { check, setUp } from "../setup.ts";
import { parseVersion } from "../../../src/image/version.ts";
import { Ladder } from "./ladder.ts";
import { withFirmwareOnce } from "./offer.ts";
import { NEEDS, needsOf, type Need, type TestScenario } from "./scenario.ts";

export interface Subject {
  readonly name: string;
  readonly board: RigBoard;
  readonly bears: readonly Need[];
  /** Which builds that misbehave there are. */
  readonly faults: readonly FirmwareFault[];
  readonly place?: Place;
  readonly account?: Partial<Account>;
  /** Takes the board for this run alone; absent where nobody else can. Throws a RigError. */
  hold?(): Hold;
  /** What this machine lacks for it. */
  missing(): readonly string[];
  /** Makes ready what is needed, once. Throws a RigError. */
  prepare(note: (text: string) => void): Promise<Ladder | undefined>;
}

/** How long a board may take until it says what it runs. */
const BOOT_LIMIT_MS = 120_000;

export function isDeviceName(name: string): name is DeviceName {
  return BOARD_NAMES.some((known) => known === name);
}

/** Returns a board that this machine emulates. */
export function emulated(name: DeviceName): Subject {
  return {
    name,
    board: withFirmwareOnce(BOARDS[name]),
    bears: ["cut", "provisioning", ...bears(name)],
    faults: FIRMWARE_FAULTS,
    missing: () =>
      check(name)
        .filter(({ present }) => !present)
        .map(({ what }) => what),
    prepare: async (note) => {
      setUp(name, note);
      return undefined;
    },
  };
}

/** Returns a board of a rig file. Throws a RigError when it has none of that name. */
export function boardOfFile(file: string, name: string): Subject {
  const rig = readRigFile(file);
  return onBench(name, boardIn(rig, file, name), rig.server ?? {});
}

/** Returns a board that is somewhere else. Throws a RigError for a secret that is not there. */
export function onBench(
  name: string,
  entry: BoardEntry,
  server: NonNullable<RigFile["server"]>,
): Subject {
  const { kind, power, flash, provision, account } = entry;
  let held: Hold | undefined;
  const board = withFirmwareOnce(
    portBoard({
      name,
      kind: kindOf(entry),
      line: () => {
        if (held === undefined) throw notHeld(name);
        return held.line;
      },
      baud: entry.baud ?? CONSOLE_BAUD,
      ...(power === undefined ? {} : powerCommands(power)),
      ...(flash === undefined ? {} : { flash }),
      ...(provision === undefined ? {} : { provision }),
    }),
  );
  const isBuilt = entry.firmware !== undefined;
  return {
    name,
    board,
    bears: [
      ...(power === undefined ? [] : (["cut"] as const)),
      ...(provision === undefined ? [] : (["provisioning"] as const)),
    ],
    faults: isBuilt ? (entry.firmware?.faults ?? []) : FIRMWARE_FAULTS,
    place: placeOf(server),
    hold: () => (held = holdBoard(name, entry)),
    ...(account === undefined ? {} : { account: accountOf(account) }),
    missing: () => (kind === ESP32 || isBuilt ? [] : emulated(kind).missing()),
    prepare: async (note) => {
      if (kind !== ESP32 && !isBuilt) setUp(kind, note);
      return flash === undefined ? new Ladder(await versionOf(board)) : undefined;
    },
  };
}

function kindOf({ kind, firmware }: BoardEntry): Kind {
  const built =
    firmware === undefined
      ? {}
      : {
          firmware: builtBy(firmware.build),
          ...(firmware.key === undefined ? {} : { key: readKeyFile(firmware.key) }),
        };
  if (kind !== ESP32) return { ...BOARDS[kind], ...built };
  if (firmware === undefined)
    throw new RigError(
      Exit.usage,
      "a board of kind esp32 wants firmware: build, the command that builds its application",
    );
  return {
    vendorId: VENDOR_ID,
    classId: CLASS_ID.esp32,
    headerSize: ESP_HEADER_BYTES,
    securityCounter: 1,
    firmware: builtBy(firmware.build),
    ...built,
  };
}

function accountOf({ password, serverPassword, serverId, user }: AccountEntry): Partial<Account> {
  return {
    ...(serverId === undefined ? {} : { serverId }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password: secretOf(password) }),
    ...(serverPassword === undefined ? {} : { serverPassword: secretOf(serverPassword) }),
  };
}

/** Switches the board on until it says what it runs. */
async function versionOf(board: RigBoard): Promise<NonNullable<ReturnType<typeof parseVersion>>> {
  const log = new EventLog(board.name);
  const device = board.start("", log);
  try {
    const said = log.first("boot");
    const { version } = await within(
      BOOT_LIMIT_MS,
      `board ${board.name} saying on its console what it runs`,
      Promise.race([said, device.ended.then(() => said)]),
    );
    const known = parseVersion(version.split("+")[0] ?? "");
    if (known === undefined)
      throw new RigError(Exit.noBoard, `board ${board.name} runs ${version}, which is no version`);
    return known;
  } finally {
    await device.kill();
  }
}

/** Why that board cannot bear the scenario; undefined when it can. */
export function lackOf(
  { bears: has, faults }: Subject,
  scenario: TestScenario,
): string | undefined {
  const missing = needsOf(scenario).filter((need) => !has.includes(need));
  const fault = FIRMWARE_FAULTS.find((each) => each === scenario.offer);
  const words = [
    ...missing.map((need) => NEEDS[need]),
    ...(fault !== undefined && !faults.includes(fault) ? [`needs firmware that ${fault}`] : []),
  ];
  return words.length === 0 ? undefined : words.join(", ");
}
