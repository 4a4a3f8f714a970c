/** A run as a JUnit report: what CI dashboards read. */
import { writeFileSync } from "node:fs";
import type { EventLog, Recorded } from "./events.ts";

export interface JUnitCase {
  readonly name: string;
  readonly seconds: number;
  /** Absent: passed. */
  readonly failure?: string;
  /** Passed, but not at the first try. */
  readonly unstable?: boolean;
}

export interface JUnitSuite {
  readonly name: string;
  /** Board, firmware version, digest of the package… */
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly JUnitCase[];
  readonly log: EventLog;
}

/** Lines of the event log that go into system-out. */
const TAIL_LINES = 200;

export function writeJUnit(path: string, suite: JUnitSuite): void {
  writeFileSync(path, junit(suite));
}

export function junit({ name, properties, cases, log }: JUnitSuite): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const time = cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3);
  const lines = log.events.slice(-TAIL_LINES).map(tailLine).join("\n");
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escaped(name)}" tests="${cases.length}" failures="${failures}" ` +
      `errors="0" skipped="0" time="${time}">`,
    "  <properties>",
    ...Object.entries(properties).map(
      ([key, value]) => `    <property name="${escaped(key)}" value="${escaped(value)}"/>`,
    ),
    "  </properties>",
    ...cases.map((item) => testCase(name, item)),
    `  <system-out>${escaped(lines)}</system-out>`,
    "</testsuite>",
    "",
  ].join("\n");
}

function testCase(suite: string, { name, seconds, failure, unstable }: JUnitCase): string {
  const head =
    `  <testcase classname="${escaped(suite)}" name="${escaped(name)}" ` +
    `time="${seconds.toFixed(3)}"`;
  const flag =
    unstable === true
      ? '\n    <properties><property name="unstable" value="true"/></properties>'
      : "";
  const failed = failure === undefined ? "" : `\n    <failure message="${escaped(failure)}"/>`;
  return flag + failed === "" ? `${head}/>` : `${head}>${flag}${failed}\n  </testcase>`;
}

function tailLine(event: Recorded): string {
  return event.kind === "serial" ? event.line : JSON.stringify(event);
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
