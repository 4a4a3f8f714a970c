/** `xs-fumo test` as a test engineer and a CI system start it. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Recorded } from "../../../rig/events/event.ts";
import { SCENARIOS } from "../../../rig/suite/table.ts";
import { Cli } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "suite-"));
after(() => {
  rmSync(folder, { recursive: true });
});

async function run(...words: readonly string[]): Promise<Cli & { readonly status: number }> {
  const cli = new Cli(["test", ...words]);
  return Object.assign(cli, { status: await cli.ended });
}

test("a run tells its verdicts, and writes them as JUnit and as events", async () => {
  const junit = join(folder, "report.xml");
  const log = join(folder, "events.ndjson");
  const names = ["update.replace-xml", "package.corrupt", "update.https"];
  const filters = names.flatMap((name) => ["--filter", name]);
  const { status, output } = await run(...filters, "--junit", junit, "--log", log);
  strictEqual(status, 0, output);
  match(output, /sim +passed +package\.corrupt /);
  match(output, /sim +skipped update\.https .*\n +needs TLS/);
  match(output, /2 passed, 0 failed, 0 errors of the bench, 1 skipped/);
  const report = readFileSync(junit, "utf8");
  match(report, /<testsuite name="xs-fumo\.sim" tests="3" failures="0" errors="0" skipped="1"/);
  const events = readFileSync(log, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Recorded);
  deepStrictEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1),
  );
  deepStrictEqual(
    events.flatMap((event) => (event.kind === "scenario" ? [`${event.name} ${event.phase}`] : [])),
    [
      "update.replace-xml began",
      "update.replace-xml passed",
      "update.https began",
      "update.https skipped",
      "package.corrupt began",
      "package.corrupt passed",
    ],
  );
});

test("a scenario without a result within the limit has failed: status 1", async () => {
  const { status, output } = await run("--filter", "update.replace-xml", "--limit", "0");
  strictEqual(status, 1, output);
  match(output, /failed +update\.replace-xml .*\n +no result: the update took longer than 0 s/);
});

test("a bench that cannot do its part is an error, is tried again, and is status 3", async () => {
  const words = ["--filter", "update.replace-xml", "--retry", "1"];
  const cli = new Cli(["test", ...words], { TMPDIR: join(folder, "nowhere") });
  strictEqual(await cli.ended, 3, cli.output + cli.errors);
  match(cli.output, /error +update\.replace-xml .*, attempt 2\n/);
  match(cli.output, /1 errors of the bench/);
});

test("a board that cannot be built is an error of each scenario; other boards go on", async () => {
  const junit = join(folder, "unbuilt.xml");
  const log = join(folder, "unbuilt.ndjson");
  const words = ["--board", "host", "--board", "sim", "--junit", junit, "--log", log];
  const filters = ["--filter", "update.replace-xml", "--filter", "update.https"];
  const cli = new Cli(["test", ...words, ...filters], { CC: join(folder, "no-compiler") });
  strictEqual(await cli.ended, 3, cli.output + cli.errors);
  const why = "board host cannot be built here: missing C compiler";
  match(cli.errors, new RegExp(`^xs-fumo: ${why}\n {2}type: `, "m"));
  match(cli.output, new RegExp(`host +error +update\\.replace-xml .*\n +${why}`));
  match(cli.output, /host +skipped update\.https /);
  match(cli.output, /sim +passed +update\.replace-xml /);
  const report = readFileSync(junit, "utf8");
  match(report, /<testsuite name="xs-fumo\.host" tests="2" failures="0" errors="1" skipped="1"/);
  match(report, new RegExp(`<error type="bench" message="${why}"/>`));
  match(report, /<testsuite name="xs-fumo\.sim" tests="2" failures="0" errors="0" skipped="1"/);
  match(readFileSync(log, "utf8").trimEnd().split("\n").at(-1) ?? "", /"kind":"end","status":3/);
});

test("--list names every scenario, also as JSON; a name that none has is status 2", async () => {
  const list = await run("--list");
  for (const { name } of SCENARIOS) ok(list.output.includes(`${name} `), name);
  const rows = JSON.parse((await run("--list", "--json")).output) as readonly { name: string }[];
  deepStrictEqual(
    rows.map(({ name }) => name),
    SCENARIOS.map(({ name }) => name),
  );
  const none = await run("--filter", "update.nothing");
  strictEqual(none.status, 2);
  match(none.errors, /no scenario is named update\.nothing/);
});

test("a dry run says what each board could do, and runs nothing", async () => {
  const { status, output } = await run("--dry-run", "--board", "sim");
  strictEqual(status, 0, output);
  match(output, /board sim: ready; \d+ scenarios/);
  ok(!output.includes("passed"));
});
