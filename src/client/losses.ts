/**
 * What the client does about values of the store that cannot be read any more: it says which, and
 * what takes their place. Most owners fall back by themselves when they find no value; the few that
 * do not are helped here.
 */
import type { Hal } from "../../hal/hal.ts";
import { frozen } from "../base/frozen.ts";
import { type Store, StoreFull } from "../store/store.ts";
import { parseAcl } from "../tree/acl.ts";
import { NODE_KEY } from "../tree/nodes.ts";
import { ACL_KEY } from "../tree/staged.ts";
import type { Tree } from "../tree/tree.ts";
import { textOf } from "../tree/value.ts";
import { applyAccount, restoreRights } from "../account/provisioned.ts";
import type { Provision } from "../account/provisioning.ts";

/** What follows from a loss, by the beginning of the key. A test holds JOURNAL.md to it. */
export const LOSSES: readonly (readonly [prefix: string, consequence: string])[] = frozen([
  ["update.record", "no update is under way, and what boots decides"],
  ["update.progress", "the package is fetched from its first byte on"],
  ["update.failed", "an image that failed here may be tried again"],
  ["update.counter", "the counters of the confirmed image and of the provisioning count"],
  ["provisioned", "the provisioned account is made again"],
  ["account.Main", "the provisioned account is made again"],
  ["account.", "its server is not met until another bootstrap message brings it"],
  ["nonce.client.", "the server challenges the device"],
  ["nonce.server.", "a random nonce takes its place, and the device challenges the server"],
  ["bootstrapped", "a bootstrap message may count once more"],
  ["notified.", "a notification may count once more"],
  ["tree.node.", "the node stays, with the type that its definition has"],
  ["tree.value.", "the leaf is empty"],
  ["tree.acl.", "the node above decides, and accounts get the rights of their provisioning"],
  ["tree.title.", "the node has no title"],
  ["tree.version.", "changes of the node are counted from 0 on"],
]);

/** What is said of an entry whose key is lost, too. */
const UNKNOWN = "an entry";
const SERVER_NONCE_KEY = "nonce.server.";
const NONCE_BYTES = 16;

/** Whose values may be lost, and what is made of them then. */
export interface Kept {
  readonly store: Store;
  readonly tree: Tree;
  readonly hal: Pick<Hal, "random" | "log">;
  readonly provision: Provision;
  readonly isTrial: () => boolean;
}

/**
 * Logs what was lost since the last call, makes up for it, and makes the provisioned account where
 * it is due. Returns the ServerID of that account, undefined when none is provisioned.
 */
export function recover({ store, tree, hal, provision, isTrial }: Kept): string | undefined {
  const rightsLost = replaceLost(store, hal);
  const { account, bootstrapObjects } = provision;
  const serverId =
    account === undefined ? undefined : applyAccount(store, tree, account, isTrial());
  if (rightsLost) restoreRights(store, tree, bootstrapObjects);
  return serverId;
}

/** Returns true when an ACL was lost, or is no ACL: then rights have to be granted again. */
function replaceLost(store: Store, { random, log }: Kept["hal"]): boolean {
  const lost = new Set(store.takeLost());
  for (const key of store.keys(ACL_KEY)) if (!isAcl(store.get(key))) lost.add(key);
  const changes: (readonly [key: string, value: Uint8Array | undefined])[] = [];
  let rights = false;
  for (const key of lost) {
    log("error", "store", `${key === "" ? UNKNOWN : key} cannot be read any more: ${then(key)}`);
    // A server without a nonce is new, and would be taken at a digest over the empty one.
    if (key.startsWith(SERVER_NONCE_KEY)) {
      const nonce = new Uint8Array(NONCE_BYTES);
      random(nonce);
      changes.push([key, nonce]);
    }
    if (key.startsWith(NODE_KEY)) changes.push([key, new Uint8Array(0)]);
    if (key.startsWith(ACL_KEY)) {
      rights = true;
      changes.push([key, undefined]);
    }
  }
  try {
    store.commit(changes);
  } catch (error) {
    if (!(error instanceof StoreFull)) throw error;
  }
  return rights;
}

function then(key: string): string {
  if (key === "") return "whose it was is begun anew";
  return LOSSES.find(([prefix]) => key.startsWith(prefix))?.[1] ?? "nobody needs it";
}

function isAcl(value: Uint8Array | undefined): boolean {
  const text = value === undefined ? undefined : textOf(value);
  return text !== undefined && parseAcl(text) !== undefined;
}
