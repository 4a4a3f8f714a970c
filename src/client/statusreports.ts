/**
 * Sends the status reports of downloads that descriptors asked for (installNotifyURI, OMA Download
 * 1.0), one at a time.
 *
 * Promised: a report is owed from the commit on that decides the outcome, over resets and updates,
 * and is sent before an installation begins if its host answers at all. Until its host has answered
 * it is sent again, NOTICE_ATTEMPTS_MAX times in all, with growing pauses; then it is given up. So
 * it may arrive more than once, always saying the same; and not at all when its host is away, or
 * power fails, that often.
 */
import type { Link, LogLevel } from "../../hal/hal.ts";
import { type Backoff, backoffMs, randomShare } from "../base/backoff.ts";
import { frozen } from "../base/frozen.ts";
import { DOWNLOAD_RETRY_MAX_MS, DOWNLOAD_RETRY_MS, NOTICE_ATTEMPTS_MAX } from "../base/limits.ts";
import { place } from "../base/url.ts";
import { admitUrl, type UrlRules } from "../base/urlrules.ts";
import { StatusReport } from "../download/report.ts";
import type { DueNotice } from "../update/notices.ts";
import { REASONS } from "../update/reason.ts";
import type { Phase } from "../update/record.ts";

/** The part of the engine that owes reports. */
export interface ReportingEngine {
  readonly record: { readonly phase: Phase };
  readonly notices: { readonly due: DueNotice | undefined; sent(): void; settle(): void };
}

export interface StatusReportsOptions {
  readonly engine: ReportingEngine;
  readonly link: Link;
  readonly rules: UrlRules;
  random(bytes: Uint8Array): void;
  log(level: LogLevel, text: string): void;
}

const RETRY: Backoff = frozen({ firstMs: DOWNLOAD_RETRY_MS, longestMs: DOWNLOAD_RETRY_MAX_MS });

/** While the board restarts, or an image is on trial, nothing but a session has the network. */
const RESTARTING: readonly Phase[] = frozen(["arming", "trial", "confirming", "rejecting"]);

export class StatusReports {
  #options: StatusReportsOptions;
  #report: StatusReport | undefined;
  /** When a pause ends; undefined before it has begun. */
  #resumeAt: number | undefined;

  constructor(options: StatusReportsOptions) {
    this.#options = options;
  }

  /** True while a report is under way. */
  get busy(): boolean {
    return this.#report !== undefined;
  }

  /** Not while the link is in use. When to call again, in ms of the board's clock. */
  step(now: number): number {
    if (this.#report !== undefined) return this.#answer(this.#report, now);
    const { engine, link, rules, log } = this.#options;
    const { due } = engine.notices;
    if (due === undefined || RESTARTING.includes(engine.record.phase)) return Infinity;
    const url = admitUrl(due.url, rules);
    const status = REASONS[due.reason].status;
    if (typeof url === "string")
      return this.#settle("warning", `status ${status} is not reported: its address ${url}`, now);
    if (due.attempt >= NOTICE_ATTEMPTS_MAX)
      return this.#settle("warning", `status ${status} got no answer: too many attempts`, now);
    this.#resumeAt ??= now + this.#pauseMs(due.attempt);
    if (now < this.#resumeAt) return this.#resumeAt;
    this.#resumeAt = undefined;
    engine.notices.sent();
    log("info", `reporting status ${status} to ${place(due.url)}`);
    this.#report = new StatusReport(link, url, status, now);
    return now;
  }

  #pauseMs(attempt: number): number {
    return attempt > 0 ? backoffMs(attempt, randomShare(this.#options.random), RETRY) : 0;
  }

  #answer(report: StatusReport, now: number): number {
    const outcome = report.step(now);
    if (typeof outcome === "number") return outcome;
    this.#report = undefined;
    if (outcome === "taken") return this.#settle("info", "the status is reported", now);
    if (outcome === "refused") return this.#settle("warning", "the status report is refused", now);
    this.#options.log("warning", "no answer to the status report");
    return now;
  }

  #settle(level: LogLevel, text: string, now: number): number {
    this.#options.log(level, text);
    this.#options.engine.notices.settle();
    return now;
  }
}
