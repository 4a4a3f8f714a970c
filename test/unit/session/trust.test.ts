/**
 * When a server counts as proved, when it has refused the device, and when its commands are done.
 */
import { base64 } from "../../../src/base/base64.ts";
import { md5 } from "../../../src/base/md5.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Cred } from "../../../src/syncml/command.ts";
import { deepEqual, equal, test } from "../../check.ts";
import { Bench, command, item, NO_NONCE } from "./bench.ts";

const NONCE = utf8("Nonce");
const CLIENT = { type: "md5", name: "device", secret: "secret", nonce: NONCE } as const;
const SERVER = { type: "md5", name: "srv", secret: "server secret", nonce: NONCE } as const;

/** Credentials of a server with that secret. */
function cred(secret: string): Cred {
  const head = utf8(`${base64(md5(utf8(`srv:${secret}`)))}:`);
  const all = new Uint8Array(head.length + NONCE.length);
  all.set(head);
  all.set(NONCE, head.length);
  return { type: "syncml:auth-md5", format: "b64", data: base64(md5(all)) };
}

const GENUINE = { header: { cred: cred("server secret") } };
const STRANGER = { header: { cred: cred("guess") } };

test("first commands run between proof and confirmation, which precedes the report", () => {
  const bench = new Bench({ client: CLIENT, server: SERVER });
  const order: string[] = [];
  const { trust, told, tree } = bench;
  const note = (): void => {
    order.push(`${trust.join()} ${told.includes("authenticated")} ${tree.calls.length > 0}`);
  };
  bench.next();
  bench.reply([bench.header(212), command("Delete", item("./A"))], GENUINE);
  note();
  bench.alerts = [{ id: 4, type: "t", data: "200" }];
  bench.next();
  note();
  deepEqual(order, ["proved false true", "proved true true"]);
  equal(bench.others(), "Alert 1226");
});

test("a server is proved once a session; without credentials, by its first message", () => {
  const bench = new Bench();
  bench.next();
  deepEqual(bench.trust, []);
  bench.reply([bench.header(200), command("Get", item("./A"))]);
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./A"))]);
  deepEqual(bench.trust, ["proved"]);
});

test("a server that does not prove itself proves, executes and refuses nothing", () => {
  const bench = new Bench({ client: CLIENT, server: SERVER });
  bench.next();
  bench.reply([bench.header(212), command("Delete", item("./A"))], STRANGER);
  bench.next();
  deepEqual([bench.trust, bench.told.includes("authenticated"), bench.tree.calls], [[], false, []]);
  const refusing = new Bench({ client: { ...CLIENT, type: "none" }, server: SERVER });
  refusing.next();
  refusing.reply([refusing.header(401)], STRANGER);
  deepEqual([refusing.trust, refusing.outcome()], [[], "unauthenticated"]);
});

test("a proved server that rejects the device has refused it; a challenge has not", () => {
  const chal = { type: "syncml:auth-md5", format: "b64", nextNonce: base64(utf8("new")) };
  const bench = new Bench({ client: CLIENT, server: SERVER });
  bench.next();
  for (let challenge = 0; challenge < 2; challenge++) {
    bench.reply([bench.header(401, chal)], GENUINE);
    bench.next();
    deepEqual(bench.trust, ["proved"]);
  }
  bench.reply([bench.header(401, chal)], GENUINE);
  deepEqual([bench.trust, bench.outcome()], [["proved", "refused"], "unauthenticated"]);
});

test("a session that the server ends before both sides are known confirms nothing", () => {
  const bench = new Bench({ client: { ...CLIENT, nonce: NO_NONCE }, server: SERVER });
  bench.next();
  bench.reply([{ name: "Alert", cmdID: "", data: 1223, items: [] }], GENUINE);
  deepEqual([bench.trust, bench.outcome(), bench.told], [["proved"], "aborted", []]);
});
