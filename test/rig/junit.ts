/**
 * Scenarios of a run as a JUnit report, which CI dashboards read: a fold over its events. A
 * property that did not hold is a failure; what the bench is to blame for is an error, and says
 * nothing of the firmware.
 */
import { writeFileSync } from "node:fs";
import type { Recorded, Verdict } from "./events/event.ts";
import type { Ended } from "./suite/verdicts.ts";

interface TestCase {
  readonly ended: Ended;
  /** What was said from its beginning on. */
  readonly lines: readonly string[];
}

export interface JUnitSuite {
  readonly name: string;
  /** Board, firmware version, digest of the package… */
  readonly properties: Readonly<Record<string, string>>;
  readonly events: readonly Recorded[];
}

/** Lines of the event log that go into system-out. */
const TAIL_LINES = 200;

export function writeJUnit(path: string, suites: readonly JUnitSuite[]): void {
  writeFileSync(path, junit(suites));
}

/** Returns the document: one test suite a board. */
export function junit(suites: readonly JUnitSuite[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    ...suites.map(testSuite),
    "</testsuites>",
    "",
  ].join("\n");
}

function testSuite({ name, properties, events }: JUnitSuite): string {
  const cases = casesOf(events);
  const count = (verdict: Verdict): number =>
    cases.filter(({ ended }) => ended.phase === verdict).length;
  const time = cases.reduce((sum, { ended }) => sum + (ended.seconds ?? 0), 0).toFixed(3);
  const counts =
    `tests="${cases.length}" failures="${count("failed")}" ` +
    `errors="${count("error")}" skipped="${count("skipped")}"`;
  return [
    `<testsuite name="${escaped(name)}" ${counts} time="${time}">`,
    "  <properties>",
    ...Object.entries(properties).map(
      ([key, value]) => `    <property name="${escaped(key)}" value="${escaped(value)}"/>`,
    ),
    "  </properties>",
    ...cases.map((item) => testCase(name, item)),
    "</testsuite>",
  ].join("\n");
}

/** The scenarios, in the order in which they ended; of several attempts at one the last. */
function casesOf(events: readonly Recorded[]): readonly TestCase[] {
  const cases: TestCase[] = [];
  let lines: string[] = [];
  for (const event of events) {
    if (event.kind === "scenario" && event.phase === "began") lines = [];
    else if (event.kind === "scenario") {
      const before = cases.findLastIndex(({ ended }) => ended.name === event.name);
      if (event.attempt > 1 && before >= 0) cases.splice(before, 1);
      cases.push({ ended: event as Ended, lines: lines.slice(-TAIL_LINES) });
      lines = [];
    } else lines.push(logLine(event));
  }
  return cases;
}

function testCase(suite: string, { ended, lines }: TestCase): string {
  const { name, attempt, seconds = 0 } = ended;
  const isUnstable = ended.phase === "passed" && attempt > 1;
  return [
    `  <testcase classname="${escaped(suite)}" name="${escaped(name)}" ` +
      `time="${seconds.toFixed(3)}">`,
    ...(isUnstable
      ? ['    <properties><property name="unstable" value="true"/></properties>']
      : []),
    ...verdict(ended),
    `    <system-out>${escaped(lines.join("\n"))}</system-out>`,
    "  </testcase>",
  ].join("\n");
}

function verdict({ phase, problems = [] }: Ended): readonly string[] {
  const message = `message="${escaped(problems.join("; "))}"`;
  switch (phase) {
    case "passed":
      return [];
    case "failed":
      return [`    <failure type="property" ${message}/>`];
    case "error":
      return [`    <error type="bench" ${message}/>`];
    case "skipped":
      return [`    <skipped ${message}/>`];
  }
}

/** Bodies of messages are for other views. */
function logLine(event: Recorded): string {
  if (event.kind === "serial") return event.line;
  return JSON.stringify(event.kind === "dm" ? { ...event, body: undefined } : event);
}

/** Also takes out what XML cannot hold: a crashing device may print anything. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
