/**
 * A kept connection that dies with a message on it. The device sends the message once more, byte
 * for byte, and does not know whether the server has seen it: a server that has may answer as
 * before, may find its nonce used, or may give the session up. The update is late at most.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import type { Misbehaviour } from "../rig/server/fault.ts";
import type { ServerOptions } from "../rig/server/options.ts";
import { Bench, type BenchOptions, PACKAGE_BLOCKS } from "./bench.ts";
import { recovers } from "./check.ts";
import { type Loss, ConnectionLink } from "./connectionlink.ts";

const DM = "/dm";
/** Both sides know it: so neither spends a challenge on the first session. */
const NONCE = Uint8Array.of(1, 2, 3, 4);

const SECRETS = {
  client: { name: "device", secret: "device-secret", nonce: NONCE },
  server: { name: "rig", secret: "server-secret", nonce: NONCE },
};

interface Authentication {
  readonly name: string;
  readonly account: NonNullable<BenchOptions["account"]>;
  readonly server: Partial<ServerOptions>;
}

const MD5: Partial<ServerOptions> = {
  client: { type: "md5", ...SECRETS.client },
  server: { type: "md5", ...SECRETS.server },
};

/** The server knows by the nonce alone that a message comes again. */
const BY_MESSAGE: readonly Authentication[] = [
  { name: "md5 in each message", account: {}, server: { ...MD5, everyMessage: true } },
  {
    name: "mac",
    account: { auth: "mac", serverAuth: "mac" },
    server: {
      client: { type: "mac", ...SECRETS.client },
      server: { type: "mac", ...SECRETS.server },
    },
  },
];
const ONCE: Authentication = { name: "md5 once a session", account: {}, server: MD5 };

interface Run {
  readonly bench: Bench;
  readonly link: ConnectionLink;
}

/** Runs an update; the connection dies with message `at`, unless that is the first one over it. */
function run(
  options: BenchOptions,
  { account, server }: Authentication,
  loss: { readonly at: number; readonly kind: Loss } | undefined,
  answer?: Misbehaviour,
): Run {
  const links: ConnectionLink[] = [];
  const faults =
    loss === undefined || answer === undefined
      ? []
      : [{ ...answer, at: loss.kind === "seen" ? loss.at + 1 : loss.at }];
  const bench = new Bench({
    ...options,
    nonce: NONCE,
    account,
    server: { chunkBytes: 8000, ...server, ...options.server, faults },
    link: (route, now) => {
      const link = new ConnectionLink(route, now);
      link.loss = (request, before) => {
        const messages = before.filter(({ path }) => path === DM);
        const isKept = messages.at(-1)?.connection === request.connection;
        const isIt = request.path === DM && isKept && messages.length + 1 === loss?.at;
        return isIt ? loss?.kind : undefined;
      };
      links.push(link);
      return link;
    },
  });
  const [link] = links;
  ok(link !== undefined);
  bench.run();
  strictEqual(link.open, 0, "a connection is left open");
  return { bench, link };
}

function updated({ bench }: Run, told: string): void {
  const { outcome } = bench;
  ok(outcome?.ok, `${told}: ${outcome?.text}\n${bench.lines.slice(-30).join("\n")}`);
  deepStrictEqual([outcome.code, bench.running, bench.state], [200, "2.0.0", 100], told);
  deepStrictEqual([...new Set(bench.alerts.map(({ data }) => data))], ["200"], told);
}

/** Numbers of the messages, from 1, that go over a connection which has served another. */
function kept({ link }: Run): readonly number[] {
  const messages = link.arrived.filter(({ path }) => path === DM);
  return messages.flatMap(({ connection }, index) =>
    messages[index - 1]?.connection === connection ? [index + 1] : [],
  );
}

const SEEN_AND_REFUSED = [
  "seen",
  "has seen it and answers 401",
  { repeats: "judged" },
  undefined,
  1,
] as const;

/** How often the server has refused credentials in the middle of a session. */
function refused({ bench }: Run): number {
  return bench.events.filter((event) => event.kind === "authenticated" && event.status !== 212)
    .length;
}

/** Sessions that the server has begun. */
function sessions(run: Run): number {
  return run.bench.events.filter(({ kind }) => kind === "began").length;
}

for (const scenario of ["replace", "download-and-update"] as const) {
  for (const authentication of [ONCE, ...BY_MESSAGE]) {
    const who = `${scenario}, ${authentication.name}`;
    test(`${who}: a session and a download have one connection each`, () => {
      const { link } = calm;
      updated(calm, "undisturbed");
      ok(kept(calm).length > 3, "connections are kept");
      const used = new Set(link.arrived.map(({ connection, path }) => `${connection} ${path}`));
      strictEqual(used.size, link.connections, "a connection has served both");
      const downloads = scenario === "replace" ? 0 : 1;
      strictEqual(link.connections, sessions(calm) + downloads);
      strictEqual(link.repeated.length, 0);
    });

    const calm = run({ scenario }, authentication, undefined);
    for (const [kind, name, server, answer, refusals] of [
      ["unseen", "has not seen it", {}, undefined, 0],
      ["seen", "has seen it and answers as before", { repeats: "cached" }, undefined, 0],
      ["unseen", "has not seen it, and whose nonce has moved on", {}, { what: "staleNonce" }, 1],
      ["unseen", "answers as to the message before", {}, { what: "duplicate" }, 0],
      ...(authentication === ONCE ? [] : [SEEN_AND_REFUSED]),
    ] as const) {
      test(`${who}: a lost message is sent once more to a server that ${name}`, () => {
        for (const at of kept(calm)) {
          const told = `${kind} at message ${at}`;
          const lossy = run({ scenario, server }, authentication, { at, kind }, answer);
          updated(lossy, told);
          strictEqual(sessions(lossy), sessions(calm), told);
          strictEqual(refused(lossy), refusals, told);
          strictEqual(lossy.link.repeated.length, 1, told);
        }
      });
    }

    if (scenario !== "replace") continue;
    for (const [name, answer] of [
      ["ends the session with HTTP 500", { what: "status", status: 500 }],
      ["ends the session with HTTP 404", { what: "status", status: 404 }],
      ["has forgotten the session", { what: "restart" }],
      ["breaks off as well", { what: "lose" }],
      ["sends half an answer", { what: "malformed" }],
    ] as const) {
      for (const kind of ["seen", "unseen"] as const) {
        test(`${who}: a message is repeated, ${kind} before; a server that ${name} is late`, () => {
          for (const at of kept(calm)) {
            const told = `at message ${at}`;
            const lossy = run({ scenario }, authentication, { at, kind }, answer);
            updated(lossy, told);
            strictEqual(lossy.link.repeated.length, 1, told);
            const bound = PACKAGE_BLOCKS + (scenario === "replace" ? 1 : 0);
            ok(lossy.bench.erases <= bound, `${told}: ${lossy.bench.erases} erases`);
          }
        });
      }
    }
  }

  test(`${scenario}: a server that counts a repetition as new loses only an update`, () => {
    for (const at of kept(run({ scenario }, ONCE, undefined))) {
      const lossy = run({ scenario, server: { repeats: "judged" } }, ONCE, { at, kind: "seen" });
      const { outcome, running } = lossy.bench;
      strictEqual(running, outcome?.ok === true ? "2.0.0" : "1.0.0", `at message ${at}`);
      recovers(lossy.bench, scenario);
    }
  });
}
