/** What is written before a server is met: its account, and its rights. */
import { RIGHTS } from "../tree/acl.ts";
import type { Provisioning, Tree } from "../tree/tree.ts";
import { accountChange, nonceChange } from "./accounts.ts";
import type { Account } from "./accounts.ts";

/**
 * Makes an account, or replaces the one of its name with its nonces, and gives its server every
 * right on it and on the objects at `uris` (the root ACL gives only Add and Get, and FUMO needs
 * Replace and Exec). All in one commit: 200, or 420 when the store is full; then nothing has
 * changed. Not at every start: it would undo what the server has changed since.
 */
export function provision(tree: Tree, account: Account, uris: readonly string[]): number {
  return tree.locally((provisioning) => {
    keep(provisioning, account, undefined, undefined, uris);
  });
}

/**
 * Gives the server of an account its rights again, in one commit: 200, or 420 when the store is
 * full; then nothing has changed.
 */
export function regrant(tree: Tree, account: Account, uris: readonly string[]): number {
  return tree.locally(({ grant }) => {
    for (const uri of [`./DMAcc/${account.name}`, ...uris]) grant(uri, account.serverId, RIGHTS);
  });
}

/** Removes an account, and its server from every ACL, in one commit. */
export function withdraw(tree: Tree, account: Account): number {
  return tree.locally(({ staged, acl, forget }) => {
    staged.set(accountChange(account)[0], undefined);
    staged.set(...nonceChange(account.name, "client", undefined));
    staged.set(...nonceChange(account.name, "server", undefined));
    acl(`./DMAcc/${account.name}`, "");
    forget(account.serverId);
  });
}

/** Writes an account with its nonces and the rights of its server, within one commit. */
export function keep(
  { staged, grant }: Provisioning,
  account: Account,
  client: Uint8Array | undefined,
  server: Uint8Array | undefined,
  uris: readonly string[],
): void {
  staged.set(...accountChange(account));
  staged.set(...nonceChange(account.name, "client", client));
  staged.set(...nonceChange(account.name, "server", server));
  for (const uri of [`./DMAcc/${account.name}`, ...uris]) grant(uri, account.serverId, RIGHTS);
}
