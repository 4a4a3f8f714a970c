/**
 * What the servers tell the event log. Kinds and fields that the rig's log has too mean the same
 * there.
 */
import type { Encoding } from "../../../src/session/encoding.ts";

export type ServerEvent =
  | { readonly kind: "server"; readonly text: string; readonly session?: string }
  | { readonly kind: "warning"; readonly text: string }
  | {
      readonly kind: "message";
      readonly direction: "sent" | "received";
      /** Absent where the message cannot be read. */
      readonly session?: string;
      readonly msgID?: string;
      readonly encoding: Encoding;
      readonly text: string;
      readonly body: Uint8Array;
    }
  /** The first message of a session came; which one of that device it is, from 1. */
  | {
      readonly kind: "began";
      readonly session: string;
      readonly device: string;
      readonly count: number;
    }
  /** How the device proved itself: 212, 401, 407. */
  | { readonly kind: "authenticated"; readonly status: number; readonly session: string }
  | { readonly kind: "state"; readonly state: number; readonly name: string }
  | { readonly kind: "progress"; readonly bytes: number; readonly total: number }
  | {
      readonly kind: "result";
      readonly code: number;
      readonly text: string;
      /** Its DevId. */
      readonly device: string;
    }
  | {
      readonly kind: "value";
      readonly uri: string;
      readonly format: string;
      readonly value: string;
    }
  | {
      readonly kind: "command";
      readonly name: string;
      readonly uri: string;
      readonly status: number;
    }
  | {
      readonly kind: "alert";
      readonly type: string;
      readonly source: string;
      readonly correlator?: string;
      readonly data: string;
      readonly mark?: string;
    }
  | { readonly kind: "download"; readonly status: number; readonly text: string }
  | { readonly kind: "fault"; readonly what: string }
  | {
      readonly kind: "request";
      readonly method: string;
      readonly url: string;
      readonly range: string;
      readonly status: number;
      /** Of the answer's body, were it sent whole. */
      readonly bytes: number;
    };

export type EventSink = (event: ServerEvent) => void;
