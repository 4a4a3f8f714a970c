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
import { RECORD_KEY } from "../../../src/update/journal.ts";
import { PHASES, reduce, type UpdateEvent } from "../../../src/update/machine.ts";
import { COUNTER_KEY, FAILED_KEY } from "../../../src/update/memory.ts";
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
  { type: "started", url: "u", object: "x", owner: "o", thenInstall: false },
  { type: "opened", object: "x", size: 9 },
  { type: "described", url: "w", size: 9, notify: "n" },
  { type: "announced", size: 9, validator: "v" },
  { type: "rewound" },
  { type: "attempted", attempt: 1 },
  { type: "complete", size: 9 },
  { type: "aborted" },
  { type: "fetchFailed", reason: "network" },
  { type: "valid", digest: "d", version: "2", securityCounter: 3 },
  { type: "invalid", reason: "corrupt" },
  { type: "install", slot: 0, owner: "o" },
  { type: "consent", given: true },
  { type: "refused" },
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

function at(phase: Phase, more: Partial<UpdateRecord> = {}): UpdateRecord {
  return { ...IDLE, phase, generation: 1, object: "y", slot: 0, kept: true, digest: "d", ...more };
}

/**
 * "phase", and where it leads at the bound, and without a package that is kept, when that is
 * elsewhere.
 */
function leads(phase: Phase, event: UpdateEvent): string | undefined {
  const before = at(phase);
  const after = reduce(before, event);
  if (after === before) return undefined;
  const bound = reduce(at(phase, BOUNDS), event).phase;
  const bad = reduce(at(phase, { kept: false, reason: "corrupt" }), event).phase;
  return `${after.phase}${bound === after.phase ? "" : `, at the bound ${bound}`}${bad === after.phase ? "" : `, found bad ${bad}`}`;
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
    [RECORD_KEY, PROGRESS_KEY, FAILED_KEY, COUNTER_KEY].sort().join(),
  );
  const full = decodeRecord({
    ...IDLE,
    url: "",
    described: true,
    validator: "",
    agreed: "arming",
    slot: 0,
    target: 0,
    reason: "network",
    digest: "",
    version: "",
    securityCounter: 0,
  });
  strictEqual(described("Fields of the record").join(), Object.keys(full).sort().join());
});
