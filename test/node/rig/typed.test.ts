/**
 * A person at the console of a device: what the server asks before an Exec is shown there, and what
 * is typed is the answer.
 */
import { ok, strictEqual } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { DmServer } from "../../rig/server/dm-server.ts";
import type { ServerEvent } from "../../rig/server/event.ts";
import { listen } from "../../rig/server/http.ts";
import { scenarioOf } from "../../rig/server/scenario.ts";
import { Cli } from "./cli.ts";

const LIMIT_MS = 300_000;

for (const board of ["sim", "host"] as const) {
  test(`${board}: a person is asked at the terminal, again after nonsense (§2.5)`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "typed-"));
    const events: ServerEvent[] = [];
    let server: DmServer | undefined;
    const listening = await listen((request) => {
      if (server === undefined) throw new Error("a request before the server is there");
      return server.handle(request);
    });
    const offer = {
      object: "./FwUpdate/Main",
      data: Buffer.alloc(10),
      url: `${listening.origin}/p`,
      ask: "Install the new version?",
    };
    const emit = (event: ServerEvent): void => {
      events.push(event);
    };
    server = new DmServer({
      url: `${listening.origin}/dm`,
      scenario: () => scenarioOf("download", offer),
      emit,
    });
    const cli = new Cli(
      [
        "device",
        "--board",
        board,
        "--state",
        join(folder, "device"),
        "--server",
        `${listening.origin}/dm`,
        "--server-id",
        "rig",
        "--once",
        "--interactive",
      ],
      {},
      true,
    );
    try {
      await cli.line("person  Install the new version?", 1, LIMIT_MS);
      await cli.line("person  yes or no; ! cancels", 1, LIMIT_MS);
      cli.type("perhaps");
      await cli.line("that is no answer", 1, LIMIT_MS);
      cli.type("no");
      await cli.ended;
      const received = (words: string): boolean =>
        events.some(
          (event) =>
            event.kind === "message" &&
            event.direction === "received" &&
            event.text.includes(words),
        );
      ok(received("Status Alert 304"), "the server was not told");
      strictEqual(received("Status Exec 202"), false);
    } finally {
      await cli.stop();
      await listening.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
