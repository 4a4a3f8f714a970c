/**
 * Notifications, provisioning documents and whole pushes in readable form, and back; libwbxml
 * agrees on the provisioning documents.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CP_TYPE, NOTIFICATION_TYPE } from "../../../src/push/envelope.ts";
import { W7_CODES } from "../../../src/push/cpcodes.ts";
import { CP_CODES } from "../../rig/decode/cpattributes.ts";
import { convert } from "../../rig/decode/document.ts";
import { bootstrapDocument, sealedPush } from "../../rig/bootstrap.ts";
import { push } from "../../rig/decode/pushwriter.ts";
import { notification, pushedNotification } from "../../rig/server/push.ts";

const ACCOUNT = {
  serverId: "mgmt",
  name: "A & B",
  address: "https://dm.example/dm",
  port: 8443,
  client: { type: "md5", name: "me", secret: "<s>" },
} as const;
const NOTICE = {
  sessionID: "1234",
  serverID: "com.mgmtsrv.manage",
  uiMode: "background",
  initiator: "user",
} as const;
const PUBLIC =
  '<!DOCTYPE wap-provisioningdoc PUBLIC "-//WAPFORUM//DTD PROV 1.0//EN" ' +
  '"http://www.wapforum.org/DTD/prov.dtd">';

/** Names that libwbxml has otherwise. */
const MISSPELT: readonly string[] = ["TETRA-SDS", "TETRA-PACKET"];
const present = spawnSync("wbxml2xml", ["-h"]).error === undefined;
const skip =
  present || process.env.CI !== undefined
    ? false
    : "libwbxml is not here: sudo apt-get install -y libwbxml2-utils";

function shown(bytes: Uint8Array): string {
  const { bytes: xml, problems } = convert(bytes, "xml", false);
  deepStrictEqual(problems, []);
  return Buffer.from(xml).toString();
}

function written(xml: string): Buffer {
  const { bytes, problems } = convert(Buffer.from(xml), "wbxml", false);
  deepStrictEqual(problems, [], xml);
  return Buffer.from(bytes);
}

function problem(document: Uint8Array | string, encoding: "xml" | "wbxml"): string {
  const [first] = convert(Buffer.from(document), encoding, false).problems;
  return first === undefined ? "" : `${first.offset}: ${first.reason}`;
}

test("the standard's notification is shown by field, and encodes back (appendix)", () => {
  const bytes = Buffer.from(notification(NOTICE, "secret", Buffer.from("Nonce")));
  const xml = shown(bytes);
  strictEqual(
    xml,
    '<Notification digest="291f40c9048e97434175d10d0c6e25a7" version="1.1" ui-mode="background" ' +
      'initiator="user" ' +
      'session="1234" server="com.mgmtsrv.manage"/>',
  );
  deepStrictEqual(written(xml), bytes);
  strictEqual(shown(Buffer.from(xml)), xml);
  const vendor = Buffer.of(1, 255);
  const notice = { ...NOTICE, vendor, uiMode: "interaction", initiator: "server" } as const;
  const more = Buffer.from(notification(notice, "s", Buffer.of()));
  more[18] = 0x7f;
  deepStrictEqual(written(shown(more)), more, "also what is not in use, and vendor data");
});

test("a provisioning document comes back as it went", () => {
  const bytes = bootstrapDocument("cp", ACCOUNT);
  const xml = shown(bytes);
  const start =
    '<wap-provisioningdoc version="1.1">\n  <characteristic type="APPLICATION">\n    <parm ' +
    'name="APPID" value="w7"/>\n';
  ok(xml.startsWith(start), xml);
  ok(xml.includes('value="A &#38; B"') && xml.includes('value="&#60;s&#62;"'));
  deepStrictEqual(written(xml), bytes);
  deepStrictEqual(
    written(`<?xml version="1.0"?>${PUBLIC}<!-- w7 -->${xml}`),
    bytes,
    "with what stands around it",
  );
  strictEqual(
    shown(written('<wap-provisioningdoc version="1.0"/>')),
    '<wap-provisioningdoc version="1.0"/>',
  );
});

test("a whole push is shown with its headers and what is in it, and comes back", () => {
  const secrets = { network: "shared", pin: "" };
  const message = bootstrapDocument("dm", ACCOUNT);
  const pushes = [
    pushedNotification(NOTICE, "secret", Buffer.of()),
    push(sealedPush("cp", bootstrapDocument("cp", ACCOUNT), "NETWORKID", secrets)),
    push(sealedPush("dm", message, "USERPIN_NETWORKID", { network: "shared", pin: "1" })),
  ];
  for (const bytes of pushes) deepStrictEqual(written(shown(bytes)), Buffer.from(bytes));
  const [first = "", second = "", third = ""] = pushes.map(shown);
  ok(
    first.startsWith(
      `<Push transaction="1" type="${NOTIFICATION_TYPE}" application="7">\n  <Notification `,
    ),
    first,
  );
  ok(
    second.startsWith(
      `<Push transaction="1" type="${CP_TYPE}" application="7" sec="NETWORKID" mac="`,
    ),
    second,
  );
  ok(
    third.includes("<LocURI>./Inbox</LocURI>") && third.includes("<NodeName>AppAuth</NodeName>"),
    third,
  );
});

test("what is wrong is said with its byte, within a push too", () => {
  const bytes = pushedNotification(NOTICE, "secret", Buffer.of());
  const cp = bootstrapDocument("cp", ACCOUNT);
  strictEqual(problem(bytes.subarray(0, 20), "xml"), "20: shorter than its header");
  strictEqual(
    problem(cp.subarray(0, cp.length - 1), "xml"),
    `${cp.length - 1}: the document ends inside an element`,
  );
  strictEqual(
    problem(push({ type: CP_TYPE, body: cp.subarray(0, 9) }), "xml"),
    "11: a string without an end",
  );
  strictEqual(
    problem(Buffer.of(3, 0x0b, 0x6a, 0, 0x85, 0x4d, 1), "xml"),
    "5: a code that no table has",
  );
  const wrong: readonly (readonly [string, string])[] = [
    ['<Notification digest="00"/>', "0: Notification: the attribute digest is missing or wrong"],
    [
      shown(notification(NOTICE, "", Buffer.of())).replace("background", "loud"),
      "0: Notification: the attribute ui-mode is missing or wrong",
    ],
    [
      "<wap-provisioningdoc><parm/></wap-provisioningdoc>",
      "21: an element that no DTD has, or without its attribute: parm",
    ],
    ["<wap-provisioningdoc><characteristic", "36: a tag without an end"],
    ['<wap-provisioningdoc version="&x;"/>', "21: a reference that is none"],
    ["<Push/>", "0: Push without its type or a document"],
    ["<wap-provisioningdoc></x>", "25: the end of x in wap-provisioningdoc"],
    ["<Push/><Push/>", "7: more than one root element"],
  ];
  for (const [xml, reason] of wrong) strictEqual(problem(xml, "wbxml"), reason, xml);
});

test("the codes of the device are those of the whole table", () => {
  for (const [code, word] of W7_CODES) strictEqual(CP_CODES.get(code), word, code.toString(16));
});

test("libwbxml reads what we write, and we read what it writes: names, types, values", {
  skip,
}, () => {
  const words = (of: (low: number) => boolean): string[] => {
    const found = [...CP_CODES]
      .filter(([code, word]) => of(code & 0xff) && !MISSPELT.includes(word))
      .map(([, word]) => word);
    return [...new Set(found)];
  };
  const names = words((low) => low < 0x50);
  const types = words((low) => low >= 0x50 && low < 0x80);
  const values = words((low) => low >= 0x80);
  const parms = names.map((name) => `<parm name="${name}" value="x"/>`);
  parms.push(...values.map((value) => `<parm name="NAME" value="${value}"/>`));
  const folder = mkdtempSync(join(tmpdir(), "cp-"));
  const all = parms.join("");
  try {
    for (const type of types) {
      const document =
        `<wap-provisioningdoc version="1.1"><characteristic type="${type}">` +
        `${all}</characteristic></wap-provisioningdoc>`;
      const paths = {
        ours: join(folder, "ours"),
        theirs: join(folder, "theirs"),
        xml: join(folder, "xml"),
      };
      writeFileSync(paths.ours, written(document));
      const read = spawnSync("wbxml2xml", ["-o", paths.xml, paths.ours], { encoding: "utf8" });
      strictEqual(read.status, 0, read.stderr);
      const flat = (text: string): string =>
        text
          .replace(/>\s+</g, "><")
          .replace(/^[\s\S]*?(?=<wap)/, "")
          .trim();
      strictEqual(flat(readFileSync(paths.xml, "utf8")), flat(document));
      writeFileSync(paths.xml, `<?xml version="1.0"?>${PUBLIC}${document}`);
      strictEqual(spawnSync("xml2wbxml", ["-o", paths.theirs, paths.xml]).status, 0);
      strictEqual(flat(shown(readFileSync(paths.theirs))), flat(document));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
