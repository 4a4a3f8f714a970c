/** The files for `flash`, read and checked before the board is touched. */
import { Exit, RigError } from "../exit.ts";
import { readInput } from "../commands/pack.ts";
import { espChip, espProblem, espVersion } from "../espimage.ts";
import { type Chip, CHIPS, chipOfImage } from "./chips.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { decodeTable, encodeTable, readTable, TABLE_OFFSET, TableError } from "./partitions.ts";

export interface Table {
  readonly bytes: Buffer;
  readonly layout: Layout;
}

const PACKAGE_MAGIC = 0x96f3b83d;
const HINT = "use hal/esp32/partitions-4mb.csv, -8mb.csv or -16mb.csv";

/** Reads a table from a file, CSV or binary. Throws a RigError that names line or partition. */
export function tableOf(file: string): Table {
  const bytes = readInput(file);
  try {
    const table = readTable(bytes);
    return { bytes: encodeTable(table), layout: layoutOf(table) };
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    throw new RigError(Exit.usage, `${file} does not suit this firmware: ${error.message}`, HINT);
  }
}

/** Reads the table in the flash of a board. Throws a RigError. */
export function tableInFlash(bytes: Buffer): Table {
  try {
    return { bytes, layout: layoutOf(decodeTable(bytes)) };
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    const blank = bytes.every((byte) => byte === 0xff);
    throw new RigError(
      Exit.noBoard,
      blank
        ? "the board has no partition table"
        : `the board's partition table does not suit this firmware: ${error.message}`,
      "flash a new board with --boot, --partitions, --app and --provision",
    );
  }
}

export interface Image {
  readonly bytes: Buffer;
  /** The chip it is for; undefined for an encrypted image. */
  readonly chip: Chip | undefined;
}

/**
 * Reads the application, as the SDK builds it. `sealed`: it may be encrypted for one chip. Throws a
 * RigError.
 */
export function applicationOf(file: string, sealed: boolean): Image {
  const image = imageOf(file, sealed);
  if (image.chip !== undefined && espVersion(image.bytes) === undefined) {
    throw new RigError(
      Exit.usage,
      `${file} is a boot loader, not an application`,
      "--app takes xs_esp32.bin, --boot takes bootloader.bin",
    );
  }
  return image;
}

/** Reads the boot loader. Throws a RigError. */
export function bootLoaderOf(file: string, sealed: boolean): Image {
  const image = imageOf(file, sealed);
  if (image.chip === undefined) return image;
  if (espVersion(image.bytes) !== undefined) {
    throw new RigError(
      Exit.usage,
      `${file} is an application, not a boot loader`,
      "--app takes xs_esp32.bin, --boot takes bootloader.bin",
    );
  }
  return image;
}

function imageOf(file: string, sealed: boolean): Image {
  const bytes = readInput(file);
  if (bytes.length >= 4 && bytes.readUInt32LE(0) === PACKAGE_MAGIC) {
    throw new RigError(
      Exit.usage,
      `${file} is an update package, not an application`,
      "use the application that it was built from: xs_esp32.bin",
    );
  }
  const plain = bytes[0] === 0xe9;
  if (sealed && !plain && bytes.length > 0) return { bytes, chip: undefined };
  const problem = espProblem(bytes);
  if (problem !== undefined) throw new RigError(Exit.usage, `${file}: ${problem}`);
  const chip = chipOfImage(espChip(bytes));
  if (chip === undefined) {
    throw new RigError(
      Exit.usage,
      `${file} is for chip number ${espChip(bytes)}, which hal/esp32 does not support`,
      `supported: ${CHIPS.map(({ title }) => title).join(", ")}`,
    );
  }
  return { bytes, chip };
}

/** Returns the chip that the command line and all images name. Throws a RigError. */
export function oneChip(
  asked: Chip | undefined,
  images: readonly (readonly [file: string, image: Image])[],
): Chip {
  let chip = asked;
  for (const [file, image] of images) {
    if (image.chip === undefined) continue;
    if (chip !== undefined && chip !== image.chip) {
      throw new RigError(
        Exit.usage,
        `${file} is for an ${image.chip.title}, not for an ${chip.title}`,
        asked === undefined ? "take boot loader and application from one build" : undefined,
      );
    }
    chip = image.chip;
  }
  if (chip === undefined)
    throw new RigError(
      Exit.usage,
      "encrypted images do not tell which chip they are for",
      "add --chip",
    );
  return chip;
}

/** Throws a RigError when a file is larger than its place. */
export function fits(file: string, bytes: Buffer, room: number, place: string): void {
  if (bytes.length <= room) return;
  throw new RigError(
    Exit.usage,
    `${file} is too large: ${bytes.length} bytes, and ${place} has ${room}`,
    "a release build is smaller; hal/esp32 has partition tables for more flash",
  );
}

/** Returns the bytes between the boot loader's place and the partition table. */
export function bootRoom(chip: Chip): number {
  return TABLE_OFFSET - chip.bootOffset;
}
