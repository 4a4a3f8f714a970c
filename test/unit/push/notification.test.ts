/** Package 0, bit by bit, and its digest. */
import { fromHex, hex } from "../../../src/base/bytes.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { genuine, type Notification, parseNotification } from "../../../src/push/notification.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

/**
 * The standard's example behind the digest: 1.1, background, by the user, session 1234,
 * com.mgmtsrv.manage.
 */
const EXAMPLE = "02d0000000123412636f6d2e6d676d747372762e6d616e616765";
/**
 * Of the example with the password "secret", computed apart from this code: nonce "Nonce", four
 * zero bytes, none.
 */
const DIGESTS = {
  nonce: "291f40c9048e97434175d10d0c6e25a7",
  zeros: "4e94c58c36a8c50aabcdbe0c296b2ba7",
  none: "ddd31badea77457e951772c1a22fcce3",
};

function message(trigger: string, digest = "00".repeat(16)): Uint8Array {
  return fromHex(digest + trigger.split(" ").join("")) ?? new Uint8Array(0);
}

function parsed(trigger: string, digest?: string): Notification {
  const notification = parseNotification(message(trigger, digest));
  ok(!("problem" in notification), trigger);
  return notification;
}

function refused(bytes: Uint8Array): string {
  const notification = parseNotification(bytes);
  return "problem" in notification ? `${notification.offset}: ${notification.problem}` : "taken";
}

test("the standard's example is read field by field (OMA-TS-DM-Notification §6.2)", () => {
  const { uiMode, initiator, sessionID, serverID, vendor } = parsed(EXAMPLE);
  deepEqual(
    [uiMode, initiator, sessionID, serverID, vendor.length],
    ["background", "user", "1234", "com.mgmtsrv.manage", 0],
  );
});

test("each UI mode, initiator, session id and vendor data", () => {
  const modes = ["02c0", "02d0", "02e0", "02f0"].map(
    (start) => parsed(`${start} 000000 0001 01 610b`).uiMode,
  );
  deepEqual(modes, ["unspecified", "background", "informative", "interaction"]);
  equal(parsed("02c8 000000 0001 01 61").initiator, "server");
  deepEqual(
    ["0001", "00ab", "ffff"].map((id) => parsed(`02c8 000000 ${id} 01 61`).sessionID),
    ["1", "AB", "FFFF"],
  );
  equal(hex(parsed("02c8 000000 0001 01 61 0b0c").vendor), "0b0c");
  equal(
    parsed("02cf ffffff 0001 01 61").sessionID,
    "1",
    "bits that are not in use are passed over",
  );
});

test("the digest is good for its secret, nonce and bytes alone (§6.2.1)", () => {
  const nonce = utf8("Nonce");
  const zeros = new Uint8Array(4);
  const none = new Uint8Array(0);
  ok(genuine(parsed(EXAMPLE, DIGESTS.nonce), "secret", nonce));
  ok(genuine(parsed(EXAMPLE, DIGESTS.zeros), "secret", zeros));
  ok(genuine(parsed(EXAMPLE, DIGESTS.none), "secret", none));
  ok(!genuine(parsed(EXAMPLE, DIGESTS.nonce), "Secret", nonce));
  ok(!genuine(parsed(EXAMPLE, DIGESTS.nonce), "secret", zeros));
  const bytes = message(EXAMPLE, DIGESTS.nonce);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = bytes.slice();
    const at = bit >> 3;
    changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
    const notification = parseNotification(changed);
    ok("problem" in notification || !genuine(notification, "secret", nonce), `bit ${bit}`);
  }
});

test("other versions, session id 0 and server ids that are none are refused, with the byte", () => {
  equal(refused(message("0280 000000 0001 01 61")), "16: version 1, not 1.1");
  equal(refused(message("0300 000000 0001 01 61")), "16: version 1.2, not 1.1");
  equal(refused(message("02c0 000000 0000 01 61")), "21: session id 0");
  equal(refused(message("02c0 000000 0001 00")), "23: a server id of 0 bytes");
  equal(refused(message("02c0 000000 0001 02 61")), "23: a server id of 2 bytes");
  equal(refused(message("02c0 000000 0001 01 ff")), "24: a server id that is no text");
});

test("every shorter message is refused", () => {
  const bytes = message(EXAMPLE);
  for (let length = 0; length < bytes.length; length++)
    ok(refused(bytes.subarray(0, length)) !== "taken", `${length} bytes`);
});
