/** What a bootstrap message brings is written: accounts from outside, with their rights. */
import { ACCOUNTS_MAX } from "../base/limits.ts";
import { Status } from "../syncml/status.ts";
import type { Tree } from "../tree/tree.ts";
import { accountNames, readAccount } from "./accounts.ts";
import type { AccountChange } from "./accounts.ts";
import { keep } from "./enrolment.ts";
import type { NewAccount } from "./newaccount.ts";

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

/** The first number that no account has (OMA-TS-DM-Bootstrap §5.3.2). */
function freeName(names: readonly string[]): string {
  let number = 1;
  while (names.includes(`${number}`)) number++;
  return `${number}`;
}
