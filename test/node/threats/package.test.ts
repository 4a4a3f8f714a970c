/**
 * What a package, its URL and its host may do to a device (src/SECURITY.md): inward URLs, switched
 * bytes, lost keys, loops.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { REDIRECTS_MAX } from "../../../src/base/limits.ts";
import { parseProvision } from "../../../src/account/provisioning.ts";
import { imagePolicy } from "../../../src/client/imagepolicy.ts";
import type { ImagePolicy } from "../../../src/image/policy.ts";
import { ImageVerifier, type ImageFacts } from "../../../src/image/verifier.ts";
import { buildImage } from "../../rig/image.ts";
import { spkiOf, vendorKeyOf } from "../../rig/keys.ts";
import { Bench, packageWith, version } from "../../simulation/bench.ts";
import { CLASS_ID, VENDOR_ID } from "../../simulation/campaign/identity.ts";
import { fixedKey } from "../../simulation/campaign/keys.ts";
import { serving } from "./serving.ts";
import { DM, FACTORY, Target } from "./target.ts";

const OLD = fixedKey(7);
const NEW = fixedKey(8);

function judge(signer: typeof OLD, counter: number, floor: number): string {
  const image = buildImage({
    payload: Buffer.alloc(100, 1),
    version: version(2),
    securityCounter: counter,
    vendorId: VENDOR_ID,
    classId: CLASS_ID,
    key: signer,
  });
  const policy: ImagePolicy = {
    keys: [{ ...vendorKeyOf(OLD), until: 5 }, vendorKeyOf(NEW)],
    vendorId: VENDOR_ID,
    classId: CLASS_ID,
    runningVersion: version(1),
    securityCounter: floor,
    capacity: 65536,
    allowDowngrade: false,
  };
  const read = (buffer: Uint8Array, offset: number): void => {
    buffer.set(image.subarray(offset, offset + buffer.length));
  };
  const verifier = new ImageVerifier(read, image.length, policy);
  let result: ImageFacts | string | undefined;
  while (result === undefined) result = verifier.step(1 << 20);
  return typeof result === "string" ? result : "taken";
}

test("of two vendor keys one is revoked by the security counter, and stays revoked", () => {
  strictEqual(judge(OLD, 4, 4), "taken");
  strictEqual(judge(OLD, 5, 4), "taken", "it may sign the image that hands over");
  strictEqual(judge(OLD, 5, 5), "untrusted");
  strictEqual(judge(OLD, 99, 5), "untrusted", "a high counter does not help who has the old key");
  strictEqual(judge(NEW, 5, 5), "taken");
  strictEqual(judge(NEW, 4, 5), "unacceptable");
});

test("a provisioned key says when it is revoked; a wrong number is rejected", () => {
  const hal = new Target(() => undefined).board.start("power");
  const key = spkiOf(OLD).toString("base64");
  const keysOf = (text: string): ImagePolicy["keys"] =>
    imagePolicy(hal, parseProvision(JSON.stringify({ keys: [text] }))).keys;
  strictEqual(keysOf(key)[0]?.until, undefined);
  strictEqual(keysOf(`${key} until 7`)[0]?.until, 7);
  for (const wrong of ["until 7", `${key} until`, `${key} until 0`, `${key} until soon`]) {
    let refused = false;
    try {
      keysOf(wrong);
    } catch {
      refused = true;
    }
    ok(refused, wrong);
  }
});

test("slot bytes that change after verification are never armed: Exec checks again", () => {
  for (const scenario of ["replace", "download"] as const) {
    let changed = false;
    const bench = new Bench({ scenario });
    const outcome = bench.run(undefined, () => {
      const { bytes } = bench.board.slots[1];
      if (changed || bench.client.engine.record.phase !== "ready") return;
      changed = true;
      bytes[5000] = (bytes[5000] ?? 0) ^ 1;
    });
    ok(changed);
    deepStrictEqual(
      [outcome?.code, bench.running, bench.board.boot.trials],
      [402, "1.0.0", 0],
      scenario,
    );
  }
});

test("slot bytes that change after arming are not booted; no success is reported", () => {
  let changed = false;
  const bench = new Bench({ scenario: "download-and-update" });
  const outcome = bench.run(undefined, () => {
    const { bytes } = bench.board.slots[1];
    if (changed || bench.client.engine.record.phase !== "arming") return;
    changed = true;
    bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  });
  ok(changed);
  deepStrictEqual([outcome?.ok, bench.running, bench.board.boot.trials], [false, "1.0.0", 0]);
});

test("a URL inward, to a file, with a user or of another scheme gets 411, unasked", () => {
  const inward = [
    "http://127.0.0.1/p",
    "http://10.1.2.3/p",
    "http://192.168.0.9/p",
    "http://172.16.0.1/p",
    "http://169.254.169.254/latest",
    "http://[::1]/p",
    "http://[fe80::1]/p",
    "http://0.0.0.0/p",
    "file:///etc/passwd",
    "ftp://packages.example/p",
    "http://u:p@packages.example/p",
    "http://[::ffff:10.0.0.1]/p",
    "http://2130706433/p",
    "http://0x7f.1/p",
    "//packages.example/p",
    "",
  ];
  for (const url of inward) {
    const codes: string[] = [];
    const server = serving(url, codes);
    const target = new Target((request, origin) =>
      origin.includes("dm.example") ? server.handle(request) : undefined,
    );
    target.run(600_000);
    ok(
      target.asked.every((asked) => asked.startsWith(DM.slice(0, 17))),
      `${url}: ${target.asked.join(" ")}`,
    );
    ok(url === "" || codes.length === 0 || codes[0] === "411", `${url}: ${codes.join(" ")}`);
    strictEqual(
      target.board.slots[1].wear.every((wear) => wear === 0),
      true,
    );
  }
});

test("plain http is refused unless it was provisioned, and https is not led back to it", () => {
  const codes: string[] = [];
  const server = serving("http://packages.example/p", codes);
  const target = new Target(
    (request, origin) => (origin.includes("dm.example") ? server.handle(request) : undefined),
    { allowHttp: false, account: { ...FACTORY, address: "https://dm.example/dm" } },
  );
  target.run(600_000);
  deepStrictEqual(
    [codes, target.asked.filter((asked) => asked.includes("packages"))],
    [["411"], []],
  );
  const redirected: string[] = [];
  const second = serving("https://packages.example/p", redirected);
  const led = new Target((request, origin) =>
    origin.includes("dm.example")
      ? second.handle(request)
      : {
          status: 302,
          headers: [["location", "http://packages.example/q"]],
          body: new Uint8Array(0),
        },
  );
  led.run(600_000);
  deepStrictEqual(
    [redirected, led.asked.filter((asked) => asked.includes("packages"))],
    [["411"], ["https://packages.example/p"]],
  );
});

test("a redirect may not lead inward, nor go on for ever", () => {
  for (const location of ["http://10.0.0.1/p", "http://127.0.0.1:80/p", "/p"]) {
    const codes: string[] = [];
    const server = serving("http://packages.example/p", codes);
    const target = new Target((request, origin) =>
      origin.includes("dm.example")
        ? server.handle(request)
        : { status: 302, headers: [["location", location]], body: new Uint8Array(0) },
    );
    target.run(600_000);
    deepStrictEqual(codes, ["411"], location);
    ok(
      target.asked.filter((asked) => !asked.includes("dm.example")).length <= REDIRECTS_MAX + 1,
      target.asked.join(" "),
    );
  }
});

test("a host that sends forever or trickles is left; nothing is written past the slot", () => {
  for (const reply of [{ bytesPerSecond: 3 }, {}]) {
    const codes: string[] = [];
    const server = serving("http://packages.example/p", codes);
    const image = packageWith();
    const target = new Target((request, origin) =>
      origin.includes("dm.example")
        ? server.handle(request)
        : {
            status: 200,
            headers: [["transfer-encoding", "chunked"]],
            body: Buffer.concat([image, Buffer.alloc(3_000_000)]),
            ...reply,
          },
    );
    target.run(86_400_000);
    ok(codes.length === 1 && codes[0] !== "200", codes.join(" "));
    ok(target.client.engine.record.phase !== "downloading");
  }
});

test("an image that failed its trial is refused with 405, however often offered", () => {
  const bench = new Bench();
  bench.run(undefined, () => {
    bench.client.engine.unhealthy();
  });
  strictEqual(bench.board.boot.trials, 1);
  for (let again = 0; again < 3; again++) {
    bench.serve({});
    const outcome = bench.run();
    deepStrictEqual([outcome?.code, bench.running, bench.board.boot.trials], [405, "1.0.0", 1]);
  }
});
