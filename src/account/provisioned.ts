/**
 * The provisioned account on its way into the store, and the stored one on its way into a session.
 */
import { assert } from "../base/assert.ts";
import { hex } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { Sha256 } from "../base/sha256.ts";
import { parseUrl, urlText } from "../base/url.ts";
import { utf8 } from "../base/utf8.ts";
import { type Account, Accounts, readAccount } from "./accounts.ts";
import { provision, regrant, withdraw } from "./enrolment.ts";
import { readRecord, recordChange } from "../store/jsonrecord.ts";
import type { Store } from "../store/store.ts";
import type { Tree } from "../tree/tree.ts";
import type { ProvisionedAccount } from "./provisioning.ts";

/** Key of the digest of the account that was provisioned last. */
const PROVISIONED_KEY = "provisioned";
/** Name of its node below ./DMAcc. */
const ACCOUNT_NAME = "Main";
/** What its server has every right on. */
const OBJECTS: readonly string[] = frozen(["./FwUpdate"]);

/**
 * Makes the account, with every right on the FUMO objects, if it is not the one that was made last,
 * or there is none; a server's changes to the same account stay. Another server's account takes its
 * rights with it. Power loss between the commits makes it once more. An image on trial makes none
 * but the first: until it is kept, what it would change must suit the image that may come back, and
 * it proves itself to the server that its predecessor has. Returns the ServerID of the account that
 * is in force. Whether the device may go to its address is asked at each session.
 */
export function applyAccount(
  store: Store,
  tree: Tree,
  account: ProvisionedAccount,
  trial: boolean,
): string {
  const digest = digestOf(account);
  const made = readRecord<{ digest?: string }>(store, PROVISIONED_KEY)?.digest;
  const old = readAccount(store, ACCOUNT_NAME);
  // An account whose address is none leads nowhere.
  const usable = old !== undefined && typeof parseUrl(old.address) !== "string";
  if (usable && (made === digest || (made !== undefined && trial))) return old.serverId;
  if (old !== undefined && old.serverId !== account.serverId) withdraw(tree, old);
  const status = provision(tree, accountOf(account), OBJECTS);
  assert(status === 200, `provisioning: status ${status}`);
  store.commit([recordChange(PROVISIONED_KEY, { v: 1, digest })]);
  return account.serverId;
}

/** Gives every account the rights that it was made with; `uris` is for those from outside. */
export function restoreRights(store: Store, tree: Tree, uris: readonly string[]): void {
  for (const account of new Accounts(store).list())
    regrant(tree, account, account.name === ACCOUNT_NAME ? OBJECTS : uris);
}

function accountOf(account: ProvisionedAccount): Account {
  return {
    name: ACCOUNT_NAME,
    serverId: account.serverId,
    address: urlText(account.address),
    encoding: account.encoding,
    client: { type: account.auth, name: account.name, secret: account.secret },
    server: { type: account.serverAuth, name: account.serverName, secret: account.serverSecret },
  };
}

function digestOf(account: ProvisionedAccount): string {
  const hash = new Sha256();
  const digest = new Uint8Array(32);
  hash.update(utf8(account.origin));
  hash.digest(digest);
  return hex(digest);
}
