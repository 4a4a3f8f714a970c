/**
 * One HTTP request and its answer as values, so that servers are functions and the network is
 * somebody else's. Like all of the two servers but http.ts it needs nothing of Node: they run in XS
 * too, when a scenario of the campaign is replayed there.
 */
import { hex } from "../../../src/base/bytes.ts";
import { text as textIn, utf8 } from "../../../src/base/utf8.ts";
import type { Stop } from "./loss.ts";

export interface Request {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface Reply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /**
   * The connection is closed after so many bytes of the body; -1: before any answer. Absent: the
   * answer is whole.
   */
  readonly cutAt?: number;
  /**
   * How that connection ends: `fin`, the default, is an orderly end, `reset` is RST, and with
   * `stall` it does not end: nothing more comes. A simulated network has one end only.
   */
  readonly cutBy?: "fin" | "reset" | "stall";
  /** Milliseconds before the answer. */
  readonly delayMs?: number;
  /** How fast the body is sent. Absent: at once. */
  readonly bytesPerSecond?: number;
  /** Where the body stops for a while. A simulated network does not stop. */
  readonly stops?: readonly Stop[];
}

export function textReply(status: number, text: string, headers: Reply["headers"] = []): Reply {
  return { status, headers: [["content-type", "text/plain"], ...headers], body: utf8(`${text}\n`) };
}

/** What a device sent as text; as hexadecimal digits when it is none. */
export function readable(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return "";
  try {
    return textIn(bytes, 0, bytes.length);
  } catch (error) {
    if (error instanceof TypeError) return hex(bytes);
    throw error;
  }
}
