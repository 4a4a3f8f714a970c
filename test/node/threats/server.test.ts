/**
 * Who is not the server, and what a server may not do (src/SECURITY.md): replays, wrong digests,
 * bombs, foreign rights, logs.
 */
import { pulled } from "../../unit/tree/pulled.ts";
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { MapStore } from "../../unit/tree/mapstore.ts";
import { mountDmAcc } from "../../../src/account/dmacc.ts";
import { provision } from "../../../src/account/enrolment.ts";
import { Fumo } from "../../../src/objects/fumo.ts";
import { Tree } from "../../../src/tree/tree.ts";
import type { Value } from "../../../src/tree/value.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { FakeEngine } from "../../unit/objects/fakeengine.ts";
import { DmServer } from "../../rig/server/dm-server.ts";
import type { Reply, Request } from "../../rig/server/exchange.ts";
import type { Operation } from "../../rig/server/scenario.ts";
import type { ServerOptions } from "../../rig/server/options.ts";
import { cpuMs } from "../cpu.ts";
import { DM, SECRETS, Target } from "./target.ts";

const EXEC: readonly Operation[] = [
  { name: "Replace", uri: "./FwUpdate/Main/Download/PkgURL", data: "http://packages.example/p" },
  { name: "Exec", uri: "./FwUpdate/Main/Download", correlator: "attack" },
];

/** A server that wants a download, with secrets of its own choice. */
function server(options: Partial<ServerOptions> = {}): DmServer {
  return new DmServer({
    url: DM,
    name: "rig",
    client: { type: "md5", name: "device", secret: "device-secret" },
    server: { type: "md5", name: "rig", secret: "server-secret" },
    scenario: () => ({
      name: "attack",
      object: "./FwUpdate/Main",
      steps: [{ kind: "send", operations: EXEC }],
      closing: [],
    }),
    ...options,
  });
}

const isDm = (origin: string): boolean => origin.includes("dm.example");

function xml(body: string): Reply {
  return {
    status: 200,
    headers: [["content-type", "application/vnd.syncml.dm+xml"]],
    body: Buffer.from(body),
  };
}

test("the genuine server is obeyed: the attacks below are not refused for another reason", () => {
  const genuine = server();
  const target = new Target((request, origin) =>
    isDm(origin) ? genuine.handle(request) : undefined,
  );
  target.run();
  ok(!target.untouched);
});

test("a server that does not know its secret changes nothing", () => {
  const impostor = server({ server: { type: "md5", name: "rig", secret: "guess" } });
  const target = new Target((request, origin) =>
    isDm(origin) ? impostor.handle(request) : undefined,
  );
  target.run(3_600_000);
  ok(target.untouched);
  strictEqual(target.client.engine.record.generation, 0);
});

test("a stranger costs two commits a session at most, for nonces, and ever fewer", () => {
  const impostor = server({ server: { type: "md5", name: "rig", secret: "guess" } });
  const target = new Target((request, origin) =>
    isDm(origin) ? impostor.handle(request) : undefined,
  );
  target.run(0);
  const before = target.client.sessions;
  const erases = (): number => target.board.store.wear.reduce((sum, one) => sum + one, 0);
  const erased = erases();
  let writes = 0;
  target.board.store.onChange = () => {
    writes++;
  };
  const hours: number[] = [];
  for (let hour = 0; hour < 6; hour++) {
    const { sessions } = target.client;
    target.run(3_600_000);
    hours.push(target.client.sessions - sessions);
  }
  const sessions = target.client.sessions - before;
  // A block that is begun has its erase, its header and its seal besides.
  const commits = writes - 3 * (erases() - erased);
  ok(sessions > 0 && commits <= 2 * sessions, `${commits} commits in ${sessions} sessions`);
  ok((hours[0] ?? 0) < 20 && hours.slice(1).every((one) => one <= 8), `${hours.join()} sessions`);
});

test("a whole good session, recorded and played again, changes nothing", () => {
  const genuine = server();
  const record: Reply[] = [];
  const victim = new Target((request, origin) => {
    if (!isDm(origin)) return undefined;
    const reply = genuine.handle(request);
    record.push(reply);
    return reply;
  });
  victim.run();
  ok(!victim.untouched && record.length >= 2, "there is something to play");
  for (let skip = 0; skip < record.length; skip++) {
    let at = skip;
    const target = new Target(
      (_request, origin) => (isDm(origin) ? record[at++ % record.length] : undefined),
      {},
      2 + skip,
    );
    target.run(600_000);
    ok(target.untouched, `from answer ${skip} on`);
  }
});

test("this device's last answer, replayed, changes nothing: nonces are used once", () => {
  const genuine = server({ scenario: () => undefined });
  const record: Reply[] = [];
  let playing = false;
  let at = 0;
  let sessions = 0;
  const target = new Target((request: Request, origin) => {
    if (!isDm(origin)) return undefined;
    if (playing) return record[at++ % record.length];
    const reply = genuine.handle(request);
    record.push(reply);
    return reply;
  });
  target.run();
  sessions = target.client.sessions;
  const before = target.lines.length;
  ok(sessions >= 1 && record.length >= 2);
  playing = true;
  target.client.request("user");
  target.run(600_000);
  ok(target.client.sessions > sessions, "it was tried");
  ok(target.untouched);
  ok(
    !target.lines.slice(before).some((line) => line.includes("completed")),
    "no played session completes",
  );
});

test("a server that lost its nonces is challenged; an old or empty nonce fails first", () => {
  const genuine = server({ scenario: () => undefined });
  let current = genuine;
  const target = new Target((request, origin) =>
    isDm(origin) ? current.handle(request) : undefined,
  );
  target.run();
  current = server({
    server: { type: "md5", name: "rig", secret: "server-secret", nonce: new Uint8Array(4) },
  });
  target.client.request("user");
  const before = target.lines.length;
  target.run();
  ok(
    target.lines.slice(before).some((line) => line.includes("Status 401 SyncHdr")),
    "the first digest is refused",
  );
});

test("bombs of depth, tokens, entities, attributes and texts end only the session", () => {
  const head = '<?xml version="1.0"?>';
  const open = "<SyncML xmlns='SYNCML:SYNCML1.2'>";
  const bombs: readonly (readonly [string, string])[] = [
    ["depth", `${head}${open}${"<Item>".repeat(2000)}`],
    ["tokens", `${head}${open}<SyncBody>${"<Final/>".repeat(1900)}</SyncBody></SyncML>`],
    ["commands", `${head}${open}<SyncHdr/><SyncBody>${"<Get/>".repeat(2500)}</SyncBody></SyncML>`],
    [
      "entities",
      `<!DOCTYPE a [<!ENTITY b "${"x".repeat(100)}"><!ENTITY c "${"&b;".repeat(100)}">]>${open}&` +
        `c;</SyncML>`,
    ],
    ["attributes", `${head}<SyncML ${"a='b' ".repeat(2500)}></SyncML>`],
    ["a name", `${head}<${"n".repeat(16_000)}/>`],
    ["a text", `${head}${open}<SyncHdr><VerDTD>${"1".repeat(16_000)}</VerDTD></SyncHdr></SyncML>`],
    ["nothing", ""],
  ];
  for (const [name, body] of bombs) {
    const genuine = server();
    let thrown = 0;
    const target = new Target((request, origin) =>
      !isDm(origin) ? undefined : thrown++ === 0 ? xml(body) : genuine.handle(request),
    );
    ok(
      cpuMs(() => {
        target.run();
      }) < 2000,
      `${name} is dealt with in time`,
    );
    ok(thrown > 1 && !target.untouched, `after ${name} the genuine server is heard`);
  }
});

test("a message without end is left at MaxMsgSize, whatever length it claims", () => {
  for (const [status, headers] of [
    [200, []],
    [200, [["transfer-encoding", "chunked"]]],
  ] as const) {
    const target = new Target((_request, origin) =>
      !isDm(origin)
        ? undefined
        : {
            status,
            headers: [["content-type", "application/vnd.syncml.dm+xml"], ...headers],
            body: Buffer.alloc(5_000_000, 0x20),
          },
    );
    target.run();
    ok(target.untouched);
    ok(
      target.lines.some((line) => line.includes("longer than")),
      target.lines.join("\n"),
    );
  }
});

test("a server without rights on object and account gets 425, and sees no secret", () => {
  const store = new MapStore();
  const tree = new Tree(store);
  const engine = new FakeEngine();
  mountDmAcc(tree, store);
  new Fumo(tree, engine, { root: "FwUpdate", objects: ["Main"] });
  const client = { type: "md5", name: "n", secret: "server-secret" } as const;
  strictEqual(
    provision(tree, { name: "Main", serverId: "rig", address: DM, client, server: client }, [
      "./FwUpdate",
    ]),
    200,
  );
  const value = (text: string): Value => ({ format: "chr", type: "text/plain", data: utf8(text) });
  const meta = { format: "bin", type: "application/octet-stream", size: 9 };
  strictEqual(tree.exec("./FwUpdate/Main/Update", {}, "other"), 425);
  strictEqual(tree.exec("./FwUpdate/Main/Download", { correlator: "c" }, "other"), 425);
  strictEqual(tree.stream("Replace", "./FwUpdate/Main/Update/PkgData", meta, "other"), 425);
  strictEqual(
    tree.replace("./FwUpdate/Main/Download/PkgURL", value("http://evil.example/p"), "other"),
    425,
  );
  strictEqual(
    tree.replace("./DMAcc/Main/AppAddr/1/Addr", value("http://evil.example/dm"), "other"),
    425,
  );
  strictEqual(tree.replace("./DMAcc/Main/AppAuth/Client/AAuthSecret", value("mine"), "other"), 425);
  strictEqual(tree.remove("./FwUpdate/Main", "other") >= 400, true);
  strictEqual(
    tree.replace("./FwUpdate?prop=ACL", value("Add=*&Get=*&Exec=other&Replace=other"), "other"),
    425,
  );
  strictEqual(engine.calls.length, 0, "the engine has heard nothing");
  for (const name of ["rig", "other"]) {
    const results = pulled(tree.get("./DMAcc/Main/AppAuth/Server/AAuthSecret", name));
    deepStrictEqual(
      results.filter(({ value: { data } }) => data.length > 0),
      [],
    );
  }
});

test("no secret and no credential is in the log, though every message is traced", () => {
  const genuine = server();
  const target = new Target((request, origin) =>
    isDm(origin) ? genuine.handle(request) : undefined,
  );
  target.run();
  const log = target.lines.join("\n");
  ok(log.includes("<SyncHdr>"), "messages are traced");
  for (const secret of SECRETS) {
    ok(!log.includes(secret));
    ok(!log.includes(Buffer.from(`device:${secret}`).toString("base64")));
  }
  ok(!/<Cred>[\s\S]*?<Data>[A-Za-z0-9+/]{8}/.test(log), "no digest either");
});
