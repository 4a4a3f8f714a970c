/**
 * Where a DM server may be (src/SECURITY.md): allowHttp and allowPrivate hold for it as for
 * packages, whoever has written its address, and one address is one place for every part of the
 * device.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { DmServer } from "../../rig/server/dm-server.ts";
import type { ServerOptions } from "../../rig/server/options.ts";
import { DM, FACTORY, SECRETS, Target } from "./target.ts";

const SECURE = "https://dm.example/dm";
const STRICT = { allowHttp: false, allowPrivate: false };
const [DEVICE_SECRET = "", SERVER_SECRET = ""] = SECRETS;

/** The genuine server, at whatever address it is asked. */
function server(options: Partial<ServerOptions> = {}): DmServer {
  return new DmServer({
    url: SECURE,
    name: "rig",
    client: { type: "md5", name: "device", secret: DEVICE_SECRET },
    server: { type: "md5", name: "rig", secret: SERVER_SECRET },
    ...options,
  });
}

/** A server that gives the device another address, once. */
function moving(address: string): DmServer {
  return server({
    scenario: () => ({
      name: "move",
      object: "./FwUpdate/Main",
      closing: [],
      steps: [
        {
          kind: "send",
          operations: [
            { name: "Replace", uri: "./DMAcc/Main/AppAddr/1/Addr", data: address, accept: "any" },
          ],
        },
      ],
    }),
  });
}

function device(address: string, genuine: DmServer, more: object = STRICT): Target {
  return new Target((request) => genuine.handle(request), {
    account: { ...FACTORY, address },
    ...more,
  });
}

/** Written-out addresses in every form, and what the log says of each. */
const REFUSED: readonly (readonly [address: string, why: string])[] = [
  ["http://dm.example/dm", "leads to dm.example by plain http: use https, or set allowHttp"],
  ["HTTP://DM.example:80/dm", "leads to dm.example by plain http"],
  ["https://127.0.0.1/dm", "leads to 127.0.0.1, which is no public address: set allowPrivate"],
  ["https://10.0.0.1:8443/dm", "leads to 10.0.0.1"],
  ["https://169.254.169.254/", "leads to 169.254.169.254"],
  ["https://[::1]/dm", "leads to [::1]"],
  ["https://[0:0:0:0:0:ffff:127.0.0.1]/dm", "leads to [::ffff:7f00:1]"],
  ["https://[fd00::1]/dm", "leads to [fd00::1]"],
  ["https://localhost/dm", "leads to localhost"],
  ["https://LocalHost./dm", "leads to localhost."],
];
/** What a resolver takes for an address, and no reader of URLs for the same one. */
const MALFORMED: readonly string[] = [
  "https://2130706433/dm",
  "https://0x7f000001/dm",
  "https://0177.0.0.1/dm",
  "https://127.1/dm",
  "https://user:password@dm.example/dm",
  "https://dm.example\\@127.0.0.1/dm",
];

test("a server over http or at a private address needs leave; the start says so", () => {
  for (const [address, why] of REFUSED) {
    for (const auth of ["basic", "md5"]) {
      const target = new Target(() => undefined, {
        ...STRICT,
        account: { ...FACTORY, address, auth },
      });
      const [line] = target.lines.filter((text) => text.includes("account of server rig"));
      ok(line?.startsWith(`client: account of server rig: its address ${why}`), line ?? address);
      target.run(3_600_000);
      deepStrictEqual(target.asked, [], address);
      ok(target.lines.some((text) => text.startsWith("client: no session with server rig: its ")));
    }
  }
});

test("a provisioned address that is malformed stops the start with a sentence", () => {
  for (const address of MALFORMED) {
    let said = "";
    try {
      device(address, server());
    } catch (error) {
      said = error instanceof Error ? error.message : "";
    }
    ok(/^provision: address of account (has|does|is) /.test(said), `${address}: ${said}`);
  }
});

test("the same addresses are met where they are allowed", () => {
  for (const [address] of REFUSED) {
    const target = device(address, server(), { allowHttp: true, allowPrivate: true });
    target.run();
    ok(
      target.lines.some((line) => line.includes("completed")),
      address,
    );
  }
});

test("an account from before the rule waits until the provisioning allows it", () => {
  const target = device(DM, server(), { allowHttp: true });
  target.run();
  ok(target.lines.some((line) => line.includes("completed")));
  target.asked.length = 0;
  target.lines.length = 0;
  target.reboot({ allowHttp: false });
  ok(target.lines.some((line) => line.includes("its address leads to dm.example by plain http")));
  target.run(3_600_000);
  deepStrictEqual(target.asked, []);
  target.reboot();
  target.run();
  ok(target.asked.length > 0);
});

test("a server that sets a forbidden address gets 403, and is met at the old one", () => {
  for (const [address, why] of REFUSED) {
    const target = device(SECURE, moving(address));
    target.run();
    ok(
      target.lines.some((line) => line.includes("403 Replace")),
      target.lines.join("\n"),
    );
    ok(
      target.lines.some((line) => line.includes(`the new one ${why.split(":")[0] ?? ""}`)),
      address,
    );
    target.reboot();
    target.run();
    deepStrictEqual([...new Set(target.asked)], [SECURE], address);
  }
  for (const address of MALFORMED) {
    const target = device(SECURE, moving(address));
    target.run();
    ok(
      target.lines.some((line) => line.includes("500 Replace")),
      target.lines.join("\n"),
    );
    target.reboot();
    target.run();
    deepStrictEqual([...new Set(target.asked)], [SECURE], address);
  }
});

test("an address in another spelling is normalized, and used in the next session", () => {
  for (const [address, next] of [
    ["HTTPS://DM.Example/new", "https://dm.example/new"],
    ["https://dm.example/new#main", "https://dm.example/new"],
    ["https://dm.example:443/a/../new", "https://dm.example/new"],
    ["\n  https://dm.example/new  ", "https://dm.example/new"],
    ["https://dm.example/new server/{1}", "https://dm.example/new%20server/%7B1%7D"],
    ["https://dm.example/ü", "https://dm.example/%C3%BC"],
  ]) {
    const target = device(SECURE, moving(address ?? ""));
    target.run();
    ok(
      target.lines.some((line) => line.includes("200 Replace")),
      target.lines.join("\n"),
    );
    target.asked.length = 0;
    target.lines.length = 0;
    target.reboot();
    target.run();
    deepStrictEqual([...new Set(target.asked)], [next]);
    ok(
      target.lines.some((line) => line.includes("completed")),
      target.lines.join("\n"),
    );
  }
});

test("a RespURI to another host, over http or with a user is refused and logged", () => {
  for (const respUri of [
    "https://evil.example/dm",
    "http://dm.example/dm",
    "https://dm.example:444/dm",
    "https://user@dm.example/dm",
    "//127.0.0.1/dm",
    "https://dm.example\\@evil.example/",
  ]) {
    const target = device(SECURE, server({ respUri }));
    target.run();
    strictEqual([...new Set(target.asked)].join(" "), SECURE, respUri);
    ok(
      target.lines.some((line) => line.startsWith("session: RespURI ")),
      respUri,
    );
    ok(
      target.lines.some((line) => line.includes("completed")),
      respUri,
    );
  }
  const target = device(SECURE, server({ respUri: "./next?id=1" }));
  target.run();
  deepStrictEqual([...new Set(target.asked)], [SECURE, "https://dm.example/next?id=1"]);
});
