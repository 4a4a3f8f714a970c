/** Faults that the scenarios delta.* have to find. */
import { BEGINS_AGAIN, LOSES_ITS_PLACE } from "./networks.ts";
import type { Plant, Plants } from "./plant.ts";

const AS_LONG_AS_ITS_PACKAGE: Plant = {
  what: "the image of a delta counts as long as its package",
  bug: {
    file: "src/update/machine",
    find: "return event.image === undefined ? rest : { ...rest, image: event.image };",
    replace: "return rest;",
  },
  says: /^the result is 402, not 200/,
};
const WANTS_A_BASE: Plant = {
  what: "a package that needs no base is of the wrong one",
  bug: {
    file: "src/update/intake",
    find: "if (header.baseLength > this.#options.base.length)",
    replace: "if (header.baseLength === 0)",
  },
  says: /^the result is \d+, not 200/,
};

export const DELTAS: Plants = {
  "delta.replace": AS_LONG_AS_ITS_PACKAGE,
  "delta.download": AS_LONG_AS_ITS_PACKAGE,
  "delta.compressed": WANTS_A_BASE,
  "delta.compressed-replace": WANTS_A_BASE,
  "delta.wrong-base": {
    what: "any base is the right one",
    bug: {
      file: "src/update/runningbase",
      find: "return found === undefined ? undefined : equal(found, digest);",
      replace: "return found === undefined ? undefined : true;",
    },
    says: /^the result is \d+, not 450/,
  },
  "delta.corrupt": {
    what: "a package that cannot be decoded is said not to fit",
    bug: {
      file: "src/update/intake",
      find: 'if (unpack?.work() === false) return "corrupt";',
      replace: 'if (unpack?.work() === false) return "tooLarge";',
    },
    says: /^the result is \d+, not 402/,
  },
  "delta.reset-half": BEGINS_AGAIN,
  "delta.cut-download": LOSES_ITS_PLACE,
};
