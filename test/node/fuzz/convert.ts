/**
 * The converter of `xs-fumo decode` and `encode`: whatever it is given, it says what is wrong, and
 * what it gives is well-formed.
 */
import { Token } from "../../../src/base/token.ts";
import { readerOf } from "../../../src/session/encoding.ts";
import { convert } from "../../rig/decode/document.ts";
import { pushedKind } from "../../rig/decode/pushdocument.ts";
import { WBXML_MESSAGES, XML_MESSAGES } from "../../unit/fuzz/messages.ts";
import { must, type Parser } from "../../unit/fuzz/parser.ts";
import { PUSHES } from "../../unit/fuzz/pushes.ts";
import { TREES } from "../../unit/fuzz/trees.ts";

function check(input: Uint8Array): boolean {
  const pushed = pushedKind(input) !== undefined;
  let good = true;
  for (const encoding of ["xml", "wbxml"] as const) {
    const { bytes, problems } = convert(input, encoding, true);
    for (const { offset, reason } of problems)
      must(offset >= 0 && offset <= input.length && reason !== "", "a problem of nowhere");
    if (problems.length > 0) good = false;
    else if (pushed && encoding === "xml") checkPushed(bytes);
    else if (pushed) continue;
    else must(wellFormed(bytes, encoding), `what was converted to ${encoding} is not well-formed`);
  }
  return good;
}

/** What is pushed is XML of its own kind, which says the same once it was bytes. */
function checkPushed(xml: Uint8Array): void {
  const { bytes, problems } = convert(xml, "wbxml", false);
  const again = problems.length > 0 ? undefined : convert(bytes, "xml", false).bytes;
  must(
    again !== undefined && Buffer.compare(again, xml) === 0,
    `what was pushed does not come back: ${problems[0]?.reason ?? ""}`,
  );
}

function wellFormed(bytes: Uint8Array, encoding: "xml" | "wbxml"): boolean {
  const reader = readerOf(encoding, bytes, bytes.length);
  for (;;) {
    const kind = reader.next();
    if (kind === Token.end || kind === Token.error) return kind === Token.end;
  }
}

const PUSHED = PUSHES.flatMap(({ corpus }) => corpus);

export const CONVERTER: Parser = {
  name: "the converter",
  weight: 4,
  check,
  corpus: [...XML_MESSAGES.corpus, ...WBXML_MESSAGES.corpus, ...TREES.corpus, ...PUSHED],
  words: [...XML_MESSAGES.words, ...WBXML_MESSAGES.words],
  make: (choices) =>
    (choices.of(2) === 0 ? XML_MESSAGES : WBXML_MESSAGES).make?.(choices) ?? new Uint8Array(0),
};
