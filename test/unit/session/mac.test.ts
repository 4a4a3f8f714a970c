/**
 * Authentication by header, message for message, in both directions (OMA-TS-DM-Security §5.1.4).
 */
import { base64, fromBase64 } from "../../../src/base/base64.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { AUTHENTICATION } from "../../../src/account/authkind.ts";
import { checkMac, macHeader } from "../../../src/account/mac.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Bench, command, item, NO_NONCE, NONE, type ReplyOptions } from "./bench.ts";

const NONCE = utf8("first");
const CLIENT = { type: "mac", name: "device", secret: "sesame", nonce: NONCE } as const;
const SERVER = { type: "mac", name: "srv", secret: "mellon", nonce: NONCE } as const;

function chal(nonce: string): {
  readonly type: string;
  readonly format: string;
  readonly nextNonce: string;
} {
  return { type: AUTHENTICATION.mac.syncml, format: "b64", nextNonce: base64(utf8(nonce)) };
}

/** True when the last message proves the device with that nonce. */
function proved(bench: Bench, nonce: string): boolean {
  return (
    bench.mac !== undefined &&
    checkMac(bench.mac, CLIENT.name, CLIENT.secret, utf8(nonce), bench.bodyDigest)
  );
}

/** How the server proves a message with a nonce. */
function by(nonce: Uint8Array, secret: string = SERVER.secret): ReplyOptions {
  return { mac: (digest) => macHeader(SERVER.name, secret, nonce, digest) };
}

/** The nonce that the device has given in its last message. */
function given(bench: Bench): Uint8Array {
  const [status] = bench.last.commands;
  return fromBase64(status?.name === "Status" ? (status.chal?.nextNonce ?? "") : "") ?? NO_NONCE;
}

test("each message has an HMAC over the last nonce, the name in LocName, and no Cred", () => {
  const bench = new Bench({ client: CLIENT });
  equal(bench.next().header.cred, undefined);
  equal(bench.last.header.sourceName, "device");
  ok(proved(bench, "first"));
  bench.reply([bench.header(200, chal("second")), command("Get", item("./A"))]);
  bench.next();
  ok(proved(bench, "second") && !proved(bench, "first"));
  bench.reply([bench.header(200, chal("third"))]);
  equal(bench.outcome(), "completed");
  deepEqual(bench.told, ["nonce client c2Vjb25k", "authenticated", "nonce client dGhpcmQ="]);
});

test("without a nonce the device waits for the challenge", () => {
  const bench = new Bench({ client: { ...CLIENT, nonce: NO_NONCE } });
  bench.next();
  equal(bench.mac, undefined);
  bench.reply([bench.header(407, chal("fresh"))]);
  bench.next();
  equal(bench.others(), "Alert 1201, Replace");
  ok(proved(bench, "fresh"));
});

test("an answer without a next nonce, or with 212, ends the session", () => {
  const bench = new Bench({ client: CLIENT });
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./A"))]);
  equal(bench.outcome(), "protocol");
  const other = new Bench({ client: CLIENT });
  other.next();
  other.reply([other.header(212, chal("x")), command("Get", item("./A"))]);
  equal(other.outcome(), "protocol");
});

test("an account with mac is not talked into md5 or basic; the others can be raised to mac", () => {
  for (const type of ["syncml:auth-md5", "syncml:auth-basic"]) {
    const bench = new Bench({ client: CLIENT });
    bench.next();
    bench.reply([bench.header(401, { type, format: "b64", nextNonce: "eA==" })]);
    equal(bench.outcome(), "unauthenticated");
  }
  const md5 = new Bench({ client: { ...CLIENT, type: "md5" } });
  md5.next();
  md5.reply([md5.header(401, chal("fresh"))]);
  equal(md5.next().header.cred, undefined);
  ok(proved(md5, "fresh"));
});

test("each message of the server has to prove itself, with a new nonce; 200 says so", () => {
  const bench = new Bench({ server: SERVER });
  bench.next();
  bench.reply([bench.header(200), command("Delete", item("./A"))], by(NONCE));
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Delete 2");
  const second = given(bench);
  equal(second.length, 16);
  bench.reply([bench.header(200), command("Delete", item("./B"))], by(second));
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Delete 2");
  ok(base64(given(bench)) !== base64(second));
  equal(bench.told.filter((line) => line.startsWith("nonce server")).length, 2);
});

test("a message changed, without proof or with an old nonce is not executed: 401, 407", () => {
  const cases: readonly (readonly [ReplyOptions, number])[] = [
    [{}, 407],
    [by(utf8("old")), 401],
    [by(NONCE, "guess"), 401],
    [
      {
        mac: (digest) =>
          macHeader(
            SERVER.name,
            SERVER.secret,
            NONCE,
            digest.map((byte) => byte ^ 1),
          ),
      },
      401,
    ],
  ];
  for (const [options, status] of cases) {
    const bench = new Bench({ server: SERVER });
    bench.next();
    bench.reply([bench.header(200), command("Delete", item("./A"))], options);
    bench.next();
    equal(bench.statuses(), `${status} SyncHdr, ${status} Delete 2`);
    deepEqual(bench.tree.calls, []);
    bench.reply([bench.header(200), command("Delete", item("./A"))], by(given(bench)));
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 200 Delete 2");
  }
});

test("a later message without proof is not executed either, although the first was good", () => {
  const bench = new Bench({ server: SERVER });
  bench.next();
  bench.reply([bench.header(200), command("Delete", item("./A"))], by(NONCE));
  bench.next();
  bench.reply([bench.header(200), command("Delete", item("./B"))]);
  bench.next();
  equal(bench.statuses(), "407 SyncHdr, 407 Delete 2");
  deepEqual(bench.tree.calls, ["remove ./A"]);
});

test("a server that never proves itself is given up", () => {
  const bench = new Bench({ server: SERVER, client: NONE });
  for (let i = 0; i < 3; i++) {
    bench.next();
    bench.reply([bench.header(200), command("Delete", item("./A"))], by(utf8("old")));
  }
  equal(
    bench.next().commands.some((one) => one.name === "Alert" && one.data === 1223),
    true,
  );
  deepEqual(bench.tree.calls, []);
});

test("nothing of a secret or a credential is logged, in any of the ways", () => {
  for (const type of ["basic", "md5", "mac"] as const) {
    const bench = new Bench({ client: { ...CLIENT, type }, server: { ...SERVER, type } });
    bench.next();
    bench.reply([bench.header(401, chal("x")), command("Get", item("./A"))], by(utf8("old")));
    if (bench.session.next() !== undefined) bench.reply([bench.header(200, chal("y"))], by(NONCE));
    const log = bench.log.join("\n");
    const cred = bench.last.header.cred?.data ?? "sesame";
    for (const word of ["sesame", "mellon", cred, bench.mac ?? "sesame", "mac="])
      ok(!log.includes(word), `${type}: ${word}`);
  }
});
