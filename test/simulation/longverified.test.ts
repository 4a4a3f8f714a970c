/**
 * A package that was verified, and then a message that would put another in its place while it
 * arrives: from a server that ignores what the device announces, since that is 16 KiB by then.
 */
import { deepEqual, equal, ok, test } from "../check.ts";
import { LONG_MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX } from "../../src/base/limits.ts";
import type { Reply, Request } from "../rig/server/exchange.ts";
import type { Scenario } from "../rig/server/scenario.ts";
import { Bench, CORRELATOR, OBJECT, packageWith, version } from "./bench.ts";
import { SimLink } from "./link.ts";

const GOOD = packageWith();
const OTHER = packageWith({ version: version(3), securityCounter: 3 });
/** State of a device that holds a package, as the server reads it (FUMO §5.1.6). */
const READY = 50;
const PATIENCE_MS = 3_600_000;

/** A push without an Exec, or an Exec alone. */
function scenario(data?: Uint8Array): Scenario {
  const uri = data === undefined ? `${OBJECT}/Update` : `${OBJECT}/Update/PkgData`;
  const get = { name: "Get", uri: `${OBJECT}/State`, accept: "any" } as const;
  return data === undefined
    ? {
        name: "install",
        object: OBJECT,
        steps: [
          { kind: "send", operations: [{ name: "Exec", uri, correlator: CORRELATOR }] },
          { kind: "await", correlator: CORRELATOR },
        ],
        closing: [get],
      }
    : {
        name: "push",
        object: OBJECT,
        steps: [{ kind: "send", operations: [{ name: "Replace", uri, data }] }],
        closing: [get],
      };
}

/** What the attacker makes of a message that carries the other package. */
type Change = (reply: Reply) => Reply;

class Held {
  readonly bench: Bench;
  /** Messages longer than the buffer for whole ones that have gone to the device. */
  long = 0;
  #change: Change | undefined;

  constructor() {
    this.bench = new Bench({
      scenario: scenario(GOOD),
      link: (route, now) =>
        new SimLink((origin, request) => this.#answer(route(origin, this.#asked(request))), now),
    });
    this.bench.run(PATIENCE_MS);
    equal(this.bench.state, READY);
    equal(this.bench.client.engine.record.phase, "ready");
  }

  /** The slot as far as the package reaches. */
  get slot(): readonly number[] {
    return [...this.bench.board.slots[1].bytes.subarray(0, GOOD.length)];
  }

  /** Offers another package in one message, changed on its way, in sessions of their own. */
  attack(change: Change, secret = "server-secret"): void {
    this.#change = change;
    this.bench.serve({
      scenario: scenario(OTHER),
      server: { server: { type: "md5", name: "rig", secret } },
    });
    this.bench.cut();
    this.bench.run(PATIENCE_MS);
    this.#change = undefined;
  }

  /** The device seems to announce long messages. */
  #asked(request: Request): Request {
    if (this.#change === undefined) return request;
    const text = Buffer.from(request.body).toString();
    const body = text.replace(
      /(<MaxMsgSize[^>]*>)\d+</,
      (_, before: string) => `${before}${LONG_MESSAGE_BYTES_MAX}<`,
    );
    return { ...request, body: Buffer.from(body) };
  }

  #answer(reply: Reply | undefined): Reply | undefined {
    if (reply === undefined || reply.body.length <= MESSAGE_BYTES_MAX) return reply;
    this.long++;
    return this.#change?.(reply) ?? reply;
  }
}

const ATTACKS: { readonly [what: string]: Change } = {
  "is whole, and of a server that proved itself": (reply) => reply,
  "is truncated: its connection ends inside Data": (reply) => ({ ...reply, cutAt: 20_000 }),
  "is truncated: it ends inside Data": (reply) => ({ ...reply, body: reply.body.slice(0, 20_000) }),
  "is malformed behind Data": (reply) => ({ ...reply, body: reply.body.slice(0, -12) }),
  "is malformed inside Data": (reply) => ({
    ...reply,
    body: Uint8Array.from(reply.body).fill(0x26, 18_000, 18_100),
  }),
};

for (const [what, change] of Object.entries(ATTACKS))
  test(`a verified package outlives a message with another that ${what}`, () => {
    const held = new Held();
    const before = held.slot;
    held.attack(change);
    ok(held.long > 1, `${held.long} long messages`);
    deepEqual(held.slot, before);
    equal(held.bench.client.engine.record.phase, "ready");
    held.bench.serve({ scenario: scenario() });
    held.bench.cut();
    deepEqual([held.bench.run()?.ok, held.bench.running], [true, "2.0.0"]);
  });

test("a verified package outlives a message with a forged one: its sender is a stranger", () => {
  const held = new Held();
  const before = held.slot;
  held.attack((reply) => reply, "guessed");
  ok(held.long > 1, `${held.long} long messages`);
  deepEqual(held.slot, before);
  held.bench.serve({ scenario: scenario() });
  held.bench.cut();
  deepEqual([held.bench.run()?.ok, held.bench.running], [true, "2.0.0"]);
});

test("a whole package in messages of the size announced does replace one that was verified", () => {
  const bench = new Bench({ scenario: scenario(GOOD) });
  bench.run(PATIENCE_MS);
  bench.serve({ scenario: scenario(OTHER) });
  bench.cut();
  bench.run(PATIENCE_MS);
  bench.serve({ scenario: scenario() });
  bench.cut();
  deepEqual([bench.run()?.ok, bench.running], [true, "3.0.0"]);
});
