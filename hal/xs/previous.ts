/**
 * What a build takes over from the release before, so that a delta between them is small: the
 * identifiers of names, and where names and the code of each module lie. Code and loaded modules
 * have an identifier wherever a name stands, and an address for each function. One name more would
 * renumber those behind it, a longer text move all code behind it. All that is needed is in the
 * release itself.
 */

const MAGIC = "XSAB";
/** Places in the header of a blob, and in the record of a module: README.md has them. */
const BYTE_ORDER_AT = 4;
const BYTE_ORDER = 0x01020304;
const FORMAT_AT = 8;
const FORMAT = 2;
const SIZE_AT = 24;
const NAMES_AT = 36;
const MODULES_AT = 52;
const HEADER_BYTES = 64;
const MODULE_BYTES = 32;
const CODE_AT = 4;

/** A blob in the payload of a release. */
export interface FoundBlob {
  readonly offset: number;
  /** In the order of their identifiers, a character a byte. */
  readonly names: readonly string[];
  /** Where in the blob the names begin. */
  readonly namesAt: number;
  /** Where in the blob the code of each module begins. */
  readonly code: ReadonlyMap<string, number>;
}

/** Reads what must lie inside. Throws a RangeError when it does not. */
class Reader {
  readonly #blob: Buffer;

  constructor(blob: Buffer) {
    this.#blob = blob;
  }

  number(at: number): number {
    return this.#blob.readUInt32LE(at);
  }

  text(at: number): string {
    const end = this.#blob.indexOf(0, at);
    if (end < 0) throw new RangeError("a text without an end");
    return this.#blob.toString("latin1", at, end);
  }

  /** Texts one behind the other: the first one's offset, and their number, from the header. */
  texts(at: number): string[] {
    let next = this.number(at);
    return Array.from({ length: this.number(at + 4) }, () => {
      const text = this.text(next);
      next += text.length + 1;
      return text;
    });
  }

  /** Offsets of the items of a table. Its offset, and their number, are in the header. */
  table(at: number, itemBytes: number): number[] {
    const from = this.number(at);
    const count = this.number(at + 4);
    if (from + count * itemBytes > this.#blob.length) throw new RangeError("a table too long");
    return Array.from({ length: count }, (_, index) => from + index * itemBytes);
  }
}

function read(bytes: Buffer, offset: number): FoundBlob | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(BYTE_ORDER_AT) !== BYTE_ORDER) return;
  if (bytes.readUInt32LE(FORMAT_AT) !== FORMAT) return;
  const size = bytes.readUInt32LE(SIZE_AT);
  if (size > bytes.length) return;
  const blob = new Reader(bytes.subarray(0, size));
  try {
    const modules = blob.table(MODULES_AT, MODULE_BYTES);
    return {
      offset,
      names: blob.texts(NAMES_AT),
      namesAt: blob.number(NAMES_AT),
      code: new Map(
        modules.map((at) => [blob.text(blob.number(at)), blob.number(at + CODE_AT)] as const),
      ),
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Finds the blob in a payload, or in a blob itself; undefined: there is none. */
export function findBlob(payload: Buffer): FoundBlob | undefined {
  let offset = payload.indexOf(MAGIC, 0, "latin1");
  while (offset >= 0) {
    const found = read(payload.subarray(offset), offset);
    if (found !== undefined) return found;
    offset = payload.indexOf(MAGIC, offset + 1, "latin1");
  }
  return undefined;
}

/**
 * The names of a build in the order in which they get identifiers: each name of the release before
 * keeps its own, and a new one takes that of a name that is used no more. Such a name stays where
 * nothing takes its place, unless it is the last.
 */
export function orderNames(previous: readonly string[], used: readonly string[]): string[] {
  const isUsed = new Set(used);
  const isKnown = new Set(previous);
  const fresh = used.filter((name) => !isKnown.has(name));
  const order = previous.map((name) => (isUsed.has(name) ? name : (fresh.shift() ?? name)));
  while (order.length > 0 && !isUsed.has(order.at(-1) ?? "")) order.pop();
  return [...order, ...fresh];
}

/** The bytes of a file of names, as blobc reads it. */
export function nameFile(names: readonly string[]): Buffer {
  return Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
}
