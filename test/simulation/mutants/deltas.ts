/** Bugs planted in what deltas and compressed packages go through. */
import type { Mutant } from "./mutant.ts";

const DELTA = "download,good,small,delta";
const DEVICE = ["node/delta/device"];

export const DELTAS: readonly Mutant[] = [
  {
    name: "bytes that are durable are written again after a cut",
    file: "src/update/unpack",
    find: "const skip = Math.min(length, Math.max(0, this.#durable - before));",
    replace: "const skip = 0;",
    in: DEVICE,
    by: "test",
  },
  {
    name: "a download goes on at the segment after the last block",
    file: "src/update/unpack",
    find: "isOver ? {",
    replace: "true ? {",
    in: DEVICE,
    by: "test",
  },
  {
    name: "a segment that ended with a block comes again after a cut",
    file: "src/update/unpack",
    find: "isOver ? {",
    replace: "false ? {",
    in: DEVICE,
    by: "test",
  },
  {
    name: "a download goes on at a segment that is not durable yet",
    file: "src/update/unpack",
    find: "if (segment.image <= end)",
    replace: "if (true)",
    in: DEVICE,
    by: "test",
  },
  {
    name: "a step of decoding goes on into the next block",
    file: "src/update/intake",
    find: "Math.min(VERIFY_STEP_BYTES, this.#staging.room)",
    replace: "VERIFY_STEP_BYTES",
    in: ["simulation/resume"],
    by: "test",
  },
  {
    name: "ten bytes that a segment lacks are taken for the head of the next one",
    file: "src/update/unpack",
    find: "if (this.#isWhole)",
    replace: "if (this.#delta.missing() === 10)",
    in: DEVICE,
    by: "test",
  },
  {
    name: "any base is the right one",
    file: "src/update/runningbase",
    find: "return found === undefined ? undefined : equal(found, digest);",
    replace: "return found === undefined ? undefined : true;",
    in: ["download,good,small,otherbase"],
    by: "P3",
  },
  {
    name: "the image of a delta is as long as its package",
    file: "src/update/machine",
    find: "return event.image === undefined ? rest : { ...rest, image: event.image };",
    replace: "return rest;",
    in: [DELTA],
    by: "P3",
  },
  {
    name: "a delta of an image that has failed is decoded all the same",
    file: "src/update/intake",
    find: 'return "failedBefore";',
    replace: "{}",
    in: DEVICE,
    by: "test",
  },
  {
    name: "code may go on behind the end of its segment",
    file: "src/base/delta",
    find: "if (this.#next !== this.#length)",
    replace: "if (false)",
    in: ["unit/base/delta"],
    by: "test",
  },
];
