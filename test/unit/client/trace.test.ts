/** Messages in the log of a development board. */
import { traced } from "../../../src/client/trace.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { LOG_TEXT_BYTES_MAX } from "../../../src/base/limits.ts";
import { SYNCML, Tag } from "../../../src/syncml/vocabulary.ts";
import { WbxmlWriter } from "../../../src/wbxml/wbxmlwriter.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

function trace(message: string): string {
  const bytes = utf8(message);
  return shown(bytes, bytes.length);
}

/** The pieces, put together. */
function shown(bytes: Uint8Array, length: number): string {
  let whole = "";
  traced(bytes, length, (piece) => {
    ok(utf8(piece).length <= LOG_TEXT_BYTES_MAX - "received ".length, piece);
    whole += piece;
  });
  return whole;
}

test("a message is shown whole", () => {
  equal(trace("<SyncML><Final/></SyncML>"), "<SyncML><Final/></SyncML>");
});

test("what is in a Cred is not shown", () => {
  equal(trace("<a><Cred><Data>c2VjcmV0</Data></Cred><b/></a>"), "<a><Cred>…</Cred><b/></a>");
});

test("a prefix and attributes do not help a Cred to be seen", () => {
  equal(trace('<S:Cred x="1"><S:Data>c2VjcmV0</S:Data></S:Cred><b/>'), "<S:Cred>…</Cred><b/>");
});

test("a message that sets a secret is not shown", () => {
  equal(
    trace("<a><LocURI>./DMAcc/Main/AppAuth/S/AAuthSecret</LocURI><Data>new</Data></a>"),
    "74 bytes that name a secret",
  );
});

test("the word Cred in a text changes nothing", () => {
  equal(
    trace("<a>Cred Cred</a><Cred>Cred s</Cred><b>Cred</b>"),
    "<a>Cred Cred</a><Cred>…</Cred><b>Cred</b>",
  );
});

test("nothing is shown behind a Cred that is never closed", () => {
  equal(trace("<a><Cred><Data>c2VjcmV0"), "<a><Cred>…</");
});

test("only the bytes of the message are shown, not the rest of the buffer", () => {
  equal(shown(utf8("<a/>stale"), 4), "<a/>");
});

test("bytes that are not text are counted", () => {
  equal(shown(Uint8Array.of(0x3c, 0xff, 0x00), 3), "3 bytes that are not text");
});

/** A message in WBXML, with credentials, an object and a text. */
function wbxml(text: string): Uint8Array {
  const bytes = new Uint8Array(2000);
  const writer = new WbxmlWriter(bytes, SYNCML);
  for (const tag of [Tag.SyncML, Tag.Cred]) writer.open(tag);
  writer.open(Tag.Meta);
  writer.leaf(Tag.Format, "b64");
  writer.close();
  writer.leaf(Tag.Data, "c2VjcmV0");
  writer.close();
  writer.open(Tag.Data);
  writer.binary(Uint8Array.of(0xff, 0xfe, 0));
  writer.close();
  writer.leaf(Tag.Data, text);
  writer.close();
  return bytes.slice(0, writer.length);
}

test("a WBXML message is shown as elements, without Cred; opaque bytes are counted", () => {
  const bytes = wbxml("x");
  const before = bytes.slice();
  equal(
    shown(bytes, bytes.length),
    "<SyncML><Cred>…</Cred><Data>[3 bytes]</Data><Data>x</Data></SyncML>",
  );
  deepEqual(bytes, before);
});

test("a long message in WBXML is shown in pieces, none of which breaks a character", () => {
  const text = "é→𝄞x".repeat(100);
  const bytes = wbxml(text);
  ok(shown(bytes, bytes.length).endsWith(`<Data>${text}</Data></SyncML>`));
});

test("WBXML that breaks off, or names a secret, is shown so far and not at all", () => {
  const bytes = wbxml("x");
  const broken = shown(bytes, bytes.length - 3);
  ok(broken.startsWith("<SyncML><Cred>…</Cred><Data>[3 bytes]</Data><Data>"), broken);
  ok(broken.includes("… at byte "), broken);
  equal(shown(bytes, 12).includes("secret"), false);
  const named = wbxml("./DMAcc/Main/AppAuth/S/AAuthSecret");
  equal(shown(named, named.length), `${named.length} bytes that name a secret`);
});

test("a long message is shown in pieces, none of which breaks a character", () => {
  const message = `<a>${"é→𝄞x".repeat(200)}</a>`;
  equal(trace(message), message);
  equal(trace(`<a>${"y".repeat(300)}<Cred>secret</Cred>z</a>`).includes("secret"), false);
});
