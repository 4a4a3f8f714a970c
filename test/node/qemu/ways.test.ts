/** `xs-fumo demo` on bare-metal boards, in each way of FUMO, over HTTP and over HTTPS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SCENARIOS } from "../../rig/server/scenario.ts";
import { DEMONSTRATED } from "../../turn.ts";
import { Cli } from "../rig/cli.ts";
import { missingTools } from "../tools.ts";

const LIMIT_S = 300;
/** More than that: the board is built first. */
const LIMIT_MS = 900_000;

for (const board of DEMONSTRATED)
  for (const scenario of SCENARIOS)
    for (const https of [false, true])
      test(`${board}: ${scenario} over ${https ? "HTTPS" : "HTTP"} ends in a reported version 2`, {
        skip: missingTools(board),
      }, async () => {
        const words = ["demo", "--board", board, "--scenario", scenario, "--limit", `${LIMIT_S}`];
        const demo = new Cli(https ? [...words, "--https"] : words);
        const status = await demo.until(demo.ended, LIMIT_MS);
        const said = demo.output + demo.errors;
        assert.equal(status, 0, said.slice(-3000));
        assert.match(said, new RegExp(`board ${board}, scenario ${scenario}$`, "m"));
        assert.match(said, https ? /DM server .* on https:/ : /DM server .* on http:/);
        assert.match(said, /Updated: the device runs version 2\.0\.0 and has reported it\.$/m);
      });
