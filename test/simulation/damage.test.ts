/**
 * Flash of the store that changes by itself, under a whole device: one bit costs nothing, more than
 * one cost a value, whose owner has something to fall back to and says so.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { Power } from "../../hal/sim/power.ts";
import { SimFlash } from "../../hal/sim/flash.ts";
import { LOSSES } from "../../src/client/losses.ts";
import { readNonce } from "../../src/account/accounts.ts";
import { Store } from "../../src/store/store.ts";
import { FAILED_KEY, securityFloor } from "../../src/update/memory.ts";
import { Bench, packageWith, version } from "./bench.ts";

const ACL = "tree.acl.FwUpdate";
const ACCOUNT = "account.Main";

/** Inverts bits of a byte of what the store holds under a key, wherever it lies in flash. */
function spoil(bench: Bench, key: string, offset: number, mask: number): void {
  const { bytes } = bench.board.store;
  const value = Store.open(copyOf(bench.board.store)).get(key);
  ok(value !== undefined && value.length > offset, `${key} is there`);
  const wanted = Buffer.concat([Buffer.from(key), value]);
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let found = 0;
  for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + 1)) {
    const hit = at + Buffer.byteLength(key) + offset;
    bytes[hit] = (bytes[hit] ?? 0) ^ mask;
    found++;
  }
  ok(found > 0, `${key} is in flash`);
}

function copyOf(flash: SimFlash): SimFlash {
  const copy = new SimFlash(new Power(), flash.status());
  copy.load(flash.bytes);
  return copy;
}

/** The next nonce of the server, as the next session will begin with it. */
function nonceOf(bench: Bench): Uint8Array | undefined {
  return readNonce(Store.open(copyOf(bench.board.store)), "Main", "server");
}

/** Offers a package and runs until its outcome is known. */
function update(bench: Bench, major: number, securityCounter: number): number | undefined {
  bench.serve({ offer: packageWith({ version: version(major), securityCounter }) });
  bench.cut();
  return bench.run()?.code;
}

/** A device that has confirmed an image with security counter 5, and failed another. */
function experienced(): Bench {
  const bench = new Bench({ offer: packageWith({ securityCounter: 5 }) });
  strictEqual(bench.run()?.code, 200);
  bench.selfTest = () => !bench.running.startsWith("3");
  strictEqual(update(bench, 3, 5), 410);
  strictEqual(bench.running, "2.0.0");
  bench.lines.length = 0;
  return bench;
}

for (const running of [true, false]) {
  test(`a bit flips ${running ? "in a download" : "when off"}: two updates work`, () => {
    for (const [key, mask] of [
      [ACL, 0x80],
      [ACCOUNT, 0x08],
      ["nonce.server.Main", 0x01],
      ["provisioned", 0x10],
    ] as const) {
      const bench = new Bench();
      let flipped = false;
      const outcome = bench.run(undefined, () => {
        if (flipped || bench.client.engine.record.phase !== "downloading") return;
        flipped = true;
        spoil(bench, key, 5, mask);
        if (!running) bench.cut();
      });
      ok(flipped, key);
      deepStrictEqual([outcome?.code, bench.running], [200, "2.0.0"], key);
      ok(!bench.lines.some((line) => line.includes("cannot be read")), key);
      strictEqual(update(bench, 3, 3), 200, `${key}: and the next one`);
    }
  });
}

test("one bit flips in the security floor: no older image is taken", () => {
  const bench = new Bench({ counter: 5, offer: packageWith({ securityCounter: 1 }) });
  spoil(bench, "update.counter", '{"v":1,"counter":'.length, 0x04);
  deepStrictEqual([bench.run()?.code, bench.running], [405, "1.0.0"]);
  strictEqual(securityFloor(Store.open(bench.board.store)), 5);
});

test("a lost security floor is replaced by the image's own and the provisioned one", () => {
  const bench = experienced();
  spoil(bench, "update.counter", 3, 0x41);
  strictEqual(update(bench, 4, 4), 405);
  strictEqual(bench.running, "2.0.0");
  match(
    bench.lines.join("\n"),
    /error store: update\.counter cannot be read any more: the counters/,
  );
  strictEqual(update(bench, 4, 5), 200);
});

test("the ACL of the objects is lost: the device starts, and its server may update it", () => {
  const bench = new Bench();
  strictEqual(bench.run()?.code, 200);
  spoil(bench, ACL, 0, 0x81);
  strictEqual(update(bench, 3, 3), 200);
  match(bench.lines.join("\n"), /error store: tree\.acl\.FwUpdate cannot be read any more: /);
});

test("the account is lost: the provisioned one is made again, and its server is met", () => {
  const bench = new Bench();
  strictEqual(bench.run()?.code, 200);
  spoil(bench, ACCOUNT, 20, 0x81);
  strictEqual(update(bench, 3, 3), 200);
  match(bench.lines.join("\n"), /error store: account\.Main cannot be read any more: the prov/);
});

test("the account is lost while the device runs: it is made again before the next session", () => {
  const bench = new Bench();
  strictEqual(bench.run()?.code, 200);
  spoil(bench, ACCOUNT, 20, 0x81);
  bench.serve({ offer: packageWith({ version: version(3), securityCounter: 3 }) });
  strictEqual(bench.run()?.code, 200);
});

test("a lost nonce does not count as empty, which would admit a new server", () => {
  const bench = new Bench();
  strictEqual(bench.run()?.code, 200);
  const flash = copyOf(bench.board.store);
  const store = Store.open(flash);
  const nonce = store.get("nonce.server.Main");
  ok(nonce !== undefined);
  const all = Buffer.from(flash.bytes.buffer, flash.bytes.byteOffset, flash.bytes.length);
  for (let at = all.indexOf(nonce); at >= 0; at = all.indexOf(nonce, at + 1)) all[at] = 0;
  ok((readNonce(store, "Main", "server")?.length ?? 0) > 0);
  strictEqual(readNonce(store, "Second", "server"), undefined);
});

test("a lost record leaves nothing under way, and the next package is a new one", () => {
  const bench = new Bench();
  let lost = false;
  bench.run(undefined, () => {
    const { engine } = bench.client;
    if (lost || engine.record.phase !== "downloading" || engine.position < 9000) return;
    lost = true;
    const { generation } = bench.client.engine.record;
    spoil(bench, "update.record", 9, 0x81);
    bench.cut();
    const { record } = bench.client.engine;
    deepStrictEqual([record.phase, record.generation], ["idle", generation]);
    bench.serve({ offer: packageWith({ version: version(3) }, 30_000) });
  });
  deepStrictEqual([bench.outcome?.code, bench.running], [200, "3.0.0"]);
});

test("any value may be lost: the log says so, and the next update succeeds", () => {
  const keys = Store.open(copyOf(experienced().board.store)).keys("");
  ok(keys.length >= 9, keys.join());
  for (const key of keys) {
    const bench = experienced();
    // The last commit before a start that reads wrong in more than one bit is a torn one.
    bench.cut();
    const floor = securityFloor(Store.open(copyOf(bench.board.store)));
    const { length } = Store.open(copyOf(bench.board.store)).get(key) ?? [];
    if (length === 0) continue;
    spoil(bench, key, (length ?? 0) >> 1, 0x81);
    bench.cut();
    const [, consequence] = LOSSES.find(([prefix]) => key.startsWith(prefix)) ?? [];
    const line = `error store: ${key} cannot be read any more: ${consequence}`;
    ok(bench.lines.includes(line), `${line}, not ${bench.lines.join("\n")}`);
    if (key.startsWith("nonce.server."))
      strictEqual(nonceOf(bench)?.length, 16, "its server is no new one");
    bench.selfTest = () => true;
    strictEqual(update(bench, 4, floor - 1), 405, `${key}: an older image`);
    deepStrictEqual([update(bench, 5, floor), bench.running], [200, "5.0.0"], key);
    if (key !== FAILED_KEY) strictEqual(update(bench, 3, 5), 405, `${key}: an image that failed`);
  }
});

test("a value that earlier firmware copied wrong stops no start and no session", () => {
  const bench = experienced();
  const before = copyOf(bench.board.store);
  const store = Store.open(copyOf(before));
  let tried = 0;
  for (const key of store.keys("")) {
    const value = store.get(key) ?? new Uint8Array(0);
    for (let at = 0; at < value.length; at += 3) {
      const wrong = value.slice();
      wrong[at] = (wrong[at] ?? 0) ^ (1 << ((at * 5) % 8));
      const flash = copyOf(before);
      Store.open(flash).commit([[key, wrong]]);
      bench.board.store.copyFrom(flash);
      bench.cut();
      bench.run(600_000);
      ok(bench.client.sessions > 0, `${key}, byte ${at}`);
      tried++;
    }
  }
  ok(tried > 200, `${tried}`);
});
