/**
 * Flash operations of a bare-metal board as its serial console tells them (hal/bare/partitions.h),
 * and in which partition they are.
 */
import type { FlashParts } from "../../../../hal/bare/build.ts";

export const PARTITIONS = ["boot log", "store", "slot"] as const;
export type Partition = (typeof PARTITIONS)[number];

export interface Operation {
  readonly kind: "program" | "erase";
  /** In the flash. */
  readonly offset: number;
  readonly length: number;
  readonly partition: Partition;
}

const LINE = /D flash: (program|erase) of (\d+) bytes at ([0-9a-f]{6})(, power is cut)?$/;

/** What a line of the console says of an operation, and whether the power went in it. */
export function parseOperation(
  line: string,
  parts: FlashParts,
): { readonly operation: Operation; readonly isCut: boolean } | undefined {
  const [, kind, length, offset = "", cut] = LINE.exec(line.trimEnd()) ?? [];
  if (kind !== "program" && kind !== "erase") return undefined;
  const at = parseInt(offset, 16);
  return {
    operation: { kind, offset: at, length: Number(length), partition: partitionAt(at, parts) },
    isCut: cut !== undefined,
  };
}

function partitionAt(offset: number, { store, slotA }: FlashParts): Partition {
  return offset >= slotA ? "slot" : offset >= store ? "store" : "boot log";
}

/**
 * Whether `other`, of another update, is this operation. Those of the logs are the same in every
 * update; where a program in the slot begins and ends depends on what the network has brought:
 * there it is the one that programs the same first byte.
 */
export function isSame(operation: Operation, other: Operation): boolean {
  if (other.kind !== operation.kind) return false;
  if (operation.partition !== "slot")
    return other.offset === operation.offset && other.length === operation.length;
  return other.offset <= operation.offset && operation.offset < other.offset + other.length;
}
