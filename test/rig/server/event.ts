/**
 * What the servers tell the event log. Kinds and fields that the rig's log has too mean the same
 * there.
 */
export type ServerEvent =
  | { readonly kind: "server"; readonly text: string; readonly session?: string }
  | { readonly kind: "warning"; readonly text: string }
  | {
      readonly kind: "message";
      readonly direction: "sent" | "received";
      readonly text: string;
      readonly body: Uint8Array;
    }
  | { readonly kind: "state"; readonly state: number; readonly name: string }
  | { readonly kind: "progress"; readonly bytes: number; readonly total: number }
  | { readonly kind: "result"; readonly code: number; readonly text: string }
  | { readonly kind: "value"; readonly uri: string; readonly value: string }
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
    };

export type EventSink = (event: ServerEvent) => void;
