/** The scenarios of `xs-fumo test`. A name is never given to another scenario. */
import type { AuthKind } from "../../../src/account/authkind.ts";
import type { Encoding } from "../../../src/session/encoding.ts";
import type { WrongCertificate } from "../rig.ts";
import type { HostFault, Misbehaviour } from "../server/fault.ts";
import type { ScenarioName } from "../server/scenario.ts";
import type { Act, Expectation, Offer, TestScenario } from "./scenario.ts";

/** Longer than any device waits. */
const SILENCE_MS = 600_000;

const UPDATED: Expectation = { code: 200, runs: "offered", trials: 1 };
const RESUMED: Expectation = { ...UPDATED, resumed: true };
const AFRESH: Expectation = { ...UPDATED, afresh: true };

function refused(code: number): Expectation {
  return { code, runs: "before", trials: 0 };
}

const WAYS: readonly (readonly [ScenarioName, string])[] = [
  ["replace", "the package comes inside SyncML, in chunks"],
  ["download", "the package is downloaded, and installed by a second Exec"],
  ["download-and-update", "one Exec downloads and installs"],
];
const ENCODINGS: readonly Encoding[] = ["xml", "wbxml"];
const AUTHENTICATIONS: readonly AuthKind[] = ["none", "basic", "mac"];

const ways = WAYS.flatMap(([way, about]) =>
  ENCODINGS.map(
    (encoding): TestScenario => ({
      name: `update.${way}-${encoding}`,
      about: `${about}, in ${encoding}`,
      way,
      encoding,
      expect: UPDATED,
      seconds: 4,
    }),
  ),
);

const authentications = AUTHENTICATIONS.map(
  (auth): TestScenario => ({
    name: `update.auth-${auth}`,
    about: `both sides prove themselves by ${auth}`,
    auth,
    expect: UPDATED,
    seconds: 4,
  }),
);

const updates: readonly TestScenario[] = [
  ...ways,
  ...authentications,
  {
    name: "update.descriptor",
    about: "PkgURL names a download descriptor, and its host hears of the success",
    descriptor: true,
    expect: { ...UPDATED, status: 900 },
    seconds: 5,
  },
  {
    name: "update.https",
    about: "both servers speak TLS, with a certificate that the device trusts",
    needs: ["tls"],
    https: true,
    expect: UPDATED,
    seconds: 6,
  },
  {
    name: "update.same-version",
    about: "the version that runs is offered again: it is installed",
    offer: "same-version",
    expect: UPDATED,
    seconds: 4,
  },
];

/** A package that the device must refuse, with what it says of it. */
function bad(name: Offer & string, code: number, about: string): TestScenario {
  return {
    name: `package.${name}`,
    about,
    offer: name,
    expect: refused(code),
    seconds: 4,
  };
}

const packages: readonly TestScenario[] = [
  bad("foreign-signature", 404, "another vendor has signed the package"),
  bad("unsigned", 404, "nobody has signed the package"),
  bad("corrupt", 402, "one bit in the middle is wrong"),
  bad("truncated", 402, "the second half is missing"),
  bad("wrong-vendor", 403, "the package is of another vendor"),
  bad("wrong-class", 403, "the package is for another class of devices"),
  bad("not-an-image", 402, "the package is no image at all"),
  bad("downgrade", 405, "the version of the package is lower than the one that runs"),
  bad("old-counter", 405, "the security counter of the package is lower than that of what runs"),
];

const half = (bytes: number): number => Math.floor(bytes / 2);

/** A package that is decoded on the device: with what runs there as its base, or without one. */
function decoded(name: string, about: string, more: Partial<TestScenario>): TestScenario {
  return { name: `delta.${name}`, about, offer: "delta", expect: UPDATED, seconds: 5, ...more };
}

const deltas: readonly TestScenario[] = [
  decoded("replace", "the package is what differs from the image that runs; it comes in SyncML", {
    way: "replace",
  }),
  decoded("download", "the package is what differs from the image that runs; it is downloaded", {}),
  decoded("compressed", "the package is smaller than its image, and needs no base", {
    offer: "compressed",
  }),
  decoded("compressed-replace", "the package is smaller than its image; it comes in SyncML", {
    way: "replace",
    offer: "compressed",
  }),
  decoded("wrong-base", "the package differs from another image than the one that runs", {
    offer: "foreign-delta",
    expect: refused(450),
  }),
  decoded("corrupt", "one bit of what differs is wrong", {
    offer: "corrupt-delta",
    expect: refused(402),
  }),
  decoded("reset-half", "the connection is reset in the middle of a compressed package", {
    offer: "compressed",
    hostFaults: (bytes) => [{ what: "reset", bytes: half(bytes), at: 1 }],
    expect: RESUMED,
  }),
  decoded("cut-download", "power fails in the middle of a compressed package", {
    offer: "compressed",
    hostFaults: stalled(63),
    acts: [{ at: { progress: 50 }, cutMs: 500 }],
    expect: RESUMED,
  }),
];

/** An image that is genuine, and must not stay: the server hears 410. */
function doomed(name: Offer & string, about: string, trials: number): TestScenario {
  return {
    name: `image.${name === "mute" ? "never-confirms" : name}`,
    about,
    offer: name,
    provision: { trialSeconds: 4 },
    expect: { code: 410, runs: "before", trials },
    seconds: 8,
  };
}

const images: readonly TestScenario[] = [
  doomed("crashes", "the new image ends in its first line", 0),
  doomed("hangs", "the new image does nothing until the watchdog ends it", 0),
  doomed("mute", "the new image hears nothing of its server until the deadline", 1),
  doomed("unhealthy", "the new image finds in its self-test that it must not stay", 1),
];

type HostFaults = (bytes: number) => readonly HostFault[];

function network(
  name: string,
  about: string,
  expect: Expectation,
  hostFaults: HostFaults,
): TestScenario {
  return { name: `network.${name}`, about, hostFaults, expect, seconds: 5 };
}

/** RST after so many bytes of the first answer. */
function reset(
  name: string,
  about: string,
  share: (bytes: number) => number,
  expect: Expectation,
): TestScenario {
  return network(`reset-${name}`, about, expect, (bytes) => [
    { what: "reset", bytes: share(bytes), at: 1 },
  ]);
}

/** The first answer stays at so many percent of the package until somebody ends it. */
function stalled(percent: number): HostFaults {
  return (bytes) => [{ what: "stall", bytes: Math.floor((bytes * percent) / 100), at: 1 }];
}

/** The servers show a certificate that is not theirs, and a good one once they were refused. */
function certificate(name: string, wrong: WrongCertificate, of: string): TestScenario {
  return {
    name: `network.certificate-${name}`,
    about: `the certificate is of ${of}: no byte of a request leaves, until there is a good one`,
    needs: ["tls"],
    https: true,
    wrongCertificate: wrong,
    acts: [{ at: "unheard", certificate: "good" }],
    expect: UPDATED,
    seconds: 10,
  };
}

const networks: readonly TestScenario[] = [
  reset("0", "the connection is reset before the answer", () => -1, UPDATED),
  reset("1", "the connection is reset after one byte of the package", () => 1, UPDATED),
  reset("half", "the connection is reset in the middle of the package", half, RESUMED),
  reset("last", "the connection is reset before the last byte", (bytes) => bytes - 1, RESUMED),
  network("fin-half", "the connection ends in the middle of the package", RESUMED, (bytes) => [
    { what: "truncate", bytes: half(bytes), at: 1 },
  ]),
  network("slow", "the package takes some seconds", UPDATED, (bytes) => [
    { what: "slow", bytesPerSecond: Math.ceil(bytes / 4), at: 1 },
  ]),
  network("no-range", "the host answers a range with everything", AFRESH, (bytes) => [
    { what: "truncate", bytes: half(bytes), at: 1 },
    { what: "wholeAnswer", at: 2 },
  ]),
  network("wrong-range", "the host says another range than it gives", AFRESH, (bytes) => [
    { what: "truncate", bytes: half(bytes), at: 1 },
    { what: "wrongContentRange", at: 2 },
  ]),
  network(
    "etag-changes",
    "the host has another package when a download goes on: never a mix of two",
    { ...refused(402), afresh: true },
    (bytes) => [
      { what: "truncate", bytes: half(bytes), at: 1 },
      { what: "changed", at: 2 },
    ],
  ),
  network("no-length", "the host does not say how long the package is", UPDATED, () => [
    { what: "noLength", at: 1 },
  ]),
  network("overlong", "more bytes come than the package has", refused(402), () => [
    { what: "overlong", bytes: 1000, at: 1 },
  ]),
  network("404", "the package is not where PkgURL leads", refused(412), () => [
    { what: "status", status: 404, at: 1, times: 99 },
  ]),
  network("503-twice", "the host is busy twice", UPDATED, () => [
    { what: "status", status: 503, at: 1, times: 2 },
  ]),
  network("redirect", "the host redirects to where the package is", UPDATED, () => [
    { what: "redirect", to: "/package?elsewhere", at: 1 },
  ]),
  {
    ...network(
      "stalls",
      "the host falls silent in the middle; its end stays open",
      RESUMED,
      (bytes) => [{ what: "stall", bytes: half(bytes), at: 1 }],
    ),
    seconds: 35,
  },
  {
    ...network("silent", "the host takes the request, and never answers it", UPDATED, () => [
      { what: "silent", at: 1 },
    ]),
    seconds: 65,
  },
  network("captive-portal", "a page of HTML comes twice, and then the package", UPDATED, () => [
    { what: "page", at: 1, times: 2 },
  ]),
  {
    name: "network.refused",
    about: "in the middle of the download the servers reset their connections and refuse new ones",
    hostFaults: stalled(60),
    acts: [{ at: { progress: 40 }, awayMs: 3000 }],
    expect: RESUMED,
    seconds: 8,
  },
  {
    name: "network.unanswered",
    about: "in the middle of the download connections are lost, and new ones get no answer",
    hostFaults: stalled(60),
    acts: [{ at: { progress: 40 }, silentMs: 3000 }],
    expect: RESUMED,
    seconds: 12,
  },
  {
    name: "network.lossy",
    about: "one segment in ten of each answer, of both servers, is lost and sent again",
    faults: [{ what: "lossy", percent: 10, at: 1, times: 99 }],
    hostFaults: () => [{ what: "lossy", percent: 10, at: 1, times: 99 }],
    expect: UPDATED,
    seconds: 8,
  },
  {
    name: "network.no-name",
    about: "no DNS knows the host in PkgURL: given up after the time that a download may take",
    nameless: true,
    provision: { downloadSeconds: 5 },
    expect: refused(407),
    seconds: 10,
  },
  certificate("authority", "other-authority", "an authority that the device does not know"),
  certificate("host", "other-host", "the right authority, but for another host"),
  network("redirect-loop", "the host redirects for ever", refused(411), () => [
    { what: "redirect", to: "/package", at: 1, times: 99 },
  ]),
];

/** A DM server that misbehaves at one request: the same result, once. */
function server(name: string, about: string, fault: Misbehaviour, at = 3, times = 1): TestScenario {
  return {
    name: `server.${name}`,
    about,
    faults: [{ ...fault, at, times }],
    expect: UPDATED,
    seconds: 5,
  };
}

const servers: readonly TestScenario[] = [
  server("request-lost", "a message of the device is lost", { what: "lose" }),
  server("answer-lost", "a message of the server is lost", { what: "drop" }),
  server("reset", "the connection is reset inside a message", { what: "reset", bytes: 90 }),
  server("duplicate", "a message of the server comes again", { what: "duplicate" }, 4),
  server("malformed", "a message of the server breaks off", { what: "malformed" }),
  server("oversize", "a message is longer than the device takes", {
    what: "oversize",
    bytes: 20_000,
  }),
  server("restart", "the server forgets its sessions", { what: "restart" }, 4),
  server("stale-nonce", "the server challenges good credentials", { what: "staleNonce" }),
  server(
    "wrong-credentials",
    "the server cannot prove itself once",
    { what: "wrongCredentials" },
    1,
  ),
  server("wrong-msgref", "the server answers another message", { what: "wrongMsgRef" }),
  server("500-twice", "the server fails twice", { what: "status", status: 500 }, 2, 2),
  {
    ...server("silent", "the server takes a message, and never answers it", {
      what: "slow",
      delayMs: SILENCE_MS,
    }),
    seconds: 65,
  },
  {
    name: "server.down-at-report",
    about: "the server is away when the device reports",
    faults: [{ what: "lose", on: "report", at: 1, times: 3 }],
    expect: UPDATED,
    seconds: 10,
  },
];

function cut(
  name: string,
  about: string,
  at: Act["at"],
  expect: Expectation = UPDATED,
): TestScenario {
  return { name: `power.cut-${name}`, about, acts: [{ at, cutMs: 500 }], expect, seconds: 6 };
}

/** What the device has stored: it logs each sixteenth, and takes whole blocks. */
const AHEAD_PERCENT = 13;

/** The download stays where it is until the power has failed, however slow the machine is. */
function cutDownload(percent: number, about: string, expect: Expectation): TestScenario {
  return {
    ...cut(`download-${percent}`, about, { progress: percent }, expect),
    hostFaults: stalled(Math.min(percent + AHEAD_PERCENT, 98)),
  };
}

const ANY_TRIALS: Expectation = { code: 200, runs: "offered" };

const powers: readonly TestScenario[] = [
  cutDownload(10, "power fails early in the download", UPDATED),
  cutDownload(50, "power fails in the middle of the download", RESUMED),
  cutDownload(90, "power fails late in the download", RESUMED),
  cut("verified", "power fails once the image is verified", { turn: "verified" }, ANY_TRIALS),
  cut("armed", "power fails when the new image is to boot", { turn: "armed" }, ANY_TRIALS),
  cut("trial", "power fails while the new image is on trial", "trial", ANY_TRIALS),
  cut("confirmed", "power fails before the success is reported", { turn: "confirmed" }, ANY_TRIALS),
];

export const SCENARIOS: readonly TestScenario[] = [
  ...updates,
  ...deltas,
  ...packages,
  ...images,
  ...networks,
  ...servers,
  ...powers,
];
