/** Credentials against the examples of OMA-TS-DM-Protocol §2.4 and OMA-TS-DM-RepPro. */
import { utf8 } from "../../../src/base/utf8.ts";
import { AUTH_KINDS, AUTHENTICATION, kindOfSyncml } from "../../../src/account/authkind.ts";
import { checkCredential, credential } from "../../../src/account/credential.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

const NONCE = utf8("Nonce");

test("basic and MD5 credentials are those of the standard's examples", () => {
  deepEqual(credential("basic", "Bruce2", "OhBehave", NONCE), {
    type: "syncml:auth-basic",
    format: "b64",
    data: "QnJ1Y2UyOk9oQmVoYXZl",
  });
  deepEqual(credential("md5", "Bruce2", "OhBehave", NONCE), {
    type: "syncml:auth-md5",
    format: "b64",
    data: "Zz6EivR3yeaaENcRN6lpAQ==",
  });
});

test("a credential is good only for its type, name, secret and nonce", () => {
  const cred = credential("md5", "Bruce2", "OhBehave", NONCE);
  ok(cred !== undefined);
  ok(checkCredential(cred, "md5", "Bruce2", "OhBehave", NONCE));
  ok(
    checkCredential(
      { type: "syncml:auth-md5", data: cred.data },
      "md5",
      "Bruce2",
      "OhBehave",
      NONCE,
    ),
    "format b64 is the default",
  );
  ok(
    checkCredential({ ...cred, type: "syncml:auth-MD5" }, "md5", "Bruce2", "OhBehave", NONCE),
    "a type is compared without case",
  );
  ok(!checkCredential(cred, "basic", "Bruce2", "OhBehave", NONCE));
  ok(!checkCredential(cred, "md5", "Bruce", "OhBehave", NONCE));
  ok(!checkCredential(cred, "md5", "Bruce2", "OhBehave2", NONCE));
  ok(!checkCredential(cred, "md5", "Bruce2", "OhBehave", utf8("nonce")));
  ok(!checkCredential({ ...cred, format: "chr" }, "md5", "Bruce2", "OhBehave", NONCE));
  ok(!checkCredential({ ...cred, data: "?" }, "md5", "Bruce2", "OhBehave", NONCE));
  ok(!checkCredential({ ...cred, data: "" }, "md5", "Bruce2", "OhBehave", NONCE));
  ok(!checkCredential(undefined, "md5", "Bruce2", "OhBehave", NONCE));
  ok(checkCredential(credential("basic", "a", "b", NONCE), "basic", "a", "b", new Uint8Array(0)));
});

test("a kind proves the session by Cred, or each message by a header, or nothing", () => {
  const ways = AUTH_KINDS.map((kind) => {
    const { everyMessage, rank, syncml } = AUTHENTICATION[kind];
    const cred = credential(kind, "a", "b", NONCE);
    equal(cred?.type ?? (everyMessage ? syncml : ""), syncml, kind);
    for (const other of AUTH_KINDS)
      equal(checkCredential(cred, other, "a", "b", NONCE), cred !== undefined && other === kind);
    return `${rank} ${kind} ${cred !== undefined} ${everyMessage}`;
  });
  const rows = ["0 none false false", "1 basic true false", "2 md5 true false", "3 mac false true"];
  deepEqual(ways, rows);
});

test("the types of Chal and Cred are named in any case", () => {
  equal(kindOfSyncml("syncml:auth-MD5"), "md5");
  equal(kindOfSyncml("SYNCML:AUTH-BASIC"), "basic");
  equal(kindOfSyncml("syncml:auth-mac"), "mac");
  equal(kindOfSyncml("syncml:auth-X509"), "none");
  equal(kindOfSyncml(undefined), "none");
});
