/**
 * A server that has filled the tree as far as it may. Whatever room is left, an update succeeds or
 * is refused, and the device boots, opens sessions and reports, also when power fails in each
 * phase.
 */
import { pulled } from "../unit/tree/pulled.ts";
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import {
  CORRELATOR_BYTES_MAX,
  ADDRESS_BYTES_MAX,
  LEAF_BYTES_MAX,
  TICKETS_MAX,
  URL_BYTES_MAX,
} from "../../src/base/limits.ts";
import { resultOf } from "../../src/base/work.ts";
import { accountChange } from "../../src/account/accounts.ts";
import { requestText } from "../../src/objects/execrequest.ts";
import { Fumo } from "../../src/objects/fumo.ts";
import { Store } from "../../src/store/store.ts";
import { Tree } from "../../src/tree/tree.ts";
import { Journal } from "../../src/update/journal.ts";
import { failedDigests } from "../../src/update/memory.ts";
import { FakeEngine } from "../unit/objects/fakeengine.ts";
import { Bench, type BenchOptions, OBJECT, packageWith, version } from "./bench.ts";
import { WAYS } from "./check.ts";

/**
 * Bytes that the server leaves free of what it may fill: nothing, less than a URL takes, a URL with
 * and without its Exec, more.
 */
const LEVELS = [0, 1, 7, 60, 61, 62, 63, 64, 65, 80, 100, 150, 180, 200, 300, 1000, 3000];

/** What a PkgURL of this bench and the first nonces take in the store, at most. */
const URL_ENTRY_BYTES = 250;

/**
 * Fills the tree of the device to the last byte but `free`, with the rights of its server. Returns
 * the nodes that it made.
 */
function fill(bench: Bench, free: number): readonly string[] {
  const tree = new Tree(Store.open(bench.board.store));
  const nodes: string[] = [];
  new Fumo(tree, new FakeEngine(), { root: "FwUpdate", objects: ["Main"] });
  const name = (node: string, bytes: number): number =>
    resultOf(
      tree.replace(
        `${node}/PkgName`,
        { format: "chr", type: "text/plain", data: new Uint8Array(bytes).fill(0x6e) },
        "rig",
      ),
    );
  for (let at = 0; tree.add(`./FwUpdate/N${at}`, undefined, "rig") === 200; at++) {
    const node = `./FwUpdate/N${at}`;
    nodes.push(node);
    let bytes = 0;
    for (let more = LEAF_BYTES_MAX; more > 0; more >>= 1) {
      while (bytes + more <= LEAF_BYTES_MAX && name(node, bytes + more) === 200) bytes += more;
    }
    if (bytes < LEAF_BYTES_MAX) break;
  }
  ok(nodes.length > 0, "the server has rights");
  let owed = free;
  for (const node of [...nodes].reverse()) {
    const length = pulled(tree.get(`${node}/PkgName`, "rig"))[0]?.value.data.length ?? 0;
    const less = Math.min(owed, length);
    if (less > 0) strictEqual(name(node, length - less), 200);
    owed -= less;
  }
  bench.cut();
  return nodes;
}

/** Runs an update on a device whose tree is full, with a power cut in each phase that it passes. */
function updates(options: BenchOptions, free: number): Bench {
  const bench = new Bench(options);
  const nodes = fill(bench, free);
  const told = JSON.stringify([options.scenario, free]);
  const phases = new Set<string>();
  const outcome = bench.run(undefined, () => {
    const { phase } = bench.client.engine.record;
    if (phases.has(phase)) return;
    phases.add(phase);
    bench.cut();
  });
  ok(outcome !== undefined, `${told}: ${bench.lines.slice(-20).join("\n")}`);
  deepStrictEqual(bench.client.engine.tickets(), [], told);
  for (const node of nodes)
    ok(
      new Tree(Store.open(bench.board.store)).kept(["FwUpdate", node.slice(11), "PkgName"]) !==
        undefined,
      told,
    );
  return bench;
}

for (const scenario of WAYS) {
  test(`${scenario}: any store space: success or refusal, with a cut in each phase`, () => {
    for (const free of LEVELS) {
      const { outcome, running, lines } = updates({ scenario }, free);
      if (outcome?.ok === true) strictEqual(running, "2.0.0");
      else {
        ok(
          free < URL_ENTRY_BYTES && /4(20|05)/.test(outcome?.text ?? ""),
          `${free}: ${outcome?.text}\n${lines.slice(-20).join("\n")}`,
        );
        strictEqual(running, "1.0.0");
      }
    }
  });

  test(`${scenario}: any store space: a bad package is reported; freeing space helps`, () => {
    for (const free of [0, 100, 300]) {
      const bench = updates(
        { scenario, offer: packageWith({ classId: Buffer.alloc(16, 9) }) },
        free,
      );
      strictEqual(bench.outcome?.ok, false);
      const tree = new Tree(Store.open(bench.board.store));
      new Fumo(tree, new FakeEngine(), { root: "FwUpdate", objects: ["Main"] });
      strictEqual(tree.remove("./FwUpdate/N0", "rig"), 200);
      bench.cut();
      bench.serve({ scenario, offer: packageWith({ version: version(3), securityCounter: 9 }) });
      deepStrictEqual([bench.run()?.code, bench.running], [200, "3.0.0"]);
    }
  });
}

/**
 * Requests of a server, each cancelled by the next, the last one under way. As many as are taken.
 */
function ask(bench: Bench, server: string, url: string, correlator: string): number {
  const journal = new Journal(Store.open(bench.board.store), () => undefined);
  const owner = requestText({ object: OBJECT, way: "DownloadAndUpdate", server, correlator });
  while (journal.record.tickets.length < TICKETS_MAX) {
    if (journal.record.phase === "downloading") journal.dispatch({ type: "discarded" });
    if (
      !journal.accept({ type: "started", url, object: OBJECT, owner, thenInstall: true, slot: 0 })
    )
      break;
  }
  bench.cut();
  return journal.record.tickets.length;
}

test("with a full tree and full requests a failed trial is reported and remembered", () => {
  const taken = new Set<number>();
  for (let length = 30; length <= URL_BYTES_MAX; length += 271) {
    const bench = new Bench();
    fill(bench, 0);
    const url = "http://server/package?".padEnd(length, "u");
    const count = ask(bench, "rig", url, "c".repeat(CORRELATOR_BYTES_MAX));
    ok(count > 0 || length > ADDRESS_BYTES_MAX, `none of ${length} bytes is taken`);
    taken.add(count);
    const phases = new Set<string>();
    bench.run(3_600_000, () => {
      const { phase } = bench.client.engine.record;
      if (phases.has(phase)) {
        bench.client.engine.unhealthy();
        return;
      }
      phases.add(phase);
      bench.cut();
    });
    deepStrictEqual(bench.client.engine.tickets(), [], bench.lines.slice(-20).join("\n"));
    if (phases.has("trial")) strictEqual(failedDigests(Store.open(bench.board.store)).length, 1);
  }
  ok(taken.size > 1, [...taken].join());
});

test("another server's account takes over its rights and drops what it was owed", () => {
  const bench = new Bench();
  const account = { serverId: "other" };
  strictEqual(ask(bench, "rig", "http://server/gone", "c"), TICKETS_MAX);
  const serving = { server: { name: "other" } };
  bench.provision({ account });
  bench.serve(serving);
  bench.run();
  bench.serve({ ...serving, offer: packageWith({ version: version(3), securityCounter: 9 }) });
  deepStrictEqual(
    [bench.run()?.code, bench.running],
    [200, "3.0.0"],
    bench.lines.slice(-20).join("\n"),
  );
  deepStrictEqual(bench.client.engine.tickets(), []);
  const tree = new Tree(Store.open(bench.board.store));
  new Fumo(tree, new FakeEngine(), { root: "FwUpdate", objects: ["Main"] });
  const name = { format: "chr", type: "text/plain", data: Uint8Array.of(0x6e) };
  deepStrictEqual(
    ["rig", "other"].map((server) => tree.replace("./FwUpdate/Main/PkgName", name, server)),
    [425, 200],
  );
});

test("what a server is owed stays while it is away, however often others are met", () => {
  const bench = new Bench();
  const nobody = { type: "none", name: "", secret: "" } as const;
  const second = {
    name: "1",
    serverId: "second",
    address: "http://second/dm",
    client: nobody,
    server: nobody,
  };
  Store.open(bench.board.store).commit([accountChange(second)]);
  strictEqual(ask(bench, "second", "http://server/gone", "c"), TICKETS_MAX);
  bench.run(3_600_000);
  ok(bench.client.sessions > 4);
  const owed = bench.client.engine
    .tickets()
    .map(({ owner, reason }) => `${owner.split("\n")[2]} ${reason}`);
  deepStrictEqual(owed, [
    ...Array<string>(TICKETS_MAX - 1).fill("second cancelled"),
    "second serverUnavailable",
  ]);
});

test("a full tree leaves room for another account", () => {
  const bench = new Bench();
  const long = "s".repeat(200);
  fill(bench, 0);
  const account = { name: long, secret: long, serverName: long, serverSecret: long };
  bench.provision({ account });
  const client = { type: "md5", name: long, secret: long } as const;
  bench.serve({ scenario: "download-and-update", server: { client, server: client } });
  ok(bench.run() !== undefined);
});
