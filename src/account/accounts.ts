/**
 * Accounts of DM servers: where they are and how both sides prove who they are. The DMAcc object
 * shows them; sessions use them.
 *
 * In the store `account.<name>` is a JSON record, and `nonce.client.<name>`, `nonce.server.<name>`
 * the next nonce of a direction: nonces change with every session, the rest hardly ever. Every read
 * goes to the store, so there is one truth.
 */
import { assert } from "../base/assert.ts";
import { utf8 } from "../base/utf8.ts";
import { textOf } from "../tree/value.ts";
import { validName } from "../tree/uri.ts";
import { AUTH_KINDS, type AuthKind } from "./authkind.ts";

/** How one side proves itself. */
export interface Credentials {
  readonly type: AuthKind;
  readonly name: string;
  readonly secret: string;
}

/** `client`: the device proves itself to the server; `server`: the server to the device. */
export type Direction = "client" | "server";

export interface Account {
  /** Name of the node below ./DMAcc. */
  readonly name: string;
  readonly serverId: string;
  readonly displayName?: string;
  /** http or https URL of the server. */
  readonly address: string;
  readonly port?: number;
  /** What sessions begin in; absent: XML. */
  readonly encoding?: "xml" | "wbxml";
  readonly client: Credentials;
  readonly server: Credentials;
}

/** What accounts need of a store: src/store, or changes that are staged over it. */
export interface Records {
  get(key: string): Uint8Array | undefined;
  keys(prefix: string): readonly string[];
}
export type AccountChange = readonly [key: string, value: Uint8Array | undefined];

const ACCOUNT_KEY = "account.";

function nonceKey(name: string, direction: Direction): string {
  return `nonce.${direction}.${name}`;
}

function parseRecord(bytes: Uint8Array): unknown {
  const record = textOf(bytes);
  try {
    return record === undefined ? undefined : JSON.parse(record);
  } catch {
    return undefined;
  }
}

function isCredentials(value: unknown): value is Credentials {
  if (
    typeof value !== "object" ||
    value === null ||
    !("type" in value && "name" in value && "secret" in value)
  )
    return false;
  return (
    AUTH_KINDS.some((kind) => kind === value.type) &&
    typeof value.name === "string" &&
    typeof value.secret === "string"
  );
}

function isAccount(value: unknown): value is Account {
  if (
    typeof value !== "object" ||
    value === null ||
    !("name" in value && "serverId" in value && "address" in value)
  )
    return false;
  if (
    !(
      "client" in value &&
      "server" in value &&
      isCredentials(value.client) &&
      isCredentials(value.server)
    )
  )
    return false;
  if ("displayName" in value && typeof value.displayName !== "string") return false;
  if ("port" in value && typeof value.port !== "number") return false;
  if ("encoding" in value && value.encoding !== "xml" && value.encoding !== "wbxml") return false;
  return (
    typeof value.name === "string" &&
    typeof value.serverId === "string" &&
    typeof value.address === "string"
  );
}

/** Names of the accounts, sorted. */
export function accountNames(records: Records): readonly string[] {
  return records.keys(ACCOUNT_KEY).map((key) => key.slice(ACCOUNT_KEY.length));
}

/** The account of that name; undefined also when its record cannot be read. */
export function readAccount(records: Records, name: string): Account | undefined {
  const bytes = records.get(ACCOUNT_KEY + name);
  const record = bytes === undefined ? undefined : parseRecord(bytes);
  return isAccount(record) ? record : undefined;
}

/** The change that keeps an account in the place of the one of its name; nonces stay. */
export function accountChange(account: Account): AccountChange {
  assert(validName(account.name), "an account is named like a node");
  return [ACCOUNT_KEY + account.name, utf8(JSON.stringify({ v: 1, ...account }))];
}

/**
 * In the place of a nonce that turns out to be unreadable: nobody has made a digest over it, so it
 * leads to a challenge, where none at all would make the peer a new one.
 */
const LOST_NONCE = "this nonce is lost";

/** The next nonce of a direction, or undefined before the first. */
export function readNonce(
  records: Records,
  name: string,
  direction: Direction,
): Uint8Array | undefined {
  const key = nonceKey(name, direction);
  const isKept = records.keys(key).includes(key);
  return records.get(key) ?? (isKept ? utf8(LOST_NONCE) : undefined);
}

export function nonceChange(
  name: string,
  direction: Direction,
  nonce: Uint8Array | undefined,
): AccountChange {
  return [nonceKey(name, direction), nonce];
}

export class Accounts {
  readonly #store: Records & { commit(changes: readonly AccountChange[]): void };

  constructor(store: Records & { commit(changes: readonly AccountChange[]): void }) {
    this.#store = store;
  }

  list(): readonly Account[] {
    const accounts: Account[] = [];
    for (const name of accountNames(this.#store)) {
      const account = readAccount(this.#store, name);
      if (account !== undefined) accounts.push(account);
    }
    return accounts;
  }

  get(name: string): Account | undefined {
    return readAccount(this.#store, name);
  }

  byServer(serverId: string): Account | undefined {
    return this.list().find((account) => account.serverId === serverId);
  }

  nonce(name: string, direction: Direction): Uint8Array | undefined {
    return readNonce(this.#store, name, direction);
  }

  /** Durable when it returns. Throws StoreFull. */
  storeNonce(name: string, direction: Direction, nonce: Uint8Array): void {
    this.#store.commit([nonceChange(name, direction, nonce)]);
  }
}
