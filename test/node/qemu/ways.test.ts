/** Whole updates of bare-metal boards, in each way of FUMO, over HTTP and over HTTPS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOARDS } from "../../rig/boards/boards.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { SCENARIOS } from "../../rig/server/scenario.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { BARE_IN_TURN } from "../../turn.ts";
import { missingTools } from "../tools.ts";

const LIMIT_MS = 300_000;

for (const board of BARE_IN_TURN)
  for (const scenario of SCENARIOS)
    for (const https of [false, true])
      test(`${board}: ${scenario} over ${https ? "HTTPS" : "HTTP"} ends in a reported version 2`, {
        skip: missingTools(board),
      }, async () => {
        const log = new EventLog(board);
        const rig = await Rig.open({
          board: BOARDS[board],
          log,
          scenario,
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
