/**
 * `xs-fumo` as a person or a CI system starts it: help, exit statuses, output, and a server and a
 * device in two processes.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { BOARDS } from "../../rig/boards/boards.ts";
import { EVENT_VERSION } from "../../rig/events/event.ts";
import { packageOf, VERSION_2 } from "../../rig/workshop.ts";
import { root } from "../../root.ts";
import { Cli } from "./cli.ts";

const folder = mkdtempSync(join(tmpdir(), "cli-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});
const file = join(folder, "v2.img");
writeFileSync(file, packageOf(BOARDS.sim, VERSION_2, 0));

const SOURCES: readonly string[] = ["device", "server", "host", "bench"];

/** Runs to the end. */
async function run(...words: readonly string[]): Promise<Cli & { readonly status: number }> {
  const cli = new Cli(words);
  return Object.assign(cli, { status: await cli.ended });
}

const device = (...more: readonly string[]): string[] => [
  "device",
  "--board",
  "sim",
  "--state",
  join(folder, "device"),
  "--server",
  "http://127.0.0.1:9/dm",
  "--server-id",
  "rig",
  ...more,
];

test("help names every command, status and example; each command has its own", async () => {
  const help = await run("--help");
  strictEqual(help.status, 0);
  const statuses =
    "Exit status: 0 ok, 1 the test or update failed, 2 wrong usage, 3 no board or tool, 4 flash, " +
    "5 protocol, 6 the device crashed, 42 a limit on a wait was reached, 130 interrupted.";
  ok(help.output.replaceAll(/\s+/g, " ").includes(statuses), help.output);
  match(help.output, /Examples:\n {2}xs-fumo demo/);
  const [, commands = ""] = help.output.split("\nCommands:\n");
  const names = [...commands.matchAll(/^ {2}(\w+) .*/gm)].map(([, name = ""]) => name);
  for (const name of ["demo", "serve", "device", "build", "keygen", "pack", "inspect", "doctor"])
    ok(names.includes(name), name);
  for (const name of names.filter((word) => word !== "help" && word !== "xs")) {
    const own = await run(name, "--help");
    deepStrictEqual([own.status, own.errors], [0, ""], name);
    match(own.output, new RegExp(`^Usage: xs-fumo ${name}`));
    ok(!/default: (\{|\[object)/.test(own.output), own.output);
    ok(!/default: "[0-9A-F]{1,4}"/.test(own.output), "no default is a number by chance");
    ok(
      own.output.split("\n").every((line) => line.length <= 160),
      name,
    );
  }
});

const USAGE: readonly (readonly [words: readonly string[], told: RegExp])[] = [
  [["fly"], /unknown command 'fly'/],
  [["demo", "--wings"], /unknown option '--wings'/],
  [["demo", "--board", "toaster"], /One of sim, host.* is needed/],
  [["demo", "--scenario", "magic"], /One of replace, download, download-and-update is needed/],
  [["demo", "--size", "huge"], /A size is a number of bytes/],
  [["device", "--board", "sim"], /required option '--state <directory>' not specified/],
  [
    ["device", "--board", "sim", "--state", "x", "--server-id", "x", "--server", "ftp://h/"],
    /The URL does not begin with http:\/\/ or https:\/\//,
  ],
  [["doctor", "--provision", join(folder, "none.json")], /none\.json/],
  [["serve"], /required option '--package <file>' not specified/],
  [["serve", "--package", join(folder, "none.img")], /none\.img/],
  [["serve", "--package", file, "--port", "70000"], /70000/],
  [["serve", "--package", file, "--port", "x"], /A whole number is needed/],
  [
    ["serve", "--package", "package.json"],
    /package\.json is not an MCUboot image\n {2}--any offers/,
  ],
  [
    ["build", "--board", "sim", "--version", "two", "-o", join(folder, "x")],
    /A version is MAJOR\.MINOR\.REVISION/,
  ],
  [["inspect", join(folder, "none.img")], /none\.img/],
];

for (const [words, told] of USAGE) {
  test(`usage: ${words.slice(0, 3).join(" ").replaceAll(folder, "DIR")}: status 2`, async () => {
    const { status, errors, output } = await run(...words);
    strictEqual(status, 2, errors);
    match(errors, told);
    strictEqual(output, "");
    ok(!errors.includes("    at "), errors);
  });
}

test("a reader that has had enough ends a command quietly", async () => {
  const command = join(root, "build/js/test/rig/cli.js");
  const words = `"${process.execPath}" "${command}"`;
  for (const line of [
    `${words} --help | true`,
    `${words} decode - < "${join(root, "test/corpus/documents/omna.ddf")}" | true`,
  ]) {
    const { status, stderr } = spawnSync("bash", ["-c", `set -o pipefail; ${line}`], {
      encoding: "utf8",
    });
    deepStrictEqual([status, stderr], [0, ""], line);
  }
});

test("a document of one's own is sealed as it is, and one that is none is refused", async () => {
  const mine = join(folder, "mine.xml");
  const push = join(folder, "mine.push");
  const parms = '<parm name="APPID" value="w7"/><parm name="PROVIDER-ID" value="srv"/>';
  const application = `<characteristic type="APPLICATION">${parms}</characteristic>`;
  const xml = `<wap-provisioningdoc version="1.1">${application}</wap-provisioningdoc>`;
  writeFileSync(mine, xml);
  const words = ["bootstrap", "--profile", "cp", "--network-secret", "s", "-o", push];
  strictEqual((await run(...words, "--seal", mine)).status, 0);
  const shown = await run("decode", push);
  strictEqual(shown.status, 0, shown.errors);
  match(shown.output, /PROVIDER-ID/);
  writeFileSync(mine, xml.slice(0, 40));
  strictEqual((await run(...words, "--seal", mine)).status, 5);
  strictEqual((await run(...words)).status, 2);
});

test("a port that is taken: status 2, and what to do", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => {
    taken.once("listening", resolve);
  });
  const { port } = taken.address() as { port: number };
  const { status, errors } = await run("serve", "--package", file, "--port", `${port}`);
  taken.close();
  strictEqual(status, 2);
  match(errors, /cannot listen on port \d+.*\n {2}--port 0 takes any that is free/);
});

test("a limit that is reached ends in status 42, says so, and leaves nothing", async () => {
  const [serve, alone, demo] = await Promise.all([
    run("serve", "--package", file, "--limit", "1"),
    run(...device("--limit", "1")),
    run("demo", "--board", "sim", "--limit", "0"),
  ]);
  deepStrictEqual([serve.status, alone.status], [42, 42]);
  match(serve.errors, /no result within 1 s/);
  match(alone.errors, /the device took longer than 1 s/);
  deepStrictEqual([demo.status, /took longer than 0 s/.test(demo.errors)], [42, true]);
});

test("a device without a server: status 5 after one session", async () => {
  const { status, output } = await run(...device("--once", "--state", join(folder, "alone")));
  strictEqual(status, 5, output);
});

test("a demo in a pipe prints no escapes, and logs one JSON event a line", async () => {
  const log = join(folder, "demo.ndjson");
  const { status, output, errors } = await run("demo", "--board", "sim", "--log", log);
  deepStrictEqual([status, errors], [0, ""]);
  ok(!output.includes("\u001b"), "escape sequences");
  match(output, /State 100/);
  match(output, /result {2}200/);
  const events = readFileSync(log, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const event of events) {
    ok(
      typeof event.t === "number" && event.board === "sim" && typeof event.kind === "string",
      JSON.stringify(event),
    );
    deepStrictEqual([event.v, SOURCES.includes(String(event.source))], [EVENT_VERSION, true]);
  }
  deepStrictEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1),
  );
  deepStrictEqual(
    events.map(({ t }) => Number(t)),
    events.map(({ t }) => Number(t)).sort((a, b) => a - b),
  );
  for (const kind of [
    "note",
    "boot",
    "state",
    "progress",
    "serial",
    "power",
    "turn",
    "began",
    "authenticated",
    "dm",
    "command",
    "value",
    "alert",
    "request",
    "session",
    "result",
    "end",
  ]) {
    ok(
      events.some((event) => event.kind === kind),
      `no event of kind ${kind}`,
    );
  }
  strictEqual(events.at(-1)?.kind, "end");
});

test("--json prints the same events, --quiet the result and little else", async () => {
  const json = await run("demo", "--board", "sim", "--json");
  const quiet = await run("demo", "--board", "sim", "--quiet");
  deepStrictEqual([json.status, quiet.status], [0, 0]);
  for (const line of json.output.trimEnd().split("\n")) ok(JSON.parse(line));
  const lines = quiet.output.trimEnd().split("\n");
  ok(lines.length <= 3, quiet.output);
  match(quiet.output, /result {2}200/);
});

for (const [scenario, auth] of [
  ["replace", "md5"],
  ["download", "basic"],
  ["download-and-update", "md5"],
] as const) {
  test(`serve and device, two processes: ${scenario}, ${auth}, --once each time`, async () => {
    const credentials = [
      "--auth",
      auth,
      "--user",
      "me",
      "--password",
      "mine",
      "--server-id",
      "srv",
      "--server-password",
      "its",
    ];
    const serve = new Cli([
      "serve",
      "--package",
      file,
      "--scenario",
      scenario,
      "--limit",
      "300",
      ...credentials,
    ]);
    try {
      const [, url = ""] = /DM server (\S+),/.exec(await serve.line("DM server", 1, 300_000)) ?? [];
      const words = [
        "device",
        "--board",
        "sim",
        "--state",
        join(folder, scenario),
        "--server",
        url,
        "--once",
        "--limit",
        "300",
        ...credentials,
      ];
      const statuses: number[] = [];
      while (!serve.output.includes("  result  ") && statuses.length < 10) {
        statuses.push((await run(...words)).status);
        await new Promise((resolve) => {
          setTimeout(resolve, 200);
        });
      }
      strictEqual(await serve.ended, 0, serve.output);
      ok(
        statuses.every((code) => code === 0),
        statuses.join(),
      );
      match(serve.output, /DevDetail\/FwV is 2\.0\.0/);
    } finally {
      await serve.stop();
    }
  });
}
