/** A board behind a terminal server: what its console has said before it gets power is unheard. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { CONSOLE_BAUD, SerialBoard } from "../../rig/serialboard.ts";

test("what a terminal server has kept of the time before the power is not heard", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kept-"));
  const power = join(folder, "power");
  const server = createServer((socket) => {
    socket.on("error", () => undefined).write("E boot: 8 crashes in a row\nhalf a li");
    void (async () => {
      while (!existsSync(power) && !socket.destroyed) await setTimeout(5);
      socket.write("I boot: slot A\n");
    })();
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const port = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let told: (line: string) => void = () => undefined;
  const first = new Promise<string>((resolve) => {
    told = resolve;
  });
  const commands = { powerOn: `touch '${power}'`, powerOff: `rm -f '${power}'` };
  const board = new SerialBoard({ port, baud: CONSOLE_BAUD, ...commands }, (line) => {
    told(line);
  });
  try {
    await board.on();
    assert.equal(await first, "I boot: slot A");
    await board.off();
    assert.equal(existsSync(power), false);
  } finally {
    await board.close();
    server.close();
    rmSync(folder, { recursive: true });
  }
});
