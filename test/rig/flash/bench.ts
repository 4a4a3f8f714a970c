/**
 * What `flash` and `provision` share: opening the right board, its partition table, its NVS, and an
 * end that says what state the board is in.
 */
import { holdLine } from "../bench/hold.ts";
import { EventLog, ndjson } from "../events/log.ts";
import { Exit, RigError } from "../exit.ts";
import { size, terminal } from "../terminal.ts";
import type { Chip } from "./chips.ts";
import { type Table, tableInFlash, tableOf } from "./files.ts";
import type { Layout } from "./layout.ts";
import { ChipLoader, type Security } from "./loader.ts";
import { decodeNvs, encodeNvs, type NvsEntry } from "./nvs.ts";
import type { BenchOptions } from "./options.ts";
import { TABLE_BYTES, TABLE_OFFSET } from "./partitions.ts";
import { withProvision } from "./provisioning.ts";
import { portOf, type WebPort } from "./webport.ts";

export function openLog(options: BenchOptions, board: string): EventLog {
  const log = new EventLog(board);
  const json = options.json === true;
  const view = terminal({ quiet: options.quiet === true, json, verbose: false });
  log.view((event) => {
    // The reason goes to stderr; this line only ends a progress bar.
    const failed = event.kind === "end" && event.status !== Exit.ok && !json;
    view(failed ? { ...event, kind: "note", text: "stopped" } : event);
  });
  if (options.log !== undefined) log.view(ndjson(options.log));
  return log;
}

/** What a command expects of a board. */
export interface Meant {
  readonly chip: Chip | undefined;
  /** False: it only reads. */
  readonly writes: boolean;
}

/** Opens the board. Throws a RigError when it is not the expected one. */
async function openBoard(
  port: WebPort,
  options: BenchOptions,
  log: EventLog,
  meant: Meant,
): Promise<ChipLoader> {
  const note = (text: string): void => {
    log.emit({ kind: "note", text });
  };
  note(`connecting to ${options.port}`);
  const loader = await ChipLoader.open(
    port,
    { baud: options.baud, reset: options.reset, limitSeconds: options.limit },
    note,
    (chip, security) => {
      allow(options, chip, security, meant);
    },
  );
  const flash =
    loader.flashBytes === undefined ? "flash of unknown size" : `${size(loader.flashBytes)} flash`;
  note(`${loader.description}, MAC ${loader.mac}, ${flash}`);
  return loader;
}

function allow(
  { port, yesEncrypted }: BenchOptions,
  chip: Chip,
  { secureBoot, flashEncryption, restricted }: Security,
  meant: Meant,
): void {
  if (meant.chip !== undefined && meant.chip !== chip) {
    throw new RigError(
      Exit.noBoard,
      `${port} has an ${chip.title}, not the ${meant.chip.title} that was asked for`,
      "nothing was written: is this the port of another board?",
    );
  }
  if (restricted) {
    throw new RigError(
      Exit.noBoard,
      `the chip at ${port} is in Secure Download Mode: its flash can be neither read nor verified`,
      "nothing was written: update this board over the air",
    );
  }
  const enabled = [secureBoot ? "secure boot" : "", flashEncryption ? "flash encryption" : ""];
  const what = enabled.filter((one) => one !== "").join(" and ");
  if (what === "" || yesEncrypted === true || !meant.writes) return;
  throw new RigError(
    Exit.noBoard,
    `the chip at ${port} has ${what} enabled: files that do not suit it make the board unusable`,
    "nothing was written: --yes-encrypted continues, with files signed or encrypted for this chip",
  );
}

/** Returns the partition table of the file, else of the flash. Throws a RigError. */
export async function boardTable(options: BenchOptions, loader: ChipLoader): Promise<Table> {
  if (options.partitions !== undefined) return tableOf(options.partitions);
  if (loader.security.flashEncryption) {
    throw new RigError(
      Exit.noBoard,
      "the chip encrypts its flash, so its partition table cannot be read",
      "--partitions FILE tells where its partitions are; the file is not written",
    );
  }
  return tableInFlash(await loader.read(TABLE_OFFSET, TABLE_BYTES));
}

/** Throws a RigError when the table is for more flash than the board has. */
export function checkFlash({ flashBytes }: ChipLoader, { end }: Layout): void {
  if (flashBytes === undefined || end <= flashBytes) return;
  throw new RigError(
    Exit.noBoard,
    `the partitions end at ${size(end)}, but the board has ${size(flashBytes)} of flash`,
    "nothing was written: hal/esp32 has tables for 4, 8 and 16 MB",
  );
}

/** Returns what NVS of a board holds. Throws a RigError when it cannot be read. */
export async function readNvs(loader: ChipLoader, layout: Layout): Promise<readonly NvsEntry[]> {
  if (layout.sealed) {
    throw new RigError(
      Exit.noBoard,
      "this board encrypts NVS with its own keys (nvs_keys): it can be neither read nor written " +
        "here",
      "use Espressif's tools and the keys of this device",
    );
  }
  const { name, offset, size: length } = layout.nvs;
  return nvsEntries(await loader.read(offset, length), `partition "${name}"`);
}

/** Returns the entries of an NVS partition. Throws a RigError when it cannot be read. */
export function nvsEntries(bytes: Uint8Array, where: string): readonly NvsEntry[] {
  const { entries, unreadablePages, unreadableEntries } = decodeNvs(bytes);
  if (unreadablePages === 0 && (entries.length > 0 || unreadableEntries === 0)) return entries;
  throw new RigError(
    Exit.flash,
    `${where} is not a readable NVS: it is encrypted, damaged, or something else`,
    "--new-nvs replaces it, and loses what it holds",
  );
}

/**
 * Returns NVS with this provisioning and with the board's other entries. `restart`: otadata will be
 * erased, too. Throws a RigError, before anything is written.
 */
export async function nvsWith(
  text: string,
  options: BenchOptions,
  loader: ChipLoader,
  layout: Layout,
  restart: boolean,
): Promise<Buffer> {
  const fresh = options.newNvs === true && !layout.sealed;
  const kept = fresh ? [] : await readNvs(loader, layout);
  try {
    return encodeNvs(withProvision(kept, text, restart), layout.nvs.size);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RigError(
      Exit.usage,
      `cannot add the provisioning to NVS: ${error.message}`,
      "--new-nvs drops the other entries; a larger nvs needs another partition table",
    );
  }
}

/** The state of a board whose NVS is incomplete. */
export const NVS_HALF = "the board has no provisioning, and other entries of NVS may be lost";

export interface Part {
  readonly what: string;
  readonly offset: number;
  readonly bytes: Buffer;
  /** The state of a board in which this part is incomplete. */
  readonly half: string;
}

/** What is being written, so that an early end can say what it leaves behind. */
export class Course {
  #part: Part | undefined;
  #sent = 0;
  #over = false;

  /**
   * Writes a part unless the flash holds it already. Throws a RigError that says what is left.
   */
  async write(loader: ChipLoader, part: Part, log: EventLog): Promise<void> {
    const { what, offset, bytes } = part;
    const at = `0x${offset.toString(16)}`;
    if (await loader.has(offset, bytes)) {
      log.emit({ kind: "note", text: `${what}: unchanged (${size(bytes.length)} at ${at})` });
      return;
    }
    this.#part = part;
    this.#sent = 0;
    try {
      await loader.write(offset, bytes, what, (sent, total) => {
        if (this.#over) return;
        this.#sent = sent;
        log.emit({ kind: "progress", bytes: sent, total, what });
      });
    } catch (error) {
      if (!(error instanceof RigError)) throw error;
      throw new RigError(error.code, `${error.message} (${part.half})`, error.hint);
    }
    this.#part = undefined;
    log.emit({ kind: "note", text: `${what}: ${size(bytes.length)} at ${at}, verified` });
  }

  async erase(loader: ChipLoader): Promise<void> {
    const half = "the flash is partly erased, and the board does not start";
    this.#part = { what: "the erased flash", offset: 0, bytes: Buffer.alloc(0), half };
    await loader.eraseAll();
    this.#part = undefined;
  }

  /** Returns the error for a Ctrl-C that comes now, and ends the progress. */
  interrupted(): RigError {
    this.#over = true;
    if (this.#part === undefined)
      return new RigError(Exit.interrupted, "interrupted: no part of the flash is half written");
    const { what, half, bytes } = this.#part;
    const done = bytes.length === 0 ? "" : `, ${size(this.#sent)} of ${size(bytes.length)} sent`;
    return new RigError(
      Exit.interrupted,
      `interrupted while writing ${what}${done}: ${half}`,
      "run the command again: it skips what is already in place",
    );
  }
}

/**
 * Opens the board, does `work`, and restarts the board, also after an error. Ctrl-C ends it early.
 * Nobody else has the board so long. Throws a RigError, with the port closed.
 */
export async function withBoard(
  options: BenchOptions,
  log: EventLog,
  meant: Meant,
  work: (loader: ChipLoader, course: Course) => Promise<void>,
): Promise<void> {
  const course = new Course();
  const interrupt = new Promise<never>((_, reject) => {
    process.once("SIGINT", () => {
      reject(course.interrupted());
    });
  });
  interrupt.catch(() => undefined); // Ctrl-C may come after the last wait
  const hold = holdLine(options.port);
  const port = await portOf(options.port);
  let loader: ChipLoader | undefined;
  let status: number = Exit.ok;
  try {
    loader = await Promise.race([interrupt, openBoard(port, options, log, meant)]);
    await Promise.race([interrupt, work(loader, course)]);
  } catch (error) {
    if (error instanceof RigError) {
      status = error.code;
      log.emit({ kind: "end", status, text: error.message });
    }
    throw error;
  } finally {
    if (status === Exit.interrupted) port.end();
    const started = options.reset && (await port.restart());
    if (!started && loader !== undefined && status !== Exit.interrupted) {
      await loader.leave().catch(() => undefined); // the first error is the one to report
      log.emit({
        kind: "note",
        text: "the board is still in its ROM loader: press RESET to start it",
      });
    }
    await port.stop();
    hold.release();
  }
}
