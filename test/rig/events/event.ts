/**
 * The events of a run, version 1: the one source of truth. Terminal, NDJSON, JUnit, report and page
 * are folds over them, so each event is data that a program can ask, and none needs another to be
 * read. A reader ignores kinds and members that it does not know; a change that breaks a reader
 * raises EVENT_VERSION.
 *
 * What a device or a server wrote has no control characters, and secrets are masked by `*` of the
 * same length, in bodies too: secrets.ts.
 */

export const EVENT_VERSION = 1;

/**
 * Whose word an event is: the console of the device, the DM server, the package host, or the bench
 * itself.
 */
export type Source = "device" | "server" | "host" | "bench";

/** What every event says besides its kind. */
export interface Envelope {
  readonly v: typeof EVENT_VERSION;
  /** Counts the events of a run, from 1 and without a gap. */
  readonly seq: number;
  /** Milliseconds since the run began. */
  readonly t: number;
  /** The board's name: that of its kind, or of one board of a bench. */
  readonly board: string;
  readonly source: Source;
}

/**
 * What a program took of its engine, from boot to restart or end. Live is the most that a
 * collection left; the peak has garbage, too. What a board does not tell is 0.
 */
export interface Heap {
  /** Bytes of one slot. */
  readonly slotBytes: number;
  readonly peakSlots: number;
  readonly peakChunkBytes: number;
  readonly stackSlots: number;
  readonly liveSlots: number;
  readonly liveChunkBytes: number;
}

/** What a program did to a partition. */
export interface FlashCount {
  readonly partition: string;
  readonly writes: number;
  readonly bytes: number;
  readonly erases: number;
}

/** One partition, as it is when the run begins. */
export interface Partition {
  /** `store`, `a`, `b`, `boot`: as in `flashop`. */
  readonly name: string;
  readonly blocks: number;
  readonly blockLength: number;
  readonly eraseValue: number;
  /** Bytes up to the last that is not erased. */
  readonly used: number;
}

/** What happens to the bench and on it. */
export type BenchEvent =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
  /** The line to the console. What was said while it was lost, nobody knows. */
  | { readonly kind: "console"; readonly line: "open" | "lost"; readonly path: string }
  /** `by`: `process`, `command`, `rts`, `switch` (the device's own), `end` (of the run). */
  | { readonly kind: "power"; readonly on: boolean; readonly by: string }
  /** Power failed in a flash operation; `mode` is one of hal/sim/power.ts. */
  | {
      readonly kind: "cut";
      readonly operation: number;
      readonly seed: number;
      readonly mode?: string;
    }
  | { readonly kind: "geometry"; readonly partitions: readonly Partition[] }
  /** One write or erase of flash. `n` counts them from 1, `erases` those of the block. */
  | {
      readonly kind: "flashop";
      readonly partition: string;
      readonly op: "write" | "erase";
      readonly block: number;
      /** Of a write: its first byte in the block. */
      readonly from: number;
      readonly bytes: number;
      readonly n: number;
      readonly erases: number;
      /** Power failed in it: how. */
      readonly torn?: string;
    }
  /** Which scenarios a suite has on this board, whose part this run is: for `xs-fumo merge`. */
  | { readonly kind: "plan"; readonly shard: string; readonly scenarios: readonly string[] }
  | {
      readonly kind: "scenario";
      readonly name: string;
      readonly phase: "began" | Verdict;
      /** From 1. */
      readonly attempt: number;
      /** Once it has ended. */
      readonly seconds?: number;
      /** What did not hold, or why it was skipped. */
      readonly problems?: readonly string[];
    }
  | { readonly kind: "end"; readonly status: number; readonly text: string };

/**
 * How a scenario ended. `failed`: the firmware; `error`: the bench, which says nothing of the
 * firmware; `skipped`: the board cannot bear it.
 */
export type Verdict = "passed" | "failed" | "error" | "skipped";

/** What the device says on its console. */
export type ConsoleEvent =
  /** Every line, as it came; those that are understood give one more event. */
  | { readonly kind: "serial"; readonly line: string }
  | { readonly kind: "user"; readonly text: string }
  | {
      readonly kind: "boot";
      readonly version: string;
      readonly slot: string;
      readonly trial: boolean;
      readonly cause: string;
    }
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "state"; readonly state: number; readonly name: string }
  /**
   * A turn of an update, besides State: the image was verified, armed, confirmed or rejected; and
   * the servers have taken the report of how it ended.
   */
  | {
      readonly kind: "turn";
      readonly what: "verified" | "armed" | "confirmed" | "rejected" | "reported";
    }
  /** A message in the device's own words; `dm` has the message itself. */
  | { readonly kind: "message"; readonly direction: "sent" | "received"; readonly text: string }
  /** The end of a session; `began` is its beginning. */
  | {
      readonly kind: "session";
      readonly id: string;
      readonly outcome: string;
      readonly detail: string;
    }
  | ({ readonly kind: "heap" } & Heap)
  | ({ readonly kind: "flash" } & FlashCount);

/** What the servers see. `session` is a SessionID. */
export type WireEvent =
  /** The first message of a session came. */
  | {
      readonly kind: "began";
      readonly session: string;
      /** DevId of the device. */
      readonly device: string;
      /** Which session of this device it is, from 1. */
      readonly count: number;
    }
  /** A message of OMA DM as it travelled. */
  | {
      readonly kind: "dm";
      readonly from: "device" | "server";
      /** Absent where the message cannot be read. */
      readonly session?: string;
      readonly msgID?: string;
      readonly encoding: "xml" | "wbxml";
      readonly bytes: number;
      /** `7/2: Status 212, Get, Replace ./A+ final`, where + is MoreData; or what is wrong. */
      readonly text: string;
      /**
       * The message, base64, secrets masked: `decode` of test/rig/decode makes XML of it in both
       * encodings. Of a message longer than BODY_BYTES_MAX the beginning.
       */
      readonly body: string;
    }
  /** The device is asked who it is: 212, 401, 407. */
  | { readonly kind: "authenticated"; readonly status: number; readonly session: string }
  /** The device has answered a command. */
  | {
      readonly kind: "command";
      readonly name: string;
      readonly uri: string;
      readonly status: number;
    }
  /**
   * A node has been read. `format` is node for an interior node, whose value is the names of its
   * children with / between them; a value that is no text is in hexadecimal digits.
   */
  | {
      readonly kind: "value";
      readonly uri: string;
      readonly format: string;
      readonly value: string;
    }
  /** A generic alert (1226); `uri` is its Source. */
  | {
      readonly kind: "alert";
      readonly type: string;
      readonly uri: string;
      readonly correlator?: string;
      readonly data: string;
      readonly mark?: string;
    }
  /** A request to the package host, and its answer. `range` is empty without one. */
  | {
      readonly kind: "request";
      readonly method: string;
      readonly url: string;
      readonly range: string;
      readonly status: number;
      /** Bytes of the answer's body, were it sent whole. */
      readonly bytes: number;
    }
  /** A status report of OMA Download. */
  | { readonly kind: "download"; readonly status: number; readonly text: string }
  /** A server misbehaves as it was told to. */
  | { readonly kind: "fault"; readonly what: string }
  /** The end of the campaign, as the server sees it: the result code of FUMO. */
  | {
      readonly kind: "result";
      readonly code: number;
      readonly text: string;
      /** DevId of the device, where several have one server. */
      readonly device?: string;
    };

/**
 * Bytes of a package on their way. The last one has bytes = total. From the device: what it has
 * stored; from the server: what it has sent inside SyncML.
 */
export interface ProgressEvent {
  readonly kind: "progress";
  readonly bytes: number;
  readonly total: number;
  /** What is on its way, where it is no package. */
  readonly what?: string;
}

export type RigEvent = BenchEvent | ConsoleEvent | WireEvent | ProgressEvent;
export type Recorded = RigEvent & Envelope;
export type View = (event: Recorded) => void;

/** Bytes of a message that an event carries. */
export const BODY_BYTES_MAX = 65_536;
