/**
 * Who may give the device a server (src/SECURITY.md): bootstrap messages, genuine, forged,
 * replayed, guessed, torn by power cuts.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { ACCOUNTS_MAX, PIN_PAUSE_MS, PIN_TRIES_MAX } from "../../../src/base/limits.ts";
import type { Protection } from "../../../src/push/envelope.ts";
import { PowerLoss } from "../../../hal/sim/power.ts";
import {
  type BootstrapAccount,
  bootstrapDocument,
  type Profile,
  sealedPush,
} from "../../rig/bootstrap.ts";
import { DmServer } from "../../rig/server/dm-server.ts";
import { push } from "../../rig/decode/pushwriter.ts";
import { DM, FACTORY, SECRETS, Target } from "./target.ts";

const [DEVICE_SECRET = "", SERVER_SECRET = ""] = SECRETS;
const NETWORK = "network-secret";
const SECOND = "http://second.example/dm";
const PROFILES: readonly Profile[] = ["cp", "dm"];

const PROVISION = {
  sessionAtBoot: false,
  pollSeconds: 0,
  bootstrap: ["NETWORKID", "USERPIN", "USERPIN_NETWORKID"],
  networkSecret: NETWORK,
};

const ACCOUNT: BootstrapAccount = {
  serverId: "second",
  name: "Second",
  address: SECOND,
  client: { type: "md5", name: "me", secret: "my-secret" },
  server: { type: "md5", name: "second", secret: "its-secret" },
};

/** A device whose factory account may be replaced over the air. */
const UNPINNED = { account: { ...FACTORY, pinned: false } };

/** Another account of the server that the device has from the factory. */
const MOVED: BootstrapAccount = {
  ...ACCOUNT,
  serverId: "rig",
  address: "http://second.example/third",
  server: { type: "md5", name: "rig", secret: "its-secret" },
};

/**
 * A device with its factory account ("rig"), and two servers. `sessions`: who was asked, in order.
 */
class Bench {
  readonly target: Target;
  readonly sessions: string[] = [];
  readonly second: DmServer;
  readonly third: DmServer;

  constructor(provision: object = {}) {
    const first = this.#server("rig", DM, { name: "device", secret: DEVICE_SECRET }, SERVER_SECRET);
    this.second = this.#server("second", SECOND, { name: "me", secret: "my-secret" }, "its-secret");
    this.third = this.#server("rig", SECOND, { name: "me", secret: "my-secret" }, "its-secret");
    this.target = new Target(
      (request, origin) => {
        if (request.url === "/third") return this.third.handle(request);
        return origin.includes("second.example")
          ? this.second.handle(request)
          : first.handle(request);
      },
      { ...PROVISION, ...provision },
    );
    this.target.run();
  }

  #server(
    name: string,
    url: string,
    device: { name: string; secret: string },
    secret: string,
  ): DmServer {
    return new DmServer({
      url,
      name,
      client: { type: "md5", ...device },
      server: { type: "md5", name, secret },
      emit: (event) => {
        if (event.kind === "began") this.sessions.push(name);
      },
    });
  }

  /** Sends a message: the log lines that came of it. */
  send(message: Uint8Array, runMs = 60_000): readonly string[] {
    const before = this.target.lines.length;
    this.target.push(message);
    this.target.run(runMs);
    return this.target.lines
      .slice(before)
      .filter((line) => !line.startsWith("trace") && !line.startsWith("session"));
  }

  /**
   * ServerIDs of the accounts, as the log of a new start would tell: by asking each for a session.
   */
  accounts(): readonly string[] {
    this.sessions.length = 0;
    this.target.reboot({ sessionAtBoot: true });
    this.target.run();
    return [...new Set(this.sessions)].sort();
  }
}

function message(
  profile: Profile,
  account = ACCOUNT,
  protection: Protection = "NETWORKID",
  secrets = { network: NETWORK, pin: "" },
): Uint8Array {
  return push(sealedPush(profile, bootstrapDocument(profile, account), protection, secrets));
}

for (const profile of PROFILES) {
  test(`${profile}: a second account is added, and its server met at once (§5.4.5)`, () => {
    const bench = new Bench();
    const lines = bench.send(message(profile));
    deepStrictEqual(lines, [`push: account of second at ${SECOND}`]);
    deepStrictEqual(bench.sessions, ["second"]);
    ok(bench.target.lines.some((line) => line.includes("completed")));
    deepStrictEqual(bench.accounts(), ["rig", "second"]);
  });

  test(`${profile}: a server's new account replaces the old one, secrets and nonces too`, () => {
    const bench = new Bench(UNPINNED);
    deepStrictEqual(bench.send(message(profile, MOVED)), [
      "push: account of rig at http://second.example/third",
    ]);
    const { asked } = bench.target;
    deepStrictEqual(
      [asked.at(-1), asked.some((url) => url.startsWith(DM))],
      ["http://second.example/third", false],
    );
    ok(bench.target.lines.some((line) => line.includes("completed")));
  });

  test(`${profile}: no message replaces the provisioned account, unless its text allows`, () => {
    for (const more of [{}, { pinned: true }]) {
      const bench = new Bench({ account: { ...FACTORY, ...more } });
      deepStrictEqual(bench.send(message(profile, MOVED)), [
        "push: bootstrap message dropped: the provisioned account is pinned: " +
          'use another ServerID, or "pinned": false',
      ]);
      const both = bench.send(message(profile));
      deepStrictEqual(both, [`push: account of second at ${SECOND}`], "another server may come");
      deepStrictEqual(bench.accounts(), ["rig", "second"]);
      ok(bench.target.asked.some((url) => url.startsWith(DM)));
      ok(!bench.target.asked.some((url) => url.includes("third")));
    }
  });

  test(`${profile}: an account with a forbidden address is not made; the log says why`, () => {
    for (const [address, why] of [
      ["http://second.example/dm", "leads to second.example by plain http"],
      ["https://127.0.0.1/dm", "leads to 127.0.0.1, which is no public address"],
      ["https://[::ffff:10.0.0.1]/dm", "leads to [::ffff:a00:1], which is no public address"],
      ["https://0x7f.1/dm", "has a host that ends in a number"],
      ["https://u:p@second.example/dm", "has user information"],
    ]) {
      const account = { ...FACTORY, address: "https://dm.example/dm" };
      const bench = new Bench({ allowHttp: false, account });
      const lines = bench.send(message(profile, { ...ACCOUNT, address: address ?? "" }));
      ok(lines[0]?.startsWith(`push: bootstrap message dropped: its address ${why}`), lines[0]);
      deepStrictEqual(bench.accounts(), ["rig"]);
    }
  });

  test(`${profile}: a message without the right seal, or changed, has no effect`, () => {
    const bench = new Bench();
    const document = bootstrapDocument(profile, ACCOUNT);
    const good = sealedPush(profile, document, "NETWORKID", { network: NETWORK, pin: "" });
    const bad: Uint8Array[] = [
      message(profile, ACCOUNT, "NETWORKID", { network: "guess", pin: "" }),
      push({ ...good, mac: undefined }),
      push({ ...good, mac: "00" }),
      push({ ...good, mac: "0".repeat(40) }),
      push({ ...good, mac: "zz" }),
      push({ ...good, protection: undefined }),
      push({ ...good, protection: "USERPIN" }),
      push({ ...good, protection: "USERPIN_NETWORKID" }),
    ];
    for (let at = 0; at < good.body.length; at += 7) {
      const body = Buffer.from(good.body);
      body[at] = (body[at] ?? 0) ^ 0x20;
      bad.push(push({ ...good, body }));
    }
    for (const datagram of bad) {
      bench.send(datagram);
      ok(!bench.target.lines.some((line) => line.includes("account of")));
    }
    deepStrictEqual(bench.accounts(), ["rig"]);
  });

  test(`${profile}: a message counts once: a replay has no effect, even after a reset`, () => {
    const bench = new Bench();
    const old = message(profile);
    bench.send(old);
    bench.send(message(profile, { ...ACCOUNT, name: "Newer" }));
    ok(bench.send(old).every((line) => !line.includes("account of")));
    bench.target.reboot();
    ok(bench.send(old).some((line) => line.includes("it came before")));
  });

  test(`${profile}: a right PIN counts; wrong ones drop the message and stop questions`, () => {
    for (const protection of ["USERPIN", "USERPIN_NETWORKID"] as const) {
      const secrets = { network: NETWORK, pin: "4711" };
      const sealed = message(profile, ACCOUNT, protection, secrets);
      const second = new Bench({ answers: ["text:1", "text:4711"] });
      const lines = second.send(sealed);
      ok(lines.includes(`push: account of second at ${SECOND}`), lines.join("\n"));
      const guess = new Bench({ answers: ["text:0000"] });
      const from = guess.target.now;
      const asked = guess.send(sealed, 0);
      strictEqual(asked.filter((line) => line.includes("PIN?")).length, PIN_TRIES_MAX);
      ok(asked.some((line) => line.includes("the PINs were")));
      guess.target.run(PIN_PAUSE_MS - 1 - (guess.target.now - from));
      const again = (): readonly string[] =>
        guess.send(sealed, 0).filter((line) => line.includes("PIN?"));
      strictEqual(again().length, 0, "the pause is not over");
      guess.target.run(1);
      strictEqual(again().length, PIN_TRIES_MAX);
      ok(!guess.target.lines.some((line) => line.includes("account of")));
      ok(new Bench().send(sealed).some((line) => line.includes("nobody can be asked for a PIN")));
    }
  });

  test(`${profile}: accounts have a maximum; those that exist can still be replaced`, () => {
    const bench = new Bench();
    for (let i = 1; i < ACCOUNTS_MAX; i++)
      bench.send(message(profile, { ...ACCOUNT, serverId: `s${i}` }));
    strictEqual(
      bench.target.lines.filter((line) => line.includes("account of")).length,
      ACCOUNTS_MAX - 1,
    );
    ok(
      bench
        .send(message(profile, { ...ACCOUNT, serverId: "more" }))
        .some((line) => line.includes("no room")),
    );
    ok(
      bench
        .send(message(profile, { ...ACCOUNT, serverId: "s1", name: "New" }))
        .some((line) => line.includes("account of s1")),
    );
  });

  test(`${profile}: a power cut anywhere leaves the old accounts or the new ones, whole`, () => {
    let cut = 0;
    for (; ; cut++) {
      const bench = new Bench(UNPINNED);
      bench.target.board.power.plan({ at: cut + 1, mode: "tornPrefix", seed: cut });
      let lost = false;
      try {
        bench.send(message(profile, MOVED));
      } catch (error) {
        if (!(error instanceof PowerLoss)) throw error;
        lost = true;
      }
      bench.target.board.power.cancel();
      bench.target.reboot({ sessionAtBoot: true });
      bench.target.asked.length = 0;
      bench.target.run();
      const urls = new Set(bench.target.asked);
      strictEqual(urls.size, 1, [...urls].join(" "));
      ok(bench.target.lines.at(-1)?.includes("completed"), bench.target.lines.slice(-4).join("\n"));
      if (!lost) break;
    }
    ok(cut > 2, `${cut} cuts`);
  });
}

test("a device that takes no bootstrap message takes none, however well sealed", () => {
  const bench = new Bench({ bootstrap: [] });
  for (const profile of PROFILES) bench.send(message(profile));
  deepStrictEqual(bench.accounts(), ["rig"]);
});

test("the log has no secret of a bootstrap message, and nothing of an unproved one", () => {
  const bench = new Bench();
  for (const profile of PROFILES) {
    bench.send(
      message(profile, { ...ACCOUNT, name: "E update: all is lost" }, "NETWORKID", {
        network: "guess",
        pin: "",
      }),
    );
    bench.send(message(profile));
  }
  const log = bench.target.lines.join("\n");
  for (const secret of [NETWORK, "my-secret", "its-secret", "all is lost"])
    ok(!log.includes(secret), secret);
});
