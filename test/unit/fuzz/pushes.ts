/**
 * What is pushed: headers of WAP push, notifications, provisioning documents and bootstrap
 * messages, and the accounts in them.
 */
import { ELEMENT_DEPTH_MAX, NONCE_BYTES_MAX } from "../../../src/base/limits.ts";
import { admitUrl } from "../../../src/base/urlrules.ts";
import { type AccountFields, newAccount } from "../../../src/account/newaccount.ts";
import { type Characteristic, readCp } from "../../../src/push/cp.ts";
import { cpAccounts } from "../../../src/push/cpaccounts.ts";
import { dmAccounts } from "../../../src/push/dmaccounts.ts";
import { CP_TYPE, DM_TYPE, NOTIFICATION_TYPE, openEnvelope } from "../../../src/push/envelope.ts";
import { genuine, parseNotification } from "../../../src/push/notification.ts";
import { sealed } from "../../../src/push/seal.ts";
import type { Malformed } from "../../../src/syncml/command.ts";
import { parseAcl } from "../../../src/tree/acl.ts";
import { add, bytesOf, CP_EXAMPLE, described, leaf, LEAVES, message } from "../push/samples.ts";
import { joined } from "./choices.ts";
import { must, type Parser } from "./parser.ts";

const RULES = { allowHttp: true, allowPrivate: true };
const SECRETS = { network: "secret", pin: "1" };
const NOTHING = new Uint8Array(0);

function refused(result: object, length: number): result is Malformed {
  if (!("problem" in result && "offset" in result)) return false;
  must(
    result.problem !== "" && Number(result.offset) >= 0 && Number(result.offset) <= length,
    "a problem of nowhere",
  );
  return true;
}

/** Whatever a message says of accounts, what is made of it can be used. */
function checkAccounts(accounts: readonly AccountFields[]): boolean {
  let good = false;
  for (const fields of accounts) {
    const made = newAccount(fields, RULES);
    if (typeof made === "string") {
      must(made !== "", "a refusal without a reason");
      continue;
    }
    const {
      account: { serverId, address },
      clientNonce,
      serverNonce,
      acl,
    } = made;
    must(
      typeof admitUrl(address, RULES) !== "string" &&
        parseAcl(`Get=${serverId}`)?.get("Get")?.length === 1,
      "an account that no session can use",
    );
    must(
      (clientNonce?.length ?? 0) <= NONCE_BYTES_MAX &&
        (serverNonce?.length ?? 0) <= NONCE_BYTES_MAX,
      "a nonce that is too long",
    );
    must(acl === undefined || parseAcl(acl) !== undefined, "an ACL that is none");
    good = true;
  }
  return good;
}

function checkNotification(input: Uint8Array): boolean {
  const notification = parseNotification(input);
  if (refused(notification, input.length)) return false;
  const { sessionID, serverID, trigger, vendor } = notification;
  const id = Number.parseInt(sessionID, 16);
  must(
    id > 0 && id <= 0xffff && id.toString(16).toUpperCase() === sessionID,
    "a session id that is none",
  );
  must(
    serverID !== "" && trigger.length + 16 === input.length && vendor.length < trigger.length,
    "lengths do not add up",
  );
  must(!genuine(notification, "a secret that nobody has", NOTHING), "a digest of nobody is right");
  return true;
}

function checkCp(input: Uint8Array): boolean {
  const document: readonly Characteristic[] | Malformed = readCp(input);
  if (refused(document, input.length)) return false;
  let before = 0;
  for (const { depth } of document) {
    must(depth >= 1 && depth <= before + 1 && depth < ELEMENT_DEPTH_MAX, "a depth that cannot be");
    before = depth;
  }
  checkAccounts(cpAccounts(document));
  return true;
}

function checkDm(input: Uint8Array): boolean {
  const accounts = dmAccounts(input);
  if (refused(accounts, input.length)) return false;
  checkAccounts(accounts);
  return true;
}

function checkPush(input: Uint8Array): boolean {
  const envelope = openEnvelope(input, input.length);
  if (refused(envelope, input.length)) return false;
  const { type, body } = envelope;
  must(
    body.length + 3 <= input.length && !sealed(envelope, SECRETS),
    "a body that is too long, or a seal of nobody is right",
  );
  if (type === NOTIFICATION_TYPE) checkNotification(body);
  else if (type === CP_TYPE) checkCp(body);
  else if (type === DM_TYPE) checkDm(body.slice());
  return true;
}

const NOTIFICATIONS = [
  bytesOf(`291f40c9048e97434175d10d0c6e25a7 02d0000000123412 636f6d2e6d676d747372762e6d616e616765`),
  bytesOf(`00000000000000000000000000000000 02f8000000ffff01 61 0b0c`),
  bytesOf(`00000000000000000000000000000000 0280000000000101 61`),
];
const ADDED = message(add(...LEAVES.map(([path, value]) => leaf(`./DMAcc/x/${path}`, value))));
const INBOX = message(add(described("./Inbox", "x", LEAVES, "Get=mgmt&Replace=mgmt")));
const WORDS = [
  "03c4af87",
  "1f2d",
  "b69181",
  "c29182",
  "92",
  "c3",
  "8300",
  "870706",
  "c60001",
  "0001",
  "c65601",
  "4103",
  "810f",
].map(bytesOf);

export const PUSHES: readonly Parser[] = [
  {
    name: "headers of pushes",
    weight: 3,
    check: checkPush,
    words: WORDS,
    corpus: [
      joined(bytesOf("010603c4af87"), NOTIFICATIONS[0] ?? NOTHING),
      joined(bytesOf("010607 1f05 b691819200"), CP_EXAMPLE),
      joined(bytesOf("01060e 1f09 c2534543004e4554 00 92 4100 af87".split(" ").join("")), ADDED),
      bytesOf("010604 05c4930102 af ff"),
    ],
  },
  {
    name: "notifications",
    weight: 2,
    check: checkNotification,
    words: WORDS,
    corpus: NOTIFICATIONS,
  },
  {
    name: "provisioning documents",
    weight: 5,
    check: checkCp,
    words: WORDS,
    corpus: [
      CP_EXAMPLE,
      bytesOf("030b6a04 61620063 45c650034100830002 6103c301 6283030187058303010101"),
      bytesOf("030b6a0005"),
    ],
  },
  { name: "bootstrap messages", weight: 5, check: checkDm, words: WORDS, corpus: [ADDED, INBOX] },
];
