/** A push in one message that goes to the slot while it comes, in the campaign's simulation. */
import { deepEqual, ok, test } from "../check.ts";
import { MESSAGE_BYTES_MAX } from "../../src/base/limits.ts";
import { perform } from "./campaign/plan.ts";
import { Tally } from "./campaign/tally.ts";
import { GEOMETRIES } from "./campaign/variant.ts";

test("the package is longer, in base64, than the buffer for whole messages", () => {
  ok((GEOMETRIES.long.payloadBytes * 4) / 3 > MESSAGE_BYTES_MAX);
});

for (const fault of ["malformed", "cut:15000", "drop", "wrongCredentials", "duplicate"])
  for (const at of [3, 4]) {
    test(`an update survives a message that fails half-way: ${fault}, message ${at}`, () => {
      const tally = new Tally();
      perform(
        { set: "network", variant: `replace,good,long,server:${fault}@${at}` },
        0,
        "quick",
        tally,
      );
      deepEqual(tally.failures, []);
    });
  }
