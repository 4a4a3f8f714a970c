/**
 * What the port in board.ts wants of a chip. Each function says what to write in its place.
 * hal/README.md has the way from here; `xs-fumo conformance` says what is left to do.
 */
import type { Socket } from "../common/http/http.ts";
import type { ResetCause } from "../hal.ts";

/**
 * What the vendor's SDK gives. Flash addresses count bytes from the start of the part; false: the
 * part reports an error. A program may be longer than a page of the part: split it here.
 */
export interface Chip {
  flashRead(address: number, bytes: Uint8Array): boolean;
  flashProgram(address: number, bytes: Uint8Array): boolean;
  flashErase(address: number): boolean;
  /**
   * Runs: slot 0 or 1. On trial until kept: the next reset goes back to the other slot by itself.
   */
  bootSlot(): number;
  bootOnTrial(): boolean;
  /**
   * Selects a slot for one trial boot, durably; false when its image is not signed by the vendor.
   */
  bootTry(slot: number): boolean;
  /**
   * Keeps the slot that runs, durably. When power fails inside, the next boot takes either slot,
   * and none is on trial.
   */
  bootKeep(): boolean;
  /** "power", "restart", "watchdog" or "panic"; "unknown" where the chip cannot tell. */
  resetCause(): ResetCause;
  reset(): never;
  /**
   * A connection that does not block: hal/common/http/connection.ts says what it does. For https,
   * give HttpLink in board.ts a second such function, with TLS.
   */
  connect(host: string, port: number): Socket;
  uptimeMs(): number;
  random(bytes: Uint8Array): void;
  print(line: string): void;
  /** A line that was typed at the console, into `bytes`: its length, or -1. Never waits. */
  typed(bytes: Uint8Array): number;
  /** The JSON text that the board got at the end of the line: src/account/PROVISIONING.md. */
  provision(): string;
  /**
   * Sleeps until the network has something, or the time is over: at once when it is 0 or less.
   * Feeds the watchdog.
   */
  wait(milliseconds: number): void;
}

function write(what: string): never {
  throw new Error(`hal/template: ${what}`);
}

/** The chip that the program runs on. */
export function openChip(): Chip {
  return {
    flashRead: (address, bytes) => write(`flashRead: ${bytes.length} bytes from ${address} on`),
    flashProgram: (address, bytes) =>
      write(`flashProgram: ${bytes.length} bytes at ${address}, in the flash when it returns`),
    flashErase: (address) => write(`flashErase: the block at ${address}, erased when it returns`),
    bootSlot: () => 0,
    bootOnTrial: () => false,
    bootTry: (slot) => write(`bootTry: check the image in slot ${slot}, and boot it once`),
    bootKeep: () => write("bootKeep: boot the slot that runs from now on"),
    resetCause: () => "unknown",
    reset: () => write('reset: after it, the cause is "restart"'),
    connect: (host, port) => write(`connect: a socket to ${host}, port ${port}`),
    uptimeMs: () => write("uptimeMs: milliseconds since this boot"),
    random: (bytes) => write(`random: ${bytes.length} bytes of the generator in the chip`),
    print: (line) => write(`print: a line at the serial console: ${line}`),
    typed: () => write("typed: a line that came in at the serial console"),
    provision: () => write("provision: the text that the board got at the end of the line"),
    wait: (milliseconds) => write(`wait: ${milliseconds} ms, or until the network has something`),
  };
}
