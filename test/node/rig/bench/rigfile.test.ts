/** Rig files: what one may hold, and that a mistake is named with its line. */
import { deepStrictEqual, doesNotMatch, match, strictEqual, throws } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { placeOf } from "../../../rig/bench/place.ts";
import {
  ESP32,
  powerCommands,
  problemsOf,
  readRigFile,
  secretOf,
} from "../../../rig/bench/rigfile.ts";
import { BOARD_NAMES } from "../../../rig/boards/boards.ts";
import { root } from "../../../root.ts";
import { Cli } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "rigfile-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const GOOD = `# Boards of this bench.
server: { host: 127.0.0.1, port: 0 }
boards:
  door-1:
    kind: host
    console: /dev/no-such-tty
    power:
      on: relay 1 on
      off: relay 1 off
    account:
      password: env:DOOR1
  door-2:
    kind: esp32
    console: { usb: 5A2B01D3 }
    power: { labgrid: door-2 }
    firmware: { build: "make V={version} OUT={out}", faults: [crashes] }
`;

test("a good file is read", () => {
  deepStrictEqual(problemsOf(GOOD), []);
  const file = join(folder, "good.yaml");
  writeFileSync(file, GOOD);
  deepStrictEqual(Object.keys(readRigFile(file).boards), ["door-1", "door-2"]);
});

for (const [what, from, to, line, text] of [
  [
    "a word that is none",
    "console: /dev",
    "consol: /dev",
    6,
    /"consol" is not known in boards\.door-1: kind, console, baud/,
  ],
  [
    "a kind that is none",
    "kind: host",
    "kind: hots",
    5,
    /^boards\.door-1\.kind is one of esp32, sim, host/,
  ],
  [
    "half a relay",
    "      off: relay 1 off\n",
    "",
    7,
    /must have property off when property on is present/,
  ],
  [
    "a board with two ways to switch its power",
    "      off: relay 1 off\n",
    "      off: relay 1 off\n      labgrid: door-1\n",
    7,
    /^boards\.door-1\.power names one way: on and off, http, uhubctl or labgrid$/,
  ],
  [
    "a board with two relays",
    "power: { labgrid: door-2 }",
    "power: { labgrid: door-2, uhubctl: { location: 1-1, port: 2 } }",
    15,
    /^boards\.door-2\.power names one way: on and off, http, uhubctl or labgrid$/,
  ],
  [
    "a secret in the file",
    "env:DOOR1",
    "hunter22",
    11,
    /^boards\.door-1\.account\.password is a secret: env:NAME or file:PATH$/,
  ],
  ["a port out of range", "port: 0", "port: 70000", 2, /^server\.port must be <= 65535$/],
  ["a console that is none", "/dev/no-such-tty", "tty", 6, /is the path of a serial port, tcp/],
  ["no console", "    console: /dev/no-such-tty\n", "", 4, /must have required property 'console'/],
  ["what is no YAML", "server: {", "server: [", 2, /./],
] as const)
  test(`${what} is named with its line`, () => {
    const problems = problemsOf(GOOD.replace(from, to));
    const told = problems.find((problem) => text.test(problem.text));
    strictEqual(told?.line, line, JSON.stringify(problems));
    doesNotMatch(JSON.stringify(problems), /hunter22/);
  });

test("the kinds of the schema are the boards of the rig", () => {
  const schema = JSON.parse(readFileSync(join(root, "test/rig/bench/rig.schema.json"), "utf8")) as {
    definitions: { board: { properties: { kind: { enum: string[] } } } };
  };
  const { enum: kinds } = schema.definitions.board.properties.kind;
  deepStrictEqual(kinds.toSorted(), [...BOARD_NAMES, ESP32].toSorted());
});

test("secrets come from the environment or a file, and one that is missing is not shown", () => {
  const file = join(folder, "secret");
  writeFileSync(file, "from a file\n");
  strictEqual(secretOf(`file:${file}`), "from a file");
  strictEqual(secretOf("env:PATH"), process.env["PATH"]);
  throws(() => secretOf("env:NO_SUCH_SECRET"), /the secret env:NO_SUCH_SECRET is not there/);
  throws(() => secretOf(`file:${folder}/none`), /is not there/);
});

for (const [power, on] of [
  [{ on: "relay 1 on", off: "relay 1 off" }, "relay 1 on"],
  [{ http: { on: "http://r/on", off: "http://r/off" } }, /^curl .* 'http:\/\/r\/on'$/],
  [{ uhubctl: { location: "1-1", port: 2 } }, "uhubctl -l '1-1' -p 2 -a on"],
  [{ labgrid: "door" }, "labgrid-client -p 'door' power on"],
] as const)
  test(`power by ${Object.keys(power).join(" and ")} is a command`, () => {
    const { powerOn, powerOff } = powerCommands(power);
    if (typeof on === "string") strictEqual(powerOn, on);
    else match(powerOn, on);
    strictEqual(powerOff, powerOn.replace(/\bon\b/, "off"));
  });

test("servers listen where boards reach them", () => {
  deepStrictEqual(placeOf({}), { host: "127.0.0.1", bind: "127.0.0.1", port: 0 });
  deepStrictEqual(placeOf({ host: "lab.example" }).bind, "0.0.0.0");
  deepStrictEqual(placeOf({ host: "127.0.0.1", port: 8080 }).bind, "127.0.0.1");
  deepStrictEqual(placeOf({ host: "lab.example", bind: "127.0.0.1" }).bind, "127.0.0.1");
});

test("where to listen is no address to call: somebody has to say what boards call", async () => {
  for (const words of [{ bind: "0.0.0.0" }, { bind: "::" }, { host: "0.0.0.0" }])
    throws(() => placeOf(words), /is where to listen, and no address that a board can call/);
  const any = { host: "127.0.0.1", bind: "0.0.0.0", port: 0 };
  deepStrictEqual(placeOf(any), any);
  const file = join(folder, "any");
  writeFileSync(file, "no package");
  const serve = new Cli(["serve", "--any", "--package", file, "--bind", "0.0.0.0"]);
  strictEqual(await serve.ended, 2, serve.output);
  match(serve.errors, /0\.0\.0\.0 is where to listen, .*\n {2}say what boards call .*--host.*127/);
});

test("doctor looks at a rig file: what is wrong with it, and what its boards lack", async () => {
  const file = join(folder, "rig.yaml");
  writeFileSync(file, GOOD);
  const good = new Cli(["doctor", "--rig", file], { DOOR1: "some secret" });
  strictEqual(await good.ended, 3, good.output + good.errors);
  match(good.output, /^missing {2}board door-1: console \/dev\/no-such-tty/m);
  match(good.output, /^ok {7}board door-1: secret env:DOOR1$/m);
  match(good.output, /^missing {2}board door-2: .*5A2B01D3/m);
  doesNotMatch(good.output, /some secret/);
  writeFileSync(file, GOOD.replace("console: /dev", "consol: /dev"));
  const bad = new Cli(["doctor", "--rig", file]);
  strictEqual(await bad.ended, 2);
  match(bad.errors, /rig\.yaml:6: "consol" is not known/);
});

test("the example of the README is a good rig file, whose xs-fumo takes its words", async () => {
  const readme = readFileSync(join(root, "test/rig/bench/README.md"), "utf8");
  const [, example = ""] = /^```yaml\n([^]+?)^```$/m.exec(readme) ?? [];
  deepStrictEqual([example.length > 500, problemsOf(example)], [true, []]);
  const [, words = ""] = /: npx xs-fumo (.+)$/m.exec(example) ?? [];
  const cli = new Cli(words.replace("{file}", join(folder, "none.json")).split(" "));
  strictEqual(await cli.ended, 2);
  match(cli.errors, /none\.json/);
  doesNotMatch(cli.errors, /unknown option/);
});
