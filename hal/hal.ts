/**
 * The contract between the client and a board: types and plain data, nothing that runs.
 *
 * A board implements Flash (twice: store and staging), Boot, Link, a clock, a source of random
 * bytes, and says who it is. Everything is synchronous and polled: the client asks, the board
 * answers at once or says "not yet".
 * `test/conformance` is this contract in executable form.
 */

/** Geometry of a partition, in bytes. It never changes while the program runs. */
export interface FlashStatus {
  readonly blocks: number;
  readonly blockLength: number;
  /** Offset and length of every write are multiples of this; a power of two, at most 256. */
  readonly writeAlign: number;
  /** What an erased byte reads as. */
  readonly eraseValue: number;
}

/**
 * One flash partition, in the shape of ECMA-419 storage flash. Offsets count from the start of the
 * partition.
 *
 * Every function throws a FlashError: `misaligned` and `bounds` are the caller's mistake and leave
 * the flash untouched;
 * `device` says that the flash itself failed, and leaves the bytes (or the block) of this call
 * undefined.
 *
 * No call takes longer than 2.5 seconds, the erase of a worn block included. Board.run says how
 * long the watchdog waits.
 */
export interface Flash {
  status(): FlashStatus;
  /**
   * Fills `buffer` from `byteOffset` on. Any offset and length inside the partition, none included;
   * the buffer may begin at any address.
   */
  read(buffer: Uint8Array, byteOffset: number): void;
  /**
   * Programs erased bytes, once per erase. Durable when it returns. Power loss: only these bytes
   * are undefined. No bytes are no error, and change nothing. A second write is the caller's
   * mistake: it may be done, or throw anything but `misaligned` and `bounds`, and leaves other
   * bytes alone.
   */
  write(bytes: Uint8Array, byteOffset: number): void;
  /** Erases one block. Durable when it returns. Power loss: this block is undefined, no other. */
  eraseBlock(block: number): void;
}

export type FlashErrorKind = "misaligned" | "bounds" | "device";

export interface FlashError extends Error {
  readonly kind: FlashErrorKind;
}

/** Why the board was reset. `power` covers power-on and brown-out; `restart` is Boot.restart. */
export type ResetCause = "power" | "restart" | "watchdog" | "panic" | "unknown";

/**
 * What executes. `slot` numbers are the board's; two boots of the same slot give the same number.
 */
export interface Running {
  readonly slot: number;
  /** True while an image runs that was armed and has not been confirmed. */
  readonly trial: boolean;
  readonly cause: ResetCause;
  /**
   * Crashes in a row that led to this start: resets by neither power nor Boot.restart, since the
   * last other one or Boot.confirm. 0 also where the board cannot know. It survives whatever a
   * crash leaves, and the pause that a board makes after many of them.
   */
  readonly failures: number;
}

/** The boot selector. Every function is idempotent, and safe when power fails inside it. */
export interface Boot {
  running(): Running;
  /**
   * The header of an image must have this size in bytes, or the selector cannot start it; absent:
   * any multiple of 4 will do.
   */
  readonly headerSize?: number | undefined;
  /**
   * The next restart boots the staged image, once, on trial. Durable when it returns. Throws when
   * the image cannot be booted, and always on trial: the other image is the way back. Where the
   * boot loader alone checks signatures, an image of a stranger may be armed, and never runs.
   */
  arm(): void;
  /**
   * The running image has proved itself. On trial it is kept; until then the next reset, whatever
   * its cause, goes back to the other image. On trial and off, a selector that counts crashes in a
   * row begins again at none. Off trial it is no error.
   */
  confirm(): void;
  /** Resets the board. Does not return. */
  restart(): never;
}

/**
 * An address of HTTP, taken apart and in its one spelling. The client has parsed it
 * (src/base/url.ts): a board parses none.
 */
export interface Url {
  readonly scheme: "http" | "https";
  /** A name or IPv4 address in lower case, or an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query, from "/" on, as they stand in the request: printable ASCII without blanks. */
  readonly path: string;
}

/** One HTTP request. */
export interface LinkRequest {
  readonly method: "GET" | "POST" | "HEAD";
  readonly url: Url;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /**
   * Names, in lower case, of the headers of the answer that the caller reads. A board with little
   * memory keeps no others.
   */
  readonly wants: readonly string[];
  /** Stays as it is until the answer has been read to its end or the exchange is closed. */
  readonly body?: Uint8Array;
}

/**
 * Status line and headers of an answer: at least those that were wanted, names in lower case. A
 * repeated header keeps its first value. A value of up to 1000 bytes is there; a longer one is
 * whole or missing.
 */
export interface LinkHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /**
   * Bytes of the body that read() will give before it says that it is over, as the board has
   * decided by RFC 9112 §6.3; undefined: nobody knows before the end. The client does not look at
   * Content-Length again.
   */
  readonly length?: number | undefined;
}

/**
 * A request under way. After any throw it is closed. Redirects are not followed. No call waits for
 * the network.
 */
export interface Exchange {
  /**
   * The head of the answer, or undefined while it has not arrived. It may be gone, undefined again,
   * once read() has said that the body is over. Throws a LinkError.
   */
  head(): LinkHead | undefined;
  /**
   * Moves body bytes, as they arrive, to the start of `buffer`: how many, 0 when there are none
   * yet, -1 after the last. What is not read stays with the peer (flow control). Throws a
   * LinkError; a body shorter than announced is `broken`.
   */
  read(buffer: Uint8Array): number;
  /**
   * Gives the exchange up, and its connection, unless that serves another request by now. May be
   * called at any time, and again.
   */
  close(): void;
}

/**
 * `resolve`: no such host. `refused`: nobody listens. `broken`: lost on the way or cut short.
 * `secure`: TLS failed.
 * `protocol`: not HTTP.
 */
export type LinkErrorKind = "resolve" | "refused" | "broken" | "secure" | "protocol";

export interface LinkError extends Error {
  readonly kind: LinkErrorKind;
}

/**
 * HTTP, one or more requests at a time (a board says how many it bears; the client uses one). No
 * time-outs: the client has the clock.
 *
 * An exchange whose body was read to its end, and that is not closed, keeps its connection, as far
 * as board and peer can: the next request goes over it if it has the same scheme, host and port,
 * and closes it if not. When such a connection ends before a byte of the answer has come, the
 * request is sent once more over a new one: the peer gets it at least once, and perhaps twice.
 */
export interface Link {
  request(request: LinkRequest): Exchange;
}

/**
 * Datagrams that reach the device unasked: a UDP port, or the short messages of a modem, with the
 * header of WAP push.
 */
export interface Datagrams {
  /**
   * Moves the next one to the start of `buffer`: how many bytes; 0: there is none now. One that is
   * longer than the buffer, and an empty one, is lost. What is not fetched may be lost, too. Never
   * throws.
   */
  receive(buffer: Uint8Array): number;
}

/**
 * Who the device is: values of DevInfo and DevDetail (OMA DM standard objects), and what a package
 * must be made for.
 */
export interface Identity {
  readonly DevId: string;
  readonly Man: string;
  readonly Mod: string;
  readonly Lang: string;
  readonly DevTyp: string;
  readonly OEM: string;
  readonly FwV: string;
  readonly SwV: string;
  readonly HwV: string;
  /** Vendor and class identifier of packages for this device, 16 bytes each (UUID). */
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
  /**
   * Security counter in the signed part of the image that runs; absent: the board cannot tell. No
   * image with a lower one is taken once this one is confirmed, whatever the store says.
   */
  readonly securityCounter?: number | undefined;
}

export type LogLevel = "error" | "warning" | "info" | "debug";

/**
 * The payload of the image that runs: what delta packages copy from, without header and records, so
 * that it is the same for an image that came without a package. Nobody writes it.
 */
export interface Base {
  /**
   * In bytes: all of the payload, and nothing behind it. At least 1, and no more than a slot has;
   * it never changes while the program runs.
   */
  readonly length: number;
  /**
   * Fills `buffer` from `offset` on. Any offset and length inside the payload, none included; the
   * buffer may begin at any address. The client never reads past `length`: what a board does then
   * is its own affair. Throws a FlashError of kind `device`.
   */
  read(buffer: Uint8Array, offset: number): void;
}

/** A board, whole. */
export interface Hal {
  /** At least two erase blocks for the client's own log. */
  readonly store: Flash;
  /** The slot that does not run. */
  readonly staging: Flash;
  readonly boot: Boot;
  readonly link: Link;
  readonly identity: Identity;
  /** Absent: nothing reaches this board unasked, and it opens its sessions by itself. */
  readonly datagrams?: Datagrams | undefined;
  /** Absent: the board takes whole images and compressed ones, and no deltas. */
  readonly base?: Base | undefined;
  /** Milliseconds since this boot; never goes back. */
  now(): number;
  /**
   * Fills `bytes` with unpredictable values, other ones at each boot. A board that has no entropy
   * yet waits for it; it does not give what can be foretold.
   */
  random(bytes: Uint8Array): void;
  /** A line for the person at the serial console. `source` names the part that speaks. */
  log(level: LogLevel, source: string, text: string): void;
}

/** A board with its program's loop: what `openBoard()` of each board's board.ts gives. */
export interface Board extends Hal {
  /**
   * The provisioning text that the board was made with (src/account/provisioning.ts). Throws when
   * there is none.
   */
  provision(): string;
  /**
   * Moves a line that was typed at the console, without its end, to the start of `buffer`: how many
   * bytes; -1: there is none. Never waits. Absent: nobody can type here.
   */
  typed?(buffer: Uint8Array): number;
  /**
   * Calls `step` for ever. It gives the time, as of now(), at which it wants to be called again;
   * the board waits until then, or until the network has something. -Infinity ends the program,
   * where there is an operating system to end to. The watchdog is fed between two steps, and waits
   * 10 seconds at least: a step may make three calls of Flash that take as long as they may.
   */
  run(step: () => number): void;
}
