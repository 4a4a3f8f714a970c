/**
 * Bad images of every kind, and a good one among strangers: what becomes of an image on trial rests
 * on a server that has proved itself, or on the watchdog, and on nothing that a stranger says.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import type { Exchange, Hal, Link, LinkError, ResetCause } from "../../hal/hal.ts";
import { Random } from "../../hal/sim/random.ts";
import {
  QUARANTINE_INSTALLATIONS,
  QUARANTINE_MS,
  SESSION_RETRY_MAX_MS,
  SESSION_RETRY_MS,
  TRIAL_DEADLINE_MS,
  TRIALS_MAX,
} from "../../src/base/limits.ts";
import { failedDigests } from "../../src/update/memory.ts";
import { Store } from "../../src/store/store.ts";
import { Bench, type BenchOptions, type Defect } from "./bench.ts";

const NEW = "2.0.0";
/** Times that a server may offer one bad image before the device refuses to try it. */
const OFFERS_MAX = QUARANTINE_INSTALLATIONS + 1;
/** Each trial starts the new image and then the old one. */
const STARTS_MAX = 2 * TRIALS_MAX * QUARANTINE_INSTALLATIONS;

class Unreachable extends Error implements LinkError {
  override name = "LinkError";
  readonly kind = "refused";
}

/** The board with another link. */
function linked(hal: Hal, around: (link: Link) => Link): Hal {
  return { ...hal, link: around(hal.link) };
}

/** Asks as the link does, and sees the head of each answer before the client does. */
function heard(link: Link, head: () => void): Link {
  return {
    request: (request) => {
      const exchange = link.request(request);
      const watched: Exchange = {
        head: () => {
          const found = exchange.head();
          if (found !== undefined) head();
          return found;
        },
        read: (buffer) => exchange.read(buffer),
        close: () => {
          exchange.close();
        },
      };
      return watched;
    },
  };
}

/** What becomes of a bad image: it is banned at once, or has to wait after some installations. */
type Fate = "banned" | "quarantined";

interface Kind {
  readonly name: string;
  readonly fate: Fate;
  readonly defect: (bench: Bench) => Defect;
  readonly options?: BenchOptions;
  /** Where the DM server is while the image is on trial. */
  readonly dm?: Bench["dm"];
}

/** Dies in the first command of a server that has proved itself. */
const inFirstCommand = (bench: Bench): Defect => ({
  client: ({ engine }) => {
    const shelter = engine.shelter.bind(engine);
    engine.shelter = () => {
      const { exposed } = engine.record;
      shelter();
      if (exposed === true) bench.crash("panic");
    };
  },
});

const inHandshake = (bench: Bench, reset: ResetCause): Defect => ({
  board: (hal) => linked(hal, () => ({ request: () => bench.crash(reset) })),
});

const inDecoding = (bench: Bench, reset: ResetCause): Defect => ({
  board: (hal) => linked(hal, (link) => heard(link, () => bench.crash(reset))),
});

/** Dies half a minute after its start, while it waits. */
const later = (bench: Bench, reset: ResetCause): Defect => ({
  board: (hal) => ({
    ...hal,
    now: () => {
      const now = hal.now();
      return now >= 30_000 ? bench.crash(reset) : now;
    },
  }),
});

/** Its digests are wrong: the server refuses its credentials. */
const wrongCredentials: Defect = {
  board: (hal) =>
    linked(hal, (link) => ({
      request: (request) => {
        const text = Buffer.from(request.body ?? []).toString("latin1");
        const wrong = text.replace(/(<Cred>.*?<Data>)[^<]{4}/s, "$1AAAA");
        return link.request({ ...request, body: Buffer.from(wrong, "latin1") });
      },
    })),
};

const neverConnects: Defect = {
  board: (hal) =>
    linked(hal, () => ({
      request: () => {
        throw new Unreachable();
      },
    })),
};

/** Accounts of each kind of authentication, both ways. */
const ACCOUNTS: readonly (readonly [name: string, options: BenchOptions])[] = [
  ...(["basic", "md5", "mac"] as const).map((type): [string, BenchOptions] => [
    type,
    {
      account: { auth: type, serverAuth: type },
      server: {
        client: { type, name: "device", secret: "device-secret" },
        server: { type, name: "rig", secret: "server-secret" },
      },
    },
  ]),
  ["none over TLS", { account: { serverAuth: "none", address: "https://server/dm" } }],
  ["none over http, of a laboratory", { account: { serverAuth: "none" } }],
];

const KINDS: readonly Kind[] = [
  {
    name: "dies at its start",
    fate: "quarantined",
    defect: (bench) => ({ board: () => bench.crash("panic") }),
  },
  { name: "dies in TLS", fate: "quarantined", defect: (bench) => inHandshake(bench, "panic") },
  { name: "hangs in TLS", fate: "quarantined", defect: (bench) => inHandshake(bench, "watchdog") },
  { name: "dies in decoding", fate: "quarantined", defect: (bench) => inDecoding(bench, "panic") },
  {
    name: "hangs in decoding",
    fate: "quarantined",
    defect: (bench) => inDecoding(bench, "watchdog"),
  },
  { name: "dies later", fate: "banned", defect: (bench) => later(bench, "panic"), dm: "gone" },
  { name: "hangs later", fate: "banned", defect: (bench) => later(bench, "watchdog"), dm: "gone" },
  { name: "never connects", fate: "quarantined", defect: () => neverConnects },
  { name: "has wrong credentials", fate: "banned", defect: () => wrongCredentials },
  ...ACCOUNTS.map(
    ([account, options]): Kind => ({
      name: `dies in the first command, ${account}`,
      fate: "banned",
      defect: inFirstCommand,
      options,
    }),
  ),
];

/** Offers the image until the device refuses to try it: results, and resets that they cost. */
function offered(bench: Bench, { dm = "there", options }: Kind): readonly number[] {
  const codes: number[] = [];
  while (codes.length < OFFERS_MAX + 1 && codes.at(-1) !== 405) {
    bench.serve(options ?? {});
    const outcome = bench.run(undefined, () => {
      bench.dm = bench.client.engine.record.phase === "trial" ? dm : "there";
    });
    codes.push(outcome?.code ?? 0);
    strictEqual(bench.running, "1.0.0", bench.lines.slice(-20).join("\n"));
    strictEqual(bench.board.boot.running().trial, false);
  }
  return codes;
}

for (const kind of KINDS) {
  test(`an image that ${kind.name} ends on the old version: ${kind.fate}`, (context) => {
    const bench = new Bench({
      ...kind.options,
      defect: (version, bench) => (version === NEW ? kind.defect(bench) : undefined),
    });
    const codes = offered(bench, kind);
    const { trials } = bench.board.boot;
    const banned = failedDigests(Store.open(bench.board.store)).length > 0;
    context.diagnostic(
      `${codes.length - 1} installations, ${trials} trials, ${bench.starts - 1} resets; ` +
        `${kind.fate}`,
    );
    strictEqual(codes.join(), [...codes.slice(1).map(() => 410), 405].join());
    strictEqual(banned, kind.fate === "banned");
    ok(codes.length <= OFFERS_MAX, `${codes.length} offers`);
    ok(bench.starts - 1 <= STARTS_MAX, `${bench.starts} starts`);
    strictEqual(bench.state, kind.fate === "banned" ? 20 : 70);
  });
}

test("an image tried in vain too often is tried again after a wait with power", () => {
  const bench = new Bench({
    defect: (version, bench) => (version === NEW ? inHandshake(bench, "panic") : undefined),
  });
  const kind: Kind = {
    name: "",
    fate: "quarantined",
    defect: (bench) => inHandshake(bench, "panic"),
  };
  deepStrictEqual(offered(bench, kind), [410, 410, 410, 405]);
  const { trials } = bench.board.boot;
  const install = (): number => {
    bench.serve({ scenario: "download-and-update" });
    return bench.run()?.code ?? 0;
  };
  bench.pass(QUARANTINE_MS / 2);
  bench.cut();
  strictEqual(install(), 405);
  for (let hour = 0; hour < 2; hour++) {
    bench.pass(QUARANTINE_MS / 2);
    bench.cut();
  }
  deepStrictEqual([install(), bench.board.boot.trials - trials], [410, TRIALS_MAX]);
  strictEqual(install(), 405, "and then it waits longer");
});

test("an image is kept once it has done what its server asked first, and before it says so", () => {
  const bench = new Bench();
  bench.run();
  const from = bench.lines.findIndex((line) => line.includes("on trial: version 2.0.0"));
  const lines = bench.lines.slice(from);
  const at = (text: string): number => lines.findIndex((line) => line.includes(text));
  const [asked, kept, told] = [at("received message 1"), at("keeping it"), at("Alert 1226")];
  ok(asked >= 0 && asked < kept && kept < told, `${asked} ${kept} ${told}`);
});

/** What strangers answer in the server's place. */
type Stranger = (random: Random) => Uint8Array;
const letters = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => 0x20 + random.below(95));
const STRANGERS: readonly Stranger[] = [
  (random) => letters(random, random.below(4000)),
  () => Buffer.from("<SyncML/>"),
  (random) => Uint8Array.from({ length: 200 }, () => random.below(256)),
  (random) =>
    Buffer.concat([Buffer.from("<SyncML><SyncHdr>"), letters(random, random.below(2000))]),
];

/** The link of a board on trial while strangers answer; some of what they say resets the board. */
function amongStrangers(hal: Hal, bench: Bench, deadly: boolean): Hal {
  const random = new Random(bench.starts);
  return linked(hal, (link) => ({
    request: (request) => {
      if (bench.dm !== "senseless" || !request.url.path.includes("/dm"))
        return link.request(request);
      const body = (STRANGERS[random.below(STRANGERS.length)] ?? letters)(random, 100);
      const dies = deadly && random.below(3) === 0;
      let at = 0;
      return {
        head: () => ({
          status: 200,
          headers: new Map([["content-type", "application/vnd.syncml.dm+xml"]]),
        }),
        read: (buffer) => {
          if (dies) bench.crash("panic");
          const count = Math.min(buffer.length, body.length - at);
          if (count === 0) return -1;
          buffer.set(body.subarray(at, at + count));
          at += count;
          return count;
        },
        close: () => undefined,
      };
    },
  }));
}

const HOUR_MS = 3_600_000;

test("a good image on a long trial hears strangers for hours, then its server", () => {
  const bench = new Bench({
    trialSeconds: (6 * HOUR_MS) / 1000,
    defect: (_, bench) => ({ board: (hal) => amongStrangers(hal, bench, false) }),
  });
  let from: number | undefined;
  const outcome = bench.run(undefined, () => {
    const trial = bench.client.engine.record.phase === "trial";
    if (trial) from ??= bench.elapsedMs;
    bench.dm = trial && bench.elapsedMs - (from ?? 0) < 5 * HOUR_MS ? "senseless" : "there";
  });
  deepStrictEqual([outcome?.code, bench.running, bench.board.boot.trials], [200, NEW, 1]);
});

for (const [how, deadly] of [
  ["and say nothing", false],
  ["and reset the board", true],
] as const) {
  test(`strangers at every trial for ten hours, ${how}: late, never banned`, (context) => {
    const bench = new Bench({
      defect: (_, bench) => ({ board: (hal) => amongStrangers(hal, bench, deadly) }),
    });
    const codes: number[] = [];
    while (bench.elapsedMs < 10 * HOUR_MS) {
      bench.serve({});
      const outcome = bench.run(undefined, () => {
        bench.dm = bench.client.engine.record.phase === "trial" ? "senseless" : "there";
      });
      codes.push(outcome?.code ?? 0);
      bench.pass(HOUR_MS / 6);
      deepStrictEqual(failedDigests(Store.open(bench.board.store)), []);
    }
    context.diagnostic(`results ${codes.join(", ")}; ${bench.starts} starts`);
    ok(codes.length > 3 && codes.every((code) => code === 410 || code === 405), codes.join());
    bench.dm = "there";
    bench.pass(24 * HOUR_MS);
    bench.serve({});
    deepStrictEqual([bench.run()?.code, bench.running], [200, NEW]);
  });
}

test("a deadly message costs one trial, and the update succeeds all the same", () => {
  let messages = 0;
  const bench = new Bench({
    defect: (version, bench) =>
      version === NEW && messages++ === 0 ? inDecoding(bench, "panic") : undefined,
  });
  deepStrictEqual([bench.run()?.code, bench.running, bench.board.boot.trials], [200, NEW, 2]);
});

for (const share of [0x00, 0x80, 0xff]) {
  test(`the server is away for most of a trial: the last tries fit (jitter ${share})`, () => {
    for (const awayS of [300, 330, 420, 520, 560, 590]) {
      const bench = new Bench({
        defect: () => ({
          board: (hal) => ({
            ...hal,
            random: (bytes) => {
              if (bytes.length === 2) bytes.fill(share);
              else hal.random(bytes);
            },
          }),
        }),
      });
      const request = bench.link.request.bind(bench.link);
      let from: number | undefined;
      bench.link.request = (asked) => {
        const trial = bench.client.engine.record.phase === "trial";
        if (trial) from ??= bench.elapsedMs;
        bench.dm = trial && bench.elapsedMs - (from ?? 0) < awayS * 1000 ? "gone" : "there";
        return request(asked);
      };
      strictEqual(bench.run()?.code, 200, `away for ${awayS} of ${TRIAL_DEADLINE_MS / 1000} s`);
    }
  });
}

/** A board that counts crashes: so many came before this start. */
function crashed(hal: Hal, failures: number, confirmed: () => void = () => undefined): Hal {
  const { boot } = hal;
  return {
    ...hal,
    boot: {
      running: () => ({ ...boot.running(), failures }),
      arm: () => {
        boot.arm();
      },
      confirm: () => {
        confirmed();
        boot.confirm();
      },
      restart: () => boot.restart(),
    },
  };
}

test("a start after crashes waits before its first session, longer after more", () => {
  for (const failures of [0, 1, 2, 5, 8, 200]) {
    const bench = new Bench({ defect: () => ({ board: (hal) => crashed(hal, failures) }) });
    const request = bench.link.request.bind(bench.link);
    let first: number | undefined;
    bench.link.request = (asked) => {
      first ??= bench.elapsedMs;
      return request(asked);
    };
    bench.pass(3_600_000);
    const longest =
      failures === 0 ? 0 : Math.min(SESSION_RETRY_MS * 2 ** (failures - 1), SESSION_RETRY_MAX_MS);
    ok(first !== undefined && first >= longest / 2 && first <= longest, `${failures}: ${first} ms`);
  }
});

test("crashes are forgotten after a session that has completed, and after no other", () => {
  let confirmations = 0;
  const bench = new Bench({
    server: { faults: [{ what: "status", status: 500, at: 2, times: 20 }] },
    defect: () => ({ board: (hal) => crashed(hal, 3, () => confirmations++) }),
  });
  let completed = 0;
  bench.run(undefined, () => {
    const sessions = bench.lines.filter((line) => / session: session \w+ completed/.test(line));
    if (sessions.length === completed) return;
    completed = sessions.length;
    ok(confirmations >= 1, "a session completed");
  });
  const failed = bench.lines.findIndex((line) => /session \w+ (aborted|protocol)/.test(line));
  const forgotten = bench.lines.findIndex((line) => / session: session \w+ completed/.test(line));
  ok(failed >= 0 && failed < forgotten && confirmations > 0 && completed > 0);
  ok(confirmations <= completed + 1, `${confirmations} confirmations, ${completed} sessions`);
});
