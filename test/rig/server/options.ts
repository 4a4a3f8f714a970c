/** How the DM server is set up. Everything but the address has a default. */
import type { Credentials } from "./device.ts";
import type { EventSink } from "./event.ts";
import type { Fault } from "./fault.ts";
import type { Scenario } from "./scenario.ts";

/** What one session needs to know. */
export interface SessionOptions {
  /** The server's URI, Source of its messages. */
  readonly url: string;
  /** LocName of the Source: the name that goes with the server's credentials. */
  readonly name: string;
  /** Where the device shall send its next message. */
  readonly respUri: string | undefined;
  /** Announced to the device. */
  readonly maxMsgSize: number | undefined;
  readonly maxObjSize: number | undefined;
  /** Longest message that the server sends, when the device does not say less. */
  readonly bytesMax: number;
  /** Where messages are written before they are sent, one at a time: `bytesMax` bytes. */
  readonly space: Uint8Array;
  /** Longest chunk of a large object, in characters of base64. */
  readonly chunkBytes: number;
  /** Chunks may divide a group of four characters of base64, as the standard allows. */
  readonly unalignedChunks: boolean;
  /**
   * Status 200 for good credentials, which asks for them in each message with a new nonce, and not
   * 212.
   */
  readonly everyMessage: boolean;
  /** What generic alerts are answered with. */
  readonly alertStatus: number;
  random(bytes: Uint8Array): void;
}

export type ServerOptions = Partial<SessionOptions> & {
  readonly url: string;
  /** What devices prove themselves with, and the server itself. None by default. */
  readonly client?: Credentials;
  readonly server?: Credentials;
  /** What to do with a device that is seen for the first time; undefined: only listen. */
  readonly scenario?: (deviceId: string) => Scenario | undefined;
  readonly faults?: readonly Fault[];
  /**
   * What becomes of a message that the device sends again, byte for byte. `cached`, the default:
   * the answer of before. `judged`: it counts as a new one, whose nonce is an old one by now.
   */
  readonly repeats?: "cached" | "judged";
  readonly emit?: EventSink;
  /** False: messages are no events. Saves the time to describe them. */
  readonly traced?: boolean;
};
