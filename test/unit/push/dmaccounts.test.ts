/**
 * Accounts in SyncML messages of the DM profile: as a description in the Inbox, node by node, and
 * among other things.
 */
import { utf8 } from "../../../src/base/utf8.ts";
import type { AccountFields } from "../../../src/account/newaccount.ts";
import { dmAccounts } from "../../../src/push/dmaccounts.ts";
import type { Command } from "../../../src/syncml/command.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { add, described, leaf, LEAVES, message } from "./samples.ts";

const EXPECTED: Omit<AccountFields, "auths" | "acl"> = {
  serverId: "mgmt",
  displayName: "Example",
  address: "https://dm.example/dm",
  port: "8443",
  preference: "DIGEST",
};

function only(bytes: Uint8Array): AccountFields {
  const accounts = dmAccounts(bytes);
  ok(!("problem" in accounts) && accounts.length === 1);
  const [account] = accounts;
  ok(account !== undefined);
  return account;
}

test("a description in the Inbox or DMAcc, with or without the node's name in Target", () => {
  const places = [
    ["./Inbox", "OperatorX"],
    ["Inbox", "x"],
    ["./DMAcc", "x"],
    ["./DMAcc/x", "x"],
    ["./Inbox/x", "x"],
  ] as const;
  for (const [target, name] of places) {
    const { auths, acl, ...rest } = only(message(add(described(target, name, LEAVES, "Get=mgmt"))));
    deepEqual(rest, EXPECTED, target);
    equal(acl, "Get=mgmt");
    deepEqual(
      auths.map(({ level, type, name: user, secret }) => [level, type, user, secret]),
      [
        ["CLCRED", "DIGEST", "me", "mine"],
        ["SRVCRED", "", "", "its"],
      ],
    );
  }
});

test("node by node, in one command or many, in Atomic and Sequence, by Add and Replace", () => {
  const items = LEAVES.map(([path, value]) => leaf(`./DMAcc/x/${path}`, value));
  const half = items.length >> 1;
  const [first, second] = [items.slice(0, half), items.slice(half)];
  equal(only(message(add(...items))).port, "8443");
  const replace: Command = { name: "Replace", cmdID: "3", items: second };
  equal(
    only(message({ name: "Atomic", cmdID: "2", commands: [add(...first), replace] })).auths.length,
    2,
  );
  equal(
    only(message({ name: "Sequence", cmdID: "2", commands: [add(...first)] }, replace)).auths
      .length,
    2,
  );
});

test("nonces are bytes, in either form", () => {
  const nonce = Uint8Array.of(0, 255, 7);
  const node = { target: "./DMAcc/x/AppAuth/b/AAuthData", moreData: false };
  const items = LEAVES.map(([path, value]) => leaf(`./DMAcc/x/${path}`, value));
  const opaque = { ...node, meta: { format: "bin" }, data: nonce, binary: true };
  const text = { ...node, meta: { format: "b64" }, data: utf8("AP8H"), binary: false };
  for (const item of [opaque, text])
    deepEqual(only(message(add(...items, item))).auths[1]?.nonce, nonce);
});

test("several accounts are taken; other objects, applications, commands are not (§5.4.5)", () => {
  const other = LEAVES.map(([path, value]): readonly [string, string] => [
    path,
    path === "ServerID" ? "other" : value,
  ]);
  const mail = LEAVES.map(([path, value]): readonly [string, string] => [
    path,
    path === "AppID" ? "25" : value,
  ]);
  const accounts = dmAccounts(
    message(
      add(
        described("./Inbox", "x"),
        described("./Inbox", "Mail", mail),
        leaf("./Con/1/Addr", "w7"),
      ),
      add(described("./DMAcc", "y", other)),
      { name: "Exec", cmdID: "4", items: [leaf("./DMAcc/x/AppID", "no")] },
    ),
  );
  ok(!("problem" in accounts));
  deepEqual(
    accounts.map(({ serverId }) => serverId),
    ["mgmt", "other"],
  );
  deepEqual(dmAccounts(message()), []);
});

test("what is no message is refused whole", () => {
  const good = message(add(described("./Inbox", "x")));
  for (let length = 0; length < good.length; length++)
    ok("problem" in dmAccounts(good.slice(0, length)), `${length} bytes`);
  const xml = utf8("<SyncML/>");
  ok("problem" in dmAccounts(xml), "XML is for sessions (OMA-TS-DM-Bootstrap §5.4.4)");
});
