/** Whole updates of bare-metal boards, in each way of FUMO, over HTTP and over HTTPS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOARDS } from "../../rig/boards/boards.ts";
import { EventLog } from "../../rig/events/log.ts";
import { PACKAGE_FORMS, Rig, runsVersion } from "../../rig/rig.ts";
import { SCENARIOS } from "../../rig/server/scenario.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { BARE_IN_TURN } from "../../turn.ts";
import { missingTools } from "../tools.ts";

const LIMIT_MS = 300_000;

for (const board of BARE_IN_TURN)
  for (const [index, scenario] of SCENARIOS.entries())
    for (const https of [false, true]) {
      // Each form over both, and each way with two of them.
      const form = PACKAGE_FORMS[(index + (https ? 1 : 0)) % PACKAGE_FORMS.length] ?? "whole";
      const link = https ? "HTTPS" : "HTTP";
      test(`${board}: ${scenario} (${form}) over ${link} ends in a reported version 2`, {
        skip: missingTools(board),
      }, async () => {
        const log = new EventLog(board);
        const rig = await Rig.open({
          board: BOARDS[board],
          log,
          scenario,
          form,
          size: 0,
          auth: "md5",
          ...(https ? { https: true } : {}),
        });
        try {
          rig.start();
          const outcome = await rig.finished(LIMIT_MS);
          assert.ok(outcome.ok, outcome.text);
          assert.ok(runsVersion(log, VERSION_2), "version 2 runs");
        } finally {
          await rig.close();
        }
      });
    }
