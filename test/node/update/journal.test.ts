/**
 * src/update/JOURNAL.md says what the machine does: its table is compared with the machine, its
 * lists with the code.
 */
import { ok, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ResetCause } from "../../../hal/hal.ts";
import { CRASHES_MAX, RESTARTS_MAX, TRIALS_MAX } from "../../../src/base/limits.ts";
import { RECORD_KEY, URL_KEY } from "../../../src/update/journal.ts";
import type { UpdateEvent } from "../../../src/update/event.ts";
import { PHASES, reduce } from "../../../src/update/machine.ts";
import { COUNTER_KEY, FAILED_KEY } from "../../../src/update/memory.ts";
import { QUARANTINE_KEY } from "../../../src/update/quarantine.ts";
import { decodeRecord, IDLE, type Phase, type UpdateRecord } from "../../../src/update/record.ts";
import { PROGRESS_KEY } from "../../../src/update/staging.ts";
import { root } from "../../root.ts";

const DOCUMENT = readFileSync(join(root, "src/update/JOURNAL.md"), "utf8");
const BOUNDS: Partial<UpdateRecord> = {
  trials: TRIALS_MAX,
  crashes: CRASHES_MAX,
  restarts: RESTARTS_MAX,
};

const EVENTS: readonly UpdateEvent[] = [
  { type: "started", url: "u", object: "x", owner: "o", thenInstall: false, slot: 0 },
  { type: "opened", object: "x", size: 9, slot: 0 },
  { type: "described", url: "w", size: 9, notify: "n" },
  { type: "announced", size: 9, validator: "v" },
  { type: "unpacking", image: 9 },
  { type: "rewound" },
  { type: "attempted", attempt: 1 },
  { type: "refetched" },
  { type: "complete", size: 9 },
  { type: "aborted" },
  { type: "fetchFailed", reason: "network" },
  { type: "valid", digest: "d", version: "2", securityCounter: 3 },
  { type: "invalid", reason: "corrupt" },
  { type: "install", slot: 0, owner: "o" },
  { type: "consent", given: true },
  { type: "refused" },
  { type: "exposed" },
  { type: "sheltered" },
  { type: "healthy" },
  { type: "unhealthy" },
  { type: "unanswered" },
  { type: "confirmed" },
  { type: "reported" },
  { type: "discarded" },
];

function booted(slot: number, trial: boolean, cause: ResetCause): UpdateEvent {
  return { type: "booted", slot, trial, cause };
}

/** What may have booted, in the document's words. */
const BOOTS: readonly (readonly [string, UpdateEvent])[] = [
  ["old image after power", booted(0, false, "power")],
  ["old image after restart", booted(0, false, "restart")],
  ["old image after a crash", booted(0, false, "panic")],
  ["new image on trial", booted(1, true, "restart")],
  ["new image for good", booted(1, false, "power")],
];

const SUCCESS = { kept: false, reason: "succeeded", target: 1 } as const;

/** Records that lead elsewhere, in the document's words, and the phases in which they are met. */
const VARIANTS: readonly (readonly [
  words: string,
  more: Partial<UpdateRecord>,
  phases?: readonly Phase[],
])[] = [
  ["at the bound", BOUNDS],
  ["exposed", { exposed: true }, ["trial"]],
  ["to be installed", { thenInstall: true }, ["verifying", "ready"]],
  ["in several answers", { answers: "several", url: "u" }, ["verifying"]],
  ["found bad", { kept: false, reason: "corrupt" }, ["failed", "settled"]],
  ["after a success", SUCCESS, ["settled"]],
  ["after a fall back", { ...SUCCESS, reason: "fellBack" }, ["failed", "settled"]],
];

function at(phase: Phase, more: Partial<UpdateRecord> = {}): UpdateRecord {
  const record = { ...IDLE, phase, generation: 1, object: "y", slot: 0, kept: true, digest: "d" };
  return { ...record, ...(phase === "succeeded" ? SUCCESS : {}), ...more };
}

/** "phase", and where records lead that are not as others, when that is elsewhere. */
function leads(phase: Phase, event: UpdateEvent): string | undefined {
  const before = at(phase);
  const plain = reduce(before, event);
  const others = VARIANTS.flatMap(([words, more, phases]) => {
    const led = reduce(at(phase, more), event).phase;
    return led === plain.phase || phases?.includes(phase) === false ? [] : [`${words} ${led}`];
  });
  if (plain === before && others.length === 0) return undefined;
  return [plain === before ? `${phase} as it is` : plain.phase, ...others].join(", ");
}

function row(phase: Phase): string {
  const events = EVENTS.flatMap((event) => {
    const next = leads(phase, event);
    return next === undefined ? [] : [`${event.type} → ${next}`];
  });
  const boots = new Map<string, string[]>();
  for (const [words, event] of BOOTS) {
    const next = leads(phase, event);
    if (next !== undefined) boots.set(next, [...(boots.get(next) ?? []), words]);
  }
  const booted = [...boots].map(([next, words]) => `${words.join(", ")} → ${next}`);
  return `| ${phase} | ${PHASES[phase].effect} | ${events.join(" · ")} | ${booted.join(" · ")} |`;
}

test("the phase table is the machine's", () => {
  const rows = (Object.keys(PHASES) as Phase[]).map(row);
  const table = rows.join("\n");
  ok(DOCUMENT.includes(`\n${table}\n`), `the table should be\n${table}`);
});

test("every key and every field is described, and no other", () => {
  const described = (heading: string): readonly string[] => {
    const section = DOCUMENT.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
    return [...section.matchAll(/^\| `([\w.]+)`/gm)].map((match) => match[1] ?? "").sort();
  };
  strictEqual(
    described("Keys").join(),
    [RECORD_KEY, URL_KEY, PROGRESS_KEY, FAILED_KEY, QUARANTINE_KEY, COUNTER_KEY].sort().join(),
  );
  const full = decodeRecord({
    ...IDLE,
    image: 0,
    url: "",
    described: true,
    validator: "",
    minutes: 0,
    answers: "several",
    agreed: "arming",
    slot: 0,
    target: 0,
    exposed: true,
    reason: "network",
    digest: "",
    version: "",
    securityCounter: 0,
  });
  strictEqual(described("Fields of the record").join(), Object.keys(full).sort().join());
});
