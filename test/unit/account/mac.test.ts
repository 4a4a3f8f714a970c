/** The header x-syncml-hmac: made, and checked in every spelling. */
import { base64, fromBase64 } from "../../../src/base/base64.ts";
import { hex } from "../../../src/base/bytes.ts";
import { md5 } from "../../../src/base/md5.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { checkMac, macHeader } from "../../../src/account/mac.ts";
import { equal, ok, test } from "../../check.ts";

const NONCE = utf8("Nonce");
const BODY = md5(utf8("<SyncML/>"));
const NAME = "Robert Jordan";
const SECRET = "OhBehave";

/** B64(H(B64(H(username:password)):nonce:B64(H(message body)))), step by step. */
function expected(name = NAME): string {
  return base64(md5(utf8(`${base64(md5(utf8(`${name}:${SECRET}`)))}:Nonce:${base64(BODY)}`)));
}

function good(header: string, name = NAME): boolean {
  return checkMac(header, name, SECRET, NONCE, BODY);
}

test("the header is what the standard says (OMA-TS-DM-Security §5.1.4)", () => {
  equal(
    macHeader(NAME, SECRET, NONCE, BODY),
    `algorithm=MD5, username="${NAME}", mac=${expected()}`,
  );
});

test("a header is good only for its name, secret, nonce and body", () => {
  const header = macHeader(NAME, SECRET, NONCE, BODY);
  ok(good(header));
  ok(!checkMac(header, "Robert", SECRET, NONCE, BODY));
  ok(!checkMac(header, NAME, "other", NONCE, BODY));
  ok(!checkMac(header, NAME, SECRET, utf8("nonce"), BODY));
  ok(!checkMac(header, NAME, SECRET, NONCE, md5(utf8("<SyncML></SyncML>"))));
});

test("any order and spacing, no algorithm, base64 of hexadecimal: the same digest", () => {
  const mac = expected();
  ok(good(`mac=${mac},username="${NAME}"`));
  ok(good(`  Username="${NAME}" ,  MAC=${mac} , algorithm=md5`));
  ok(good(`username="${NAME}", mac="${mac}"`));
  ok(good(`username="${NAME}", mac=${base64(utf8(hex(fromBase64(mac) ?? new Uint8Array(0))))}`));
});

test("names with quotes, commas and other scripts go through", () => {
  for (const name of ['a"b', "a,b=c", "a\\b", "ä ö"])
    ok(good(macHeader(name, SECRET, NONCE, BODY), name));
});

test("what is malformed or incomplete is not good", () => {
  const mac = expected();
  for (const header of [
    "",
    "mac",
    "\0=\0",
    `mac=${mac}`,
    `username="${NAME}"`,
    `username="${NAME}, mac=${mac}`,
    `username="${NAME}", mac=?`,
    `username="${NAME}", mac=`,
    `algorithm=SHA, username="${NAME}", mac=${mac}`,
    ",,,",
    "=",
    `username="\\`,
    `username=", mac=${mac}`,
    `username="${NAME}", mac=${base64(new Uint8Array(32))}`,
    `username="${NAME}", mac=${base64(new Uint8Array(32).fill(255))}`,
  ]) {
    ok(!good(header), header);
  }
});
