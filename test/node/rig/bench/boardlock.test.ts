/** A board of a bench has one user at a time, and whoever comes second is told who has it. */
import { deepStrictEqual, match, strictEqual, throws } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { stringify } from "yaml";
import { type Holder, holderOf, lock, unlock } from "../../../rig/bench/boardlock.ts";
import { root } from "../../../root.ts";
import { Cli } from "../cli.ts";
import { anotherHolder } from "./anotherholder.ts";
import { application } from "../rom/files.ts";

const folder = mkdtempSync(join(tmpdir(), "boardlock-"));
process.env["TMPDIR"] = folder;
const LOCKS = join(folder, "xs-fumo-boards");
const LINE = "tcp://127.0.0.1:4001";
const FILE = join(LOCKS, encodeURIComponent(LINE));
const APPLICATION = join(folder, "app.bin");
writeFileSync(APPLICATION, application("1.0.0", "esp32"));
const MODULE = pathToFileURL(join(root, "build/js/test/rig/bench/boardlock.js")).href;

beforeEach(() => {
  rmSync(LOCKS, { recursive: true, force: true });
  lock("bench-1", "tcp://another:1")(); // the folder is there
});
after(() => {
  rmSync(folder, { recursive: true });
});

/** The lock of a process that ends without giving it back. */
function stale(): string {
  const program = `import { lock } from "${MODULE}"; lock("bench-1", "${LINE}");`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", `${program} process.kill(process.pid, "SIGKILL");`],
    { encoding: "utf8" },
  );
  strictEqual(status, null, stderr);
  return readFileSync(FILE, "utf8");
}

test("a run is refused a board that another process has, and told its id and command", async () => {
  const release = lock("bench-1", LINE);
  const file = join(folder, "rig.yaml");
  const entry = { kind: "host", console: LINE, power: { on: "true", off: "true" }, flash: "true" };
  writeFileSync(file, stringify({ boards: { "bench-1": entry } }));
  const junit = join(folder, "refused.xml");
  const filter = ["--filter", "package.corrupt", "--junit", junit];
  const words = ["test", "--rig", file, "--board", "bench-1", ...filter];
  const second = new Cli(words);
  strictEqual(await second.ended, 3, second.output);
  match(second.errors, new RegExp(`board bench-1 is taken by process ${process.pid} of \\w+, `));
  match(second.errors, /: xs-fumo.*\n {2}wait until that process ends, or end it/);
  const said = `board bench-1 is taken by process ${process.pid} of `;
  match(second.output, new RegExp(`bench-1 +error +package\\.corrupt .*\n +${said}`));
  match(readFileSync(junit, "utf8"), new RegExp(`<error type="bench" message="${said}`));
  release();
  deepStrictEqual(readdirSync(LOCKS), []);
});

for (const words of [
  ["watch", "--port", LINE, "--limit", "5"],
  ["flash", "--port", LINE, "--app", APPLICATION],
  ["provision", "--port", LINE],
  ["conformance", "--port", LINE, "--console"],
])
  test(`${words[0] ?? ""} leaves a board alone that another process has`, async () => {
    const { pid, command, end } = anotherHolder(LINE);
    const cli = new Cli(words);
    strictEqual(await cli.ended, 3, cli.output + cli.errors);
    match(cli.errors, new RegExp(`is taken by process ${pid} of `));
    match(cli.errors, new RegExp(`, since .*: ${command}\\n`));
    end();
  });

test("what a run starts may use its board, and a person what he has locked", async () => {
  const line = "tcp://127.0.0.1:9"; // nobody listens there
  for (const isByHand of [false, true]) {
    const release = lock("bench-1", line, isByHand);
    const cli = new Cli(["watch", "--port", line, "--limit", "1"]);
    strictEqual(await cli.ended, 3, cli.output);
    match(cli.errors, /cannot open tcp:\/\/127\.0\.0\.1:9: .*ECONNREFUSED/);
    release();
  }
  deepStrictEqual(readdirSync(LOCKS), []);
});

test("two names of one port are one board", () => {
  const port = join(folder, "tty");
  writeFileSync(port, "");
  symlinkSync(port, join(folder, "by-id"));
  const release = lock("bench-1", port);
  throws(() => lock("bench-2", join(folder, "by-id")), /board bench-2 is taken by process/);
  release();
});

test("the lock of a process that was killed is taken over", () => {
  stale();
  strictEqual(holderOf(LINE), undefined);
  const release = lock("bench-1", LINE);
  strictEqual(holderOf(LINE)?.pid, process.pid);
  release();
  strictEqual(holderOf(LINE), undefined);
});

test("a process that has got the number of one that is gone does not have its lock", () => {
  const holder = JSON.parse(stale()) as Holder;
  writeFileSync(FILE, JSON.stringify({ ...holder, pid: process.pid }));
  lock("bench-1", LINE)();
});

test("a lock that broke off, and is no JSON, is taken over", () => {
  writeFileSync(FILE, '{"pid":');
  lock("bench-1", LINE)();
});

test("of many that find the lock of a dead process at once, one takes it over", async () => {
  stale();
  const program =
    `import { lock } from "${MODULE}"; process.stdin.once("data", () => { ` +
    `try { lock("b", "${LINE}"); console.log("has it"); } catch { console.log("refused"); } ` +
    "}).once('end', () => process.exit()); console.log('ready');";
  const children = Array.from({ length: 4 }, () => {
    const words = ["--input-type=module", "--eval", program];
    return spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
  });
  const said = async (): Promise<readonly string[]> =>
    Promise.all(
      children.map(async ({ stdout }) => {
        const [bytes] = (await once(stdout, "data")) as [Buffer];
        return bytes.toString().trim();
      }),
    );
  deepStrictEqual(new Set(await said()), new Set(["ready"]));
  const answers = said();
  for (const { stdin } of children) stdin.write("go\n");
  deepStrictEqual((await answers).toSorted(), ["has it", "refused", "refused", "refused"]);
  for (const child of children) child.kill("SIGKILL");
});

test("a board that was locked by hand stays locked until it is unlocked by hand", () => {
  lock("bench-1", LINE, true);
  throws(() => lock("bench-1", LINE), /taken by \w+, by hand, since .*: xs-fumo/);
  unlock("bench-1", LINE);
  throws(() => unlock("bench-1", LINE), /board bench-1 is not locked/);
  const release = lock("bench-1", LINE);
  throws(() => unlock("bench-1", LINE), /board bench-1 is taken by process/);
  release();
});
