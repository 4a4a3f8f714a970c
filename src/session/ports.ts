/**
 * What a session stands on: the account, the management tree, and whoever hears what becomes of
 * alerts and nonces.
 */
import type { GenericAlert } from "../syncml/alert.ts";
import type { Credentials, Direction } from "../account/accounts.ts";
import type { Budget } from "../base/budget.ts";
import type { Url } from "../base/url.ts";
import type { Tree } from "../tree/tree.ts";
import type { UserInterface } from "../user/question.ts";
import type { Encoding } from "./encoding.ts";

/** `nonce`, for md5 and mac, is the last one stored; empty when there is none. */
export interface SessionCredentials extends Credentials {
  readonly nonce: Uint8Array;
}

/** A DM account (DMAcc). */
export interface SessionAccount {
  /** The name of the server in access control lists. */
  readonly serverID: string;
  /** Where to POST; its text is the LocURI that names the server. */
  readonly url: Url;
  /** What the device shows to the server (AAuthLevel CLCRED). */
  readonly client: SessionCredentials;
  /**
   * What the device demands of the server (AAuthLevel SRVCRED); type none: the transport vouches
   * for the server.
   */
  readonly server: SessionCredentials;
}

/** The tree as the commands of one server use it. */
export interface TreeAccess {
  readonly tree: ManagementTree;
  /** ServerID, as access control lists have it. */
  readonly server: string;
  /** Charged for everything that is made of what the server sends. */
  readonly budget: Budget;
}

/** The management tree as a session uses it. Every number is a Status code. */
export type ManagementTree = Pick<
  Tree,
  | "get"
  | "add"
  | "obstacle"
  | "replace"
  | "remove"
  | "copy"
  | "exec"
  | "stream"
  | "addSubtree"
  | "replaceSubtree"
  | "begin"
  | "commit"
  | "rollback"
>;

export interface SessionPorts {
  readonly tree: ManagementTree;
  /** What the session keeps of the server's messages is charged here. Nobody else's is. */
  readonly budget: Budget;
  /** Fills `bytes` with unpredictable values. */
  random(bytes: Uint8Array): void;
  log(level: "error" | "warning" | "info" | "debug", text: string): void;
  /** Generic alerts that this server has not answered yet, oldest first. */
  alerts(): readonly GenericAlert[];
  /** The server has answered that alert: it is owed no more. */
  acknowledged(id: number): void;
  /**
   * The server has proved itself, or need not. Once a session, before a command of that message is
   * executed.
   */
  proved(): void;
  /** The server, which has proved itself, does not accept the credentials of the device. */
  refused(): void;
  /**
   * Both sides have proved themselves, and the commands of that message have been executed. Once a
   * session, before the alerts of the next message are asked for.
   */
  authenticated(): void;
  /** Where a person can be asked; absent: nobody is there, and user interaction is answered 406. */
  readonly userInterface?: UserInterface | undefined;
  /**
   * A nonce for the next time; durable when it returns. `client`: for what the device shows;
   * `server`: for what it demands.
   */
  storeNonce(direction: Direction, nonce: Uint8Array): void;
}

export interface SessionOptions {
  readonly account: SessionAccount;
  /** DevId, the Source of every message. */
  readonly deviceId: string;
  /** The leaves of DevInfo. */
  readonly devInfo: readonly { readonly uri: string; readonly value: string }[];
  readonly sessionID: string;
  /** 1200: the server asked for this session; 1201: the client opens it. */
  readonly alert: 1200 | 1201;
  /**
   * What is announced: bytes of a message, of those that come in pieces, too, and of the largest
   * object.
   */
  readonly maxMsgSize: number;
  readonly maxObjSize: number;
  /** Every message is composed here. */
  readonly outbound: Uint8Array;
  /** What the session begins in; later messages are in that of the server's last one. */
  readonly encoding: Encoding;
}

/** A message to be sent. */
export interface Post {
  readonly url: Url;
  readonly body: Uint8Array;
  /** Value of the header x-syncml-hmac, when the message proves itself with it. */
  readonly mac: string | undefined;
  readonly encoding: Encoding;
}

/** How a session ended. `detail` is for the log. */
export interface Outcome {
  readonly kind: "completed" | "aborted" | "unauthenticated" | "protocol";
  readonly detail: string;
}
