/**
 * Planted bugs, one line each: proof that the checks can fail. `find` is in the compiled file
 * exactly once, with any white space for its blanks. `by` is the property of the campaign that must fail in one of `in`, which are
 * variants as in replay ids, each uncut and then with single cuts (`loops`: reset loops); or
 * `test`, when one must fail in the files `in`.
 */
export interface Mutant {
  readonly name: string;
  /** Compiled module, without `.js`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly in: readonly string[];
  readonly by: string;
}

const PULL = "download,good,small";
const PUSH = "replace,good,small";
const BAD = "download,unhealthy,small";
const DESCRIBED = "download,good,small,descriptor";

export const MUTANTS: readonly Mutant[] = [
  // store
  {
    name: "a frame counts without its CRC",
    file: "src/store/log",
    find: 'stored.getUint32(0, true) === crc ? length : "broken"',
    replace: "length",
    in: ["unit/store/start"],
    by: "test",
  },
  {
    name: "a start trusts what the last one left",
    file: "src/store/store",
    find: "if (begun || (log !== undefined && !sealed))",
    replace: "if (false)",
    in: ["download,good,small,torn:metastable"],
    by: "P3",
  },
  {
    name: "a seal must read the same twice",
    file: "src/store/store",
    find: "if (frame.length === 0)",
    replace: "if (false)",
    in: ["unit/store/start"],
    by: "test",
  },
  {
    name: "compaction takes blocks that are in use",
    file: "src/store/store",
    find: "const busy = (number) => this.#log.holds(number) || before",
    replace: "const busy = (number) => before",
    in: ["unit/store/store"],
    by: "test",
  },
  {
    name: "a generation counts before it is sealed",
    file: "src/store/generation",
    find: "sealed = seal > 0",
    replace: "sealed = true",
    in: ["unit/store/start"],
    by: "test",
  },
  {
    name: "the only seal of a generation may be lost, and all before it is gone",
    file: "src/store/generation",
    find: "before === log ? undefined : before",
    replace: "undefined",
    in: ["unit/store/start"],
    by: "test",
  },
  {
    name: "blocks of an older generation belong to the log",
    file: "src/store/generation",
    find: "blocks.filter((block) => block.generation === first.generation)",
    replace: "blocks",
    in: ["download,good,bytes", PULL],
    by: "StoreFailed",
  },
  {
    name: "the oldest log counts",
    file: "src/store/ring",
    find: "a.sequence - b.sequence",
    replace: "b.sequence - a.sequence",
    in: ["download,good,bytes", PULL],
    by: "P11",
  },
  // staging
  {
    name: "a block is not erased when the package enters it",
    file: "src/update/staging",
    find: "if (this.#at % blockLength === 0)",
    replace: "if (false)",
    in: [PULL, PUSH],
    by: "P7",
  },
  {
    name: "progress runs ahead of the flash",
    file: "src/update/staging",
    find: "const whole = this.#at - (this.#at % this.#status.blockLength)",
    replace:
      "const whole = this.#at - (this.#at % this.#status.blockLength) + this.#status.blockLength",
    in: [PULL, "download,good,sixteen"],
    by: "P3",
  },
  {
    name: "the last bytes of a package are forgotten",
    file: "src/update/staging",
    find: "if (this.#held === 0)",
    replace: "if (true)",
    in: [PULL, "download,good,coarse"],
    by: "P3",
  },
  // machine
  {
    name: "power that fails is a verdict on the image",
    file: "src/update/machine",
    find: 'event.cause !== "power" ? end(',
    replace: "true ? end(",
    in: [PULL],
    by: "P3",
  },
  {
    name: "a crash is no verdict on the image",
    file: "src/update/machine",
    find: 'event.cause !== "power" ? end(',
    replace: "false ? end(",
    in: ["download,crashLate,small"],
    by: "P5",
  },
  {
    name: "success comes before the confirmation",
    file: "src/update/machine",
    find: 'healthy: (record) => to(record, "committing")',
    replace: "healthy: succeed",
    in: [PULL],
    by: "P4",
  },
  {
    name: "outcomes are forgotten at the end",
    file: "src/update/machine",
    find: "const tickets = resolve(record.tickets, reason);",
    replace: "const tickets = [];",
    in: [PULL],
    by: "P2",
  },
  {
    name: "a rejected image is kept",
    file: "src/update/machine",
    find: "unhealthy: condemn",
    replace: 'unhealthy: (record) => to(record, "committing")',
    in: [BAD],
    by: "P3",
  },
  {
    name: "an image that nobody answered is banned",
    file: "src/update/machine",
    find: 'unanswered: (record) => to(record, "reverting")',
    replace: "unanswered: condemn",
    in: ["simulation/unconfirmed"],
    by: "test",
  },
  {
    name: "an image is armed without end",
    file: "src/update/machine",
    find: "record.trials < TRIALS_MAX ?",
    replace: "true ?",
    in: ["loops download,good,small"],
    by: "P5",
  },
  // journal and memory
  {
    name: "arming is not durable",
    file: "src/update/journal",
    find: "this.#store.commit([recordChange(RECORD_KEY, after)",
    replace: 'if (after.phase !== "arming") this.#store.commit([recordChange(RECORD_KEY, after)',
    in: [PULL],
    by: "P11",
  },
  {
    name: "the counter rises before the confirmation",
    file: "src/update/memory",
    find: 'after.phase === "succeeded" && counter',
    replace: '(after.phase === "arming" || after.phase === "succeeded") && counter',
    in: [PULL, BAD],
    by: "P6",
  },
  {
    name: "requests do not outlive a reset",
    file: "src/update/record",
    find: "const tickets = [];",
    replace: "return []; const tickets = [];",
    in: [PULL],
    by: "P2",
  },
  {
    name: "a package is kept for good after a crash",
    file: "src/update/machine",
    find: 'const succeed = (record) => end(record, "succeeded", "succeeded", false)',
    replace: 'const succeed = (record) => end(record, "succeeded", "reverted", false)',
    in: [PULL],
    by: "P4",
  },
  // what is proved
  {
    name: "the digest is not compared",
    file: "src/image/verifier",
    find: "!equal(announced, digest)",
    replace: "false",
    in: ["replace,good,small,corrupt"],
    by: "P3",
  },
  {
    name: "the signature is not checked",
    file: "src/image/verifier",
    find: "ed25519 !== undefined && verifyEd25519(key.key, digest, ed25519)",
    replace: "ed25519 !== undefined",
    in: ["download,good,small,foreign"],
    by: "P3",
  },
  // download
  {
    name: "a download goes on at byte 0",
    file: "src/update/download",
    find: "from: staging.position",
    replace: "from: 0",
    in: [PULL],
    by: "P3",
  },
  {
    name: "200 is taken for 206",
    file: "src/download/downloader",
    find: "if (this.#offset === 0)\n            return undefined",
    replace: "return undefined",
    in: ["download,good,sixteen,host:truncate:4500@1,host:wholeAnswer@2"],
    by: "P3",
  },
  {
    name: "a download's report is forgotten when it is sent",
    file: "src/client/statusreports",
    find: "engine.notices.sent();",
    replace: "engine.notices.settle();",
    in: [DESCRIBED],
    by: "P14",
  },
  {
    name: "reports of downloads do not outlive a reset",
    file: "src/update/record",
    find: "const notices = [];",
    replace: "return []; const notices = [];",
    in: [DESCRIBED],
    by: "P14",
  },
  {
    name: "a package is asked for where its descriptor is",
    file: "src/update/download",
    find: "described: described === true",
    replace: "described: true",
    in: [DESCRIBED],
    by: "P3",
  },
  // session and client
  {
    name: "a report counts as answered when it is sent",
    file: "src/client/server",
    find: 'return this.#asks === "none" ? reports',
    replace:
      'for (const report of reports) this.#options.fumo.acknowledge(report.id, 200); return this.#asks === "none" ? reports',
    in: [PULL],
    by: "P2",
  },
  {
    name: "an image on trial is healthy before it reached its server",
    file: "src/client/server",
    find: "this.#conversation = this.#open();",
    replace: "this.#authenticated(); this.#conversation = this.#open();",
    in: ["download,crashLate,small"],
    by: "P1",
  },
  {
    name: "every start provisions the account again",
    file: "src/client/account",
    find: "made === digest ||",
    replace: "made === 0 ||",
    in: ["download,good,small,account"],
    by: "P13",
  },
  {
    name: "a secret is in the log",
    file: "src/client/server",
    find: "this.#first = false;",
    replace: 'this.#first = false; hal.log("info", "client", account.client.secret);',
    in: [PULL],
    by: "P12",
  },
  {
    name: "any nonce will do",
    file: "src/session/authentication",
    find: "!checkCredential(cred, authType(type), name, secret, this.#nonce)",
    replace: "false",
    in: ["unit/session/authentication"],
    by: "test",
  },
  {
    name: "a package of another vendor is taken",
    file: "src/image/verifier",
    find: "vendorId === undefined || !equal(vendorId, policy.vendorId)",
    replace: "false",
    in: ["node/image/verifier"],
    by: "test",
  },
  // boot selector
  {
    name: "a trial is not noted before it begins",
    file: "hal/sim/boot",
    find: 'this.#log.write({ slot, state: "trying" })',
    replace: "true",
    in: [PULL, "download,crash,small"],
    by: "P5",
  },
  {
    name: "a trial that ended begins again",
    file: "hal/sim/boot",
    find: 'state === "armed" && this.#holdsImage',
    replace: 'state !== "stable" && this.#holdsImage',
    in: ["download,crash,small"],
    by: "P5",
  },
  {
    name: "an entry that was torn and reads right is not written again",
    file: "hal/sim/boot",
    find: ' || cause === "power"',
    replace: "",
    in: ["node/hal/sim"],
    by: "test",
  },
  {
    name: "confirming changes nothing",
    file: "hal/sim/boot",
    find: 'this.#write({ slot: other(this.log.slot), state: "stable" });',
    replace: "",
    in: [PULL],
    by: "P4",
  },
  {
    name: "the last entry of the boot log counts, not the newest",
    file: "hal/sim/bootlog",
    find: "sequence < latest",
    replace: "false",
    in: [PULL, "download,crash,small"],
    by: "P3",
  },
  {
    name: "an entry of the boot log counts without its CRC",
    file: "hal/sim/bootlog",
    find: "if (!whole || ",
    replace: "if (",
    in: ["node/hal/sim"],
    by: "test",
  },
];
