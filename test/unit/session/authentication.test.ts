/** Authentication in both directions (OMA-TS-DM-Protocol §2.4, OMA-TS-DM-Security §5.1.3). */
import { base64 } from "../../../src/base/base64.ts";
import { NONCE_BYTES_MAX } from "../../../src/base/limits.ts";
import { md5 } from "../../../src/base/md5.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Cred } from "../../../src/syncml/command.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { alert, Bench, command, item, NO_NONCE } from "./bench.ts";

const NONCE = utf8("Nonce");
const NAME = { name: "Bruce2", secret: "OhBehave" };
const BASIC_DATA = "QnJ1Y2UyOk9oQmVoYXZl";
const MD5_DATA = "Zz6EivR3yeaaENcRN6lpAQ==";
const BASIC = { type: "basic", ...NAME, nonce: NO_NONCE } as const;
const MD5 = { type: "md5", ...NAME, nonce: NONCE } as const;
const SERVER = { type: "md5", name: "srv", secret: "server secret", nonce: NONCE } as const;

function digest(name: string, secret: string, nonce: Uint8Array): string {
  const head = utf8(`${base64(md5(utf8(`${name}:${secret}`)))}:`);
  const all = new Uint8Array(head.length + nonce.length);
  all.set(head);
  all.set(nonce, head.length);
  return base64(md5(all));
}

function md5Cred(secret: string, nonce: Uint8Array): Cred {
  return { type: "syncml:auth-md5", format: "b64", data: digest("srv", secret, nonce) };
}

function md5Chal(nonce: string): {
  readonly type: string;
  readonly format: string;
  readonly nextNonce: string;
} {
  return { type: "syncml:auth-md5", format: "b64", nextNonce: base64(utf8(nonce)) };
}

/** The nonces that bench.random makes: 16 numbers that go on. */
function drawn(times: number): Uint8Array {
  return new Uint8Array(16).map((_, index) => (times - 1) * 16 + index + 1);
}

test("basic credentials match the standard's, in the first message (§2.4.4.1)", () => {
  const bench = new Bench({ client: BASIC });
  deepEqual(
    { ...bench.next().header.cred },
    { type: "syncml:auth-basic", format: "b64", data: BASIC_DATA },
  );
  bench.reply([bench.header(212), command("Get", item("./A"))]);
  equal(bench.next().header.cred, undefined);
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "completed");
  deepEqual(bench.told, ["authenticated"]);
});

test("md5 credentials match the standard's, with the user in LocName (§2.4.4.2)", () => {
  const bench = new Bench({ client: MD5 });
  const { header } = bench.next();
  deepEqual({ ...header.cred }, { type: "syncml:auth-md5", format: "b64", data: MD5_DATA });
  equal(header.sourceName, "Bruce2");
  bench.reply([bench.header(212, md5Chal("next session"))]);
  equal(bench.outcome(), "completed");
  deepEqual(bench.told, [`nonce client ${base64(utf8("next session"))}`, "authenticated"]);
});

test("the longest NextNonce is kept; one byte more is ignored, and logged", () => {
  for (const [length, kept] of [
    [NONCE_BYTES_MAX, true],
    [NONCE_BYTES_MAX + 1, false],
  ] as const) {
    const bench = new Bench({ client: MD5 });
    const nonce = "n".repeat(length);
    bench.next();
    bench.reply([bench.header(212, md5Chal(nonce))]);
    equal(bench.outcome(), "completed");
    equal(bench.told.includes(`nonce client ${base64(utf8(nonce))}`), kept);
    equal(bench.logged(`${length} bytes`), !kept);
  }
});

test("after 200 every message has credentials, with the newest nonce (§2.4.1)", () => {
  const bench = new Bench({ client: MD5 });
  bench.next();
  bench.reply([bench.header(200, md5Chal("two")), command("Get", item("./A"))]);
  equal(bench.next().header.cred?.data, digest("Bruce2", "OhBehave", utf8("two")));
  bench.reply([bench.header(200), command("Get", item("./A"))]);
  equal(bench.next().header.cred?.data, digest("Bruce2", "OhBehave", utf8("two")));
  deepEqual(bench.told, [`nonce client ${base64(utf8("two"))}`, "authenticated"]);
});

test("a stale nonce costs one challenge: package 1 again, newly numbered (§2.4)", () => {
  const bench = new Bench({ client: MD5 });
  bench.next();
  bench.reply([
    bench.header(401, md5Chal("fresh")),
    bench.status("1", "Alert", 401),
    bench.status("2", "Replace", 401),
  ]);
  const { header, commands, final } = bench.next();
  equal(header.msgID, "2");
  equal(header.sessionID, "1");
  equal(header.cred?.data, digest("Bruce2", "OhBehave", utf8("fresh")));
  equal(commands[0]?.name, "Status");
  equal(bench.others(), "Alert 1201, Replace");
  ok(final);
  deepEqual(bench.told, []);
  bench.reply([bench.header(212)]);
  equal(bench.outcome(), "completed");
  deepEqual(bench.told, [`nonce client ${base64(utf8("fresh"))}`, "authenticated"]);
});

test("without a stored nonce the device waits for the server's challenge (§5.1.3.3)", () => {
  const bench = new Bench({ client: { ...MD5, nonce: NO_NONCE } });
  equal(bench.next().header.cred, undefined);
  bench.reply([bench.header(407, md5Chal("Nonce"))]);
  equal(bench.next().header.cred?.data, MD5_DATA);
});

test("a wrong password is tried with two new nonces, then the session ends", () => {
  const bench = new Bench({ client: MD5 });
  for (const nonce of ["a", "b"]) {
    bench.next();
    bench.reply([bench.header(401, md5Chal(nonce))]);
  }
  bench.next();
  bench.reply([bench.header(401, md5Chal("c"))]);
  equal(bench.outcome(), "unauthenticated");
  deepEqual(bench.told, []);
});

test("refused basic credentials are not sent again", () => {
  const bench = new Bench({ client: BASIC });
  bench.next();
  bench.reply([bench.header(401, { type: "syncml:auth-basic", format: "b64" })]);
  equal(bench.outcome(), "unauthenticated");
});

test("the secret of an md5 account is never sent in the clear, whatever the challenge", () => {
  const bench = new Bench({ client: MD5 });
  bench.next();
  bench.reply([bench.header(401, { type: "syncml:auth-basic", format: "b64" })]);
  equal(bench.outcome(), "unauthenticated");
});

test("a basic account answers a challenge for md5", () => {
  const bench = new Bench({ client: BASIC });
  bench.next();
  bench.reply([bench.header(401, md5Chal("Nonce"))]);
  equal(bench.next().header.cred?.data, MD5_DATA);
});

test("a challenge of unknown kind, or without credentials to show, ends the session", () => {
  const mac = new Bench({ client: MD5 });
  mac.next();
  mac.reply([mac.header(401, { type: "syncml:auth-other", format: "b64", nextNonce: "AAAA" })]);
  equal(mac.outcome(), "unauthenticated");
  const none = new Bench();
  none.next();
  none.reply([none.header(407, md5Chal("x"))]);
  equal(none.outcome(), "unauthenticated");
});

test("commands that come with a challenge are not executed", () => {
  const bench = new Bench({ client: MD5 });
  bench.next();
  bench.reply([bench.header(401, md5Chal("x")), command("Delete", item("./A"))]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 215 Delete 2");
  equal(bench.others(), "Alert 1201, Replace");
  deepEqual(bench.tree.calls, []);
});

test("a server that proves itself gets 212 and a new nonce, stored before it is sent", () => {
  const bench = new Bench({ client: MD5, server: SERVER });
  bench.next();
  bench.reply([bench.header(212), command("Get", item("./A"))], {
    header: { cred: md5Cred("server secret", NONCE) },
  });
  deepEqual([bench.told, bench.trust], [[`nonce server ${base64(drawn(1))}`], ["proved"]]);
  const [status] = bench.next().commands;
  deepEqual(bench.told, [`nonce server ${base64(drawn(1))}`, "authenticated"]);
  ok(status?.name === "Status");
  equal(status.data, 212);
  equal(status.chal?.type, "syncml:auth-md5");
  equal(status.chal?.nextNonce, base64(drawn(1)));
  bench.reply([bench.header(200), command("Get", item("./A"))]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 404 Get 2");
});

test("a server without credentials gets 407, and executes nothing before (§2.4)", () => {
  const bench = new Bench({ server: SERVER });
  bench.next();
  bench.reply([bench.header(200), command("Delete", item("./A"))]);
  const [status] = bench.next().commands;
  equal(bench.statuses(), "407 SyncHdr, 407 Delete 2");
  equal(bench.others(), "");
  ok(status?.name === "Status");
  equal(status.chal?.nextNonce, base64(drawn(1)));
  deepEqual([status.targetRefs.length, status.sourceRefs.length], [1, 1]);
  deepEqual(bench.tree.calls, []);
  bench.reply([bench.header(200), command("Delete", item("./A"))], {
    header: { cred: md5Cred("server secret", drawn(1)) },
  });
  deepEqual(bench.tree.calls, ["remove ./A"]);
  bench.next();
  equal(bench.statuses(), "212 SyncHdr, 200 Delete 2");
});

test("a server with a stale nonce is challenged with 401 and a new one (§5.1.3.3)", () => {
  const bench = new Bench({ server: SERVER });
  bench.next();
  bench.reply([bench.header(200), command("Delete", item("./A"))], {
    header: { cred: md5Cred("server secret", utf8("old")) },
  });
  bench.next();
  equal(bench.statuses(), "401 SyncHdr, 401 Delete 2");
  bench.reply([bench.header(200), command("Delete", item("./A"))], {
    header: { cred: md5Cred("server secret", drawn(1)) },
  });
  bench.next();
  equal(bench.statuses(), "212 SyncHdr, 200 Delete 2");
});

test("a server without the password is left after two challenges, with no effect", () => {
  const alerts = [{ id: 4, type: "t", data: "200" }];
  const bench = new Bench({ server: SERVER, alerts });
  for (let i = 1; i <= 2; i++) {
    bench.next();
    const header = { cred: md5Cred("guess", drawn(i)) };
    bench.reply(
      [bench.header(200), bench.status("2", "Alert", 200), command("Delete", item("./A"))],
      { header },
    );
  }
  bench.next();
  equal(bench.others(), "");
  bench.reply([bench.header(200), command("Delete", item("./A"))], {
    header: { cred: md5Cred("guess", drawn(3)) },
  });
  bench.next();
  equal(bench.others(), "Alert 1223");
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "unauthenticated");
  deepEqual(bench.tree.calls, []);
  ok(!bench.told.includes("authenticated"));
  ok(!bench.told.includes("alert 4"));
});

test("a server that has nothing to say is not challenged by an empty message (§2.4)", () => {
  const bench = new Bench({ server: SERVER });
  bench.next();
  bench.reply([bench.header(200), bench.status("1", "Alert", 200)]);
  equal(bench.outcome(), "unauthenticated");
  deepEqual(bench.told, []);
});

test("a server that proves itself and asks for nothing keeps its nonce", () => {
  const bench = new Bench({ client: MD5, server: SERVER });
  bench.next();
  bench.reply([bench.header(212)], { header: { cred: md5Cred("server secret", NONCE) } });
  equal(bench.outcome(), "completed");
  deepEqual(bench.told, ["authenticated"]);
});

test("two stale nonces are settled in one exchange of challenges (§5.1.3.4)", () => {
  const bench = new Bench({ client: MD5, server: SERVER });
  bench.next();
  bench.reply([bench.header(401, md5Chal("new"))], {
    header: { cred: md5Cred("server secret", utf8("old")) },
  });
  const again = bench.next();
  equal(bench.statuses(), "401 SyncHdr");
  equal(bench.others(), "Alert 1201, Replace");
  equal(again.header.cred?.data, digest("Bruce2", "OhBehave", utf8("new")));
  const header = { cred: md5Cred("server secret", drawn(1)) };
  bench.reply([bench.header(212, md5Chal("later")), command("Get", item("./A"))], { header });
  bench.next();
  deepEqual(bench.told, [
    `nonce server ${base64(drawn(1))}`,
    `nonce client ${base64(utf8("later"))}`,
    `nonce server ${base64(drawn(2))}`,
    "authenticated",
  ]);
});

test("a nonce from a server that has not proved itself is used but not stored (§5.1.3.4)", () => {
  const bench = new Bench({ client: MD5, server: SERVER });
  bench.next();
  bench.reply([bench.header(200, md5Chal("bad")), alert(1222)], {
    header: { cred: md5Cred("guess", NONCE) },
  });
  equal(bench.next().header.cred?.data, digest("Bruce2", "OhBehave", utf8("bad")));
  deepEqual(bench.told, [`nonce server ${base64(drawn(1))}`]);
});

test("basic credentials of a server are checked, and no other kind passes for them", () => {
  const account = { type: "basic", name: "srv", secret: "pw", nonce: NO_NONCE } as const;
  const good: Cred = { type: "syncml:auth-basic", format: "b64", data: base64(utf8("srv:pw")) };
  const bad: Cred = { type: "syncml:auth-basic", format: "b64", data: base64(utf8("srv:pW")) };
  const first = new Bench({ server: account });
  first.next();
  first.reply([first.header(200), command("Delete", item("./A"))], { header: { cred: bad } });
  first.next();
  equal(first.statuses(), "401 SyncHdr, 401 Delete 2");
  first.reply([first.header(200), command("Delete", item("./A"))], { header: { cred: good } });
  first.next();
  equal(first.statuses(), "212 SyncHdr, 200 Delete 2");
  const second = new Bench({ server: { ...SERVER, name: "srv", secret: "pw" } });
  second.next();
  second.reply([second.header(200), command("Delete", item("./A"))], { header: { cred: good } });
  deepEqual(second.tree.calls, []);
});

test("neither secrets nor nonces are in the log", () => {
  const bench = new Bench({ client: MD5, server: SERVER });
  bench.next();
  bench.reply([bench.header(401, md5Chal("new"))], {
    header: { cred: md5Cred("server secret", utf8("old")) },
  });
  bench.next();
  const secrets = ["OhBehave", "server secret", base64(utf8("new")), base64(drawn(1)), MD5_DATA];
  for (const secret of secrets) ok(!bench.logged(secret), secret);
});
