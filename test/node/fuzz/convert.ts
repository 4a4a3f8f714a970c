/** The converter of `xs-fumo decode` and `encode`: whatever it is given, it says what is wrong, and what it gives is well-formed. */
import { Token } from "../../../src/base/token.ts";
import { readerOf } from "../../../src/session/encoding.ts";
import { convert } from "../../rig/document.ts";
import { WBXML_MESSAGES, XML_MESSAGES } from "../../unit/fuzz/messages.ts";
import { must, type Parser } from "../../unit/fuzz/parser.ts";
import { TREES } from "../../unit/fuzz/trees.ts";

function check(input: Uint8Array): boolean {
  let good = true;
  for (const encoding of ["xml", "wbxml"] as const) {
    const { bytes, problems } = convert(input, encoding, true);
    for (const { offset, reason } of problems) must(offset >= 0 && offset <= input.length && reason !== "", "a problem of nowhere");
    if (problems.length > 0) good = false;
    else must(wellFormed(bytes, encoding), `what was converted to ${encoding} is not well-formed`);
  }
  return good;
}

function wellFormed(bytes: Uint8Array, encoding: "xml" | "wbxml"): boolean {
  const reader = readerOf(encoding, bytes, bytes.length);
  for (;;) {
    const kind = reader.next();
    if (kind === Token.end || kind === Token.error) return kind === Token.end;
  }
}

export const CONVERTER: Parser = {
  name: "the converter", weight: 4, check, corpus: [...XML_MESSAGES.corpus, ...WBXML_MESSAGES.corpus, ...TREES.corpus],
  words: [...XML_MESSAGES.words, ...WBXML_MESSAGES.words],
  make: (choices) => (choices.of(2) === 0 ? XML_MESSAGES : WBXML_MESSAGES).make?.(choices) ?? new Uint8Array(0),
};
