/**
 * Flashes a board: checks everything, then writes. In this order a board whose flashing ends early
 * runs its old application or nothing, never a part of the new one.
 */
import type { EventLog } from "../events/log.ts";
import { espVersion } from "../espimage.ts";
import { Exit, RigError } from "../exit.ts";
import { readInput } from "../commands/pack.ts";
import {
  boardTable,
  checkFlash,
  type Course,
  NVS_HALF,
  nvsWith,
  openLog,
  type Part,
  readNvs,
  withBoard,
} from "./bench.ts";
import type { Chip } from "./chips.ts";
import {
  applicationOf,
  bootLoaderOf,
  bootRoom,
  fits,
  type Image,
  oneChip,
  type Table,
  tableOf,
} from "./files.ts";
import type { ChipLoader } from "./loader.ts";
import { type BenchOptions, chipOption } from "./options.ts";
import { TABLE_OFFSET } from "./partitions.ts";
import { readProvision, provisionOf } from "./provisioning.ts";

export interface FlashOptions extends BenchOptions {
  readonly port: string;
  readonly app: string;
  readonly boot?: string;
  readonly provision?: string;
  readonly erase?: true;
}

/** What the files say is to be written. */
interface Job {
  readonly chip: Chip;
  readonly app: Image;
  readonly boot: Image | undefined;
  /** The provisioning's text. */
  readonly provision: string | undefined;
}

const IMAGE_MAGIC = 0xe9;

/** Throws a RigError: a usage error before the board is touched. */
export async function flash(options: FlashOptions): Promise<void> {
  const job = readJob(options);
  const log = openLog(options, job.chip.name);
  const version = espVersion(job.app.bytes);
  await withBoard(options, log, { chip: job.chip, writes: true }, async (loader, course) => {
    const table = await boardTable(options, loader);
    checkFlash(loader, table.layout);
    checkFiles(options, job, table);
    await checkBoard(options, job, loader);
    if (options.erase === true) await erase(loader, course, log);
    for (const part of await partsOf(options, job, table, loader))
      await course.write(loader, part, log);
    await sayProvision(options, loader, table, log);
    log.emit({
      kind: "end",
      status: Exit.ok,
      text:
        `Flashed: ${options.port} starts ` +
        `${version === undefined ? "the application" : `version ${version}`} from slot 0.`,
    });
  });
}

/** Reads and checks all files. Throws a RigError. */
function readJob(options: FlashOptions): Job {
  const sealed = options.yesEncrypted === true;
  const app = applicationOf(options.app, sealed);
  const boot = options.boot === undefined ? undefined : bootLoaderOf(options.boot, sealed);
  const chip = oneChip(chipOption(options), [
    [options.app, app],
    ...(options.boot !== undefined && boot !== undefined ? [[options.boot, boot] as const] : []),
  ]);
  const provision =
    options.provision === undefined
      ? undefined
      : readProvision(readInput(options.provision), options.provision);
  const job = { chip, app, boot, provision };
  if (options.partitions !== undefined) checkFiles(options, job, tableOf(options.partitions));
  if (options.erase === true && (boot === undefined || options.partitions === undefined)) {
    throw new RigError(
      Exit.usage,
      "--erase leaves nothing in the flash: it needs --boot and --partitions, too",
      "add --provision as well, or run xs-fumo provision afterwards",
    );
  }
  return job;
}

function checkFiles(options: FlashOptions, { chip, app, boot }: Job, { layout }: Table): void {
  fits(options.app, app.bytes, layout.slot.size, `partition "${layout.slot.name}"`);
  if (options.boot !== undefined && boot !== undefined)
    fits(options.boot, boot.bytes, bootRoom(chip), "the space before the partition table");
}

/** Checks what only the board can tell. Throws a RigError. */
async function checkBoard(options: FlashOptions, job: Job, loader: ChipLoader): Promise<void> {
  if (loader.security.flashEncryption) {
    for (const [file, image] of [
      [options.app, job.app],
      [options.boot, job.boot],
    ] as const) {
      if (image?.chip === undefined) continue;
      throw new RigError(
        Exit.noBoard,
        `${file} is not encrypted, but the chip decrypts what it reads from flash`,
        "nothing was written: encrypt it with the key of this chip, or update over the air",
      );
    }
    return;
  }
  if (options.boot !== undefined) return;
  const [magic] = await loader.read(job.chip.bootOffset, 4);
  if (magic === IMAGE_MAGIC) return;
  throw new RigError(
    Exit.noBoard,
    "the board has no boot loader",
    "nothing was written: add --boot bootloader.bin, from the build of the application",
  );
}

async function erase(loader: ChipLoader, course: Course, log: EventLog): Promise<void> {
  log.emit({ kind: "note", text: "erasing the whole flash, which may take two minutes" });
  await course.erase(loader);
}

/** Returns the parts in the order of writing. Reads NVS; writes nothing. */
async function partsOf(
  options: FlashOptions,
  { chip, app, boot, provision }: Job,
  { bytes, layout }: Table,
  loader: ChipLoader,
): Promise<readonly Part[]> {
  const dead = "the board does not start";
  const parts: Part[] = [];
  if (boot !== undefined)
    parts.push({ what: "boot loader", offset: chip.bootOffset, bytes: boot.bytes, half: dead });
  // A chip that decrypts its flash could not read a plain table: it keeps the one it has.
  if (options.partitions !== undefined && !loader.security.flashEncryption)
    parts.push({ what: "partition table", offset: TABLE_OFFSET, bytes, half: dead });
  if (provision !== undefined) {
    parts.push({
      what: "provisioning",
      offset: layout.nvs.offset,
      bytes: await nvsWith(provision, options, loader, layout, true),
      half: NVS_HALF,
    });
  }
  parts.push({
    what: "application",
    offset: layout.slot.offset,
    bytes: app.bytes,
    half: "slot 0 is incomplete: the board starts from slot 1, or not at all",
  });
  // Erasing it selects slot 0. It comes last, so the old selection is valid until then.
  parts.push({
    what: "otadata",
    offset: layout.otadata.offset,
    bytes: Buffer.alloc(layout.otadata.size, 0xff),
    half: "the application is complete, but the board may still start from slot 1",
  });
  return parts;
}

/** Warns of a board without provisioning, which starts and does nothing else. */
async function sayProvision(
  options: FlashOptions,
  loader: ChipLoader,
  { layout }: Table,
  log: EventLog,
): Promise<void> {
  if (options.provision !== undefined || layout.sealed) return;
  if (provisionOf(await readNvs(loader, layout)) !== undefined) return;
  log.emit({
    kind: "warning",
    text: `the board has no provisioning: xs-fumo provision FILE --port ${options.port}`,
  });
}
