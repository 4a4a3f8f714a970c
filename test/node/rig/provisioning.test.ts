/**
 * Which provisioning is accepted, and how one is shown: neither an error nor a view tells a secret.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { makeCertificate } from "../../rig/certificate.ts";
import { RigError } from "../../rig/exit.ts";
import { masked, readProvision } from "../../rig/flash/provisioning.ts";
import { jsonError } from "../../rig/jsonerror.ts";
import { provisioning, provisioningOf, SECRETS } from "./rom/files.ts";

const AUTHORITY = makeCertificate({ host: "dm.example" }).authority.toString("base64");

function problem(text: string): RigError {
  try {
    readProvision(Buffer.from(text), "provision.json");
  } catch (error) {
    if (error instanceof RigError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

const account = { serverId: "s", address: "https://s/", secret: SECRETS[0] };
/**
 * Texts that are no provisioning, and what is said of them: a place, and never what stands there.
 */
const TEXTS: readonly (readonly [what: string, text: string, told: RegExp])[] = [
  [
    "JSON that breaks off",
    `{"account":{"secret":"${SECRETS[0]}`,
    /invalid JSON at line 1, column 44/,
  ],
  [
    "a secret without quotes",
    `{"network":\n {"password": ${SECRETS[2]}}}`,
    /invalid JSON at line 2, column 15/,
  ],
  ["a line end in a secret", `{"secret":"${SECRETS[0]}\n"}`, /invalid JSON at line 1, column 33/],
  ["a comma too many", `{"networkSecret":"${SECRETS[0]}",}`, /invalid JSON at line 1, column 42/],
  ["a string instead of an object", `"${SECRETS[0]}"`, /not a JSON object/],
  [
    "an account without a server",
    JSON.stringify({ account: { ...account, serverId: "" } }),
    /account has no serverId/,
  ],
  [
    "a secret that is a number",
    JSON.stringify({ account: { ...account, secret: 5 } }),
    /secret is not a string/,
  ],
  [
    "an unknown kind of proof",
    JSON.stringify({ account: { ...account, auth: SECRETS[0] } }),
    /auth is not one of none, basic, md5, mac/,
  ],
  [
    "something else than a key",
    JSON.stringify({ keys: [SECRETS[0]] }),
    /keys\[0\] is not the public key/,
  ],
  [
    "a network without a password",
    JSON.stringify({ network: { ssid: "a", pass: SECRETS[2] } }),
    /network needs "ssid" and "password"/,
  ],
  [
    "something else than a certificate",
    JSON.stringify({ ca: SECRETS[0] }),
    /ca: not the certificate of an authority, DER in base64/,
  ],
  [
    "something else than a port",
    JSON.stringify({ pushPort: 70_000 }),
    /pushPort is not a UDP port/,
  ],
  [
    "something else than an identifier",
    JSON.stringify({ identity: { vendorId: "5d9c" } }),
    /identity: vendorId is not 32 hex digits/,
  ],
  [
    "a text that is too long",
    provisioningOf(4000),
    /4001 bytes including the final NUL; the board reads at most 4000/,
  ],
  [
    "a text that is too long for its white space",
    JSON.stringify(provisioning({ objects: Array(200).fill("a") }), null, 10),
    /\n {2}remove white space: without any it has \d+/,
  ],
  ["a NUL", "\u0000", /not UTF-8, or it contains a NUL/],
];

for (const [what, text, told] of TEXTS) {
  test(`a provisioning is refused with its member or line, and without quoting it: ${what}`, () => {
    const { code, message, hint = "" } = problem(text);
    strictEqual(code, 2);
    const said = `${message}\n  ${hint}`;
    match(said, told);
    match(said, /^provision\.json: /);
    for (const secret of SECRETS) ok(!said.includes(secret), said);
  });
}

test("what the board accepts is taken unchanged, up to 4000 bytes with the NUL", () => {
  for (const text of [
    JSON.stringify(provisioning()),
    `${JSON.stringify(provisioning(), null, 2)}\n`,
    JSON.stringify(provisioning({ network: { ssid: "open", password: "" }, pushPort: 2948 })),
    JSON.stringify(provisioning({ ca: [AUTHORITY, AUTHORITY] })),
    provisioningOf(3999),
  ])
    strictEqual(readProvision(Buffer.from(text), "f"), text);
});

test("a key may say by which security counter it is revoked", () => {
  const [key = ""] = (provisioning() as { keys: string[] }).keys;
  readProvision(Buffer.from(JSON.stringify({ keys: [`${key} until 7`] })), "f");
  match(problem(JSON.stringify({ keys: [`${key} until never`] })).message, /keys\[0\]/);
});

test("the error in a text is at its first wrong character, or at its end", () => {
  const places: readonly (readonly [string, number, number])[] = [
    ["", 1, 1],
    ["{", 1, 2],
    ["{'a':1}", 1, 2],
    ['{"a":1,}', 1, 8],
    ["[1,2,\n  3 4]", 2, 5],
    ['{"a":1}\n\n x', 3, 2],
    ['{"a":tru}', 1, 9],
    ["\ufeff{}", 1, 1],
  ];
  for (const [text, line, column] of places)
    deepStrictEqual(jsonError(text), { line, column }, JSON.stringify(text));
  for (const text of ["{}", " [1] ", '"a"', "-1.5e3", '{"a":{"b":[null]}}'])
    strictEqual(jsonError(text), undefined);
});

test("secrets at any depth are shown as stars, and empty ones as empty", () => {
  const text = JSON.stringify({
    account: { name: "me", secret: "a", serverSecret: "", address: "https://me:pw@host:1/x" },
    networkSecret: "b",
    network: { ssid: "s", password: "c" },
    answers: ["1234"],
    typedAnswers: true,
    nonceResync: false,
    allowPrivate: true,
    pin: 1234,
    oem: [{ apiToken: "d", deep: { clientPrivateKey: ["e", "f"] } }],
    keys: ["public"],
  });
  deepStrictEqual(JSON.parse(masked(text)), {
    account: { name: "me", secret: "***", serverSecret: "", address: "https://***@host:1/x" },
    networkSecret: "***",
    network: { ssid: "s", password: "***" },
    answers: ["***"],
    typedAnswers: true,
    nonceResync: false,
    allowPrivate: true,
    pin: "***",
    oem: [{ apiToken: "***", deep: { clientPrivateKey: ["***", "***"] } }],
    keys: ["public"],
  });
});

test("a text that is not JSON is not shown at all", () => {
  const told = masked(`{"secret": "${SECRETS[0]}`);
  match(told, /^\(\d+ bytes that are not JSON: not shown/);
  ok(!told.includes("hunter2"));
});
