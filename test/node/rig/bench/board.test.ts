/** `xs-fumo board`: a person at the bench lists, switches, reads and locks boards. */
import { match, ok, strictEqual } from "node:assert";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stringify } from "yaml";
import { Cli } from "../cli.ts";
import { anotherHolder } from "./anotherholder.ts";

const LIMIT_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), "board-"));
process.env["TMPDIR"] = folder;
const RIG = join(folder, "rig.yaml");
const SWITCHED = join(folder, "switched");

/** A terminal server with a board behind it that says what it runs. */
const sockets: Socket[] = [];
const server = createServer((socket) => {
  sockets.push(socket);
  socket.on("error", () => undefined);
  socket.write("booting\r\nruns version 1.0.0\r\n");
});
let line = "";

before(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  ok(typeof address === "object" && address !== null);
  line = `tcp://127.0.0.1:${address.port}`;
  const power = { on: `echo on >>${SWITCHED}`, off: `echo off >>${SWITCHED}` };
  const boards = {
    "door-1": { kind: "host", console: line, power },
    "door-2": { kind: "host", console: "tcp://127.0.0.1:9" },
  };
  writeFileSync(RIG, stringify({ boards }));
});
after(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

async function board(...words: readonly string[]): Promise<Cli & { readonly status: number }> {
  const cli = new Cli(["board", ...words, "--rig", RIG]);
  return Object.assign(cli, { status: await cli.until(cli.ended, LIMIT_MS) });
}

test("list names every board with its console, its switch, and who has it", async () => {
  const { status, output } = await board("list");
  strictEqual(status, 0);
  match(output, /^door-1 +host +tcp:\/\/127\.0\.0\.1:\d+ {2}power by on and off {2}free$/m);
  match(output, /^door-2 +host +tcp:\/\/127\.0\.0\.1:9 {2}power by rts {2}free$/m);
});

test("power switches a board on, off, and off and on again", async () => {
  for (const what of ["on", "off", "cycle"]) {
    const { status, output, errors } = await board("power", "door-1", what);
    strictEqual(status, 0, errors);
    strictEqual(output, `board door-1: power ${what}\n`);
  }
  strictEqual(readFileSync(SWITCHED, "utf8"), "on\noff\noff\non\n");
});

test("a board without a switch says so; a word or a board that is none is status 2", async () => {
  const off = await board("power", "door-2", "off");
  strictEqual(off.status, 3);
  match(off.errors, /board door-2 has no switch: its power cannot be off\n {2}cycle resets it/);
  const word = await board("power", "door-1", "of");
  strictEqual(word.status, 2);
  match(word.errors, /power is on, off or cycle, not of/);
  const none = await board("status", "door-9");
  strictEqual(none.status, 2);
  match(none.errors, /has no board door-9\n {2}its boards: door-1, door-2/);
  strictEqual((await board("lift", "door-1")).status, 2);
});

test("console shows what a board says, and ends at the words that are waited for", async () => {
  const { status, output, errors } = await board("console", "door-1", "--until", "version 1.0.0");
  strictEqual(status, 0, errors);
  strictEqual(output, "booting\nruns version 1.0.0\n");
  const never = await board("console", "door-1", "--until", "version 2", "--limit", "1");
  strictEqual(never.status, 42);
  match(never.errors, /"version 2" on the console/);
});

test("a board that is locked is its owner's: no run takes it, and he may switch it", async () => {
  strictEqual((await board("status", "door-1")).status, 0);
  strictEqual((await board("lock", "door-1")).status, 0);
  const held = await board("status", "door-1");
  strictEqual(held.status, 3);
  match(held.output, /^board door-1: taken by \w+, by hand, since .*: xs-fumo board lock door-1/);
  const words = ["--rig", RIG, "--board", "door-1", "--filter", "package.corrupt"];
  const run = new Cli(["test", ...words]);
  strictEqual(await run.ended, 3, run.output);
  match(
    run.errors,
    /board door-1 is taken by .*\n {2}to take it back: xs-fumo board unlock door-1/,
  );
  strictEqual((await board("power", "door-1", "on")).status, 0);
  strictEqual((await board("lock", "door-1")).status, 3);
  strictEqual((await board("unlock", "door-1")).status, 0);
  strictEqual((await board("unlock", "door-1")).status, 3);
  strictEqual((await board("status", "door-1")).status, 0);
});

test("a board that a process has is neither switched nor read nor unlocked", async () => {
  rmSync(SWITCHED, { force: true });
  const { pid, end } = anotherHolder(line);
  for (const words of [
    ["power", "door-1", "off"],
    ["console", "door-1"],
    ["unlock", "door-1"],
  ]) {
    const { status, errors } = await board(...words);
    strictEqual(status, 3, words.join(" "));
    match(errors, new RegExp(`board door-1 is taken by process ${pid} of `));
  }
  end();
  strictEqual(existsSync(SWITCHED), false);
});
