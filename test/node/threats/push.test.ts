/**
 * Who may wake the device (src/SECURITY.md): notifications that are genuine, replayed, spoofed,
 * malformed, too many.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import {
  DATAGRAM_BYTES_MAX,
  NOTIFICATIONS_KEPT,
  PUSH_LOG_MS,
  PUSH_WINDOW_MS,
  PUSHES_MAX,
  SUMMONS_TRIES_MAX,
} from "../../../src/base/limits.ts";
import { NOTIFICATION_TYPE } from "../../../src/push/envelope.ts";
import { DmServer } from "../../rig/server/dm-server.ts";
import type { ServerEvent } from "../../rig/server/event.ts";
import type { ServerOptions } from "../../rig/server/options.ts";
import { type Notice, push } from "../../rig/decode/pushwriter.ts";
import { notification, pushedNotification } from "../../rig/server/push.ts";
import { DM, SECRETS, Target } from "./target.ts";

const [, SECRET = ""] = SECRETS;
/** A device that opens no session by itself. */
const IDLE = { sessionAtBoot: false, pollSeconds: 0 };

/**
 * A server and a device that it can push to. `alerts`: the session ids of those that it asked for.
 */
class Bench {
  readonly target: Target;
  readonly server: DmServer;
  readonly asked: string[] = [];
  gone = false;

  constructor(provision: object = {}, server: Partial<ServerOptions> = {}) {
    const emit = (event: ServerEvent): void => {
      if (event.kind === "server" && event.text === "the device was asked for it")
        this.asked.push(event.session ?? "");
    };
    this.server = new DmServer({
      url: DM,
      name: "rig",
      client: { type: "md5", name: "device", secret: "device-secret" },
      server: { type: "md5", name: "rig", secret: SECRET },
      emit,
      ...server,
    });
    this.target = new Target((request) => (this.gone ? undefined : this.server.handle(request)), {
      ...IDLE,
      ...provision,
    });
  }

  /** Has the server push; how many sessions came of it. */
  notify(notice: Partial<Notice> = {}): number {
    return this.push(this.server.notification("target", notice));
  }

  push(datagram: Uint8Array, runMs = 60_000): number {
    const before = this.target.client.sessions;
    this.target.push(datagram);
    this.target.run(runMs);
    return this.target.client.sessions - before;
  }
}

test("a notification opens its session at once, with Alert 1200 (§6.2)", () => {
  const bench = new Bench();
  bench.target.run(3_600_000);
  strictEqual(bench.target.client.sessions, 0, "nothing happens by itself");
  deepStrictEqual(
    [
      bench.notify({ sessionID: "1234" }),
      bench.notify({ sessionID: "ABC" }),
      bench.notify({ sessionID: "1" }),
    ],
    [1, 1, 1],
  );
  deepStrictEqual(bench.asked, ["1234", "ABC", "1"]);
});

test("the same notification again, before, during and after its session, opens no other", () => {
  const bench = new Bench();
  const first = bench.server.notification("target", { sessionID: "77" });
  bench.target.push(first);
  bench.target.push(first);
  strictEqual(bench.push(first), 1);
  strictEqual(bench.push(first), 0, "its nonce was used");
  bench.target.reboot();
  strictEqual(bench.push(first), 0, "also after a reset");
});

/** With credentials that are no digest, so that the nonce of notifications does not change. */
function nonceless(): Bench {
  const account = {
    serverId: "rig",
    address: DM,
    auth: "basic",
    name: "device",
    secret: "device-secret",
    serverAuth: "basic",
    serverName: "rig",
    serverSecret: SECRET,
  };
  return new Bench(
    { account },
    {
      client: { type: "basic", name: "device", secret: "device-secret" },
      server: { type: "basic", name: "rig", secret: SECRET },
    },
  );
}

test("the last NOTIFICATIONS_KEPT answered are remembered; older ones count again", () => {
  for (const others of [NOTIFICATIONS_KEPT - 1, NOTIFICATIONS_KEPT]) {
    const bench = nonceless();
    const first = bench.server.notification("target", { sessionID: "77" });
    strictEqual(bench.push(first), 1);
    for (let other = 0; other < others; other++)
      strictEqual(bench.notify({ sessionID: `${100 + other}` }), 1);
    strictEqual(bench.push(first), others < NOTIFICATIONS_KEPT ? 0 : 1, `${others} others`);
  }
});

test("a datagram of DATAGRAM_BYTES_MAX is heard; one byte more is lost", () => {
  for (const bytes of [DATAGRAM_BYTES_MAX, DATAGRAM_BYTES_MAX + 1]) {
    const bench = new Bench();
    const empty = bench.server.notification("target", { vendor: Buffer.alloc(1) }).length - 1;
    const whole = bench.server.notification("target", { vendor: Buffer.alloc(bytes - empty) });
    strictEqual(whole.length, bytes);
    strictEqual(bench.push(whole), bytes > DATAGRAM_BYTES_MAX ? 0 : 1);
  }
});

test("where nonces do not change, an answered notification outlasts a reset", () => {
  const bench = nonceless();
  const first = bench.server.notification("target", { sessionID: "77" });
  strictEqual(bench.push(first), 1);
  strictEqual(bench.push(first), 0);
  bench.target.reboot();
  strictEqual(bench.push(first), 0);
  strictEqual(bench.notify({ sessionID: "78" }), 1);
});

test("only the digest proves a notification: other bytes, nonces, servers open nothing", () => {
  const bench = new Bench();
  strictEqual(bench.notify(), 1);
  const notice = { sessionID: "99", serverID: "rig" };
  const nonce = new Uint8Array(0);
  const good = bench.server.notification("target", notice);
  strictEqual(bench.push(pushedNotification(notice, "guess", nonce)), 0);
  strictEqual(bench.push(pushedNotification(notice, SECRET, nonce)), 0, "an old nonce");
  strictEqual(
    bench.push(pushedNotification(notice, SECRET, new Uint8Array(4))),
    0,
    "the nonce of zeros",
  );
  strictEqual(bench.push(pushedNotification({ ...notice, serverID: "other" }, SECRET, nonce)), 0);
  for (let at = 0; at < good.length; at++) {
    const changed = Buffer.from(good);
    changed[at] = (changed[at] ?? 0) ^ 0x41;
    if (at > 0) strictEqual(bench.push(changed), 0, `byte ${at}`);
  }
  strictEqual(bench.push(good.subarray(6)), 0, "no header");
  strictEqual(
    bench.push(push({ type: NOTIFICATION_TYPE, body: good.subarray(6) })),
    0,
    "no application",
  );
  strictEqual(
    bench.push(push({ type: "text/plain", application: 7, body: good.subarray(6) })),
    0,
    "another type",
  );
  strictEqual(
    bench.push(bench.server.notification("target", { version: 12 })),
    0,
    "another version",
  );
  strictEqual(bench.push(good), 1, "and the genuine one is heard after all of them");
});

test("a server whose account has no secret cannot ask for a session", () => {
  const account = { serverId: "rig", address: DM, auth: "none", serverAuth: "none" };
  const nobody = { type: "none", name: "rig", secret: "" } as const;
  const bench = new Bench({ account }, { client: nobody, server: nobody });
  strictEqual(bench.notify(), 0);
  ok(bench.target.lines.some((line) => line.includes("no secret to prove it with")));
});

test("a flood is examined and logged at a bounded rate; a genuine one gets through", () => {
  const bench = new Bench();
  const spoofed = pushedNotification(
    { sessionID: "5", serverID: "rig" },
    "guess",
    new Uint8Array(0),
  );
  const dropped = (): number =>
    bench.target.lines.filter((line) => line.includes("dropped")).length;
  for (let i = 0; i < PUSHES_MAX; i++) bench.target.push(spoofed);
  bench.target.push(bench.server.notification("target"));
  bench.target.run(PUSH_WINDOW_MS - 1);
  strictEqual(bench.target.client.sessions, 0, "the window is full");
  strictEqual(dropped(), 1);
  bench.target.run(1);
  strictEqual(bench.target.client.sessions, 1, "the next one is not");
  bench.target.run(PUSH_LOG_MS - PUSH_WINDOW_MS - 1);
  bench.push(spoofed, 0);
  strictEqual(dropped(), 1, "one was logged less than PUSH_LOG_MS ago");
  bench.target.run(1);
  bench.push(spoofed, 0);
  strictEqual(dropped(), 2);
  ok(
    bench.target.lines.some((line) =>
      line.includes(`dropped ${PUSHES_MAX + 1}, the last: its digest is wrong`),
    ),
  );
});

test("the last notification of a window is looked at", () => {
  const bench = new Bench();
  const spoofed = pushedNotification({ sessionID: "5", serverID: "rig" }, "guess", Buffer.alloc(0));
  for (let i = 0; i < PUSHES_MAX - 1; i++) bench.target.push(spoofed);
  bench.target.push(bench.server.notification("target"));
  bench.target.run(PUSH_WINDOW_MS - 1);
  strictEqual(bench.target.client.sessions, 1);
});

test("nothing of a notification that is not believed is logged", () => {
  const bench = new Bench();
  bench.push(
    pushedNotification(
      { sessionID: "5", serverID: "rig\nE update: all is lost" },
      "guess",
      new Uint8Array(0),
    ),
  );
  ok(!bench.target.lines.some((line) => line.includes("all is lost")));
});

test("a server that lost its nonces is heard once with zeros, if allowed (§6.1)", () => {
  const zeros = new Uint8Array(4);
  for (const nonceResync of [false, true]) {
    const bench = new Bench({ nonceResync });
    strictEqual(bench.notify(), 1);
    const restored = new Bench(
      {},
      {
        client: { type: "md5", name: "device", secret: "device-secret", nonce: zeros },
        server: { type: "md5", name: "rig", secret: SECRET, nonce: zeros },
      },
    );
    const notice = pushedNotification({ sessionID: "4321", serverID: "rig" }, SECRET, zeros);
    const target = new Target((request) => restored.server.handle(request), {
      ...IDLE,
      nonceResync,
    });
    const push = (datagram: Uint8Array): number => {
      const before = target.client.sessions;
      target.push(datagram);
      target.run();
      return target.client.sessions - before;
    };
    strictEqual(push(notice), nonceResync ? 1 : 0);
    if (!nonceResync) continue;
    ok(!target.lines.some((line) => line.includes("401")), "no challenge was needed");
    strictEqual(push(notice), 0, "not again");
    target.reboot();
    strictEqual(push(notice), 0, "nor after a reset");
    strictEqual(push(restored.server.notification("target")), 1, "the new nonce counts");
  }
});

test("people are asked, told or left alone as the server recommends (§6.2.2)", () => {
  const asked = (
    uiMode: Notice["uiMode"],
    answers: readonly string[],
  ): readonly [number, number] => {
    const bench = new Bench({ answers });
    const sessions = bench.notify({ uiMode: uiMode ?? "unspecified" });
    return [
      sessions,
      bench.target.lines.filter(
        (line) => line.startsWith("user: ") && line.includes("asks for a session"),
      ).length,
    ];
  };
  deepStrictEqual(asked("unspecified", ["no"]), [1, 0]);
  deepStrictEqual(asked("background", ["no"]), [1, 0]);
  deepStrictEqual(asked("informative", ["no"]), [1, 1]);
  deepStrictEqual(asked("interaction", ["yes"]), [1, 1]);
  deepStrictEqual(asked("interaction", ["no"]), [0, 1]);
  deepStrictEqual(asked("interaction", ["timeout"]), [0, 1]);
  deepStrictEqual(asked("interaction", []), [0, 0]);
});

test("a refusal outlasts a repeated notification and a reset; a new one asks again", () => {
  for (const answer of ["no", "cancel"]) {
    const bench = new Bench({ answers: [answer] });
    const first = bench.server.notification("target", { sessionID: "77", uiMode: "interaction" });
    const questions = (): number =>
      bench.target.lines.filter((line) => line.includes("asks for a session with")).length;
    for (let again = 0; again < 3; again++) strictEqual(bench.push(first), 0);
    bench.target.reboot();
    strictEqual(bench.push(first), 0);
    strictEqual(questions(), 1, answer);
    bench.notify({ sessionID: "78", uiMode: "interaction" });
    strictEqual(questions(), 2, answer);
  }
});

test("a server that notifies and is absent is tried a few times, then when it asks", () => {
  const bench = new Bench();
  bench.gone = true;
  strictEqual(
    bench.push(bench.server.notification("target", { sessionID: "A" }), 86_400_000),
    SUMMONS_TRIES_MAX,
  );
  bench.gone = false;
  strictEqual(bench.notify({ sessionID: "B" }), 1);
  deepStrictEqual(bench.asked, ["B"]);
});

test("a notification opens a session and nothing more: vendor data are ignored", () => {
  const bench = new Bench();
  const vendor = Buffer.from("<SyncML><SyncBody><Exec/></SyncBody></SyncML>");
  strictEqual(bench.notify({ vendor }), 1);
  ok(bench.target.untouched);
  strictEqual(
    notification({ sessionID: "1", serverID: "rig", vendor }, SECRET, new Uint8Array(0)).length,
    16 + 8 + 3 + vendor.length,
  );
});
