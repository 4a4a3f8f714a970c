/** The header of WAP push. */
import { fromHex, hex } from "../../../src/base/bytes.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import {
  CP_TYPE,
  DM_TYPE,
  type Envelope,
  NOTIFICATION_TYPE,
  openEnvelope,
} from "../../../src/push/envelope.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

/** Hexadecimal digits, with spaces where they help. */
function bytesOf(digits: string): Uint8Array {
  return fromHex(digits.split(" ").join("")) ?? new Uint8Array(0);
}

function opened(digits: string): Envelope {
  const bytes = bytesOf(digits);
  const envelope = openEnvelope(bytes, bytes.length);
  ok(!("problem" in envelope), digits);
  return envelope;
}

function refused(digits: string): string {
  const bytes = bytesOf(digits);
  const envelope = openEnvelope(bytes, bytes.length);
  return "problem" in envelope ? `${envelope.offset}: ${envelope.problem}` : "opened";
}

test("a notification has the header of the standard (OMA-TS-DM-Notification §6.3)", () => {
  const { type, application, body } = opened("010603c4af87a1a2a3");
  deepEqual([type, application, hex(body)], [NOTIFICATION_TYPE, 7, "a1a2a3"]);
});

/** Two digits for a length. */
function length(bytes: string): string {
  return hex(Uint8Array.of(bytes.split(" ").join("").length / 2));
}

/** A push with that content type and those headers behind it. */
function pushed(content: string, headers = ""): string {
  return `01 06 ${length(content + headers)} ${content} ${headers} ff`;
}

test("a bootstrap message has SEC and MAC behind its type, as numbers or as names", () => {
  const parameters = "b6 91 81 92 41422d313200";
  const numbered = opened(pushed(`1f ${length(parameters)} ${parameters}`));
  deepEqual(
    [numbered.type, numbered.protection, numbered.mac, hex(numbered.body)],
    [CP_TYPE, "USERPIN", "AB-12", "ff"],
  );
  const names = `c2 ${hex(utf8("SEC\0USERPIN_NETWORKID\0mac\0AB\0"))}`;
  const named = opened(pushed(`1f ${length(names)} ${names}`));
  deepEqual([named.type, named.protection, named.mac], [DM_TYPE, "USERPIN_NETWORKID", "AB"]);
  const old = `b6 91 ${hex(utf8("NETWPIN\0"))}`;
  equal(opened(pushed(`${length(old)} ${old}`)).protection, "NETWORKID");
});

test("types in words, other parameters and headers are read over; an unknown type is none", () => {
  equal(opened(pushed(hex(utf8("Application/vnd.syncml.notification\0")))).type, NOTIFICATION_TYPE);
  equal(opened(pushed("83")).type, "");
  const { type, application } = opened(
    pushed("05 c4 93 02 0102", "b4 6100 7800 1f 01 07 af 87 b0 02 0203"),
  );
  deepEqual([type, application], [NOTIFICATION_TYPE, 7]);
});

test("what is no push, or breaks off, says where", () => {
  const wrong: readonly (readonly [string, string])[] = [
    ["", "0: not a push"],
    ["01 07 03 c4", "1: not a push"],
    ["01 06", "2: the document ends in a number"],
    ["01 06 09 c4", "3: headers past the end"],
    ["01 06 02 1f 80", "4: the document ends in a number"],
    ["01 06 03 09 c4 af", "4: a content type past the headers"],
    ["01 06 02 c4 af", "5: the headers break off"],
    ["01 06 03 c4 af 61", "5: text without an end"],
    ["01 06 04 c4 af ff 00", "7: the headers break off"],
    ["01 06 04 c4 af 09 00", "6: a field past the headers"],
  ];
  for (const [digits, problem] of wrong) equal(refused(digits), problem, digits);
});
