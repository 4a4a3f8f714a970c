/**
 * The update machine: a table of phases × events, and one pure function over it.
 *
 * A phase alone determines the effect (a Moore machine), so recovery from power loss is the same
 * act as entering a phase: read the record, perform its effect. There is no resume path.
 *
 * Invariants:
 *   - A record is durable before its effect starts; every effect is idempotent.
 *   - What the hardware says at boot wins over the record.
 *   - Every way back to an earlier phase adds to a number in the record that is bounded in
 *     limits.ts.
 *   - A ticket gets a reason exactly once, and leaves only when it is acknowledged.
 */
import { CRASHES_MAX, NOTICES_MAX, RESTARTS_MAX, TRIALS_MAX } from "../base/limits.ts";
import type { ResetCause } from "../../hal/hal.ts";
import { frozen } from "../base/frozen.ts";
import type { Notice, Phase, Reason, Ticket, UpdateRecord } from "./record.ts";

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

export type UpdateEvent =
  | {
      readonly type: "started";
      readonly url: string;
      readonly object: string;
      readonly owner: string;
      readonly thenInstall: boolean;
    }
  | { readonly type: "opened"; readonly object: string; readonly size: number }
  /**
   * A descriptor says where the package is, and where the outcome of the download is to be
   * reported.
   */
  | {
      readonly type: "described";
      readonly url: string;
      readonly size: number;
      readonly notify: string | undefined;
    }
  /** What the server says of the package, before its first byte. */
  | {
      readonly type: "announced";
      readonly size: number | undefined;
      readonly validator: string | undefined;
    }
  /** The bytes come again from the first on. */
  | { readonly type: "rewound" }
  | { readonly type: "attempted"; readonly attempt: number }
  | { readonly type: "complete"; readonly size: number }
  | { readonly type: "aborted" }
  /** `notify`: a descriptor that is not taken wants to be told so there. */
  | { readonly type: "fetchFailed"; readonly reason: Reason; readonly notify?: string | undefined }
  | {
      readonly type: "valid";
      readonly digest: string;
      readonly version: string;
      readonly securityCounter: number;
    }
  | { readonly type: "invalid"; readonly reason: Reason }
  /** `owner` is absent when the engine itself goes on after Download-and-update. */
  | { readonly type: "install"; readonly slot: number; readonly owner: string | undefined }
  /**
   * A person has been asked whether to download, or to install. `notify`: who else is told of a
   * refusal.
   */
  | { readonly type: "consent"; readonly given: boolean; readonly notify?: string | undefined }
  /** The boot selector refused. */
  | { readonly type: "refused" }
  | {
      readonly type: "booted";
      readonly slot: number;
      readonly trial: boolean;
      readonly cause: ResetCause;
    }
  | { readonly type: "healthy" }
  | { readonly type: "unhealthy" }
  /** Its time is up, and nobody has answered it: nothing is known of the image. */
  | { readonly type: "unanswered" }
  | { readonly type: "confirmed" }
  /** No ticket waits any more. */
  | { readonly type: "reported" }
  /** The server has answered the report of this ticket. */
  | { readonly type: "acknowledged"; readonly id: number }
  /** The oldest notice whose outcome is known is about to be sent. */
  | { readonly type: "noticeSent" }
  /** It has arrived, or is given up. */
  | { readonly type: "noticeSettled" }
  | { readonly type: "discarded" };

export type EventType = UpdateEvent["type"];
type Booted = Extract<UpdateEvent, { type: "booted" }>;
type Handler<T extends EventType> = (
  record: UpdateRecord,
  event: Extract<UpdateEvent, { type: T }>,
) => UpdateRecord;
export interface PhaseRow {
  readonly effect: Effect;
  readonly on: { readonly [T in EventType]?: Handler<T> };
}

/** What verification says of a package that may not be installed. */
const VERDICTS: readonly Reason[] = frozen([
  "corrupt",
  "mismatch",
  "untrusted",
  "unacceptable",
  "tooLarge",
  "failedBefore",
  "flash",
]);

const to = (record: UpdateRecord, phase: Phase): UpdateRecord => ({ ...record, phase });
const abort = (record: UpdateRecord): UpdateRecord => to(record, "idle");
const settle = (record: UpdateRecord): UpdateRecord => to(record, "settled");

/** The outcome of everything that was still running: tickets or notices. */
function resolve<T extends Ticket | Notice>(owed: readonly T[], reason: Reason): readonly T[] {
  return owed.map((one) => (one.reason === undefined ? { ...one, reason } : one));
}

function end(
  record: UpdateRecord,
  phase: "succeeded" | "failed",
  reason: Reason,
  kept: boolean,
): UpdateRecord {
  const tickets = resolve(record.tickets, reason);
  const notices = resolve(record.notices, reason);
  return { ...record, phase, reason, kept, thenInstall: false, tickets, notices };
}

const failWith = (record: UpdateRecord, event: { readonly reason: Reason }): UpdateRecord =>
  end(record, "failed", event.reason, false);
const succeed = (record: UpdateRecord): UpdateRecord =>
  end(record, "succeeded", "succeeded", false);
const revert = (record: UpdateRecord): UpdateRecord =>
  end(record, "failed", "reverted", record.kept);
/** A verdict: this image is not tried again. */
const condemn = (record: UpdateRecord): UpdateRecord => ({
  ...record,
  phase: "reverting",
  kept: false,
});

/** The record of another package: nothing stays of the last one but reports that are owed. */
function fresh(record: UpdateRecord, phase: Phase, object: string, size: number): UpdateRecord {
  return {
    v: 1,
    phase,
    generation: record.generation + 1,
    object,
    size,
    attempt: 0,
    rewinds: 0,
    crashes: 0,
    thenInstall: false,
    installing: false,
    trials: 0,
    restarts: 0,
    kept: false,
    tickets: resolve(record.tickets, "cancelled"),
    nextTicket: record.nextTicket,
    notices: resolve(record.notices, "cancelled"),
  };
}

function withTicket(record: UpdateRecord, owner: string): UpdateRecord {
  return {
    ...record,
    tickets: [...record.tickets, { id: record.nextTicket, owner }],
    nextTicket: record.nextTicket + 1,
  };
}

/**
 * One more to be told of the outcome of the download; there is room for few, and the oldest goes.
 */
function withNotice(record: UpdateRecord, url: string | undefined): UpdateRecord {
  return url === undefined
    ? record
    : { ...record, notices: [...record.notices, { url, attempt: 0 }].slice(-NOTICES_MAX) };
}

const start: Handler<"started"> = (record, event) =>
  withTicket(
    {
      ...fresh(record, "downloading", event.object, 0),
      url: event.url,
      thenInstall: event.thenInstall,
    },
    event.owner,
  );

const open: Handler<"opened"> = (record, event) =>
  fresh(record, "receiving", event.object, event.size);

/**
 * Perhaps the same package again, after an interruption: what is in flash already is compared, not
 * written again. Often nobody says the size of a pushed package; when it is another one, comparing
 * finds that out.
 */
const reopen: Handler<"opened"> = (record, event) =>
  record.object === event.object && record.size === event.size
    ? { ...record, phase: "receiving" }
    : open(record, event);

/**
 * A package that is whole comes again when its server has not heard so: it too is compared first.
 */
const openOverReady: Handler<"opened"> = (record, event) =>
  record.object === event.object
    ? { ...open(record, event), generation: record.generation }
    : open(record, event);

/** Another validator is another package: what is durable does not belong to it. */
const announce: Handler<"announced"> = (record, event) => {
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
    phase: "arming",
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
    !VERDICTS.includes(reason)
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
  return phase === "downloading" || phase === "arming" ? { ...record, agreed: phase } : record;
};

/**
 * Still the same image? A trial is counted before it is armed: power that fails in between uses it
 * up.
 */
const verifiedAgain: Handler<"valid"> = (record, { digest }) =>
  digest === record.digest
    ? { ...record, phase: "restarting", trials: record.trials + 1 }
    : end(record, "failed", "corrupt", false);

/** An image on trial is never the one that ran before, whatever the record says. */
function atTarget(record: UpdateRecord, event: Booted): boolean {
  if (event.trial) return true;
  return record.target === undefined
    ? record.slot !== undefined && event.slot !== record.slot
    : event.slot === record.target;
}

const onTrial = (record: UpdateRecord, event: Booted): UpdateRecord =>
  record.phase === "trial" && record.target === event.slot
    ? record
    : { ...record, phase: "trial", target: event.slot };

/**
 * An image runs on trial that this record knows nothing of: the log was lost. It is tested and
 * confirmed as any other.
 */
const unexpected: Handler<"booted"> = (record, event) =>
  event.trial
    ? {
        ...record,
        phase: "trial",
        target: event.slot,
        installing: true,
        kept: false,
        trials: TRIALS_MAX,
      }
    : record;

/** The same, and a program that crashes again and again over this package gives it up. */
const watched: Handler<"booted"> = (record, event) => {
  if (event.trial) return unexpected(record, event);
  if (event.cause === "power" || event.cause === "restart") return record;
  return record.crashes < CRASHES_MAX
    ? { ...record, crashes: record.crashes + 1 }
    : end(record, "failed", "undefined", record.kept);
};

/**
 * Back on the old image. After power that failed the package is armed again, TRIALS_MAX times in
 * all. Any other reset is a verdict on an image that was seen on trial; in `restarting` it was not,
 * and may never have run.
 */
const backAtSource = (record: UpdateRecord, event: Booted): UpdateRecord =>
  event.cause !== "power"
    ? end(record, "failed", "reverted", record.kept && record.phase === "restarting")
    : record.trials < TRIALS_MAX
      ? to(record, "arming")
      : revert(record);

const discard: Handler<"discarded"> = (record) => fresh(record, "idle", "", 0);
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
    on: { started: start, opened: reopen, booted: unexpected, discarded: discard },
  },
  receiving: {
    effect: "wait",
    on: {
      started: start,
      opened: reopen,
      complete: (record, event) => ({ ...record, phase: "verifying", size: event.size }),
      aborted: abort,
      booted: unexpected,
      discarded: discard,
    },
  },
  downloading: {
    effect: "fetch",
    on: {
      described: describe,
      announced: announce,
      rewound: (record) => ({
        ...record,
        generation: record.generation + 1,
        rewinds: record.rewinds + 1,
      }),
      attempted: (record, event) => ({ ...record, attempt: event.attempt }),
      complete: (record, event) => ({ ...record, phase: "verifying", size: event.size }),
      fetchFailed,
      consent: heed,
      booted: watched,
      discarded: discard,
    },
  },
  verifying: {
    effect: "verify",
    on: {
      valid: verified,
      invalid: failWith,
      install: installOnceVerified,
      booted: watched,
    },
  },
  ready: {
    effect: "install",
    on: {
      install,
      started: start,
      opened: openOverReady,
      booted: unexpected,
      discarded: discard,
    },
  },
  arming: {
    effect: "verify",
    on: {
      valid: verifiedAgain,
      invalid: failWith,
      consent: heed,
      booted: (record, event) =>
        atTarget(record, event) ? onTrial(record, event) : watched(record, event),
    },
  },
  restarting: {
    effect: "arm",
    on: {
      refused: revert,
      booted: (record, event) =>
        atTarget(record, event) ? onTrial(record, event) : backAtSource(record, event),
    },
  },
  trial: {
    effect: "selfTest",
    on: {
      healthy: (record) => to(record, "committing"),
      unhealthy: condemn,
      unanswered: (record) => to(record, "reverting"),
      booted: (record, event) =>
        atTarget(record, event) ? onTrial(record, event) : backAtSource(record, event),
    },
  },
  committing: {
    effect: "confirm",
    on: {
      confirmed: succeed,
      refused: condemn,
      booted: (record, event) =>
        !atTarget(record, event)
          ? backAtSource(record, event)
          : event.trial
            ? { ...record, target: event.slot }
            : succeed(record),
    },
  },
  reverting: {
    effect: "restart",
    on: {
      booted: (record, event) =>
        !atTarget(record, event)
          ? revert(record)
          : !event.trial
            ? end(record, "failed", "reverted", false)
            : record.restarts < RESTARTS_MAX
              ? { ...record, restarts: record.restarts + 1 }
              : end(record, "failed", "undefined", false),
    },
  },
  succeeded: {
    effect: "report",
    on: {
      reported: settle,
      started: start,
      opened: open,
      booted: unexpected,
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
      booted: unexpected,
      discarded: discard,
    },
  },
  settled: {
    effect: "wait",
    on: {
      install: installAfterFailure,
      started: start,
      opened: open,
      booted: unexpected,
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
  return handler === undefined ? record : handler(record, event);
}
