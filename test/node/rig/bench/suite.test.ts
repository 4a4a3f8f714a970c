/**
 * Scenarios of the suite on boards that are somewhere else: behind a serial port, one that goes
 * away at restarts, raw TCP and RFC 2217; made new for each scenario, or never flashed.
 */
import { match, ok, strictEqual } from "node:assert";
import { exec, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { hex } from "../../../../src/base/bytes.ts";
import { BOARDS } from "../../../rig/boards/boards.ts";
import { spkiOf } from "../../../rig/keys.ts";
import { developmentKey, packageOf, publicText, VERSION_1 } from "../../../rig/workshop.ts";
import { Cli } from "../cli.ts";
import { missingTools } from "../../tools.ts";
import { freePort } from "../freeport.ts";
import { LINES, type LineKind, VirtualBoard } from "./virtualboard.ts";

const PROGRAMS = ["socat", "ser2net", "curl"];
const lacking = PROGRAMS.filter((name) => spawnSync("which", [name]).status !== 0);
const skip =
  missingTools("host") ||
  (lacking.length > 0 && process.env.CI === undefined && `no ${lacking.join(", ")} (Debian)`);
const LIMIT_MS = 300_000;

async function board(context: TestContext, kind: LineKind): Promise<VirtualBoard> {
  const made = await VirtualBoard.make(kind);
  context.after(() => made.remove());
  return made;
}

const PASSWORD = "a long secret";

/** What somebody has given a board, once and for all. */
function provisioning(port: number): string {
  const { vendorId, classId } = BOARDS.host;
  return JSON.stringify({
    account: {
      serverId: "rig",
      address: `http://127.0.0.1:${port}/dm`,
      auth: "md5",
      name: "door-1",
      secret: PASSWORD,
      serverAuth: "md5",
      serverName: "rig",
      serverSecret: "server-secret",
    },
    keys: [publicText(developmentKey())],
    objects: ["Main"],
    allowHttp: true,
    allowPrivate: true,
    sessionAtBoot: true,
    pollSeconds: 1,
    identity: { vendorId: hex(vendorId), classId: hex(classId) },
  });
}

/** Runs `xs-fumo test` with a rig file: what it said. */
async function suite(folder: string, rig: object, words: readonly string[]): Promise<string> {
  const file = join(folder, "rig.yaml");
  writeFileSync(file, stringify(rig));
  const cli = new Cli(["test", "--rig", file, "--board", "bench-1", ...words]);
  try {
    strictEqual(await cli.until(cli.ended, LIMIT_MS), 0, cli.output + cli.errors);
  } finally {
    await cli.stop();
  }
  return cli.output;
}

/** A port that goes away at a restart does not tell of the start of the new image. */
const CUTS: { readonly [kind in LineKind]: string } = {
  pty: "power.cut-download-50",
  reenumerating: "power.cut-trial",
  tcp: "power.cut-verified",
  rfc2217: "power.cut-armed",
};

for (const kind of LINES)
  test(`a board behind ${kind}: updates, a bad package and a power cut pass`, {
    skip,
    timeout: LIMIT_MS,
  }, async (context) => {
    const { directory, entry, commands } = await board(context, kind);
    const names = ["update.replace-wbxml", "package.corrupt", CUTS[kind]];
    const filters = names.flatMap((name) => ["--filter", name]);
    const rig = { boards: { "bench-1": { ...entry, ...commands } } };
    const output = await suite(directory, rig, filters);
    match(output, /3 passed, 0 failed, 0 errors of the bench, 0 skipped/);
  });

test("a board that is never flashed climbs from scenario to scenario", {
  skip,
  timeout: LIMIT_MS,
}, async (context) => {
  const { directory, entry, commands } = await board(context, "pty");
  const port = await freePort();
  // As it was left by who has made it: version 1, with the account of this bench.
  const made = { image: join(directory, "v1.img"), keys: join(directory, "v1.keys") };
  writeFileSync(made.image, packageOf(BOARDS.host, VERSION_1, 0));
  writeFileSync(made.keys, spkiOf(developmentKey()));
  const file = join(directory, "v1.json");
  writeFileSync(file, provisioning(port));
  const words = Object.entries({ ...made, file });
  for (const command of [commands.flash, commands.provision]) {
    const line = words.reduce((text, [name, path]) => text.replace(`{${name}}`, path), command);
    await promisify(exec)(`curl --fail --silent '${entry.power.http.on}' && ${line}`);
  }
  await fetch(entry.power.http.off);
  const account = { user: "door-1", password: `file:${join(directory, "password")}` };
  writeFileSync(join(directory, "password"), `${PASSWORD}\n`);
  const rig = { server: { port }, boards: { "bench-1": { ...entry, account } } };
  const names = [
    "update.descriptor",
    "package.wrong-class",
    "update.same-version",
    "update.auth-mac",
  ];
  const filters = names.flatMap((name) => ["--filter", name]);
  const log = join(directory, "log");
  const output = await suite(directory, rig, [...filters, "--log", log]);
  match(output, /3 passed, 0 failed, 0 errors of the bench, 1 skipped/);
  match(output, /skipped update\.auth-mac .*\n +needs a way to provision it/);
  ok(!readFileSync(log, "utf8").includes(PASSWORD));
});
