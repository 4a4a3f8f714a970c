/** The plan for `base`, which boards may leave out: what it gives in time, and after an update. */
import { createHash } from "node:crypto";
import { parseImageHeader } from "../../../src/image/imageheader.ts";
import type { Payload, Report } from "../../conformance/order.ts";
import { type Driver, told } from "./driver.ts";

const READABLE = "base: it can be read";
const UPDATED = "base: after an update it is the payload of the image, no more and no less";
const ABSENT = "this board has no base, and takes no deltas";

/** Checks it, and gives what it is; undefined where there is none, or none that can be read. */
export async function basePlan(driver: Driver): Promise<Payload | undefined> {
  const report = await driver.order({ do: "base" });
  if (isAbsent(report)) {
    driver.skip(READABLE, ABSENT);
    return undefined;
  }
  const digest = await driver.order({ do: "digestBase" });
  const payload = digest?.kind === "base" ? digest.payload : undefined;
  const good = report?.kind === "checks" && payload !== undefined;
  driver.check(READABLE, good ? undefined : `${told(report)}, ${told(digest)}`);
  if (payload !== undefined) await expectBase(driver, "base: the same bytes come twice", payload);
  return payload;
}

/** Once staging was erased and written; `payload` is what `basePlan` gave. */
export async function baseStays(driver: Driver, payload: Payload | undefined): Promise<void> {
  if (payload !== undefined)
    await expectBase(driver, "base: what is written to staging does not change it", payload);
}

/** While an image runs that was staged. */
export async function baseIsOf(driver: Driver, image: Uint8Array): Promise<void> {
  const header = parseImageHeader(image);
  if (header === undefined) {
    driver.check(UPDATED, "the image of this bench is none of MCUboot");
    return;
  }
  const { headerSize, payloadSize: length } = header;
  const bytes = image.subarray(headerSize, headerSize + length);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const report = await driver.order({ do: "digestBase" });
  if (isAbsent(report)) driver.skip(UPDATED, ABSENT);
  else driver.check(UPDATED, difference(report, { length, sha256 }));
}

async function expectBase(driver: Driver, name: string, payload: Payload): Promise<void> {
  driver.check(name, difference(await driver.order({ do: "digestBase" }), payload));
}

/** Undefined: it is this payload. */
function difference(report: Report | undefined, payload: Payload): string | undefined {
  const found = report?.kind === "base" ? report.payload : undefined;
  if (found?.length === payload.length && found.sha256 === payload.sha256) return undefined;
  return `${told(report)}; ${JSON.stringify(payload)} was expected`;
}

function isAbsent(report: Report | undefined): boolean {
  return report?.kind === "base" && report.payload === undefined;
}
