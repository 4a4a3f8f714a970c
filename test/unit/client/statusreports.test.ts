/** Status reports of downloads: when one is sent, how often, and what ends it. */
import type { Exchange, LinkHead, LinkRequest } from "../../../hal/hal.ts";
import {
  ANSWER_TIMEOUT_MS,
  DOWNLOAD_RETRY_MS,
  NOTICE_ATTEMPTS_MAX,
} from "../../../src/base/limits.ts";
import { urlText } from "../../../src/base/url.ts";
import { text } from "../../../src/base/utf8.ts";
import { type ReportingEngine, StatusReports } from "../../../src/client/statusreports.ts";
import type { Notice, Phase } from "../../../src/update/record.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

/**
 * An engine that owes reports, and a host that answers each with the next status; undefined: not at
 * all.
 */
class Scene implements ReportingEngine {
  record: { readonly phase: Phase } = { phase: "ready" };
  owed: Notice[];
  readonly sent: string[] = [];
  readonly log: string[] = [];
  readonly reports: StatusReports;
  readonly notices: ReportingEngine["notices"];

  constructor(owed: readonly Notice[], answers: readonly (number | undefined)[], allowHttp = true) {
    const statuses = [...answers];
    const scene = this;
    this.owed = [...owed];
    this.notices = {
      get due() {
        const [first] = scene.owed;
        return first?.reason === undefined
          ? undefined
          : { url: first.url, attempt: first.attempt, reason: first.reason };
      },
      sent: () => {
        scene.owed = scene.owed.map((one, at) =>
          at === 0 ? { ...one, attempt: one.attempt + 1 } : one,
        );
      },
      settle: () => {
        scene.owed.shift();
      },
    };
    const request = ({ url, body = new Uint8Array(0) }: LinkRequest): Exchange => {
      this.sent.push(`${urlText(url)} ${text(body, 0, 3)}`);
      const status = statuses.shift();
      const head = (): LinkHead | undefined =>
        status === undefined ? undefined : { status, headers: new Map() };
      return { head, read: () => -1, close: () => undefined };
    };
    this.reports = new StatusReports({
      engine: this,
      link: { request },
      rules: { allowHttp, allowPrivate: false },
      random: (bytes) => {
        bytes.fill(0xff);
      },
      log: (_level, line) => {
        this.log.push(line);
      },
    });
  }

  /** Steps from `now` on, as long as something is due at once: when it wants to be called again. */
  run(now: number): number {
    for (let steps = 0; steps < 50; steps++) {
      const next = this.reports.step(now);
      if (next > now) return next;
    }
    throw new Error("it does not rest");
  }
}

const DUE: Notice = { url: "http://h/n?token=1", attempt: 0, reason: "succeeded" };

test("reports go out oldest first and are forgotten when answered; the log has no query", () => {
  const scene = new Scene(
    [DUE, { url: "http://h/m", attempt: 0, reason: "corrupt" }, { url: "http://h/o", attempt: 0 }],
    [200, 204],
  );
  equal(scene.run(0), Infinity);
  deepEqual(scene.sent, ["http://h/n?token=1 900", "http://h/m 905"]);
  deepEqual(
    scene.owed.map(({ url }) => url),
    ["http://h/o"],
  );
  ok(
    scene.log.every((line) => !line.includes("token")),
    scene.log.join("\n"),
  );
  equal(scene.reports.busy, false);
});

test("nothing is sent while the board restarts or an image is on trial", () => {
  for (const phase of ["arming", "trial", "confirming", "rejecting"] as const) {
    const scene = new Scene([DUE], [200]);
    scene.record = { phase };
    deepEqual([scene.run(0), scene.sent.length], [Infinity, 0], phase);
    scene.record = { phase: "succeeded" };
    deepEqual([scene.run(0), scene.sent.length], [Infinity, 1], phase);
  }
});

test("one that is not answered is sent again after pauses that double, so often in all", () => {
  const scene = new Scene([DUE], [503, undefined, 500, 408, 429, 200]);
  const times: number[] = [];
  let now = 0;
  while (scene.owed.length > 0 && times.length < 20) {
    const next = scene.run(now);
    if (next === Infinity) break;
    times.push(next - now);
    now = next;
  }
  equal(scene.sent.length, NOTICE_ATTEMPTS_MAX);
  equal(scene.owed.length, 0);
  deepEqual(times, [
    DOWNLOAD_RETRY_MS,
    ANSWER_TIMEOUT_MS,
    2 * DOWNLOAD_RETRY_MS,
    4 * DOWNLOAD_RETRY_MS,
    8 * DOWNLOAD_RETRY_MS,
  ]);
});

test("after a reset a report that was sent waits, and one sent too often is dropped", () => {
  const again = new Scene([{ ...DUE, attempt: 2 }], [200]);
  equal(again.run(100), 100 + 2 * DOWNLOAD_RETRY_MS);
  equal(again.run(100 + 2 * DOWNLOAD_RETRY_MS), Infinity);
  equal(again.sent.length, 1);
  const late = new Scene([{ ...DUE, attempt: NOTICE_ATTEMPTS_MAX }], []);
  equal(late.run(0), Infinity);
  deepEqual([late.sent.length, late.owed.length], [0, 0]);
  ok(late.log[0]?.endsWith("got no answer: too many attempts"), late.log[0]);
});

test("one that is refused, or may not go where it should, is given up", () => {
  const refused = new Scene([DUE], [404]);
  equal(refused.run(0), Infinity);
  deepEqual([refused.sent.length, refused.owed.length], [1, 0]);
  const inward = new Scene([{ ...DUE, url: "http://10.0.0.1/" }], []);
  const none = new Scene([{ ...DUE, url: "x" }], []);
  for (const scene of [new Scene([DUE], [], false), inward, none]) {
    equal(scene.run(0), Infinity);
    deepEqual([scene.sent.length, scene.owed.length], [0, 0]);
  }
});
