/** Documents of OMA Client Provisioning: what is read, what is refused, and the account in them. */
import { hex } from "../../../src/base/bytes.ts";
import {
  CP_ELEMENTS_MAX,
  ELEMENT_DEPTH_MAX,
  TABLE_TEXT_BYTES_MAX,
} from "../../../src/base/limits.ts";
import { type Characteristic, readCp } from "../../../src/push/cp.ts";
import { cpAccounts } from "../../../src/push/cpaccounts.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { bytesOf, CP_EXAMPLE } from "./samples.ts";

const HEAD = "030b6a00";

function read(from: Uint8Array): readonly Characteristic[] {
  const document = readCp(from);
  ok(
    !("problem" in document),
    "problem" in document ? `${document.offset}: ${document.problem}` : "",
  );
  return document;
}

function refused(digits: string): string {
  const document = readCp(bytesOf(digits));
  return "problem" in document ? `${document.offset}: ${document.problem}` : "taken";
}

test("a document of libwbxml is read, characteristic by characteristic (OMA-WAP-ProvCont)", () => {
  deepEqual(
    read(CP_EXAMPLE).map(
      ({ type, depth, parameters }) =>
        `${depth} ${type} ${parameters.map((one) => one.join("=")).join(" ")}`,
    ),
    [
      "1  NAME=op",
      "1 APPLICATION APPID=w7 PROVIDER-ID=mgmt.example NAME=Example",
      "2 APPADDR ADDR=https://dm.example/dm ADDRTYPE=IPV4",
      "3 PORT PORTNBR=8443",
      "2 APPAUTH AAUTHLEVEL=APPSRV AAUTHTYPE=DIGEST AAUTHNAME=me AAUTHSECRET=mine " +
        "AAUTHDATA=Tm9uY2U=",
      "2 APPAUTH AAUTHLEVEL=CLIENT AAUTHTYPE=BASIC AAUTHSECRET=its",
    ],
  );
});

test("the account of a w7 APPLICATION (OMA-TS-DM-Bootstrap §5.3)", () => {
  const [account, ...more] = cpAccounts(read(CP_EXAMPLE));
  ok(account !== undefined && more.length === 0);
  const { auths, ...rest } = account;
  deepEqual(rest, {
    serverId: "mgmt.example",
    displayName: "Example",
    address: "https://dm.example/dm",
    port: "8443",
    preference: "",
    acl: "",
  });
  deepEqual(
    auths.map(({ level, type, name, secret, nonce }) => [
      level,
      type,
      name,
      secret,
      nonce === undefined ? "" : hex(nonce),
    ]),
    [
      ["CLCRED", "DIGEST", "me", "mine", "4e6f6e6365"],
      ["SRVCRED", "BASIC", "", "its", ""],
    ],
  );
});

test("strings of the table, entities, opaque bytes, pieces, and elements without content", () => {
  const [one] = read(
    bytesOf(`030b6a04 61620063 45 c6 50 03 4100 8300 0261 c30162 83 03 01 87 05 8303 01 01 01`),
  );
  deepEqual([one?.type, one?.parameters], ["Aababc", [["c", ""]]]);
  deepEqual(
    read(bytesOf("030000 6a 1a 2d2f2f574150464f52554d2f2f4454442050524f5620312e3000 05")),
    [],
  );
});

test("what is not well-formed is refused, with the byte", () => {
  const wrong: readonly (readonly [string, string])[] = [
    ["", "0: not WBXML 1.1 to 1.3"],
    ["02a4016a0005", "1: a document of another kind"],
    [HEAD, "4: no root element"],
    [`${HEAD} 06`, "4: not a provisioning document"],
    [`${HEAD} 45`, "5: the document ends inside an element"],
    [`${HEAD} 45 08`, "5: an element that no DTD has"],
    [`${HEAD} 45 45`, "5: an element that no DTD has"],
    [`${HEAD} 05 05`, "5: more than one root element"],
    [`${HEAD} 85 03 61`, "6: a string without an end"],
    [`${HEAD} 85 83 00`, "7: a string without an end"],
    [`${HEAD} 85 c3 09 61`, "8: a string without an end"],
    [`${HEAD} 85 02 8100`, "8: a character reference past ASCII"],
    [`${HEAD} 85 04`, "5: a refused token"],
    [`${HEAD} 85 05 03 ff00 01`, "9: not UTF-8"],
    [`${HEAD} 45 00 01 06`, "5: a code page that has no tags"],
    [`${HEAD} 45 43`, "5: a refused token"],
  ];
  for (const [digits, problem] of wrong) equal(refused(digits), problem, digits);
});

test("every shorter document is refused", () => {
  const bytes = CP_EXAMPLE;
  for (let length = 0; length < bytes.length; length++)
    ok("problem" in readCp(bytes.subarray(0, length)), `${length} bytes`);
});

test("depth, elements and text have limits", () => {
  const nested = (depth: number): string =>
    `${HEAD}${"45"}${"46".repeat(depth - 1)}${"01".repeat(depth)}`;
  equal(refused(nested(ELEMENT_DEPTH_MAX)), "taken");
  equal(refused(nested(ELEMENT_DEPTH_MAX + 1)), `${4 + ELEMENT_DEPTH_MAX}: too many open elements`);
  equal(refused(`${HEAD}45${"07".repeat(CP_ELEMENTS_MAX - 1)}01`), "taken");
  equal(
    refused(`${HEAD}45${"07".repeat(CP_ELEMENTS_MAX)}01`),
    `${5 + CP_ELEMENTS_MAX - 1}: too many elements`,
  );
  const table = "61".repeat(127);
  const times = Math.floor(TABLE_TEXT_BYTES_MAX / 127);
  equal(refused(`030b6a7f${table}c5${"8300".repeat(times)}0101`), "taken");
  ok(refused(`030b6a7f${table}c5${"8300".repeat(times + 1)}0101`).endsWith("too much text"));
});
