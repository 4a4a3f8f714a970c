/**
 * `xs-fumo flash` on boards and ports with faults, and ended by Ctrl-C: the exit status, and the
 * state that the board is left in.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SerialPort } from "serialport";
import { Cli } from "./cli.ts";
import { APP_AT, LIMIT_MS, board, flashed, options, run } from "./rom/command.ts";
import { application, flashWords } from "./rom/files.ts";
import { Op } from "./rom/protocol.ts";

/** Faults while writing, and their errors. */
const BROKEN = [
  [
    "a flash that loses bits",
    { op: Op.deflData, at: 1, what: "bitFlips" },
    4,
    new RegExp(
      "boot loader at 0x0: the flash does not hold what was sent \\(MD5 differs\\) " +
        "\\(the board does not start\\)\\n {2}run the command again",
    ),
  ],
  [
    "a chip that refuses a block",
    { op: Op.deflData, at: 5, what: "refused" },
    4,
    /writing application at 0x10000 failed: .*status.* \(slot 0 is incomplete/,
  ],
  [
    "a chip that falls silent",
    { op: Op.deflBegin, at: 4, what: "silent" },
    4,
    new RegExp(
      "writing application at 0x10000 failed: .* " +
        "\\(slot 0 is incomplete: the board starts from slot 1, or not at all\\)",
    ),
  ],
] as const;

for (const [what, fault, status, told] of BROKEN) {
  test(
    `${what}: status ${status}, the state of the board, and the next run repairs it`,
    options,
    async (context) => {
      const { port, files, rom } = await board(context, { chip: "esp32c3" });
      rom.fault = fault;
      const broken = await run(...flashWords(port, files));
      strictEqual(broken.status, status, broken.output + broken.errors);
      match(broken.errors, told);
      rom.fault = undefined;
      rom.reset(true);
      const mended = await run(...flashWords(port, files));
      strictEqual(mended.status, 0, mended.errors);
      ok(
        rom.flash.bytes
          .subarray(APP_AT)
          .subarray(0, 100)
          .equals(readFileSync(files.app).subarray(0, 100)),
      );
    },
  );
}

test(
  "Ctrl-C during a write: status 130, the board's state, and the next run completes it",
  options,
  async (context) => {
    const { port, files, rom, directory } = await flashed(context, "esp32");
    writeFileSync(files.app, application("2.0.0", "esp32", 1_000_000));
    rom.reset(true);
    const log = join(directory, "log.ndjson");
    const cli = new Cli(["flash", "--port", port, "--app", files.app, "--log", log]);
    await cli.line("application 25 %", 1, LIMIT_MS);
    cli.interrupt();
    strictEqual(await cli.until(cli.ended, LIMIT_MS), 130, cli.output + cli.errors);
    match(
      cli.errors,
      new RegExp(
        "interrupted while writing application, " +
          "[\\d.]+ KiB of 97\\d\\.\\d KiB sent: slot 0 is incomplete",
      ),
    );
    match(cli.errors, /from slot 1, or not at all\n {2}run the command again/);
    const last = readFileSync(log, "utf8").trimEnd().split("\n").at(-1) ?? "";
    deepStrictEqual((JSON.parse(last) as { kind: string; status: number }).status, 130);
    const app = readFileSync(files.app);
    ok(!rom.flash.bytes.subarray(APP_AT, APP_AT + app.length).equals(app), "it was not half");
    rom.reset(true);
    const again = await run("flash", "--port", port, "--app", files.app);
    strictEqual(again.status, 0, again.errors);
    ok(rom.flash.bytes.subarray(APP_AT, APP_AT + app.length).equals(app));
  },
);

test(
  "Ctrl-C while waiting for the board: status 130, and nothing is half written",
  options,
  async (context) => {
    const { port, files } = await board(context, { chip: "esp32c3", inLoader: false });
    const cli = new Cli(flashWords(port, files));
    await cli.line("hold BOOT", 1, LIMIT_MS);
    cli.interrupt();
    strictEqual(await cli.until(cli.ended, LIMIT_MS), 130);
    match(cli.errors, /interrupted: no part of the flash is half written/);
  },
);

test(
  "a board that is not in its ROM loader: the buttons to press, and status 42 after the limit",
  options,
  async (context) => {
    const { port, files, rom } = await board(context, { chip: "esp32c3", inLoader: false });
    const ended = await run(...flashWords(port, files), "--limit", "2");
    strictEqual(ended.status, 42, ended.errors);
    match(ended.errors, /no ROM loader answered on \S+tty within 2 s: no data came\n/);
    match(ended.errors, /\n {2}hold BOOT, press and release RESET, release BOOT, and run the/);
    const chatter = setInterval(() => {
      rom.reset(false);
    }, 50);
    const talking = await run(...flashWords(port, files), "--limit", "1");
    clearInterval(chatter);
    strictEqual(talking.status, 42, talking.errors);
    match(talking.errors, /\d+ bytes came, but no answer: the board runs its program/);
  },
);

test(
  "a board that enters its ROM loader while the command waits is flashed",
  options,
  async (context) => {
    const { port, files, rom } = await board(context, { chip: "esp32c3", inLoader: false });
    const cli = new Cli([...flashWords(port, files), "--limit", "200"]);
    await cli.line("hold BOOT", 1, LIMIT_MS);
    rom.reset(true);
    strictEqual(await cli.until(cli.ended, LIMIT_MS), 0, cli.errors);
    match(cli.output, /the board is still in its ROM loader: press RESET to start it/);
  },
);

test(
  "a board that is unplugged: status 3, and which part is incomplete",
  options,
  async (context) => {
    const { port, files, unplug } = await flashed(context, "esp32");
    writeFileSync(files.app, application("2.0.0", "esp32", 1_000_000));
    const cli = new Cli(["flash", "--port", port, "--app", files.app]);
    await cli.line("application 25 %", 1, LIMIT_MS);
    unplug();
    strictEqual(await cli.until(cli.ended, LIMIT_MS), 3, cli.output + cli.errors);
    match(cli.errors, /tty disappeared \(slot 0 is incomplete/);
  },
);

test(
  "a port that is missing, not a serial port, or in use: status 3, and what to do",
  options,
  async (context) => {
    const { port, files, directory } = await board(context, { chip: "esp32c3" });
    const flash = (path: string) => run(...flashWords(path, files));
    const none = await flash(join(directory, "none"));
    strictEqual(none.status, 3);
    match(
      none.errors,
      /cannot open \S+none: .*\n {2}(this machine has no serial port|serial ports of this machine)/,
    );
    const file = await flash(files.app);
    strictEqual(file.status, 3);
    match(file.errors, /cannot open \S+xs_esp32\.bin/);
    const other = new SerialPort({ path: port, baudRate: 115_200, autoOpen: false });
    await new Promise((resolve) => {
      other.open(resolve);
    });
    const busy = await flash(port);
    other.close();
    strictEqual(busy.status, 3, busy.errors);
    match(busy.errors, /tty is in use by another program\n {2}end that program/);
  },
);
