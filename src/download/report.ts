/**
 * One status report on its way to installNotifyURI (OMA Download 1.0): a POST, and what its answer
 * says. Redirects are not followed: what a device reports goes where the descriptor said.
 */
import type { Exchange, Link } from "../../hal/hal.ts";
import { ANSWER_TIMEOUT_MS } from "../base/limits.ts";
import type { Url } from "../base/url.ts";
import { attempt } from "./linkresult.ts";
import { type DownloadStatus, statusBody } from "./downloadstatus.ts";

/**
 * `taken`: the server has it. `refused`: it does not want it, and never will. `lost`: nobody can
 * tell; another try may help.
 */
export type ReportOutcome = "taken" | "refused" | "lost";

export class StatusReport {
  #exchange: Exchange | undefined;
  #deadline: number;

  /** Sends it. */
  constructor(link: Link, url: Url, status: DownloadStatus, now: number) {
    const outcome = attempt(() =>
      link.request({
        method: "POST",
        url,
        headers: [
          ["Content-Type", "text/plain"],
          ["Accept-Encoding", "identity"],
        ],
        wants: [],
        body: statusBody(status),
      }),
    );
    this.#exchange = "value" in outcome ? outcome.value : undefined;
    this.#deadline = now + ANSWER_TIMEOUT_MS;
  }

  /**
   * How it ended; or, while there is no answer, until when there is nothing to do unless the link
   * brings something.
   */
  step(now: number): ReportOutcome | number {
    const exchange = this.#exchange;
    if (exchange === undefined) return "lost";
    const outcome = attempt(() => exchange.head());
    if ("value" in outcome && outcome.value === undefined && now < this.#deadline)
      return this.#deadline;
    this.close();
    return "value" in outcome && outcome.value !== undefined ? judge(outcome.value.status) : "lost";
  }

  /** Gives it up. */
  close(): void {
    this.#exchange?.close();
    this.#exchange = undefined;
  }
}

/** As for a download: what a server may mend is tried again. */
function judge(status: number): ReportOutcome {
  if (status >= 200 && status < 300) return "taken";
  return status >= 500 || status === 408 || status === 429 ? "lost" : "refused";
}
