/**
 * A device that opens no session by itself is asked for one (package 0, over UDP), and is updated
 * at once.
 */
import { deepStrictEqual, strictEqual } from "node:assert";
import { test } from "node:test";
import { BOARDS } from "../../rig/boards/boards.ts";
import { Cli } from "./cli.ts";
import { notified } from "./notified.ts";

for (const name of ["sim", "host"] as const) {
  test(`${name}: a notification brings an idle device to its server, and the update with it`, () =>
    notified(BOARDS[name]));
}

test("a device that is off when its server asks is asked again", () => notified(BOARDS.sim, true));

test("xs-fumo notify sends one, and says what is wrong with its words", async () => {
  const run = async (...words: string[]): Promise<readonly [number, string]> => {
    const cli = new Cli(["notify", "--server-id", "rig", "--password", "s", ...words]);
    return [await cli.ended, cli.output];
  };
  const good = await run("127.0.0.1:9", "--session", "ab", "--ui-mode", "informative");
  deepStrictEqual(good, [0, "session AB asked for at 127.0.0.1:9\n"]);
  for (const wrong of [
    ["host:99999"],
    ["1", "--session", "0"],
    ["1", "--nonce", "?"],
    ["1", "--ui-mode", "loud"],
  ]) {
    strictEqual((await run(...wrong))[0], 2, wrong.join(" "));
  }
});
