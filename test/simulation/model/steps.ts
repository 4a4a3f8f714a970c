/**
 * What can happen next in a state of the model: each step is one durable operation, or none. The
 * machine is the real one (src/update/machine.ts), and so is what outlives a package (memory.ts);
 * the environment may do whatever it likes: power fails, programs die, servers ask for anything,
 * flash fails for good. One thing is taken for granted: a program that was confirmed does not die
 * before it has read its record.
 *
 * `fair` steps are those that remain when power stays on and a server answers that asks for nothing
 * new: they have to lead to the end of every ticket.
 */
import type { ResetCause } from "../../../hal/hal.ts";
import { TRIALS_MAX } from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Store } from "../../../src/store/store.ts";
import type { UpdateEvent } from "../../../src/update/event.ts";
import { PHASES, reduce } from "../../../src/update/machine.ts";
import { FAILED_KEY, memoryChanges } from "../../../src/update/memory.ts";
import { QUARANTINE_KEY } from "../../../src/update/quarantine.ts";
import { IDLE, type Ticket, type UpdateRecord } from "../../../src/update/record.ts";
import { arm, confirm, other, select, type Slot } from "./selector.ts";
import {
  type Content,
  type Scope,
  type Session,
  type State,
  type Subject,
  VAIN_MAX,
} from "./state.ts";

/** An invariant that does not hold. */
export class Broken extends Error {
  override name = "Broken";
}

export function must(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what);
}

export interface Step {
  readonly name: string;
  readonly fair: boolean;
  readonly next: () => State;
}

const SIZE = 9;
const DIGEST = "p";
const NEW_IMAGE = 99;

export function steps(state: State, scope: Scope): readonly Step[] {
  if (state.running === undefined) return [...booting(state), ...rotting(state)];
  const found: Step[] = [];
  if (!state.told) found.push(step("tell", true, () => told(state)));
  else found.push(...performing(state, scope), ...serving(state, scope));
  found.push(
    step("power fails", false, () => reset(state, "power")),
    ...damaging(state),
  );
  if (state.told || state.running.trial)
    found.push(step("the program dies", false, () => reset(blamed(state), "panic")));
  return found;
}

function step(name: string, fair: boolean, next: () => State): Step {
  return { name, fair, next };
}

// What the selector does.

function usable(state: State): (slot: Slot) => boolean {
  return (slot) => typeof state.slots[slot] === "number";
}

function booting(state: State): readonly Step[] {
  const choice = select(state.log, usable(state));
  if (choice === undefined) return [];
  const { log, slot, trial } = choice;
  const same = log.slot === state.log.slot && log.trial === state.log.trial;
  const written: State = {
    ...state,
    log,
    confirming: state.confirming && same,
    trials: state.trials + (trial ? 1 : 0),
  };
  const boot = step("boot", true, () => {
    must(written.trials <= TRIALS_MAX, `P5: ${written.trials} trials of one installation`);
    return { ...written, running: { slot, trial }, told: false };
  });
  return same
    ? [boot]
    : [boot, step("power fails in the selector", false, () => reset(written, "power"))];
}

/** A reset that is a verdict on an image that was seen on trial. */
function blamed(state: State): State {
  const { phase } = state.record;
  const seen = state.told && (phase === "trial" || phase === "confirming");
  return seen && state.session !== "heard" ? { ...state, blame: true } : state;
}

function reset(state: State, cause: ResetCause): State {
  return { ...state, running: undefined, cause, told: false, session: "none", refused: false };
}

// What flash that fails for good does.

function rotting(state: State): readonly Step[] {
  if (state.faults === 0) return [];
  const faults = state.faults - 1;
  const lost = step("the store is lost", false, () => ({
    ...state,
    faults,
    record: IDLE,
    about: [],
    banned: false,
    vain: 0,
  }));
  if (!state.confirming) return [lost];
  const undone = step("the entry that confirmed is lost", false, () => ({
    ...state,
    faults,
    confirming: false,
    log: { slot: other(state.log.slot), trial: "running" as const },
  }));
  return [lost, undone];
}

function damaging(state: State): readonly Step[] {
  if (state.faults === 0) return [];
  return ([0, 1] as const).filter(usable(state)).map((slot) =>
    step(`slot ${slot} is damaged`, false, () => ({
      ...filled(state, slot, "none"),
      faults: state.faults - 1,
    })),
  );
}

// What the engine does: the effect of the phase, with every outcome.

function told(state: State): State {
  const { running, cause } = state;
  if (running === undefined) throw new Error("nothing runs");
  const { slot, trial } = running;
  const after = commit(state, { type: "booted", slot, trial, cause });
  const { digest, target } = state.record;
  const left = !trial && slot !== target && digest !== undefined;
  if (left && cause !== "power" && state.blame)
    must(after.banned, "invariant 3: an image that failed its trial is not remembered");
  return { ...after, told: true, blame: after.blame && slot !== target };
}

function performing(state: State, scope: Scope): readonly Step[] {
  const { record } = state;
  const staged = state.slots[stagingOf(state)];
  switch (PHASES[record.phase].effect) {
    case "wait":
      return [];
    case "fetch":
      return fetching(state, scope);
    case "verify":
      return verifying(state, staged);
    case "install":
      return record.thenInstall
        ? [dispatched("install", state, true, install(state, undefined))]
        : [];
    case "arm":
      return arming(state);
    case "selfTest":
      return trying(state);
    case "confirm":
      return confirming(state);
    case "restart":
      return [step("restart", true, () => reset(state, "restart"))];
    case "report":
      return record.tickets.length > 0
        ? []
        : [dispatched("reported", state, true, { type: "reported" })];
  }
}

function fetching(state: State, { downloads }: Scope): readonly Step[] {
  const found = [
    ...coming(state, true),
    dispatched("download fails", state, true, { type: "fetchFailed", reason: "network" }),
    dispatched("download refused by a person", state, true, { type: "consent", given: false }),
    dispatched("download agreed to", state, false, { type: "consent", given: true }),
  ];
  return downloads ? [...found, ...attempting(state)] : found;
}

/** One of each is enough: how many there may be is the downloader's business. */
function attempting(state: State): readonly Step[] {
  const { attempt, rewinds, described, notices } = state.record;
  const found = [
    dispatched("attempt", state, false, { type: "attempted", attempt: attempt > 0 ? 0 : 1 }),
    dispatched("announced", state, false, { type: "announced", size: SIZE, validator: "v" }),
    dispatched("resumed", state, false, {
      type: "announced",
      size: SIZE,
      validator: "v",
      resumed: true,
    }),
    dispatched("descriptor refused", state, false, {
      type: "fetchFailed",
      reason: "badDescriptor",
      notify: "n",
    }),
  ];
  if (rewinds === 0) found.push(dispatched("rewind", state, false, { type: "rewound" }));
  if (described === undefined)
    for (const notify of notices.length === 0 ? [undefined, "n"] : [undefined])
      found.push(
        dispatched("described", state, false, { type: "described", url: "u", size: SIZE, notify }),
      );
  return found;
}

/** Bytes of a package arrive in the staging slot. */
function coming(state: State, fair: boolean): readonly Step[] {
  const staging = stagingOf(state);
  const whole = (content: Content): Step =>
    step(`complete: ${content === "bad" ? "bad" : "good"}`, fair, () =>
      commit(filled(state, staging, content), { type: "complete", size: SIZE }),
    );
  const erase = step("first block", false, () => filled(state, staging, "none"));
  return [whole(NEW_IMAGE), whole("bad"), ...(state.slots[staging] === "none" ? [] : [erase])];
}

function verifying(state: State, staged: Content): readonly Step[] {
  const { phase } = state.record;
  const refetched = reduce(state.record, { type: "refetched" }) !== state.record;
  const invalid = (reason: "corrupt" | "failedBefore" | "quarantined" | "flash"): Step =>
    reason === "corrupt" && refetched
      ? dispatched("fetched once more", state, true, { type: "refetched" })
      : dispatched(reason, state, reason !== "flash", { type: "invalid", reason });
  const valid = dispatched("valid", state, true, {
    type: "valid",
    digest: DIGEST,
    version: "2",
    securityCounter: 1,
  });
  const found: Step[] = [invalid("flash")];
  if (typeof staged !== "number") found.push(invalid("corrupt"));
  else if (state.banned) found.push(invalid("failedBefore"));
  else {
    found.push(valid);
    if (phase === "proving" && state.vain >= VAIN_MAX) found.push(invalid("quarantined"));
  }
  if (phase !== "proving") return found;
  return [
    ...found,
    dispatched("installation refused by a person", state, true, { type: "consent", given: false }),
    dispatched("installation agreed to", state, false, { type: "consent", given: true }),
  ];
}

function arming(state: State): readonly Step[] {
  if (state.log.trial === "armed") return [step("restart", true, () => reset(state, "restart"))];
  const armed = arm(state.log, state.running?.trial === true, usable(state));
  const refused = dispatched("arming refused", state, armed === undefined, { type: "refused" });
  if (armed === undefined) return [refused];
  return [
    refused,
    step("arm", true, () => ({ ...state, log: armed, confirming: false, blame: false })),
  ];
}

function trying(state: State): readonly Step[] {
  const { session, refused } = state;
  const inSession = (next: Session, more: Partial<State> = {}): State => {
    const after = commit(state, { type: next === "heard" ? "exposed" : "sheltered" });
    return { ...after, session: next, ...more };
  };
  const condemned = (name: string, fair: boolean): Step =>
    step(name, fair, () => commit({ ...state, blame: true }, { type: "unhealthy" }));
  const late = refused
    ? condemned("deadline, after a refusal", false)
    : dispatched("deadline", state, false, { type: "unanswered" });
  switch (session) {
    case "none":
      return [late, step("a session begins", true, () => inSession("heard"))];
    case "heard":
      return [
        late,
        step("the server proves itself", true, () => inSession("proved")),
        step("the session ends", false, () => inSession("none")),
      ];
    case "proved":
      return [
        late,
        dispatched("healthy", state, true, { type: "healthy" }),
        condemned("the image fails its test", true),
        step("the server refuses the image", false, () => inSession("none", { refused: true })),
        step("the session ends", false, () => inSession("none")),
      ];
  }
}

function confirming(state: State): readonly Step[] {
  const { running, log } = state;
  if (running === undefined) throw new Error("nothing runs");
  const { slot, trial } = running;
  if (!trial || log.slot === slot)
    return [dispatched("confirmed", state, true, { type: "confirmed" })];
  const image = state.slots[slot];
  return [
    step("confirm", true, () => ({
      ...state,
      log: confirm(log, slot, trial),
      confirming: true,
      running: { slot, trial: false },
      confirmed: typeof image === "number" ? [...state.confirmed, image] : state.confirmed,
    })),
    step("confirming refused", false, () => commit({ ...state, blame: true }, { type: "refused" })),
  ];
}

// What servers ask for.

/** Phases in which no session is open: the engine works, or a peer that may be anybody is heard. */
function deaf({ record, session }: State): boolean {
  const busy = ["proving", "arming", "confirming", "rejecting"].includes(record.phase);
  return busy || session === "heard" || (record.phase === "trial" && session === "none");
}

function serving(state: State, { tickets, downloads }: Scope): readonly Step[] {
  const { record, running } = state;
  if (running === undefined || deaf(state)) return [];
  const { slot } = running;
  const found: Step[] = record.tickets.flatMap(({ id, reason }) =>
    reason === undefined
      ? []
      : [dispatched(`ticket ${id} acknowledged`, state, true, { type: "acknowledged", id })],
  );
  found.push(
    dispatched("push", state, false, { type: "opened", object: "x", size: SIZE, slot }),
    dispatched("delete", state, false, { type: "discarded" }),
  );
  if (downloads) found.push(...telling(state));
  if (record.phase === "receiving")
    found.push(...coming(state, false), dispatched("push ends", state, false, { type: "aborted" }));
  if (record.tickets.length >= tickets) return found;
  for (const thenInstall of [false, true])
    found.push(
      dispatched(thenInstall ? "Exec DownloadAndUpdate" : "Exec Download", state, false, {
        type: "started",
        url: "u",
        object: "x",
        owner: "o",
        thenInstall,
        slot,
      }),
    );
  found.push(dispatched("Exec Update", state, false, install(state, "o")));
  return found;
}

/** Hosts of descriptors are told of an outcome. */
function telling(state: State): readonly Step[] {
  const settled = dispatched("notice settled", state, false, { type: "noticeSettled" });
  return state.record.notices.every(({ attempt }) => attempt === 0)
    ? [settled, dispatched("notice sent", state, false, { type: "noticeSent" })]
    : [settled];
}

function install({ running }: State, owner: string | undefined): UpdateEvent {
  return { type: "install", slot: running?.slot ?? 0, owner };
}

// How the record changes.

function dispatched(name: string, state: State, fair: boolean, event: UpdateEvent): Step {
  return step(name, fair, () => commit(state, event));
}

function stagingOf({ running }: State): Slot {
  return other(running?.slot ?? 0);
}

function filled(state: State, slot: Slot, content: Content): State {
  const { slots } = state;
  return { ...state, slots: slot === 0 ? [content, slots[1]] : [slots[0], content] };
}

/** Reduces, checks the tickets, and remembers what the engine would. */
function commit(state: State, event: UpdateEvent): State {
  const before = state.record;
  const after = reduce(before, event);
  if (after === before) return state;
  must(after.generation >= before.generation, "invariant 8: the generation goes back");
  const next = remembered(
    { ...state, record: after, about: subjects(state, after, event) },
    before,
  );
  const blame = next.blame && ["trial", "confirming", "rejecting"].includes(after.phase);
  const trials = event.type === "install" && after.phase === "proving" ? 0 : next.trials;
  return after.phase === "trial"
    ? { ...next, blame, trials }
    : { ...next, blame, trials, session: "none", refused: false };
}

/** What the tickets are about, after checking that none changes but as it may. */
function subjects(state: State, after: UpdateRecord, event: UpdateEvent): readonly Subject[] {
  const { record: before, about } = state;
  const kept = before.tickets.flatMap((ticket, at): readonly Subject[] => {
    const now = after.tickets.find(({ id }) => id === ticket.id);
    const subject = about[at];
    if (subject === undefined) throw new Error("every ticket has a subject");
    if (now === undefined) {
      const answered = event.type === "acknowledged" && event.id === ticket.id;
      must(answered && ticket.reason !== undefined, "invariant 5: a ticket is lost");
      return [];
    }
    if (now.reason === ticket.reason) return [subject];
    return [decided(state, subject, ticket, now, event)];
  });
  const asked = after.tickets.length > kept.length;
  if (!asked) return kept;
  const kind = event.type === "started" && !event.thenInstall ? "download" : "install";
  must(event.type === "started" || event.type === "install", "nobody has asked for a new ticket");
  return [...kept, { kind, image: 0 }];
}

/** A ticket gets its outcome, or another one. */
function decided(
  state: State,
  subject: Subject,
  { reason, slot }: Ticket,
  now: Ticket,
  event: UpdateEvent,
): Subject {
  const { running, log, slots } = state;
  if (running === undefined) throw new Error("nothing runs");
  if (reason !== undefined) {
    const follows = event.type === "booted" && slot !== undefined;
    must(follows, `invariant 5: a ticket says ${reason}, and then ${now.reason ?? "nothing"}`);
    return subject;
  }
  const runs = slots[running.slot];
  if (now.reason !== "succeeded") {
    must(now.reason !== undefined, "a ticket has no outcome");
    return subject;
  }
  if (subject.kind === "download") {
    must(typeof slots[other(running.slot)] === "number", "P4: a download that did not succeed");
    return subject;
  }
  const stays = !running.trial && log.slot === running.slot && log.trial === "none";
  must(stays, "invariant 4: success is decided while nothing is confirmed");
  return { ...subject, image: typeof runs === "number" ? runs : 0 };
}

/** The real memory of images, over a store that holds what the state says. */
function remembered(state: State, before: UpdateRecord): State {
  const { record: after } = state;
  if (after.phase === before.phase || (after.phase !== "failed" && after.phase !== "succeeded"))
    return state;
  const values = new Map([
    [FAILED_KEY, { v: 1, digests: state.banned ? [DIGEST] : [] }],
    [QUARANTINE_KEY, quarantine(state.vain)],
  ]);
  const store = {
    get: (key: string) => {
      const value = values.get(key);
      return value === undefined ? undefined : utf8(JSON.stringify(value));
    },
  } as unknown as Store;
  let { banned, vain } = state;
  for (const [key, bytes] of memoryChanges(store, before, after)) {
    const text = Buffer.from(bytes ?? []).toString();
    if (key === FAILED_KEY) banned = text.includes(`"${DIGEST}"`);
    else if (key === QUARANTINE_KEY)
      vain = Math.min(Number(/"installations":(\d+)/.exec(text)?.[1] ?? 0), VAIN_MAX);
    else must(after.phase === "succeeded", "invariant 4: the counter rises without a success");
  }
  must(!banned || state.banned || state.blame, "invariant 3: a ban without a verdict");
  return { ...state, banned, vain };
}

function quarantine(installations: number): object {
  const images = installations === 0 ? [] : [{ digest: DIGEST, installations, waitedMs: 0 }];
  return { v: 1, images };
}
