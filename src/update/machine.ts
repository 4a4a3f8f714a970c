/**
 * The update machine: a table of phases × events, and one pure function over it.
 *
 * A phase alone determines the effect (a Moore machine), so recovery from power loss is the same
 * act as entering a phase: read the record, perform its effect. There is no resume path.
 *
 * Invariants:
 *   - A record is durable before its effect starts; every effect is idempotent.
 *   - What the hardware says at boot wins over the record, in every phase.
 *   - Every way back to an earlier phase adds to a number in the record that is bounded in
 *     limits.ts.
 *   - A ticket gets a reason once, but that a success follows what runs; it leaves only when it is
 *     acknowledged.
 */
import { frozen } from "../base/frozen.ts";
import { REWINDS_MAX } from "../base/limits.ts";
import {
  coming,
  fetching,
  left,
  over,
  proving,
  staying,
  tried,
  truthful,
  whole,
} from "./booted.ts";
import type { EventType, Handler, UpdateEvent } from "./event.ts";
import {
  condemn,
  end,
  failWith,
  fresh,
  overwritten,
  resolve,
  revert,
  succeed,
  to,
  withNotice,
  withTicket,
} from "./outcome.ts";
import { REASONS } from "./reason.ts";
import type { Phase, UpdateRecord } from "./record.ts";

/** What the engine does in a phase, on entry and after any reset. */
export type Effect =
  | "wait"
  | "fetch"
  | "verify"
  | "install"
  | "arm"
  | "selfTest"
  | "confirm"
  | "restart"
  | "report";

export interface PhaseRow {
  readonly effect: Effect;
  readonly on: { readonly [T in EventType]?: Handler<T> };
}

const abort = (record: UpdateRecord): UpdateRecord => to(record, "idle");
const settle = (record: UpdateRecord): UpdateRecord => to(record, "settled");

const start: Handler<"started"> = (record, event) =>
  withTicket(
    {
      ...fresh(record, "downloading", event.object, 0, event.slot),
      url: event.url,
      thenInstall: event.thenInstall,
    },
    event.owner,
  );

const open: Handler<"opened"> = (record, event) =>
  fresh(record, "receiving", event.object, event.size, event.slot);

/**
 * Perhaps the same package again, after an interruption: what is in flash already is compared, not
 * written again. Often nobody says the size of a pushed package; when it is another one, comparing
 * finds that out.
 */
const reopen: Handler<"opened"> = (record, event) =>
  record.object === event.object && record.size === event.size
    ? {
        ...record,
        phase: "receiving",
        slot: event.slot,
        tickets: overwritten(record.tickets, event.slot),
      }
    : open(record, event);

/**
 * A package that is whole comes again when its server has not heard so: it too is compared first.
 */
const openOverReady: Handler<"opened"> = (record, event) =>
  record.object === event.object
    ? { ...open(record, event), generation: record.generation }
    : open(record, event);

const unpack: Handler<"unpacking"> = (record, event) => {
  if (record.image === event.image) return record;
  const { image: _, ...rest } = record;
  return event.image === undefined ? rest : { ...rest, image: event.image };
};

/** Another validator is another package: what is durable does not belong to it. */
const announce: Handler<"announced"> = (before, event) => {
  const several = event.resumed === true && before.answers === undefined;
  const record: UpdateRecord = several ? { ...before, answers: "several" } : before;
  const same = event.validator === record.validator;
  const size = event.size ?? (same ? record.size : 0);
  if (same && size === record.size) return record;
  const { validator, ...rest } = record;
  const generation = same || validator === undefined ? record.generation : record.generation + 1;
  return event.validator === undefined
    ? { ...rest, size, generation }
    : { ...rest, size, generation, validator: event.validator };
};

/**
 * From here on the URL is that of the package itself: after a reset the descriptor is not needed
 * again.
 */
const describe: Handler<"described"> = (record, { url, size, notify }) => {
  const { validator: _, ...rest } = record;
  return { ...withNotice(rest, notify), url, size, attempt: 0, described: true };
};

const attempted: Handler<"attempted"> = (record, { attempt, minutes = 0 }) =>
  minutes > 0 ? { ...record, attempt, minutes } : { ...record, attempt };

/** All bytes come again: those of one answer are of one package. */
const rewind: Handler<"rewound"> = ({ answers, ...record }) => ({
  ...record,
  ...(answers === "again" ? { answers } : {}),
  generation: record.generation + 1,
  rewinds: record.rewinds + 1,
});

/** Once for each package, and not more often than a download may begin again. */
const refetch: Handler<"refetched"> = (record) => {
  if (record.answers !== "several" || record.url === undefined || record.rewinds >= REWINDS_MAX)
    return record;
  const { validator: _, ...rest } = record;
  return {
    ...rest,
    phase: "downloading",
    answers: "again",
    generation: record.generation + 1,
    rewinds: record.rewinds + 1,
    attempt: 0,
    size: record.described === true ? record.size : 0,
  };
};

const fetchFailed: Handler<"fetchFailed"> = (record, event) =>
  failWith(withNotice(record, event.notify), event);

/** What is asked of a download ends here, whether or not an installation follows. */
const verified: Handler<"valid"> = (record, event) => ({
  ...record,
  phase: "ready",
  kept: true,
  digest: event.digest,
  version: event.version,
  securityCounter: event.securityCounter,
  tickets: record.thenInstall ? record.tickets : resolve(record.tickets, "succeeded"),
  notices: resolve(record.notices, "succeeded"),
});

const install: Handler<"install"> = (record, event) => {
  const {
    reason: _,
    target: __,
    agreed: ___,
    ...rest
  } = event.owner === undefined ? record : withTicket(record, event.owner);
  return {
    ...rest,
    phase: "proving",
    slot: event.slot,
    installing: true,
    thenInstall: false,
    crashes: 0,
    trials: 0,
    restarts: 0,
  };
};

/**
 * Whose package still has to prove itself: it will be installed then. While a download is owed an
 * outcome, that comes first.
 */
const installOnceVerified: Handler<"install"> = (record, event) =>
  event.owner === undefined || record.tickets.some((ticket) => ticket.reason === undefined)
    ? record
    : { ...withTicket(record, event.owner), thenInstall: true, installing: true };

/**
 * After a failure: the package is tried again when it is still there. When it was found bad before
 * anybody asked for an installation, the first who asks is told why.
 */
const installAfterFailure: Handler<"install"> = (record, event) => {
  const { reason } = record;
  if (record.kept) return install(record, event);
  if (
    event.owner === undefined ||
    record.installing ||
    reason === undefined ||
    !REASONS[reason].against
  )
    return record;
  return end({ ...withTicket(record, event.owner), installing: true }, "failed", reason, false);
};

/**
 * Who has agreed is not asked again after a reset; who refuses ends what was asked for, and a
 * package that is whole stays.
 */
const heed: Handler<"consent"> = (record, { given, notify }) => {
  const { phase } = record;
  if (!given) return end(withNotice(record, notify), "failed", "cancelled", record.kept);
  return phase === "downloading" || phase === "proving" ? { ...record, agreed: phase } : record;
};

/**
 * Still the same image? A trial is counted before it is armed: power that fails in between uses it
 * up.
 */
const verifiedAgain: Handler<"valid"> = (record, { digest }) =>
  digest === record.digest
    ? { ...record, phase: "arming", trials: record.trials + 1 }
    : end(record, "failed", "corrupt", false);

const discard: Handler<"discarded"> = (record) => fresh(record, "idle", "", 0, undefined);
const acknowledge: Handler<"acknowledged"> = (record, event) => {
  const tickets = record.tickets.filter(
    (ticket) => ticket.id !== event.id || ticket.reason === undefined,
  );
  return tickets.length === record.tickets.length ? record : { ...record, tickets };
};

/** The place of the notice that is sent next, or -1. */
const dueNotice = (record: UpdateRecord): number =>
  record.notices.findIndex(({ reason }) => reason !== undefined);
const noticeSent: Handler<"noticeSent"> = (record) => {
  const due = dueNotice(record);
  if (due < 0) return record;
  return {
    ...record,
    notices: record.notices.map((notice, at) =>
      at === due ? { ...notice, attempt: notice.attempt + 1 } : notice,
    ),
  };
};
const noticeSettled: Handler<"noticeSettled"> = (record) => {
  const due = dueNotice(record);
  return due < 0 ? record : { ...record, notices: record.notices.filter((_, at) => at !== due) };
};

/** In every phase: what is owed is sent and leaves. */
const OWED = frozen({ acknowledged: acknowledge, noticeSent, noticeSettled });

/**
 * The table. DESIGN: the phase decides the effect; what a row does not list leaves the record as it
 * is.
 */
export const PHASES: { readonly [P in Phase]: PhaseRow } = frozen({
  idle: {
    effect: "wait",
    on: { started: start, opened: reopen, booted: coming, discarded: discard },
  },
  receiving: {
    effect: "wait",
    on: {
      started: start,
      opened: reopen,
      unpacking: unpack,
      complete: (record, event) => ({ ...record, phase: "verifying", size: event.size }),
      aborted: abort,
      booted: coming,
      discarded: discard,
    },
  },
  downloading: {
    effect: "fetch",
    on: {
      described: describe,
      announced: announce,
      unpacking: unpack,
      rewound: rewind,
      attempted,
      refetched: refetch,
      complete: (record, event) => ({ ...record, phase: "verifying", size: event.size }),
      fetchFailed,
      consent: heed,
      booted: fetching,
      discarded: discard,
    },
  },
  verifying: {
    effect: "verify",
    on: {
      valid: verified,
      invalid: failWith,
      refetched: refetch,
      install: installOnceVerified,
      booted: whole,
    },
  },
  ready: {
    effect: "install",
    on: {
      install,
      started: start,
      opened: openOverReady,
      booted: whole,
      discarded: discard,
    },
  },
  proving: {
    effect: "verify",
    on: {
      valid: verifiedAgain,
      invalid: failWith,
      consent: heed,
      booted: proving,
    },
  },
  arming: {
    effect: "arm",
    on: {
      refused: revert,
      booted: tried,
    },
  },
  trial: {
    effect: "selfTest",
    on: {
      exposed: (record) => (record.exposed === true ? record : { ...record, exposed: true }),
      sheltered: (record) => (record.exposed === true ? to(record, "trial") : record),
      healthy: (record) => to(record, "confirming"),
      unhealthy: condemn,
      unanswered: (record) => to(record, "rejecting"),
      booted: tried,
    },
  },
  confirming: {
    effect: "confirm",
    on: {
      confirmed: succeed,
      refused: condemn,
      booted: staying,
    },
  },
  rejecting: {
    effect: "restart",
    on: {
      booted: left,
    },
  },
  succeeded: {
    effect: "report",
    on: {
      reported: settle,
      started: start,
      opened: open,
      booted: over,
      discarded: discard,
    },
  },
  failed: {
    effect: "report",
    on: {
      reported: settle,
      install: installAfterFailure,
      started: start,
      opened: open,
      booted: over,
      discarded: discard,
    },
  },
  settled: {
    effect: "wait",
    on: {
      install: installAfterFailure,
      started: start,
      opened: open,
      booted: over,
      discarded: discard,
    },
  },
});

/** The record after `event`; the same object when the phase does not react to it. */
export function reduce(record: UpdateRecord, event: UpdateEvent): UpdateRecord {
  const row: PhaseRow["on"] = event.type in OWED ? OWED : PHASES[record.phase].on;
  const handler = row[event.type] as
    | ((record: UpdateRecord, event: UpdateEvent) => UpdateRecord)
    | undefined;
  const after = handler === undefined ? record : handler(record, event);
  return event.type === "booted" ? truthful(after, event) : after;
}
