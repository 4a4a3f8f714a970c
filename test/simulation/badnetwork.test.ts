/**
 * Package servers and networks that fail: what goes on goes on, and what cannot is reported in the
 * words of FUMO (§10.2.2.4).
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import {
  DOWNLOAD_ATTEMPTS_MAX,
  DOWNLOAD_PROGRESS_BYTES,
  REWINDS_MAX,
  URL_BYTES_MAX,
} from "../../src/base/limits.ts";
import { Store } from "../../src/store/store.ts";
import { URL_KEY } from "../../src/update/journal.ts";
import type { HostMisbehaviour } from "../rig/server/fault.ts";
import { Bench, type BenchOptions, packageWith, version } from "./bench.ts";
import { fails, recovers } from "./check.ts";

const WAYS = ["download", "download-and-update"] as const;
const ALWAYS = 1_000_000;

function always(fault: HostMisbehaviour): BenchOptions {
  return { host: { faults: [{ ...fault, at: 1, times: ALWAYS }] } };
}

const FAILURES: readonly {
  readonly name: string;
  readonly code: number;
  readonly bench: BenchOptions;
}[] = [
  {
    name: "the server wants a password",
    code: 406,
    bench: always({ what: "status", status: 401 }),
  },
  { name: "a proxy wants a password", code: 406, bench: always({ what: "status", status: 407 }) },
  { name: "the server forbids it", code: 406, bench: always({ what: "status", status: 403 }) },
  { name: "no such package", code: 412, bench: always({ what: "status", status: 404 }) },
  { name: "the package is gone", code: 412, bench: always({ what: "status", status: 410 }) },
  {
    name: "the server is overloaded, for ever",
    code: 412,
    bench: always({ what: "status", status: 503, retryAfter: 30 }),
  },
  {
    name: "the server is broken, for ever",
    code: 500,
    bench: always({ what: "status", status: 500 }),
  },
  {
    name: "a status that no download knows",
    code: 500,
    bench: always({ what: "status", status: 418 }),
  },
  { name: "nobody listens", code: 503, bench: { hostGone: true } },
  { name: "the connection closes before any answer", code: 503, bench: always({ what: "lose" }) },
  {
    name: "the connection closes after 100 bytes, for ever",
    code: 503,
    bench: always({ what: "truncate", bytes: 100 }),
  },
  { name: "the server is silent", code: 407, bench: always({ what: "silent" }) },
  { name: "three bytes a second", code: 407, bench: always({ what: "slow", bytesPerSecond: 3 }) },
  {
    name: "one bit is wrong on the way",
    code: 402,
    bench: always({ what: "corrupt", offset: 5000 }),
  },
  {
    name: "the answer is longer than the package",
    code: 402,
    bench: always({ what: "overlong", bytes: 10 }),
  },
  {
    name: "the package is redirected in a circle",
    code: 411,
    bench: always({ what: "redirect", to: "/package" }),
  },
  {
    name: "the package is redirected too often",
    code: 411,
    bench: { url: "http://server/package/hop/9" },
  },
  {
    name: "a redirect to another scheme",
    code: 411,
    bench: always({ what: "redirect", to: "ftp://server/package" }),
  },
  {
    name: "a redirect to nonsense",
    code: 411,
    bench: always({ what: "redirect", to: "http://[" }),
  },
  { name: "a URL that is none", code: 411, bench: { url: "package.bin" } },
  { name: "a URL with a user in it", code: 411, bench: { url: "http://me:secret@server/package" } },
  { name: "a URL of another scheme", code: 411, bench: { url: "file:///etc/passwd" } },
  { name: "a URL without a host", code: 411, bench: { url: "http:///package" } },
];

for (const { name, code, bench } of FAILURES) {
  for (const way of WAYS) {
    test(`${way}: ${name}: ${code}, also when power fails before it is reported`, () => {
      for (const cut of [false, true]) recovers(fails(bench, way, code, cut), way);
    });
  }
}

interface Interruption {
  readonly name: string;
  readonly bench: BenchOptions;
  /**
   * How often a block may be erased: 1 when what has come is kept, 2 when it has to begin again.
   */
  readonly wear: number;
}

/** So many answers are a page. */
function pages(times: number): BenchOptions {
  return { host: { faults: [{ what: "page", at: 1, times }] } };
}

function packageRequests(bench: Bench): number {
  return bench.events.filter(({ kind, ...event }) => kind === "request" && isPackage(event)).length;
}

function isPackage(event: object): boolean {
  return "url" in event && event.url === "/package";
}

const CHANGED = packageWith({
  payload: Buffer.alloc(20_000, 0x33),
  version: version(2),
  securityCounter: 2,
});
const ODD = [1, 3, 5, 7];

const INTERRUPTIONS: readonly Interruption[] = [
  {
    name: "the connection closes again and again",
    wear: 1,
    bench: {
      host: { faults: ODD.map((at) => ({ what: "truncate", bytes: 5000, at })) },
    },
  },
  {
    name: "the server fails now and then",
    wear: 1,
    bench: {
      host: {
        faults: [
          { what: "truncate", bytes: 9000, at: 1 },
          { what: "status", status: 500, at: 2 },
          { what: "lose", at: 3 },
          { what: "status", status: 503, retryAfter: 5, at: 4 },
          { what: "status", status: 408, at: 5 },
        ],
      },
    },
  },
  {
    name: "a range is answered with the whole package",
    wear: 2,
    bench: {
      host: {
        faults: [
          { what: "truncate", bytes: 9000, at: 1 },
          { what: "wholeAnswer", at: 2 },
        ],
      },
    },
  },
  {
    name: "the server knows no ranges",
    wear: 2,
    bench: {
      host: { ranges: false, faults: [{ what: "truncate", bytes: 9000, at: 1 }] },
    },
  },
  {
    name: "the server gives no ETag",
    wear: 1,
    bench: {
      host: { validator: false, faults: [{ what: "truncate", bytes: 9000, at: 1 }] },
    },
  },
  {
    name: "the server announces no length",
    wear: 1,
    bench: { host: { faults: [{ what: "noLength", at: 1, times: ALWAYS }] } },
  },
  {
    name: "a range begins one byte late, once: the whole is asked for",
    wear: 2,
    bench: {
      host: {
        faults: [
          { what: "truncate", bytes: 9000, at: 1 },
          { what: "wrongContentRange", at: 2 },
        ],
      },
    },
  },
  {
    name: "every range begins one byte late, for ever",
    wear: 2,
    bench: {
      host: {
        faults: [
          { what: "truncate", bytes: 9000, at: 1 },
          { what: "wrongContentRange", at: 2, times: ALWAYS },
        ],
      },
    },
  },
  {
    name: "the package is another one after the first part",
    wear: 2,
    bench: {
      host: {
        changed: CHANGED,
        faults: [
          { what: "truncate", bytes: 9000, at: 1 },
          { what: "changed", at: 2 },
        ],
      },
    },
  },
  { name: "three redirects", wear: 1, bench: { url: "http://server/package/hop/3" } },
  {
    name: "slow, but not too slow",
    wear: 1,
    bench: { host: { faults: [{ what: "slow", bytesPerSecond: 500, at: 1 }] } },
  },
  {
    name: "too slow, once",
    wear: 1,
    bench: { host: { faults: [{ what: "slow", bytesPerSecond: 10, at: 1 }] } },
  },
];

for (const { name, bench: options, wear } of INTERRUPTIONS) {
  for (const way of WAYS) {
    test(`${way}: ${name}: 200`, () => {
      const bench = new Bench({ ...options, scenario: way });
      const outcome = bench.run();
      deepStrictEqual(
        [outcome?.ok, outcome?.code, bench.running],
        [true, 200, "2.0.0"],
        bench.lines.slice(-20).join("\n"),
      );
      ok(bench.wear <= wear, `a block was erased ${bench.wear} times`);
    });
  }
}

for (const way of WAYS) {
  test(`${way}: a package that changes between ranges is fetched again, never mixed: 200`, () => {
    const bench = new Bench({
      host: {
        validator: false,
        changed: CHANGED,
        faults: [
          { what: "truncate", bytes: 9000, at: 1 },
          { what: "changed", at: 2 },
        ],
      },
      scenario: way,
    });
    deepStrictEqual([bench.run()?.code, bench.running], [200, "2.0.0"]);
    strictEqual(packageRequests(bench), 3);
  });
}

test("one that changes at each second request is fetched once more, then damaged: 402", () => {
  const faults = [1, 3, 5, 7].flatMap((at) => [
    { what: "truncate", bytes: 9000, at } as const,
    { what: "changed", at: at + 1 } as const,
  ]);
  const options = { host: { validator: false, faults } };
  recovers(fails(options, "download", 402, false), "download");
});

test("a cut connection without a length goes on: the package says how long it is", () => {
  for (const ranges of [true, false]) {
    const bench = new Bench({ scenario: "download", host: { ranges } });
    const request = bench.link.request.bind(bench.link);
    let cuts = 0;
    bench.link.request = (asked) => {
      const exchange = request(asked);
      if (!asked.url.path.includes("package")) return exchange;
      let left = ++cuts < 4 ? 3000 + 500 * cuts : Infinity;
      return {
        head: () => {
          const head = exchange.head();
          return head === undefined ? undefined : { ...head, length: undefined };
        },
        read: (buffer) => {
          const count = left > 0 ? exchange.read(buffer.subarray(0, left)) : -1;
          left -= Math.max(count, 0);
          return count;
        },
        close: () => {
          exchange.close();
        },
      };
    };
    deepStrictEqual([bench.run()?.code, cuts], [200, 4]);
  }
});

const SIGNED = `http://server/package?${"X-Amz-Signature=0123456789abcdef&".repeat(200)}`;

for (const way of WAYS) {
  for (const length of [1100, 1900, URL_BYTES_MAX]) {
    const url = SIGNED.slice(0, length);
    test(`${way}: a signed PkgURL or Location of ${length} bytes, with power cuts: 200`, () => {
      const redirect: HostMisbehaviour = { what: "redirect", to: url };
      const cut = { what: "truncate", bytes: 9000, at: 2 } as const;
      for (const options of [{ url }, { host: { faults: [{ ...redirect, at: 1 }, cut] } }]) {
        const bench = new Bench({ ...options, scenario: way });
        let cuts = 0;
        const outcome = bench.run(undefined, () => {
          const { position, record } = bench.client.engine;
          if (record.phase === "downloading" && position > 8192 && cuts++ === 0) bench.cut();
        });
        deepStrictEqual([outcome?.code, bench.running, cuts > 0], [200, "2.0.0", true]);
      }
    });
  }
}

test("a URL that is lost from the store ends its download: 411", () => {
  const bench = new Bench({ url: SIGNED.slice(0, 2000), scenario: "download" });
  let cuts = 0;
  const outcome = bench.run(undefined, () => {
    const { position, record } = bench.client.engine;
    if (record.phase !== "downloading" || position < 4096 || cuts++ > 0) return;
    Store.open(bench.board.store).commit([[URL_KEY, undefined]]);
    bench.cut();
  });
  deepStrictEqual([outcome?.code, bench.running], [411, "1.0.0"]);
});

test("a page of HTML instead of the package, for a while: 200; for ever: 412", () => {
  for (const [times, code] of [
    [3, 200],
    [ALWAYS, 412],
  ] as const) {
    const bench = new Bench({ scenario: "download", ...pages(times) });
    strictEqual(bench.run()?.code, code);
  }
});

test("a download that trickles ends with 407 after the time that the provisioning gives it", () => {
  const seconds = 900;
  const slow: HostMisbehaviour = { what: "slow", bytesPerSecond: 10 };
  const host = { faults: [{ ...slow, at: 1, times: ALWAYS }] };
  const long = packageWith({
    payload: Buffer.alloc(20_000, 0x33),
    version: version(2),
    securityCounter: 2,
  });
  const bench = new Bench({ scenario: "download", offer: long, host, downloadSeconds: seconds });
  const outcome = bench.run(24 * 3_600_000);
  deepStrictEqual([outcome?.code, bench.running], [407, "1.0.0"]);
  ok(bench.elapsedMs < 2000 * seconds, `it took ${bench.elapsedMs / 60_000} minutes`);
});

test("a power cut in the back-off does not restart it: requests stay bounded", () => {
  const bench = new Bench({ ...always({ what: "status", status: 500 }), scenario: "download" });
  let last = -1;
  const outcome = bench.run(undefined, () => {
    const {
      record: { phase, attempt },
      fetching,
    } = bench.client.engine;
    if (phase !== "downloading" || fetching || attempt === last) return;
    last = attempt;
    bench.cut();
  });
  deepStrictEqual([outcome?.code, bench.running], [500, "1.0.0"]);
  strictEqual(bench.events.filter(({ kind }) => kind === "request").length, DOWNLOAD_ATTEMPTS_MAX);
});

for (const cause of ["power", "unknown"] as const) {
  test(`resets by ${cause} before the first block is durable have an end: 503, State 20`, () => {
    const bench = new Bench({ scenario: "download" });
    const outcome = bench.run(undefined, () => {
      const {
        record: { phase },
        position,
      } = bench.client.engine;
      if (phase === "downloading" && position > 0) bench.cut(cause);
    });
    deepStrictEqual(
      [outcome?.code === 503 || outcome?.code === 409, bench.running, bench.state],
      [true, "1.0.0", 20],
    );
    ok(bench.events.filter(({ kind }) => kind === "request").length <= DOWNLOAD_ATTEMPTS_MAX);
  });
}

test("a host whose package changes each time wears out no block: 503", () => {
  let tag = 0;
  let furthest = 0;
  const bench = new Bench({ scenario: "download" });
  const request = bench.link.request.bind(bench.link);
  const whole = packageWith();
  bench.link.request = (asked) => {
    if (!asked.url.path.includes("package")) return request(asked);
    let at = 0;
    furthest = Math.min(furthest + DOWNLOAD_PROGRESS_BYTES + 8, whole.length - 1);
    const end = furthest;
    const headers = new Map([
      ["content-length", `${whole.length}`],
      ["etag", `"${++tag}"`],
    ]);
    return {
      head: () => ({ status: 200, headers }),
      close: () => undefined,
      read: (buffer) => {
        const count = Math.min(buffer.length, end - at);
        buffer.set(whole.subarray(at, at + count));
        at += count;
        return count === 0 ? -1 : count;
      },
    };
  };
  deepStrictEqual([bench.run()?.code, bench.running], [503, "1.0.0"]);
  ok(
    tag <= REWINDS_MAX + DOWNLOAD_ATTEMPTS_MAX && bench.wear <= REWINDS_MAX + 1,
    `${tag} answers, ${bench.wear} erases of a block`,
  );
});
