/**
 * What the rig tells the board under test, and what the board answers: JSON over the board's own
 * Link, or over its console. The rig knows the plan and remembers; the board does one thing at a
 * time, so it may lose its power anywhere.
 */
import type { Running } from "../../hal/hal.ts";

export type PartitionName = "store" | "staging";

/** A request that the board makes for a case of Link. */
export interface FetchOrder {
  readonly do: "fetch";
  readonly method: "GET" | "POST" | "HEAD";
  readonly url: string;
  /** Length of the body, whose bytes are `pattern(i, 1)`; absent: no body. */
  readonly bodyBytes?: number;
  /** Length of the buffer that is read into; 1024 when absent. */
  readonly bufferBytes?: number;
  /**
   * So many requests, each made while the exchange of the one before is open, though its body is
   * over; the report is of the last. 1 when absent.
   */
  readonly times?: number;
  /** After the first bytes, nothing is read for so long; then the exchange is given up. */
  readonly stallMs?: number;
  /** While nothing has come, the exchange is polled so often. */
  readonly pollMs?: number;
  /** The request has HEADERS more headers, one of them long. */
  readonly manyHeaders?: true;
}

/** Names and values of the headers of a request with `manyHeaders`. */
export const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["X-Conformance-2", "two"],
  ["X-Conformance-3", "three"],
  ["X-Conformance-Long", "long ".repeat(120).trim()],
  ["X-Conformance-5", "five"],
  ["X-Conformance-6", "six"],
];

export type Order =
  | { readonly do: "flash"; readonly partition: PartitionName }
  | { readonly do: "apart" }
  /** Checks of `base`; and all of its bytes, digested. */
  | { readonly do: "base" | "digestBase" }
  /** Erases blocks from `from` on, one after another, and looks at those beside each. */
  | { readonly do: "neighbours"; readonly partition: PartitionName; readonly from: number }
  | { readonly do: "fill" | "verify"; readonly partition: PartitionName; readonly seed: number }
  | { readonly do: "prepareCut"; readonly partition: PartitionName }
  | { readonly do: "write" | "erase"; readonly partition: PartitionName }
  | {
      readonly do: "afterCut";
      readonly partition: PartitionName;
      readonly of: "write" | "erase";
      readonly completed: boolean;
    }
  /**
   * Fetches an image into the staging partition; `damage` is the offset of a bit that is turned on
   * the way.
   */
  | { readonly do: "stage"; readonly url: string; readonly damage?: number }
  | { readonly do: "blank" | "arm" | "confirm" | "restart" | "running" | "identity" | "random" }
  /** The program dies of what it throws; or it never comes back. */
  | { readonly do: "panic" | "hang" }
  /** The program does not come back for so long, as in erases that take their time. */
  | { readonly do: "busy"; readonly ms: number }
  /** Looks for a datagram for so long. */
  | { readonly do: "receive"; readonly ms: number; readonly bufferBytes: number }
  | { readonly do: "clock"; readonly ms: number }
  | FetchOrder;

/** One promise of the contract: without `problem` and `skipped` it is kept. */
export interface Check {
  readonly name: string;
  readonly problem?: string;
  /** Why it was not looked at: what it is about is optional, and not on this board. */
  readonly skipped?: string;
}

/** All that `base` gives: its length in bytes, its SHA-256 in hexadecimal. */
export interface Payload {
  readonly length: number;
  readonly sha256: string;
}

/** What became of a FetchOrder. */
export interface Fetched {
  readonly status?: number;
  readonly type?: string;
  readonly repeated?: string;
  /** What the head said of the body: how long it is. */
  readonly length?: number | undefined;
  readonly bytes: number;
  readonly crc: number;
  /** The kind of LinkError that ended it, or "none" when what was thrown had none. */
  readonly error?: string;
  /** Calls that brought nothing, and those of them that took longer than SLOW_MS. */
  readonly polls?: number;
  readonly slowPolls?: number;
}

/** A call of Link that has nothing to give comes back in less, or it waits for the network. */
export const SLOW_MS = 50;

/** No call of Flash takes longer. */
export const FLASH_CALL_MS_MAX = 2500;

export type Report =
  /** `random`: the first random bytes of this boot, in hexadecimal. */
  | { readonly kind: "boot"; readonly running: Running; readonly random?: string }
  /** `next`: the same order goes on from there. */
  | { readonly kind: "checks"; readonly checks: readonly Check[]; readonly next?: number }
  | { readonly kind: "done" }
  | { readonly kind: "running"; readonly running: Running }
  /** Absent: the board has no `base`. */
  | { readonly kind: "base"; readonly payload?: Payload }
  | { readonly kind: "threw"; readonly text: string; readonly error?: string }
  /** A datagram, in hexadecimal; absent: none came. */
  | { readonly kind: "received"; readonly bytes?: string }
  | {
      readonly kind: "clock";
      readonly elapsedMs: number;
      readonly uptimeMs: number;
      readonly checks: readonly Check[];
    }
  | { readonly kind: "fetched"; readonly fetched: Fetched };

/**
 * Byte `i` of the content that a seed stands for: never what erased flash holds for long, and
 * different in every block.
 */
function pattern(i: number, seed: number): number {
  return (i * 167 + (i >> 8) * 31 + (i >> 16) * 59 + seed * 73 + 11) & 0xff;
}

/** Bytes [from, from + length) of that content. */
export function patternBytes(from: number, length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = pattern(from + i, seed);
  return bytes;
}
