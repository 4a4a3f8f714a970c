/** `xs-fumo demo` on bare-metal boards, in each way of FUMO, over HTTP and over HTTPS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PACKAGE_FORMS } from "../../rig/rig.ts";
import { SCENARIOS } from "../../rig/server/scenario.ts";
import { DEMONSTRATED } from "../../turn.ts";
import { Cli } from "../rig/cli.ts";
import { missingTools } from "../tools.ts";

const LIMIT_S = 300;
/** More than that: the board is built first. */
const LIMIT_MS = 900_000;

for (const board of DEMONSTRATED)
  for (const [index, scenario] of SCENARIOS.entries())
    for (const https of [false, true]) {
      // Each form over both, and each way with two of them.
      const form = PACKAGE_FORMS[(index + (https ? 1 : 0)) % PACKAGE_FORMS.length] ?? "whole";
      const link = https ? "HTTPS" : "HTTP";
      test(`${board}: ${scenario} (${form}) over ${link} ends in a reported version 2`, {
        skip: missingTools(board),
      }, async () => {
        const words = ["demo", "--board", board, "--scenario", scenario, "--form", form];
        const limit = ["--limit", `${LIMIT_S}`];
        const demo = new Cli([...words, ...limit, ...(https ? ["--https"] : [])]);
        const status = await demo.until(demo.ended, LIMIT_MS);
        const said = demo.output + demo.errors;
        assert.equal(status, 0, said.slice(-3000));
        assert.match(said, new RegExp(`board ${board}, scenario ${scenario}$`, "m"));
        assert.match(said, https ? /DM server .* on https:/ : /DM server .* on http:/);
        assert.match(said, /Updated: the device runs version 2\.0\.0 and has reported it\.$/m);
      });
    }
