/** A device that opens no session by itself is asked for one (package 0, over UDP), and is updated at once. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { BOARDS } from "../../rig/boards/boards.ts";
import { EventLog } from "../../rig/events.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { Cli } from "./cli.ts";
import { freePort } from "./freeport.ts";

/** How long an idle device is watched before it is asked. */
const QUIET_MS = 1500;

for (const name of ["sim", "host"] as const) {
  test(`${name}: a notification brings an idle device to its server, and the update with it`, async () => {
    const log = new EventLog(name), pushPort = await freePort();
    const provision = { sessionAtBoot: false, pollSeconds: 0, pushPort };
    const rig = await Rig.open({ board: BOARDS[name], log, scenario: "download-and-update", size: 0, auth: "md5", provision });
    try {
      rig.start();
      await new Promise((resolve) => { setTimeout(resolve, QUIET_MS); });
      deepStrictEqual(log.all("session"), [], "nothing happens by itself");
      await rig.notify(pushPort, { sessionID: "ABCD" });
      const outcome = await rig.finished(120_000);
      ok(outcome.ok, outcome.text);
      strictEqual(log.all("session")[0]?.id, "ABCD");
      strictEqual(runsVersion(log, VERSION_2), true);
    } finally {
      await rig.close();
    }
  });
}

test("xs-fumo notify sends one, and says what is wrong with its words", async () => {
  const run = async (...words: string[]): Promise<readonly [number, string]> => {
    const cli = new Cli(["notify", "--server-id", "rig", "--password", "s", ...words]);
    return [await cli.ended, cli.output];
  };
  const good = await run("127.0.0.1:9", "--session", "ab", "--ui-mode", "informative");
  deepStrictEqual(good, [0, "session AB asked for at 127.0.0.1:9\n"]);
  for (const wrong of [["host:99999"], ["1", "--session", "0"], ["1", "--nonce", "?"], ["1", "--ui-mode", "loud"]]) {
    strictEqual((await run(...wrong))[0], 2, wrong.join(" "));
  }
});
