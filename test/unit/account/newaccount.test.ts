/** Accounts from outside: what makes one, what is refused, and what they are given. */
import {
  ACCOUNTS_MAX,
  ADDRESS_BYTES_MAX,
  NONCE_BYTES_MAX,
  SERVER_ID_BYTES_MAX,
  ACCOUNT_TEXT_BYTES_MAX,
} from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { Accounts } from "../../../src/account/accounts.ts";
import {
  type AccountFields,
  newAccount,
  type NewAccount,
} from "../../../src/account/newaccount.ts";
import { install } from "../../../src/account/installation.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { MapStore } from "../tree/mapstore.ts";
import { Device } from "../objects/device.ts";

const RULES = { allowHttp: false, allowPrivate: false };
const FIELDS: AccountFields = {
  serverId: "mgmt",
  displayName: "",
  address: "https://dm.example/dm",
  port: "",
  preference: "",
  acl: "",
  auths: [
    { level: "CLCRED", type: "BASIC", name: "me", secret: "weak" },
    { level: "CLCRED", type: "DIGEST", name: "me", secret: "mine" },
    { level: "SRVCRED", type: "", name: "", secret: "its" },
    { level: "OBEX", type: "BASIC", name: "x", secret: "x" },
  ],
};

function made(fields: Partial<AccountFields>, rules = RULES): NewAccount {
  const account = newAccount({ ...FIELDS, ...fields }, rules);
  ok(typeof account !== "string", typeof account === "string" ? account : "");
  return account;
}

function refused(fields: Partial<AccountFields>, rules = RULES): string {
  const account = newAccount({ ...FIELDS, ...fields }, rules);
  return typeof account === "string" ? account : "taken";
}

test("the strongest or preferred credentials count; an untyped secret is for digests", () => {
  deepEqual(made({}).account.client, { type: "md5", name: "me", secret: "mine" });
  deepEqual(made({ preference: "BASIC" }).account.client, {
    type: "basic",
    name: "me",
    secret: "weak",
  });
  deepEqual(made({}).account.server, { type: "md5", name: "mgmt", secret: "its" });
  deepEqual(made({ auths: [] }).account.client, { type: "none", name: "", secret: "" });
  deepEqual(
    made({ auths: [{ level: "CLCRED", type: "X509", name: "", secret: "s" }] }).account.client.type,
    "none",
  );
});

test("the port may stand apart from the address", () => {
  equal(made({}).account.address, "https://dm.example/dm");
  equal(made({ port: "8443" }).account.address, "https://dm.example:8443/dm");
  equal(made({ port: "443" }).account.address, "https://dm.example/dm");
  for (const port of ["x", "8.43", "-1", "1e9"])
    equal(refused({ port }), "its port is not a number up to 65535", port);
  equal(refused({ port: "65536" }), "its port is not a number up to 65535");
});

test("the address of an account has at most ADDRESS_BYTES_MAX bytes", () => {
  const long = `https://dm.example/${"a".repeat(ADDRESS_BYTES_MAX - 19)}`;
  const why = `its address is longer than ${ADDRESS_BYTES_MAX} bytes`;
  equal(refused({ address: long }), "taken");
  equal(refused({ address: `${long}a` }), why);
  equal(refused({ address: long, port: "8443" }), why);
});

test("a forbidden address is refused with a reason; others are normalized", () => {
  const laboratory = { allowHttp: true, allowPrivate: false };
  equal(
    refused({ address: "http://dm.example/dm" }),
    "its address leads to dm.example by plain http: use https, or set allowHttp in a laboratory",
  );
  equal(refused({ address: "http://dm.example/dm" }, laboratory), "taken");
  for (const address of [
    "https://10.0.0.1/dm",
    "https://[::ffff:10.0.0.1]/dm",
    "https://LOCALHOST./",
  ])
    ok(refused({ address }).includes("which is no public address"), address);
  equal(refused({ address: "10.1.1.1" }), "its address does not begin with http:// or https://");
  ok(refused({ address: "https://0x7f.1/" }).startsWith("its address has a host that ends in"));
  equal(made({ address: " HTTPS://DM.example:443/./dm#x\n" }).account.address, FIELDS.address);
});

test("a ServerID must be one that an ACL can name", () => {
  const wrong = ["", "*", "a b", "a&b", "a=b", "a+b", "s".repeat(SERVER_ID_BYTES_MAX + 1)];
  for (const serverId of wrong) equal(refused({ serverId }), "no ServerID", serverId);
  equal(refused({ serverId: "s".repeat(SERVER_ID_BYTES_MAX) }), "taken");
  equal(refused({ acl: "Get" }), "an ACL that is none");
});

test("names, secrets and nonces have limits", () => {
  const good = { level: "CLCRED", type: "DIGEST", name: "n", secret: "s" };
  const auth = (part: object): Partial<AccountFields> => ({ auths: [{ ...good, ...part }] });
  equal(
    refused({ displayName: "n".repeat(ACCOUNT_TEXT_BYTES_MAX + 1) }),
    "a name that is too long",
  );
  equal(
    refused(auth({ secret: "n".repeat(ACCOUNT_TEXT_BYTES_MAX + 1) })),
    "credentials that are too long",
  );
  equal(
    refused(auth({ name: "n".repeat(ACCOUNT_TEXT_BYTES_MAX + 1) })),
    "credentials that are too long",
  );
  equal(refused(auth({ nonce: new Uint8Array(NONCE_BYTES_MAX) })), "taken");
  equal(refused(auth({ nonce: new Uint8Array(NONCE_BYTES_MAX + 1) })), "a nonce that is too long");
});

test("accounts are stored in one commit with all that is theirs (§5.3.2)", () => {
  const store = new MapStore();
  const { tree } = new Device(store);
  const accounts = new Accounts(store);
  const nonce = utf8("nonce");
  const first = made({
    auths: [{ level: "SRVCRED", type: "DIGEST", name: "", secret: "s", nonce }],
  });
  const commits = store.commits;
  equal(
    install(tree, [first, made({ serverId: "other" })], ["./FwUpdate"], ["also", utf8("x")]),
    200,
  );
  equal(store.commits, commits + 1);
  deepEqual(
    accounts.list().map(({ name, serverId }) => [name, serverId]),
    [
      ["1", "mgmt"],
      ["2", "other"],
      ["main", "srv"],
    ],
  );
  deepEqual(
    [accounts.nonce("1", "server"), accounts.nonce("1", "client"), store.get("also")],
    [nonce, undefined, utf8("x")],
  );
  equal(
    tree.replace(
      "./DMAcc/1/AppAddr/1/Addr",
      { format: "chr", type: "text/plain", data: utf8("https://new.example/") },
      "mgmt",
    ),
    200,
  );
  equal(
    tree.replace(
      "./DMAcc/2/AppAddr/1/Addr",
      { format: "chr", type: "text/plain", data: utf8("https://new.example/") },
      "mgmt",
    ),
    425,
  );
  equal(install(tree, [made({})], [], ["also", undefined]), 200);
  deepEqual(
    accounts.list().map(({ name }) => name),
    ["1", "2", "main"],
  );
  equal(accounts.get("1")?.address, "https://dm.example/dm");
  equal(accounts.nonce("1", "server"), undefined, "a new account has no old nonce");
});

test("the ACL of a description is that of the account's node", () => {
  const { tree } = new Device(new MapStore());
  equal(install(tree, [made({ acl: "Get=mgmt&Replace=other" })], [], ["also", undefined]), 200);
  equal(
    tree.replace("./DMAcc/1/Name", { format: "chr", type: "text/plain", data: utf8("N") }, "mgmt"),
    425,
  );
  equal(
    tree.replace("./DMAcc/1/Name", { format: "chr", type: "text/plain", data: utf8("N") }, "other"),
    200,
  );
});

test("one account more than there may be: 420, and nothing has changed", () => {
  const store = new MapStore();
  const { tree } = new Device(store);
  const accounts = new Accounts(store);
  const room = ACCOUNTS_MAX - accounts.list().length;
  const many = Array.from({ length: room + 1 }, (_, index) => made({ serverId: `s${index}` }));
  equal(install(tree, many, [], ["also", utf8("x")]), 420);
  deepEqual([accounts.list().length, store.get("also")], [ACCOUNTS_MAX - room, undefined]);
  equal(install(tree, many.slice(1), [], ["also", utf8("x")]), 200);
});

test("Get in the Inbox is 405, and a session stores nothing there (StdObj §5.3.4)", () => {
  const { tree } = new Device(new MapStore());
  for (const uri of ["./Inbox", "./Inbox/x", "./Inbox/x/y"])
    equal(tree.get(uri, "mgmt").status, 405, uri);
  equal(tree.get("./Inbox?list=TNDS", "mgmt").status, 405);
  equal(tree.add("./Inbox/x", undefined, "mgmt"), 405);
  equal(tree.get("./Nowhere/x", "mgmt").status, 404);
});
