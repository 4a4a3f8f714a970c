/** What a board's watchdog has to bear: how much of its flash the client erases in one step. */
import { equal, ok, test } from "../check.ts";
import type { Flash } from "../../hal/hal.ts";
import { MESSAGE_BYTES_MAX } from "../../src/base/limits.ts";
import { ENCODINGS } from "../rig/options.ts";
import { SCENARIOS } from "../rig/server/scenario.ts";
import { Bench } from "./bench.ts";
import { overlay } from "./overlay.ts";

/** The flash, and what is called with the length of each block that is erased. */
function counted(flash: Flash, onErase: (bytes: number) => void): Flash {
  return overlay(flash, {
    eraseBlock: (block) => {
      onErase(flash.status().blockLength);
      flash.eraseBlock(block);
    },
  });
}

for (const scenario of SCENARIOS)
  for (const encoding of ENCODINGS)
    test(`${scenario}, ${encoding}: a step erases no more of the slot than a message has`, () => {
      let inStep = 0;
      let most = 0;
      let erases = 0;
      const bench = new Bench({
        scenario,
        account: { encoding },
        defect: () => ({
          board: (hal) => ({
            ...hal,
            staging: counted(hal.staging, (bytes) => {
              erases++;
              inStep += bytes;
              most = Math.max(most, inStep);
            }),
          }),
          client: (client) => {
            const step = client.step.bind(client);
            client.step = () => {
              inStep = 0;
              return step();
            };
          },
        }),
      });
      equal(bench.run()?.code, 200);
      ok(erases > 4, `${erases} erases`);
      ok(most <= MESSAGE_BYTES_MAX, `${most} bytes in a step`);
    });
