/** Lines of TypeScript in a blob that was built with its positions (hal/xs/engine/blob.h). */

export interface Position {
  /** Offset in the blob of the bytecode of this line, which goes on to the next position. */
  readonly offset: number;
  /** Path from the top of the repository. */
  readonly file: string;
  readonly line: number;
}

const MAGIC = "XSAB";
const MODULES_AT = 52;
const MODULE_BYTES = 32;
const POSITION_BYTES = 8;

function textAt(blob: Buffer, offset: number): string {
  return blob.toString("utf8", offset, blob.indexOf(0, offset));
}

/** By ascending offset. Throws when these are no blob with positions. */
export function positionsOf(blob: Buffer): Position[] {
  if (blob.toString("latin1", 0, MAGIC.length) !== MAGIC) throw new Error("not a blob");
  const table = blob.readUInt32LE(MODULES_AT);
  const count = blob.readUInt32LE(MODULES_AT + 4);
  const positions = Array.from({ length: count }, (_, index) => {
    const at = table + index * MODULE_BYTES;
    const number = (field: number): number => blob.readUInt32LE(at + 4 * field);
    const [code, file, list, length] = [number(1), number(3), number(4), number(5)];
    return Array.from({ length }, (_, place) => {
      const entry = list + place * POSITION_BYTES;
      return {
        offset: code + blob.readUInt32LE(entry),
        file: textAt(blob, file),
        line: blob.readUInt32LE(entry + 4),
      };
    });
  }).flat();
  if (positions.length === 0) throw new Error("the blob has no positions");
  return positions.sort((a, b) => a.offset - b.offset);
}
