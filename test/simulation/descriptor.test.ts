/**
 * PkgURL names a download descriptor (OMA Download 1.0): the update works, every outcome has its
 * result for the DM server and its status for the host of the descriptor, and the report arrives
 * however often power fails or an answer is lost.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { NOTICE_ATTEMPTS_MAX } from "../../src/base/limits.ts";
import type { DescriptorElements } from "../rig/server/descriptor.ts";
import type { HostFault, HostMisbehaviour } from "../rig/server/fault.ts";
import { Bench, type BenchOptions, packageWith, SLOT_BYTES } from "./bench.ts";
import { fails, recovers } from "./check.ts";

const WAYS = ["download", "download-and-update"] as const;
const ALWAYS = 1_000_000;

function elements(changed: DescriptorElements): BenchOptions {
  return { descriptor: { elements: changed } };
}

function always(
  fault: HostMisbehaviour,
  on: NonNullable<HostFault["on"]> = "package",
): BenchOptions {
  return { descriptor: {}, host: { faults: [{ ...fault, on, at: 1, times: ALWAYS }] } };
}

const FOREIGN = packageWith();
FOREIGN[FOREIGN.length - 1] = (FOREIGN.at(-1) ?? 0) ^ 1;

/**
 * Result for the DM server, and what the host of the descriptor is told: nothing where the
 * descriptor could not say where.
 */
const FAILURES: readonly {
  readonly name: string;
  readonly code: number;
  readonly status: string;
  readonly bench: BenchOptions;
}[] = [
  {
    name: "the package does not fit",
    code: 501,
    status: "901 Insufficient memory",
    bench: elements({ size: `${SLOT_BYTES + 1}` }),
  },
  {
    name: "the connection to the package closes, for ever",
    code: 503,
    status: "903 Loss of Service",
    bench: always({ what: "lose" }),
  },
  {
    name: "the host of the package is silent",
    code: 407,
    status: "903 Loss of Service",
    bench: always({ what: "silent" }),
  },
  {
    name: "the package is of another size",
    code: 402,
    status: "905 Attribute mismatch",
    bench: elements({ size: "20001" }),
  },
  {
    name: "the package is of another type",
    code: 402,
    status: "905 Attribute mismatch",
    bench: { packageTypes: ["application/x-other"], ...elements({ objectURI: "package.dd" }) },
  },
  {
    name: "one bit of the package is wrong",
    code: 402,
    status: "905 Attribute mismatch",
    bench: always({ what: "corrupt", offset: 5000 }),
  },
  {
    name: "the descriptor has no size",
    code: 411,
    status: "906 Invalid descriptor",
    bench: elements({ size: undefined }),
  },
  {
    name: "objectURI is not a URL",
    code: 411,
    status: "906 Invalid descriptor",
    bench: elements({ objectURI: "ftp://server/package" }),
  },
  {
    name: "the descriptor is not XML",
    code: 411,
    status: "",
    bench: { descriptor: { document: "200 OK" } },
  },
  {
    name: "the descriptor is longer than any",
    code: 411,
    status: "",
    bench: { descriptor: { document: `<media>${" ".repeat(5000)}</media>` } },
  },
  {
    name: "DDVersion 2.0",
    code: 405,
    status: "951 Invalid DDVersion",
    bench: elements({ DDVersion: "2.0" }),
  },
  {
    name: "a type that the device does not take",
    code: 405,
    status: "953 Non-Acceptable Content",
    bench: elements({ type: "image/gif" }),
  },
  {
    name: "a package that somebody else signed",
    code: 404,
    status: "953 Non-Acceptable Content",
    bench: { descriptor: {}, offer: FOREIGN },
  },
  {
    name: "the package is gone",
    code: 412,
    status: "954 Loader Error",
    bench: always({ what: "status", status: 404 }),
  },
  {
    name: "the package wants a password",
    code: 406,
    status: "954 Loader Error",
    bench: always({ what: "status", status: 401 }),
  },
  {
    name: "the descriptor is gone",
    code: 412,
    status: "",
    bench: always({ what: "status", status: 404 }, "descriptor"),
  },
];

for (const { name, code, status, bench: options } of FAILURES) {
  for (const way of WAYS) {
    const told = status || "nobody to tell";
    test(`${way}: ${name}: ${code}, and ${told}, with a power cut before or without`, () => {
      for (const cut of [false, true]) {
        const bench = fails(options, way, code, cut);
        deepStrictEqual(bench.statuses, status === "" ? [] : [status]);
        recovers(bench, way);
      }
    });
  }
}

test("a described package is downloaded, reported with 900 and installed", () => {
  for (const scenario of WAYS) {
    const bench = new Bench({ scenario, descriptor: {} });
    const outcome = bench.run();
    deepStrictEqual(
      [outcome?.code, bench.state, bench.running, bench.statuses],
      [200, 100, "2.0.0", ["900 Success"]],
    );
    const order = bench.events
      .filter(({ kind }) => kind === "alert" || kind === "download")
      .map(({ kind }) => kind);
    strictEqual(order[0], "download", "reported before the installation begins");
  }
});

test("a package of the vendor's own type is taken where the provisioning says so", () => {
  const own = elements({ type: "application/x-vendor-firmware" });
  strictEqual(new Bench(own).run()?.code, 405);
  strictEqual(
    new Bench({ ...own, packageTypes: ["Application/X-Vendor-Firmware"] }).run()?.code,
    200,
  );
});

test("people are asked once, with what the descriptor says of the package", () => {
  const bench = new Bench({
    people: { confirm: "download", answers: ["yes"] },
    ...elements({ name: "Pump 2", vendor: "ACME\nLtd", description: "Closes the valve." }),
  });
  strictEqual(bench.run()?.code, 200);
  const asked = bench.lines.filter((line) => line.includes("user: confirm"));
  deepStrictEqual(asked, [
    "info user: confirm: Download new firmware? (Pump 2 by ACME Ltd, 19.8 KiB, Closes the valve.)",
  ]);
  deepStrictEqual(bench.statuses, ["900 Success"]);
});

test("a person refuses a descriptor's offer: 401 and 902; no package is requested", () => {
  const bench = new Bench({ descriptor: {}, people: { confirm: "download", answers: ["no"] } });
  deepStrictEqual(
    [bench.run()?.code, bench.state, bench.running, bench.statuses],
    [401, 20, "1.0.0", ["902 User Cancelled"]],
  );
  ok(!bench.events.some((event) => event.kind === "request" && event.url === "/package"));
});

test("a cut at any request of a described download: 200, reported, fetched once", () => {
  const requestsOf = (bench: Bench): number =>
    bench.events.filter(({ kind }) => kind === "request").length;
  const undisturbed = new Bench({ scenario: "download", descriptor: {} });
  undisturbed.run();
  strictEqual(requestsOf(undisturbed), 3, "descriptor, package, report");
  for (let at = 1; at <= 3; at++) {
    for (const times of [1, 2]) {
      const bench = new Bench({ scenario: "download", descriptor: {} });
      let cuts = 0;
      let seen = 0;
      const outcome = bench.run(undefined, () => {
        const now = requestsOf(bench);
        if (now === seen) return;
        seen = now;
        if (now < at || cuts === times) return;
        cuts++;
        bench.cut();
      });
      const told = new Set(bench.statuses);
      deepStrictEqual(
        [outcome?.code, bench.running, told],
        [200, "2.0.0", new Set(["900 Success"])],
        `${at} × ${times}`,
      );
      ok(bench.statuses.length <= 1 + times, `${bench.statuses.length} reports`);
      ok(bench.wear <= 1 + times, `a block was erased ${bench.wear} times`);
    }
  }
});

test("an unanswered report is repeated as it was; a refused one is dropped", () => {
  for (const [fault, sent, statuses] of [
    [{ what: "status", status: 503, at: 1, times: 2 }, 3, ["900 Success"]],
    [{ what: "lose", at: 1 }, 2, ["900 Success"]],
    [{ what: "silent", at: 1 }, 2, ["900 Success", "900 Success"]],
    [{ what: "status", status: 404, at: 1 }, 1, []],
    [{ what: "redirect", to: "http://server/elsewhere", at: 1 }, 1, []],
    [{ what: "lose", at: 1, times: ALWAYS }, NOTICE_ATTEMPTS_MAX, []],
  ] as const) {
    const bench = new Bench({ descriptor: {}, host: { faults: [{ ...fault, on: "status" }] } });
    const outcome = bench.run();
    deepStrictEqual(
      [outcome?.code, bench.running, bench.statuses],
      [200, "2.0.0", statuses],
      fault.what,
    );
    strictEqual(
      bench.events.filter((event) => event.kind === "request" && event.url.endsWith(".status"))
        .length,
      sent,
      fault.what,
    );
    deepStrictEqual(bench.client.engine.record.notices, []);
  }
});

test("power that fails while a report is sent, again and again, ends it too", () => {
  const bench = new Bench({ descriptor: {}, scenario: "download" });
  let sent = 0;
  const outcome = bench.run(undefined, () => {
    if (bench.statuses.length === sent) return;
    sent = bench.statuses.length;
    bench.cut();
  });
  deepStrictEqual(
    [outcome?.code, bench.running, bench.statuses.length],
    [200, "2.0.0", NOTICE_ATTEMPTS_MAX],
  );
});

test("a descriptor that leads inward or from https to http is refused, unasked", () => {
  for (const changed of [
    { objectURI: "http://127.0.0.1/package" },
    { installNotifyURI: "http://192.168.0.1/status" },
    { installNotifyURI: "http://server@evil/" },
  ]) {
    const bench = new Bench({ ...elements(changed), allowPrivate: false });
    const outcome = bench.run();
    deepStrictEqual([outcome?.code, bench.running], [411, "1.0.0"]);
    const asked = bench.events
      .filter((event) => event.kind === "request")
      .map((event) => (event.kind === "request" ? event.url : ""));
    deepStrictEqual(
      asked.filter((url) => url === "/package"),
      [],
    );
    ok(
      bench.lines.some((line) => /(objectURI|installNotifyURI) (leads to|has user)/.test(line)),
      bench.lines.join("\n"),
    );
  }
});
