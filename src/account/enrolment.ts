/** What is written before a server is met: its account, and its rights. */
import { ACCOUNTS_MAX } from "../base/limits.ts";
import { RIGHTS } from "../tree/acl.ts";
import { Status } from "../syncml/status.ts";
import type { Provisioning, Tree } from "../tree/tree.ts";
import { accountChange, accountNames, nonceChange, readAccount } from "./accounts.ts";
import type { Account, AccountChange } from "./accounts.ts";
import type { NewAccount } from "./newaccount.ts";

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
 * Makes accounts from outside: each takes the place of the one of its ServerID, if there is one, or
 * gets a name of its own, a number.
 * `also` is kept in the same commit: 200, or 420 when the store is full or has ACCOUNTS_MAX
 * accounts; then nothing has changed.
 */
export function install(
  tree: Tree,
  accounts: readonly NewAccount[],
  uris: readonly string[],
  also: AccountChange,
): number {
  let room = true;
  const status = tree.locally((provisioning) => {
    const { staged, acl } = provisioning;
    const taken = new Map(
      accountNames(staged).map((name) => [readAccount(staged, name)?.serverId ?? name, name]),
    );
    for (const { account, clientNonce, serverNonce, acl: own } of accounts) {
      const name = taken.get(account.serverId) ?? freeName([...taken.values()]);
      taken.set(account.serverId, name);
      room &&= taken.size <= ACCOUNTS_MAX;
      keep(provisioning, { ...account, name }, clientNonce, serverNonce, uris);
      if (own !== undefined) acl(`./DMAcc/${name}`, own);
    }
    staged.set(...also);
    if (!room) staged.forget();
  });
  return room ? status : Status.deviceFull;
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

function keep(
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

/** The first number that no account has (OMA-TS-DM-Bootstrap §5.3.2). */
function freeName(names: readonly string[]): string {
  let number = 1;
  while (names.includes(`${number}`)) number++;
  return `${number}`;
}
