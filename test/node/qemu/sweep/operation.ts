/**
 * Flash operations of the bare-metal board as its serial console tells them
 * (hal/bare/partitions.h), and in which partition they are.
 */
import { FLASH_PARTS } from "../../../../hal/bare/build.ts";

export interface Operation {
  readonly kind: "program" | "erase";
  /** In the flash. */
  readonly offset: number;
  readonly length: number;
}

export const PARTITIONS = ["boot log", "store", "slot"] as const;
export type Partition = (typeof PARTITIONS)[number];

const LINE = /D flash: (program|erase) of (\d+) bytes at ([0-9a-f]{6})(, power is cut)?$/;

/** What a line of the console says of an operation, and whether the power went in it. */
export function parseOperation(
  line: string,
): { readonly operation: Operation; readonly isCut: boolean } | undefined {
  const [, kind, length, offset = "", cut] = LINE.exec(line.trimEnd()) ?? [];
  if (kind !== "program" && kind !== "erase") return undefined;
  return {
    operation: { kind, offset: parseInt(offset, 16), length: Number(length) },
    isCut: cut !== undefined,
  };
}

export function partitionOf({ offset }: Operation): Partition {
  return offset >= FLASH_PARTS.slotA ? "slot" : offset >= FLASH_PARTS.store ? "store" : "boot log";
}

/**
 * Whether `other`, of another update, is this operation. Those of the logs are the same in every
 * update; where a program in the slot begins and ends depends on what the network has brought:
 * there it is the one that programs the same first byte.
 */
export function isSame(operation: Operation, other: Operation): boolean {
  if (other.kind !== operation.kind) return false;
  if (partitionOf(operation) !== "slot")
    return other.offset === operation.offset && other.length === operation.length;
  return other.offset <= operation.offset && operation.offset < other.offset + other.length;
}
