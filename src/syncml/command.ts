/**
 * The message as values: what is common to both encodings and both directions (OMA-SyncML-RepPro,
 * OMA-TS-DM-RepPro).
 */
import { decodeBase64 } from "../base/base64.ts";
import type { SubtreeNode } from "../base/subtreenode.ts";

/** The same, while it is being made. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Meta information of a command, an item or the header. `size` counts the value as it is encoded in
 * the message.
 */
export interface Meta {
  readonly format?: string | undefined;
  readonly type?: string | undefined;
  readonly mark?: string | undefined;
  readonly size?: number | undefined;
  readonly nextNonce?: string | undefined;
  readonly maxMsgSize?: number | undefined;
  readonly maxObjSize?: number | undefined;
  readonly version?: string | undefined;
}

/**
 * One item. Decoded, `data` is a view of the message's buffer: characters, or bytes when `binary`;
 * without a Data element it is undefined. To be encoded, `data` holds characters, or bytes when
 * `binary`, which XML carries as base64.
 */
export interface Item {
  readonly target?: string | undefined;
  readonly source?: string | undefined;
  readonly targetName?: string | undefined;
  readonly sourceName?: string | undefined;
  readonly meta?: Meta | undefined;
  readonly data?: Uint8Array | undefined;
  readonly binary: boolean;
  readonly moreData: boolean;
  /**
   * Decoded only: Data held a description of a tree as elements (OMA-TS-DM-TNDS), and not as text.
   */
  readonly tree?: readonly SubtreeNode[] | undefined;
  /** Decoded only: Data held other elements. They are not kept: answer 415. */
  readonly markup?: boolean | undefined;
}

/** A challenge: `type` is syncml:auth-basic or syncml:auth-md5, `nextNonce` is in base64. */
export interface Chal {
  readonly type: string;
  readonly format?: string | undefined;
  readonly nextNonce?: string | undefined;
}

/** Credentials as they stand in the message; `data` is in base64. */
export interface Cred {
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly data: string;
}

/** A command that can be wrong by itself. */
interface Faulty {
  /**
   * Decoded only: the command cannot be executed, and this is its Status (OMA-TS-DM-RepPro
   * §4.1.6). 412: it lacks a number that it must have. 400: something is where a number belongs.
   */
  readonly fault?: number | undefined;
}

/** A command on objects of the tree. */
export interface ObjectCommand extends Faulty {
  readonly name: "Add" | "Replace" | "Delete" | "Get" | "Copy" | "Exec";
  readonly cmdID: string;
  readonly meta?: Meta | undefined;
  readonly correlator?: string | undefined;
  readonly cred?: Cred | undefined;
  readonly items: readonly Item[];
}

export interface AlertCommand extends Faulty {
  readonly name: "Alert";
  readonly cmdID: string;
  /** The alert code, 1100 to 1226; 0 beside a fault. */
  readonly data: number;
  readonly correlator?: string | undefined;
  readonly items: readonly Item[];
}

export interface ContainerCommand {
  readonly name: "Atomic" | "Sequence";
  readonly cmdID: string;
  readonly meta?: Meta | undefined;
  readonly commands: readonly Command[];
}

export interface StatusCommand extends Faulty {
  readonly name: "Status";
  readonly cmdID: string;
  readonly msgRef: string;
  readonly cmdRef: string;
  /** Name of the command that is answered, or SyncHdr. */
  readonly cmd: string;
  readonly targetRefs: readonly string[];
  readonly sourceRefs: readonly string[];
  readonly chal?: Chal | undefined;
  readonly cred?: Cred | undefined;
  /** The status code; 0 beside a fault. */
  readonly data: number;
  readonly items: readonly Item[];
}

export interface ResultsCommand {
  readonly name: "Results";
  readonly cmdID: string;
  readonly msgRef?: string | undefined;
  readonly cmdRef: string;
  readonly meta?: Meta | undefined;
  readonly targetRef?: string | undefined;
  readonly sourceRef?: string | undefined;
  readonly items: readonly Item[];
}

/**
 * Something that DM does not have (Put, Map, Sync), or nobody: answered 406. Its content is not
 * kept.
 */
export interface UnknownCommand {
  readonly name: "Unknown";
  readonly cmdID: string;
  readonly element: string;
}

export type Command =
  | ObjectCommand
  | AlertCommand
  | ContainerCommand
  | StatusCommand
  | ResultsCommand
  | UnknownCommand;

/**
 * SyncHdr. `target` and `source` are LocURIs, `sourceName` is the user name that goes with MD5
 * credentials.
 */
export interface Header {
  readonly verDTD: string;
  readonly verProto: string;
  readonly sessionID: string;
  readonly msgID: string;
  readonly target: string;
  readonly targetName?: string | undefined;
  readonly source: string;
  readonly sourceName?: string | undefined;
  readonly respURI?: string | undefined;
  readonly cred?: Cred | undefined;
  readonly maxMsgSize?: number | undefined;
  readonly maxObjSize?: number | undefined;
}

export interface Message {
  readonly header: Header;
  readonly commands: readonly Command[];
  /** The last message of its package. */
  readonly final: boolean;
}

/**
 * Why something is not a message, and where in its bytes. `header` is there when it could be read.
 * `tooLarge`: it may be one, and there is no memory for what it holds.
 */
export interface Malformed {
  readonly problem: string;
  readonly offset: number;
  readonly header?: Header | undefined;
  readonly tooLarge?: true | undefined;
}

/**
 * True when the data of a decoded item are base64: by Format b64, or by Format bin where they are
 * characters, as XML has nothing else for bytes (OMA-TS-DM-TND §7.7.4). `meta` is that of the
 * command, which counts where the item has none. Opaque bytes of format b64 are base64 too: servers
 * send what stands in CDATA so.
 */
export function isBase64(item: Item, meta?: Meta): boolean {
  const format = item.meta?.format ?? meta?.format;
  return format === "b64" || (format === "bin" && !item.binary);
}

/**
 * The value of a decoded item: base64 is decoded over itself, so call it once an item. Empty for an
 * item without Data; undefined when its base64 is malformed.
 */
export function content(item: Item, meta?: Meta): Uint8Array | undefined {
  const data = item.data;
  if (data === undefined) return new Uint8Array(0);
  if (!isBase64(item, meta)) return data;
  const end = decodeBase64(data, 0, data.length);
  return end < 0 ? undefined : data.subarray(0, end);
}
