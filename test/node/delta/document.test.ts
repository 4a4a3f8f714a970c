/** src/update/DELTA.md says what the code does: reasons, results, statuses, sizes. */
import { ok, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { resultOf } from "../../../src/base/work.ts";
import { SEGMENT_BYTES_MAX, SEGMENT_HEAD_BYTES } from "../../../src/base/delta.ts";
import { DELTA_HEADER_BYTES } from "../../../src/image/deltaheader.ts";
import { type Reason, REASONS } from "../../../src/update/reason.ts";
import type { Refusal } from "../../../src/update/refusal.ts";
import { root } from "../../root.ts";
import { Device, SERVER } from "../../unit/objects/device.ts";

const DOCUMENT = readFileSync(join(root, "src/update/DELTA.md"), "utf8");

/** Cells of the rows that fit a reason. */
const ROWS = DOCUMENT.split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter(([, , reason = ""]) => Object.hasOwn(REASONS, reason));

/** What a server is told when a write of PkgData is refused. */
function statusOf(refusal: Refusal): number {
  const device = new Device();
  const meta = { format: "bin", type: "" };
  const sink = device.tree.stream("Replace", "./FwUpdate/Main/Update/PkgData", meta, SERVER);
  ok(typeof sink !== "number");
  device.engine.refuse.set("write", refusal);
  return resultOf(sink.write(new Uint8Array(1)));
}

test("each failure has the result and the status that the table says", () => {
  const named = new Set(ROWS.map(([, , reason]) => reason));
  strictEqual(named.size, 7, [...named].join());
  for (const [, what, reason, result, status] of ROWS) {
    strictEqual(Number(result), REASONS[reason as Reason].result, what);
    // The engine tells a server of flash that fails as of a package that is damaged.
    const refusal = reason === "flash" ? "corrupt" : reason;
    strictEqual(Number(status), statusOf(refusal as Refusal), what);
  }
});

test("the layout has the sizes of the code", () => {
  ok(DOCUMENT.includes(`length of this header: ${DELTA_HEADER_BYTES} and the protected area`));
  ok(DOCUMENT.includes(`bytes of code, 4 to ${SEGMENT_BYTES_MAX}`));
  ok(DOCUMENT.includes(`\n| ${SEGMENT_HEAD_BYTES} | | code |`));
});
