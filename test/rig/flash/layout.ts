/** What hal/esp32 needs of a partition table, and where `flash` writes. */
import { NVS_BYTES_MIN } from "./nvs.ts";
import {
  APP,
  DATA,
  NVS,
  NVS_KEYS,
  OTA_0,
  OTADATA,
  type Partition,
  SECTOR_BYTES,
  TableError,
} from "./partitions.ts";

export interface Layout {
  readonly slot: Partition;
  readonly otadata: Partition;
  readonly nvs: Partition;
  /** NVS is encrypted with its own keys: it can be neither read nor written here. */
  readonly sealed: boolean;
  /** Where the last partition ends. */
  readonly end: number;
}

const OTADATA_BYTES = 2 * SECTOR_BYTES;
const ENCRYPTED = 1;

/**
 * Returns the partitions that the firmware uses. Throws a TableError that names every problem, as
 * the board itself would at its start (hal/esp32/slots.c).
 */
export function layoutOf(table: readonly Partition[]): Layout {
  const data = (subtype: number, name?: string): Partition | undefined =>
    table.find(
      (one) =>
        one.type === DATA && (name === undefined ? one.subtype === subtype : one.name === name),
    );
  const slots = table.filter(
    ({ type, subtype }) => type === APP && subtype >= OTA_0 && subtype < OTA_0 + 16,
  );
  const [slot, other] = slots.sort((a, b) => a.subtype - b.subtype);
  const otadata = data(OTADATA);
  const nvs = data(NVS);
  const head = data(0, "head");
  const store = data(0, "store");
  const problems = [
    slots.length === 2 ? "" : `${slots.length} OTA slots instead of two`,
    slot !== undefined && other !== undefined && slot.size !== other.size
      ? "the two OTA slots differ in size"
      : "",
    table.some(({ type, subtype }) => type === APP && subtype < OTA_0)
      ? "a factory app, which the boot loader would start instead of a slot"
      : "",
    otadata?.size === OTADATA_BYTES ? "" : "no otadata (data, ota) of 0x2000 bytes",
    nvs !== undefined && nvs.size >= NVS_BYTES_MIN && nvs.size % SECTOR_BYTES === 0
      ? ""
      : "no nvs (data, nvs) of at least three sectors",
    head?.size === SECTOR_BYTES ? "" : 'no "head" (data) of one sector',
    store !== undefined && store.size >= 2 * SECTOR_BYTES && store.size % SECTOR_BYTES === 0
      ? ""
      : 'no "store" (data) of at least two sectors',
  ].filter((problem) => problem !== "");
  if (problems.length > 0 || slot === undefined || otadata === undefined || nvs === undefined)
    throw new TableError(problems.join("; "));
  return {
    slot,
    otadata,
    nvs,
    sealed: (nvs.flags & ENCRYPTED) !== 0 || data(NVS_KEYS) !== undefined,
    end: Math.max(...table.map(({ offset, size }) => offset + size)),
  };
}
