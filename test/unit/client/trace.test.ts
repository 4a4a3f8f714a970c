/** Messages in the log of a development board. */
import { traced } from "../../../src/client/trace.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { equal, test } from "../../check.ts";

function trace(message: string): string {
  const bytes = utf8(message);
  return traced(bytes, bytes.length);
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
  equal(traced(utf8("<a/>stale"), 4), "<a/>");
});

test("bytes that are not text are counted", () => {
  equal(traced(Uint8Array.of(0x02, 0xff, 0x00), 3), "3 bytes that are not text");
});
