/** What happens to an update: the events that the machine reacts to. */
import type { ResetCause } from "../../hal/hal.ts";
import type { Reason } from "./reason.ts";
import type { UpdateRecord } from "./record.ts";

export type UpdateEvent =
  | {
      readonly type: "started";
      readonly url: string;
      readonly object: string;
      readonly owner: string;
      readonly thenInstall: boolean;
      /** The slot that runs. */
      readonly slot: number;
    }
  | {
      readonly type: "opened";
      readonly object: string;
      readonly size: number;
      readonly slot: number;
    }
  /**
   * A descriptor says where the package is, and where the outcome of the download is to be
   * reported.
   */
  | {
      readonly type: "described";
      readonly url: string;
      readonly size: number;
      readonly notify: string | undefined;
    }
  /**
   * What the server says of the package, before its first byte. `resumed`: it goes on behind bytes
   * of an earlier answer.
   */
  | {
      readonly type: "announced";
      readonly size: number | undefined;
      readonly validator: string | undefined;
      readonly resumed?: boolean | undefined;
    }
  /** The package is a delta, and makes an image of so many bytes; undefined: it is the image. */
  | { readonly type: "unpacking"; readonly image: number | undefined }
  /** The bytes come again from the first on. */
  | { readonly type: "rewound" }
  /** `minutes`: how long the download has taken so far; absent: as before. */
  | {
      readonly type: "attempted";
      readonly attempt: number;
      readonly minutes?: number | undefined;
    }
  /** What came in several answers is damaged: they may be of two packages. It comes once more. */
  | { readonly type: "refetched" }
  | { readonly type: "complete"; readonly size: number }
  | { readonly type: "aborted" }
  /** `notify`: a descriptor that is not taken wants to be told so there. */
  | { readonly type: "fetchFailed"; readonly reason: Reason; readonly notify?: string | undefined }
  | {
      readonly type: "valid";
      readonly digest: string;
      readonly version: string;
      readonly securityCounter: number;
    }
  | { readonly type: "invalid"; readonly reason: Reason }
  /** `owner` is absent when the engine itself goes on after Download-and-update. */
  | { readonly type: "install"; readonly slot: number; readonly owner: string | undefined }
  /**
   * A person has been asked whether to download, or to install. `notify`: who else is told of a
   * refusal.
   */
  | { readonly type: "consent"; readonly given: boolean; readonly notify?: string | undefined }
  /** The boot selector refused. */
  | { readonly type: "refused" }
  | {
      readonly type: "booted";
      readonly slot: number;
      readonly trial: boolean;
      readonly cause: ResetCause;
    }
  /** Bytes of a peer that has not proved itself are about to be handled. */
  | { readonly type: "exposed" }
  /** It has proved itself, or is gone. */
  | { readonly type: "sheltered" }
  | { readonly type: "healthy" }
  | { readonly type: "unhealthy" }
  /** Its time is up, and no server that proved itself has refused it: nothing is known of it. */
  | { readonly type: "unanswered" }
  | { readonly type: "confirmed" }
  /** No ticket waits any more. */
  | { readonly type: "reported" }
  /** The server has answered the report of this ticket. */
  | { readonly type: "acknowledged"; readonly id: number }
  /** The oldest notice whose outcome is known is about to be sent. */
  | { readonly type: "noticeSent" }
  /** It has arrived, or is given up. */
  | { readonly type: "noticeSettled" }
  | { readonly type: "discarded" };

export type EventType = UpdateEvent["type"];
/** What the hardware says at boot. */
export type Booted = Extract<UpdateEvent, { type: "booted" }>;
/** The record after an event; the same object when nothing changes. */
export type Handler<T extends EventType> = (
  record: UpdateRecord,
  event: Extract<UpdateEvent, { type: T }>,
) => UpdateRecord;
