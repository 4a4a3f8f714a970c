/**
 * A real board on a serial port, as far as a computer can play it: a pseudo-terminal for the port,
 * a process for the board.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { BASE_MODULES, buildBlob } from "../../../hal/xs/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { host, RUNNER } from "../../rig/boards/host.ts";
import { CLASS_ID, VENDOR_ID } from "../../rig/identity.ts";
import { buildImage } from "../../rig/image.ts";
import { openLine } from "../../rig/line/line.ts";
import { deafPort } from "../../rig/server/deaf.ts";
import { developmentKey } from "../../rig/workshop.ts";
import { root } from "../../root.ts";
import { Cli } from "./cli.ts";
import { freePort } from "./freeport.ts";

const LIMIT_MS = 300_000;
const have = spawnSync("socat", ["-V"]).status === 0;
const skip = !have && process.env.CI === undefined && "no socat (Debian package socat)";

interface Bench {
  readonly directory: string;
  readonly port: string;
  readonly power: readonly string[];
}

/**
 * Two ends of a line: the rig's, and the one that the board's output goes to; and a relay, which is
 * two shell scripts.
 */
async function bench(context: TestContext): Promise<Bench> {
  const directory = mkdtempSync(join(tmpdir(), "serial-"));
  const port = join(directory, "tty");
  const far = join(directory, "far");
  const line: ChildProcess = spawn(
    "socat",
    [`PTY,link=${port},raw,echo=0`, `PTY,link=${far},raw,echo=0`],
    { stdio: "inherit" },
  );
  context.after(() => {
    spawnSync("sh", [join(directory, "off")]);
    line.kill();
    rmSync(directory, { recursive: true, force: true });
  });
  while (!existsSync(port) || !existsSync(far)) await setTimeout(20);
  const state = join(directory, "state");
  const pid = join(directory, "pid");
  mkdirSync(state);
  writeFileSync(
    join(directory, "on"),
    `"${RUNNER}" --state "${state}" >"${far}" 2>&1 <"${far}" & echo $! >"${pid}"\n`,
  );
  writeFileSync(
    join(directory, "off"),
    `test -f "${pid}" && kill -9 "$(cat "${pid}")" 2>/dev/null; rm -f "${pid}"; true\n`,
  );
  return {
    directory,
    port,
    power: [
      "--power-on",
      `sh ${join(directory, "on")}`,
      "--power-off",
      `sh ${join(directory, "off")}`,
    ],
  };
}

test("conformance over a serial port: the agent's lines come, and a relay cuts the power", {
  skip,
  timeout: LIMIT_MS,
}, async (context) => {
  const { directory, port, power } = await bench(context);
  const blob = join(directory, "agent.blob");
  const rigPort = await freePort();
  buildBlob({
    entry: "test/conformance/program",
    modules: BASE_MODULES,
    out: blob,
    version: "conformance",
  });
  const build = (major: number): Buffer =>
    buildImage({
      payload: readFileSync(blob),
      version: { major, minor: 0, revision: 0, build: 0 },
      securityCounter: 1,
      vendorId: VENDOR_ID,
      classId: CLASS_ID.host,
      key: developmentKey(),
    });
  const state = join(directory, "state");
  const image = join(directory, "agent2.img");
  host.manufacture(state, build(1), developmentKey());
  writeFileSync(image, build(2));
  const identity = { vendorId: hex(VENDOR_ID), classId: hex(CLASS_ID.host) };
  const provision = (conformance: string): void => {
    writeFileSync(join(state, "provision.json"), JSON.stringify({ conformance, identity }));
  };
  const network = ["--rig", `127.0.0.1:${rigPort}`, "--image", image];
  const run = async (part: string, way: readonly string[] = network): Promise<string> => {
    const words = ["conformance", "--port", port, "--part", part, "--boots", "10", "--serial"];
    const cli = new Cli([...words, "--no-watchdog", ...way, ...power]);
    assert.equal(await cli.until(cli.ended, LIMIT_MS), 0, cli.output.slice(-3000) + cli.errors);
    assert.match(cli.output, /# board \S+tty: (\d+) of \1 promises kept/);
    return cli.output;
  };
  provision("console");
  assert.match(
    await run("rest", ["--console"]),
    /\n# \[ +\d+\.\d+\] I conformance: ok - identity: every text is there\n/,
  );
  provision(`http://127.0.0.1:${rigPort}`);
  assert.match(await run("boot"), /ok \d+ - boot: an unconfirmed trial ends when power is lost\n/);
});

test("watch tells what the board says, and ends when its State is reached", {
  skip,
  timeout: LIMIT_MS,
}, async (context) => {
  const { directory, port, power } = await bench(context);
  const state = join(directory, "state");
  const payload = host.firmware({ major: 1, minor: 0, revision: 0, build: 0 }, 0);
  host.manufacture(
    state,
    buildImage({
      payload,
      version: { major: 1, minor: 0, revision: 0, build: 0 },
      securityCounter: 1,
      vendorId: host.vendorId,
      classId: host.classId,
      key: developmentKey(),
    }),
    developmentKey(),
  );
  host.provision(state, { keys: [], objects: ["Main"], allowHttp: true, allowPrivate: true });
  const cli = new Cli(["watch", "--port", port, "--until", "10", "--limit", "300", ...power]);
  assert.equal(await cli.until(cli.ended, LIMIT_MS), 0, cli.output + cli.errors);
  assert.match(cli.output, /device +runs version 1\.0\.0 from slot 0/);
  assert.equal(existsSync(join(directory, "pid")), false, "the board was switched off");
});

/** A line to a board that says what a test has it say, and may go away. */
class PlayedBoard {
  readonly port: string;
  readonly #far: string;
  #line: ChildProcess | undefined;

  constructor(directory: string) {
    this.port = join(directory, "tty");
    this.#far = join(directory, "far");
  }

  /** Plugs it in. */
  async plug(): Promise<void> {
    this.#line = spawn(
      "socat",
      [`PTY,link=${this.port},raw,echo=0`, `PTY,link=${this.#far},raw,echo=0`],
      { stdio: "ignore" },
    );
    while (!existsSync(this.port) || !existsSync(this.#far)) await setTimeout(20);
  }

  /** Its port goes away, as that of a board whose USB restarts. */
  async unplug(): Promise<void> {
    const line = this.#line;
    if (line === undefined) return;
    const ended = once(line, "exit");
    line.kill();
    await ended;
  }

  /** Says lines as the client's console has them. */
  say(...lines: readonly string[]): void {
    writeFileSync(this.#far, lines.map((line) => `[   1.000] I ${line}\n`).join(""));
  }
}

/** `watch --until reported` of a played board, once the port is open. */
async function watched(context: TestContext): Promise<{ board: PlayedBoard; cli: Cli }> {
  const directory = mkdtempSync(join(tmpdir(), "played-"));
  const board = new PlayedBoard(directory);
  await board.plug();
  const words = ["--until", "reported", "--limit", "60", "--power-on", "true"];
  const off = join(directory, "was-switched-off");
  const power = ["--power-off", `touch "${off}"`];
  const cli = new Cli(["watch", "--port", board.port, ...words, ...power]);
  context.after(async () => {
    await cli.stop();
    await board.unplug();
    rmSync(directory, { recursive: true, force: true });
  });
  await cli.line("console open", 1, LIMIT_MS);
  return { board, cli };
}

for (const [state, status] of [
  ["State 100 Update Successful/No Data", 0],
  ["State 70 Update Failed/Have Data", 1],
] as const) {
  test(`watch --until reported goes on at "${state}", and ends with ${status} at the report`, {
    skip,
    timeout: LIMIT_MS,
  }, async (context) => {
    const { board, cli } = await watched(context);
    board.say(`update: ${state}`, "session: session 12 completed: Final");
    await cli.line("session 12 completed", 1, LIMIT_MS);
    board.say("update: every outcome is reported");
    assert.equal(await cli.until(cli.ended, LIMIT_MS), status, cli.output + cli.errors);
  });
}

test("watch opens a port again that went away, says so, and reads on", {
  skip,
  timeout: LIMIT_MS,
}, async (context) => {
  const { board, cli } = await watched(context);
  board.say("update: State 60 Update Progressing", "half");
  await cli.line("State 60", 1, LIMIT_MS);
  for (let times = 1; times <= 2; times++) {
    await board.unplug();
    await cli.line("console lost", times, LIMIT_MS);
    await board.plug();
    await cli.line("console open", times + 1, LIMIT_MS);
    board.say(`session: session ${times} completed: Final`);
    await cli.line(`session ${times} completed`, 1, LIMIT_MS);
  }
  board.say("update: State 100 Update Successful/No Data", "update: every outcome is reported");
  assert.equal(await cli.until(cli.ended, LIMIT_MS), 0, cli.output + cli.errors);
});

/** More than a port takes to open: a longer one makes the test no stricter. */
const OPENED_MS = 300;

test("a port whose place another one takes while it is opened is closed", {
  skip,
  timeout: LIMIT_MS,
}, async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "place-"));
  const [port, other] = [join(directory, "tty"), join(directory, "other")];
  const far = [port, other].map((link) =>
    spawn("socat", [`PTY,link=${link},raw,echo=0`, "STDIO"], { stdio: ["pipe", "ignore", 2] }),
  );
  context.after(() => {
    for (const each of far) each.kill();
    rmSync(directory, { recursive: true, force: true });
  });
  while (!existsSync(port) || !existsSync(other)) await setTimeout(20);
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const opening = openLine(port, 115_200, { data: () => undefined, closed: close });
  // It is opened, and this thread hears of it only after the other one has its place.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, OPENED_MS);
  renameSync(other, port);
  await opening;
  await closed;
});

for (const scheme of ["tcp", "rfc2217"])
  test(`${scheme}: a terminal server that never answers is given up, with a sentence`, {
    timeout: LIMIT_MS,
  }, async (context) => {
    const deaf = await deafPort({ port: 0, bind: "127.0.0.1" });
    context.after(() => deaf.close());
    const line = `${scheme}://127.0.0.1:${deaf.port}`;
    const cli = new Cli(["watch", "--port", line, "--until", "100"]);
    assert.equal(await cli.ended, 3, cli.output);
    const why = `cannot open ${line}: no answer within 5 s\n {2}is the terminal server there`;
    assert.match(cli.errors, new RegExp(why));
  });

for (const [what, words, message] of [
  [
    "a port that is not there",
    ["watch", "--port", join(root, "build/no-such-tty"), "--limit", "30"],
    /cannot open .*no-such-tty/,
  ],
  [
    "a relay that fails",
    ["watch", "--port", "/dev/null", "--power-on", "exit 7", "--power-off", "true"],
    /"exit 7" failed with status 7/,
  ],
  [
    "half a relay",
    ["watch", "--port", "/dev/null", "--power-on", "true"],
    /--power-on and --power-off go together/,
  ],
  [
    "half a relay of the suite",
    ["test", "--board", "host", "--port", "/dev/null", "--power-on", "true"],
    /--power-on and --power-off go together/,
  ],
  ["no board at all", ["conformance"], /which board\? --board or --port/],
  [
    "no address for the board",
    ["conformance", "--port", "/dev/null"],
    /--port wants --rig ADDRESS:PORT and --image FILE too/,
  ],
] as const) {
  test(`the command says what is wrong: ${what}`, { timeout: LIMIT_MS }, async () => {
    const cli = new Cli(words);
    const status = await cli.ended;
    assert.ok(status === 2 || status === 3, `status ${status}\n${cli.output}`);
    assert.match(cli.errors, message);
  });
}
