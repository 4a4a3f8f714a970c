/**
 * Planted bugs, one line each: proof that the checks can fail. `find` is in the compiled file, or
 * in the C, exactly once, with any white space for its blanks. `by` is the property of the campaign
 * that must fail in one of `in`, which are
 * variants as in replay ids, each uncut and then with single cuts (`loops`: reset loops); or
 * `test`, when one must fail in the files `in`.
 */
import { STORE_MUTANTS } from "./store.ts";
import { THREATS } from "./threats.ts";
import { VERDICTS } from "./verdicts.ts";

/** One of them. */
export interface Mutant {
  readonly name: string;
  /** Compiled module, without `.js`; or a file of the boot selector, with `.c`. */
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
const SELECTOR = "node/hal/selector";
const CRASHES = "node/hal/crashes";

/** Whether the bug is in the C of the boot selector. */
export function isInC({ file }: Mutant): boolean {
  return file.endsWith(".c");
}

/** Finds `text` however its lines are broken. */
export function anySpace(text: string): RegExp {
  const words = text.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(words.join("\\s+"));
}

export const MUTANTS: readonly Mutant[] = [
  ...STORE_MUTANTS,
  ...VERDICTS,
  ...THREATS,
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
    file: "src/update/booted",
    find: 'event.cause !== "power" && record.exposed === undefined',
    replace: "record.exposed === undefined",
    in: [PULL],
    by: "P3",
  },
  {
    name: "a crash is no verdict on the image",
    file: "src/update/booted",
    find: 'event.cause !== "power" && record.exposed === undefined',
    replace: "false",
    in: ["download,crashProved,small"],
    by: "P5",
  },
  {
    name: "success comes before the confirmation",
    file: "src/update/machine",
    find: 'healthy: (record) => to(record, "confirming")',
    replace: "healthy: succeed",
    in: [PULL],
    by: "P4",
  },
  {
    name: "outcomes are forgotten at the end",
    file: "src/update/outcome",
    find: "const tickets = resolve(record.tickets, reason);",
    replace: "const tickets = [];",
    in: [PULL],
    by: "P2",
  },
  {
    name: "a rejected image is kept",
    file: "src/update/machine",
    find: "unhealthy: condemn",
    replace: 'unhealthy: (record) => to(record, "confirming")',
    in: [BAD],
    by: "P3",
  },
  {
    name: "an image that nobody answered is banned",
    file: "src/update/machine",
    find: 'unanswered: (record) => to(record, "rejecting")',
    replace: "unanswered: condemn",
    in: ["simulation/unconfirmed"],
    by: "test",
  },
  {
    name: "an image is armed without end",
    file: "src/update/booted",
    find: "record.trials < TRIALS_MAX ?",
    replace: "true ?",
    in: ["loops download,good,small"],
    by: "P5",
  },
  // journal and memory
  {
    name: "arming is not durable",
    file: "src/update/journal",
    find: "this.#store.commit([recordChange(RECORD_KEY, encodeRecord(after))",
    replace:
      'if (after.phase !== "proving") this.#store.commit([recordChange(RECORD_KEY, encodeRecord(after))',
    in: [PULL],
    by: "P11",
  },
  {
    name: "the counter rises before the confirmation",
    file: "src/update/memory",
    find: 'if (after.phase === "succeeded" &&',
    replace: 'if ((after.phase === "proving" || after.phase === "succeeded") &&',
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
    file: "src/update/outcome",
    find: 'return end({ ...record, tickets }, "succeeded", "succeeded", false)',
    replace: 'return end({ ...record, tickets }, "succeeded", "reverted", false)',
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
    replace:
      "this.#options.engine.healthy(); this.#options.engine.step(0); this.#conversation = this.#open();",
    in: ["download,crashLate,small"],
    by: "P1",
  },
  {
    name: "every start provisions the account again",
    file: "src/account/provisioned",
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
    find: "!checkCredential(cred, type, name, secret, this.#nonce)",
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
    file: "hal/common/boot/select.c",
    find: "return bootLogWrite(&boot->log, state);",
    replace: "return 1;",
    in: [PULL, "download,crash,small"],
    by: "P5",
  },
  {
    name: "a trial that ended begins again",
    file: "hal/common/boot/select.c",
    find: "if (trial == TRIAL_RUNNING) choice.decision = BOOT_REVERTED; else if (trial == TRIAL_ARMED) {",
    replace: "if (trial != TRIAL_NONE) {",
    in: ["download,crash,small"],
    by: "P5",
  },
  {
    name: "an entry that was torn and reads right is not written again",
    file: "hal/common/boot/select.c",
    find: "(state.cause == RESET_POWER) || ",
    replace: "",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "a torn entry may win when it reads right later",
    file: "hal/common/boot/log.c",
    find: "put32(entry + 4, log->sequence + log->broken + 1);",
    replace: "put32(entry + 4, log->sequence + 1);",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "confirming changes nothing",
    file: "hal/common/boot/select.c",
    find: "    state.slot = running->slot;\n    state.trial = TRIAL_NONE;",
    replace: "    state.trial = TRIAL_NONE;",
    in: [PULL],
    by: "P4",
  },
  {
    name: "the last entry of the boot log counts, not the newest",
    file: "hal/common/boot/log.c",
    find: "else if (get32(bytes + 4) >= log->sequence)",
    replace: "else",
    in: [PULL, "download,crash,small"],
    by: "P4",
  },
  {
    name: "an entry of the boot log counts without its CRC",
    file: "hal/common/boot/log.c",
    find: " && (get32(bytes + 12) == bootCrc(bytes, 12))",
    replace: "",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "an entry counts whose slot there is not",
    file: "hal/common/boot/log.c",
    find: " && (bytes[8] <= 1)",
    replace: "",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "the block with the newest entry is erased for the next one",
    file: "hal/common/boot/log.c",
    find: "*block = BOOT_BLOCKS - 1 - log->block;",
    replace: "*block = log->block;",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "an entry is not read back",
    file: "hal/common/boot/log.c",
    find: "&& !memcmp(entry, back, length)",
    replace: "",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "one place that fails is one too many",
    file: "hal/common/boot/log.c",
    find: "attempt < ATTEMPTS_MAX",
    replace: "attempt < 1",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "an erase that fails is not tried again",
    file: "hal/common/boot/log.c",
    find: "      continue;\n    if (partition->write",
    replace: "      return 0;\n    if (partition->write",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "an image is not checked between arming and its trial",
    file: "hal/common/boot/select.c",
    find: "  if (!isUsable(boot, !state.slot))\n    return 0;",
    replace: "  isUsable(boot, !state.slot);",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "an image is armed unseen",
    file: "hal/common/boot/select.c",
    find: "  problem = bootCheck(board, &image, !running->slot, running->slot);",
    replace: "  problem = NULL;",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "an image on trial arms the one that waits for it",
    file: "hal/common/boot/select.c",
    find: 'if (running->trial)\n    return "the running image is on trial";',
    replace: "",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "an armed image that was rejected stays armed",
    file: "hal/common/boot/select.c",
    find: "  state.trial = TRIAL_NONE;\n  state.cause = cause;",
    replace: "  state.trial = trial == TRIAL_RUNNING ? TRIAL_NONE : trial;\n  state.cause = cause;",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "a fall-back is for one boot only",
    file: "hal/common/boot/select.c",
    find: "choice.slot = state.slot = !state.slot;",
    replace: "choice.slot = !state.slot;",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "arming counts from the slot that the log names",
    file: "hal/common/boot/select.c",
    find: "  log.state.slot = running->slot;\n",
    replace: "",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "no security counter revokes a key at boot",
    file: "hal/common/boot/select.c",
    find: "confirmed = kept.counter;",
    replace: "confirmed = 0;",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "a key is revoked one counter too late",
    file: "hal/common/boot/image.c",
    find: "(confirmed >= keys[i].until)",
    replace: "(confirmed > keys[i].until)",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "a signature is not checked at boot",
    file: "hal/common/boot/image.c",
    find: "&& isSigned(&keys[i], own, signature, signatureLength)",
    replace: "",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "a record that nobody signed is passed over at boot",
    file: "hal/common/boot/image.c",
    find: "if (area.to - area.from != 3 * RECORD_BYTES + 2 * DIGEST_BYTES + signatureLength)",
    replace: "if (0)",
    in: [SELECTOR],
    by: "test",
  },
  {
    name: "only a panic is a crash",
    file: "hal/common/boot/select.c",
    find: "(cause != RESET_POWER) && (cause != RESET_RESTART)",
    replace: "cause == RESET_PANIC",
    in: [CRASHES],
    by: "test",
  },
  {
    name: "the count of crashes begins again at 256",
    file: "hal/common/boot/select.c",
    find: "return state->failures < UINT8_MAX ? state->failures + 1 : UINT8_MAX;",
    replace: "return state->failures + 1;",
    in: [CRASHES],
    by: "test",
  },
  {
    name: "a confirmation does not forget the crashes before it",
    file: "hal/common/boot/select.c",
    find: "  state.failures = 0;\n  if (running->trial)",
    replace: "  if (running->trial)",
    in: [CRASHES],
    by: "test",
  },
  {
    name: "an image that crashes again and again starts at once",
    file: "hal/common/boot/select.c",
    find: "if (state.failures >= BOOT_FAILURES_MAX)",
    replace: "if (state.failures > BOOT_FAILURES_MAX)",
    in: [CRASHES],
    by: "test",
  },
  {
    name: "the count is not kept while the board waits",
    file: "hal/common/boot/select.c",
    find: "  record(&boot.log, state);\n",
    replace: "  if (state.failures < BOOT_FAILURES_MAX)\n    record(&boot.log, state);\n",
    in: [CRASHES],
    by: "test",
  },
  {
    name: "every start wears the log, though nothing changes",
    file: "hal/common/boot/select.c",
    find: "  if ((state.cause == RESET_POWER) || (old->slot",
    replace: "  if (1 || (old->slot",
    in: [CRASHES],
    by: "test",
  },
];
