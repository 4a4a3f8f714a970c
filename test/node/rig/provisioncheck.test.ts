/** `xs-fumo doctor --provision`: what a device would make of a provisioning text. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeCertificate } from "../../rig/certificate.ts";
import { generateKey, spkiOf } from "../../rig/keys.ts";
import { AUTHORITIES_MAX, checkProvision } from "../../rig/provisioncheck.ts";
import { root } from "../../root.ts";
import { Cli } from "./cli.ts";

const folder = mkdtempSync(join(tmpdir(), "doctor-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const KEYS = [spkiOf(generateKey("ed25519")).toString("base64")];
const ACCOUNT = { serverId: "rig", address: "https://dm.example/dm?token=1" };
const authority = (): string => makeCertificate({ host: "h" }).authority.toString("base64");

/** What is refused in a text of these members. */
function refused(members: object): readonly string[] {
  const text = JSON.stringify({ account: ACCOUNT, keys: KEYS, ...members });
  return checkProvision(text).flatMap((finding) => (finding.good ? [] : [finding.text]));
}

test("a provisioning that devices accept passes, and its query is not shown", () => {
  deepStrictEqual(refused({}), []);
  deepStrictEqual(refused({ ca: authority() }), []);
  deepStrictEqual(refused({ ca: [authority(), authority()], bootstrap: ["NETWORKID"] }), []);
  const said = checkProvision(JSON.stringify({ account: ACCOUNT, keys: KEYS })).map(
    ({ text }) => text,
  );
  ok(said.includes("account of rig at https://dm.example/dm?…"), said.join("\n"));
});

test("an account that needs leave for http or a private address is refused, with advice", () => {
  const at = (address: string, more: object = {}): readonly string[] =>
    refused({ account: { ...ACCOUNT, address }, ...more });
  const [http = ""] = at("http://dm.example/dm");
  strictEqual(
    http,
    "account of rig at http://dm.example/dm: its address leads to dm.example by plain http: " +
      "use https, or set allowHttp in a laboratory",
  );
  ok(at("https://192.168.0.9/dm")[0]?.includes("set allowPrivate if it may"));
  deepStrictEqual(at("http://192.168.0.9/dm", { allowHttp: true, allowPrivate: true }), []);
});

test("what no device can read is refused, by name", () => {
  const [address = ""] = refused({ account: { ...ACCOUNT, address: "https://0x7f.1/" } });
  ok(address.startsWith("provision: address of account has a host that ends in a number"), address);
  deepStrictEqual(refused({ keys: ["x"] }).length, 1);
  deepStrictEqual(refused({ keys: [] }), ["no keys: no package is ever accepted"]);
  deepStrictEqual(refused({ allowHttp: 1 }), ["provision: allowHttp is not true or false"]);
  const ca = "not the certificate of an authority, DER in base64";
  deepStrictEqual(refused({ ca: "AAAA" }), [`ca: ${ca}`]);
  deepStrictEqual(refused({ ca: [authority(), ""] }), [`ca[1]: ${ca}`]);
  const pem = Buffer.from(makeCertificate({ host: "h" }).certificate).toString("base64");
  deepStrictEqual(refused({ ca: pem }), [`ca: ${ca}`], "a board reads no PEM");
  deepStrictEqual(refused({ ca: [7] }), [`ca[0]: ${ca}`]);
  const three = [authority(), authority(), authority()];
  deepStrictEqual(refused({ ca: three }), ["ca[2]: more than two authorities: remove the oldest"]);
});

test("the check knows as many authorities as a board", () => {
  const header = readFileSync(join(root, "hal/common/net/tls.h"), "utf8");
  strictEqual(/TLS_AUTHORITIES_MAX (\d+)/.exec(header)?.[1], `${AUTHORITIES_MAX}`);
});

test("a text that is no JSON is refused by its place, and not quoted: it holds secrets", () => {
  deepStrictEqual(checkProvision('{"networkSecret": swordfish}'), [
    { good: false, text: "provision: invalid JSON at line 1, column 19" },
  ]);
});

test("doctor ends with 0 when all is taken, and with 1 when something is refused", async () => {
  for (const [address, status, begins] of [
    ["https://dm.example/", 0, "ok       account of rig at https://dm.example/"],
    ["http://dm.example/", 1, "refused  account of rig at http://dm.example/: its address leads"],
  ] as const) {
    const file = join(folder, "provision.json");
    writeFileSync(file, JSON.stringify({ account: { ...ACCOUNT, address }, keys: KEYS }));
    const cli = new Cli(["doctor", "--provision", file]);
    strictEqual(await cli.ended, status, cli.errors);
    ok(cli.output.startsWith(begins), cli.output);
  }
});
