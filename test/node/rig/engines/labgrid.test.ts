/**
 * Boards that labgrid holds, as a laboratory has it: a coordinator and an exporter offer two of
 * them, which runs of the suite acquire, power and read through it.
 */
import { doesNotMatch, match, strictEqual } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { lineIn } from "../../../rig/bench/labgrid.ts";
import { missingTools } from "../../tools.ts";
import { VirtualBoard } from "../bench/virtualboard.ts";
import { Cli } from "../cli.ts";
import { Labgrid } from "./labgrid.ts";
import { WITHOUT_LABGRID } from "./labgridtools.ts";

const LIMIT_MS = 300_000;

test("two runs at once have a board each, and a third is told who has the one it wants", {
  skip: WITHOUT_LABGRID || missingTools("host"),
  timeout: LIMIT_MS,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "labgrid-"));
  const boards = [await VirtualBoard.make("rfc2217"), await VirtualBoard.make("tcp")] as const;
  const [first, second] = boards;
  const labgrid = await Labgrid.start(folder, {
    "door-1": first.resources,
    "door-2": second.resources,
  });
  context.after(async () => {
    await labgrid.stop();
    for (const board of boards) await board.remove();
    rmSync(folder, { recursive: true });
  });
  const entry = (place: string, { commands }: VirtualBoard): object => ({
    kind: "host",
    console: { labgrid: place },
    power: { labgrid: place },
    ...commands,
  });
  const file = join(folder, "rig.yaml");
  const rig = { boards: { a: entry("door-1", first), b: entry("door-2", second) } };
  writeFileSync(file, stringify(rig));
  const run = (board: string, scenario: string): Cli => {
    const words = ["test", "--rig", file, "--board", board, "--filter", scenario];
    return new Cli(words, labgrid.environment);
  };

  const runs = [run("a", "update.replace-wbxml"), run("b", "package.corrupt")] as const;
  await labgrid.until(/door-1/, "who");
  const third = run("a", "package.corrupt");
  strictEqual(await third.ended, 3, third.output);
  match(third.errors, /labgrid, acquire of place door-1: .*already acquired/);
  match(third.output, /a +error +package\.corrupt .*\n +labgrid, acquire of place door-1/);
  for (const each of runs) {
    strictEqual(await each.until(each.ended, LIMIT_MS), 0, each.output + each.errors);
    match(each.output, /1 passed, 0 failed, 0 errors of the bench, 0 skipped/);
  }
  doesNotMatch(await labgrid.client("who"), /door-/);
});

test("a person keeps a place with board lock, uses it, and gives it back with unlock", {
  skip: WITHOUT_LABGRID || missingTools("host"),
  timeout: LIMIT_MS,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "labgrid-"));
  const virtual = await VirtualBoard.make("tcp");
  const labgrid = await Labgrid.start(folder, { "door-1": virtual.resources });
  context.after(async () => {
    await labgrid.stop();
    await virtual.remove();
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "rig.yaml");
  const door = { console: { labgrid: "door-1" }, power: { labgrid: "door-1" } };
  writeFileSync(file, stringify({ boards: { a: { kind: "host", ...door, ...virtual.commands } } }));
  const command = async (...words: readonly string[]): Promise<Cli & { status: number }> => {
    const cli = new Cli([...words, "--rig", file], labgrid.environment);
    return Object.assign(cli, { status: await cli.until(cli.ended, LIMIT_MS) });
  };

  const locked = await command("board", "lock", "a");
  strictEqual(locked.status, 0, locked.errors);
  match(await labgrid.client("who"), /door-1/);
  const status = await command("board", "status", "a");
  strictEqual(status.status, 3);
  match(status.output, /^board a: taken by .+, by labgrid's place door-1$/m);
  const again = await command("board", "lock", "a");
  strictEqual(again.status, 3);
  match(again.errors, /labgrid, acquire of place door-1: .*already acquired/);
  const run = await command("test", "--board", "a", "--filter", "package.corrupt");
  strictEqual(run.status, 3, run.output);
  match(run.output, /a +error +package\.corrupt .*\n +labgrid, acquire of place door-1/);
  strictEqual((await command("board", "power", "a", "on")).status, 0);
  match(await labgrid.client("who"), /door-1/, "who uses it still has it");
  strictEqual((await command("board", "unlock", "a")).status, 0);
  doesNotMatch(await labgrid.client("who"), /door-1/);
  strictEqual((await command("board", "status", "a")).status, 0);
  strictEqual((await command("board", "unlock", "a")).status, 3);
});

test("a run that is interrupted gives its place back", {
  skip: WITHOUT_LABGRID || missingTools("host"),
  timeout: LIMIT_MS,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "labgrid-"));
  const board = await VirtualBoard.make("tcp");
  const labgrid = await Labgrid.start(folder, { "door-1": board.resources });
  context.after(async () => {
    await labgrid.stop();
    await board.remove();
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "rig.yaml");
  const door = { kind: "host", console: { labgrid: "door-1" }, power: { labgrid: "door-1" } };
  writeFileSync(file, stringify({ boards: { a: { ...door, ...board.commands } } }));
  const words = ["test", "--rig", file, "--board", "a", "--filter", "network.stalls"];
  const run = new Cli(words, labgrid.environment);
  await labgrid.until(/door-1/, "who");
  run.interrupt();
  strictEqual(await run.ended, 130, run.output + run.errors);
  doesNotMatch(await labgrid.client("who"), /door-1/);
});

const PORT = { host: "lab", port: 4001, protocol: "raw" };
for (const [what, resources, line] of [
  ["raw TCP", [{ NetworkPowerPort: {} }, { NetworkSerialPort: PORT }], "tcp://lab:4001"],
  ["RFC 2217", [{ NetworkSerialPort: { ...PORT, protocol: "rfc2217" } }], "rfc2217://lab:4001"],
  ["a protocol that is not known", [{ NetworkSerialPort: { ...PORT, protocol: "x" } }], undefined],
  ["two consoles", [{ NetworkSerialPort: PORT }, { NetworkSerialPort: PORT }], undefined],
  ["a console that is away", [{ NetworkSerialPort: { ...PORT, port: null } }], undefined],
  ["no console", [], undefined],
] as const)
  test(`a place of labgrid with ${what} has ${line === undefined ? "no line" : "a line"}`, () => {
    strictEqual(lineIn(stringify({ targets: { door: { resources } } }), "door"), line);
  });
