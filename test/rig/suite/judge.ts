/**
 * What did not hold in a scenario: a fold over its events. The server decides: the result, the
 * version that the device tells it, the alerts. The console is a witness: what it could not say
 * while it was lost counts as not seen; where it contradicts the server, the scenario fails.
 */
import type { Recorded, RigEvent } from "../events/event.ts";
import type { Act, TestScenario } from "./scenario.ts";

type Of<K extends RigEvent["kind"]> = Extract<Recorded, { kind: K }>;

/** What a scenario is judged by, besides its events. */
export interface Facts {
  /** The version that was offered, and the one that ran before. */
  readonly offered: string;
  readonly before: string;
  /** Acts of the scenario that never had their moment. */
  readonly undone: readonly Act[];
}

/** The result of an image that was on trial and did not stay. */
const GIVEN_UP = 410;
const FIRMWARE_NODE = "./DevDetail/FwV";

/** Returns what did not hold, in sentences; none: the scenario has passed. */
export function judge(
  scenario: TestScenario,
  events: readonly Recorded[],
  { offered, before, undone }: Facts,
): readonly string[] {
  const { expect } = scenario;
  const seen = new Seen(events);
  const version = expect.runs === "offered" ? offered : before;
  return [
    ...result(seen, expect.code),
    ...running(seen, version),
    ...alerts(seen, scenario),
    ...misbehaviour(seen, scenario),
    ...encoding(seen, scenario),
    ...trust(seen),
    ...conduct(seen, scenario),
    ...undone.map(missed),
    ...download(seen, scenario),
    ...trials(seen, expect.trials),
  ];
}

/**
 * Whether nothing is wrong but that an act never had its moment, which a console that was away may
 * not have told of: then the bench did not do what the scenario wants, and the device is not to
 * blame.
 */
export function hasMissed(
  scenario: TestScenario,
  events: readonly Recorded[],
  facts: Facts,
): boolean {
  const isAway = facts.undone.length > 0 && new Seen(events).gap;
  return isAway && judge(scenario, events, { ...facts, undone: [] }).length === 0;
}

function missed(act: Act): string {
  if ("cutMs" in act) return "the power was never cut";
  return "awayMs" in act || "silentMs" in act
    ? "the servers were never away"
    : "the device never refused the servers for their certificate";
}

class Seen {
  readonly events: readonly Recorded[];
  /** Whether the console was away. */
  readonly gap: boolean;

  constructor(events: readonly Recorded[]) {
    this.events = events;
    this.gap = this.all("console").some(({ line }) => line === "lost");
  }

  all<K extends RigEvent["kind"]>(kind: K): readonly Of<K>[] {
    return this.events.filter((event): event is Of<K> => event.kind === kind);
  }
}

function result(seen: Seen, code: number): readonly string[] {
  const [first, ...more] = seen.all("result");
  if (first === undefined) return ["the server has no result"];
  if (more.length > 0) return [`the server has ${more.length + 1} results`];
  return first.code === code ? [] : [`the result is ${first.code}, not ${code}: ${first.text}`];
}

function running(seen: Seen, version: string): readonly string[] {
  const told = seen.all("value").findLast(({ uri }) => uri === FIRMWARE_NODE)?.value;
  const runs = withoutBuild(told);
  const boot = withoutBuild(seen.all("boot").at(-1)?.version);
  const wrong =
    runs === version ? [] : [`the device tells the server that ${runs} runs, not ${version}`];
  if (boot === undefined && !seen.gap) return [...wrong, "the console says of no boot"];
  if (boot === undefined || seen.gap || boot === runs) return wrong;
  return [...wrong, `the server was told that ${runs} runs, the console says ${boot}`];
}

function withoutBuild(version: string | undefined): string | undefined {
  return version?.split("+")[0];
}

/**
 * The end is reported once. Where an answer may be lost it may come again, but not otherwise: where
 * somebody misbehaves, and where the device itself has left a session, as an image does that gives
 * itself up: its last message, with the nonce for the server, was never sent. Of such an image a
 * console that was lost while it ran may have told nothing.
 */
function alerts(seen: Seen, { faults, acts, way, expect }: TestScenario): readonly string[] {
  const told = seen.all("alert").filter(({ type }) => !type.endsWith("request"));
  const isAsked = way === "download" && expect.code === 200;
  const wanted = isAsked ? 2 : 1;
  const distinct = new Set(told.map(({ type, uri, data }) => `${type} ${uri} ${data}`));
  const list = [...distinct].join(", ");
  if (distinct.size !== wanted) return [`${distinct.size} reports, not ${wanted}: ${list}`];
  const hasLeft = seen.all("session").some(({ outcome }) => outcome === "aborted");
  const mayHaveLeft = hasLeft || (seen.gap && expect.code === GIVEN_UP);
  const mayRepeat = faults !== undefined || acts !== undefined || mayHaveLeft;
  return told.length > wanted && !mayRepeat ? [`a report came ${told.length} times: ${list}`] : [];
}

function misbehaviour(seen: Seen, { faults, hostFaults }: TestScenario): readonly string[] {
  const told = new Set(seen.all("fault").map(({ source }) => source));
  return [
    ...(faults !== undefined && !told.has("server") ? ["the DM server did not misbehave"] : []),
    ...(hostFaults !== undefined && !told.has("host")
      ? ["the package host did not misbehave"]
      : []),
  ];
}

/** What the device was told to speak it speaks from its first message on. */
function encoding(seen: Seen, { encoding: wanted }: TestScenario): readonly string[] {
  const other = seen.all("dm").find((dm) => dm.from === "device" && dm.encoding !== wanted);
  if (wanted === undefined || other === undefined) return [];
  return [`the device speaks ${other.encoding}, not ${wanted}`];
}

/** Of a server that cannot prove itself the device accepts nothing (OMA-TS-DM-Security §5.1). */
function trust({ events }: Seen): readonly string[] {
  const lie = events.findIndex(
    (event) => event.kind === "fault" && event.what.startsWith("wrongCredentials"),
  );
  if (lie < 0) return [];
  const messages = events.slice(lie).filter((event): event is Of<"dm"> => event.kind === "dm");
  const told = messages.findIndex(({ from }) => from === "server");
  const answer = messages.find(({ from }, at) => from === "device" && at > told);
  return answer?.text.includes("Status SyncHdr 2") === true
    ? ["the device believed a server that did not prove itself"]
    : [];
}

/** A warning of the server about a device begins with its DevId. */
const OF_DEVICE = /^\S+: (.+)$/;

/**
 * What the device does wrong by the standard: the server says so, and goes on. One that has
 * forgotten its sessions takes for the first message what is none.
 */
function conduct(seen: Seen, { faults = [] }: TestScenario): readonly string[] {
  if (faults.some(({ what }) => what === "restart")) return [];
  const wrong = seen.all("warning").flatMap(({ source, text }) => {
    const what = source === "server" ? OF_DEVICE.exec(text)?.[1] : undefined;
    return what === undefined ? [] : [`the device breaks the protocol: ${what}`];
  });
  return [...new Set(wrong)];
}

/** True where the last answer brought the whole package, and no part of another one came before. */
function isAfresh({ events }: Seen): boolean {
  const changed = events.findIndex(
    (event) => event.kind === "fault" && event.what.startsWith("changed"),
  );
  const bodies = events.flatMap((event, at) =>
    event.kind === "request" && [200, 206].includes(event.status)
      ? [{ isPart: event.status === 206, isMixed: changed >= 0 && at > changed }]
      : [],
  );
  const isMixed = bodies.some((body) => body.isPart && body.isMixed);
  return bodies.at(-1)?.isPart === false && !isMixed;
}

function download(seen: Seen, { expect }: TestScenario): readonly string[] {
  const isRanged = seen.all("request").some(({ range, status }) => range !== "" && status === 206);
  const status = seen.all("download").at(-1)?.status;
  return [
    ...(expect.resumed === true && !isRanged ? ["the download began again and did not go on"] : []),
    ...(expect.afresh === true && !isAfresh(seen)
      ? ["what had come was not given up, though another part followed it"]
      : []),
    ...(expect.status !== undefined && expect.status !== status
      ? [`the host was told of status ${status ?? "none"}, not ${expect.status}`]
      : []),
  ];
}

function trials(seen: Seen, wanted: number | undefined): readonly string[] {
  if (wanted === undefined || seen.gap) return [];
  const count = seen.all("boot").filter(({ trial }) => trial).length;
  return count === wanted ? [] : [`${count} boots on trial, not ${wanted}`];
}
