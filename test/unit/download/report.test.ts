/** A status report of a download: what is sent, and what each answer means (OMA Download 1.0). */
import type { LinkErrorKind, LinkRequest } from "../../../hal/hal.ts";
import { ANSWER_TIMEOUT_MS } from "../../../src/base/limits.ts";
import { urlText } from "../../../src/base/url.ts";
import { text } from "../../../src/base/utf8.ts";
import { type ReportOutcome, StatusReport } from "../../../src/download/report.ts";
import { statusBody } from "../../../src/download/downloadstatus.ts";
import { deepEqual, equal, test } from "../../check.ts";
import { address } from "../base/address.ts";

class Failure extends Error {
  readonly kind: LinkErrorKind = "broken";
}

const URL = address("https://h/status?id=1");

interface Sent {
  readonly requests: LinkRequest[];
  closed: number;
}

/** A report whose answer has this status, or none, or fails where it is told. */
function report(answer: number | undefined | "request" | "head", now = 0): [StatusReport, Sent] {
  const sent: Sent = { requests: [], closed: 0 };
  return [
    new StatusReport(
      {
        request: (request) => {
          sent.requests.push(request);
          if (answer === "request") throw new Failure();
          return {
            head: () => {
              if (answer === "head") throw new Failure();
              return typeof answer === "number"
                ? { status: answer, headers: new Map() }
                : undefined;
            },
            read: () => -1,
            close: () => {
              sent.closed++;
            },
          };
        },
      },
      URL,
      900,
      now,
    ),
    sent,
  ];
}

test("a report is a POST of code, space, text and a line end", () => {
  const [
    ,
    {
      requests: [request],
    },
  ] = report(200);
  deepEqual([request?.method, request && urlText(request.url)], ["POST", "https://h/status?id=1"]);
  const body = request?.body ?? new Uint8Array(0);
  equal(text(body, 0, body.length), "900 Success\r\n");
  equal(body.length, 13);
  equal(statusBody(953).length, "953 Non-Acceptable Content\r\n".length);
});

test("an answer takes it, refuses it, or leaves it open; a redirect refuses it", () => {
  const expected: readonly (readonly [number, ReportOutcome])[] = [
    [200, "taken"],
    [204, "taken"],
    [301, "refused"],
    [307, "refused"],
    [400, "refused"],
    [404, "refused"],
    [408, "lost"],
    [429, "lost"],
    [500, "lost"],
    [503, "lost"],
  ];
  for (const [status, outcome] of expected) {
    const [one, sent] = report(status);
    equal(one.step(1), outcome, `${status}`);
    equal(sent.closed, 1);
  }
});

test("without an answer it is waited for, not for ever; a link that fails leaves it open", () => {
  const [silent, sent] = report(undefined, 5);
  equal(silent.step(6), 5 + ANSWER_TIMEOUT_MS);
  equal(silent.step(4 + ANSWER_TIMEOUT_MS), 5 + ANSWER_TIMEOUT_MS);
  equal(silent.step(5 + ANSWER_TIMEOUT_MS), "lost");
  equal(sent.closed, 1);
  equal(report("request")[0].step(0), "lost");
  equal(report("head")[0].step(0), "lost");
});
