/**
 * Whole documents for people: any message, tree or push, in either encoding, as indented XML or as
 * WBXML, and download descriptors, with what is wrong with them.
 */
import { Budget } from "../../../src/base/budget.ts";
import { fromHex, hex } from "../../../src/base/bytes.ts";
import { encodingOf, readerOf } from "../../../src/session/encoding.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { SYNCML } from "../../../src/syncml/vocabulary.ts";
import { WbxmlWriter } from "../../../src/wbxml/wbxmlwriter.ts";
import { DDF_HEADER, SYNCML_HEADER } from "../../../src/wbxml/prolog.ts";
import { XmlWriter } from "../../../src/xmllite/xmlwriter.ts";
import { isDescriptor, showDescriptor } from "./descriptordocument.ts";
import { foreignProblem } from "./foreign.ts";
import { convertPushed, type PushedKind, pushedKind } from "./pushdocument.ts";
import { readableSource } from "./readable.ts";
import { type Converted, type Problem, transcode } from "./transcode.ts";

/**
 * A document in either encoding, written in `encoding`. Strict: it ends at the first thing that a
 * device would refuse, and a message must be one to the letter. Lenient: a document type is read
 * over, elements that no DTD has are left out, what breaks off is closed; `problems` has all of it.
 * `pushed`: what it is, where that is known from a push.
 */
export function convert(
  document: Uint8Array,
  encoding: "xml" | "wbxml",
  lenient: boolean,
  pushed?: PushedKind,
): Converted {
  const kind = pushed ?? pushedKind(document);
  if (kind !== undefined)
    return convertPushed(document, kind, encoding, (inner, its) =>
      convert(inner, encoding, lenient, its),
    );
  const { source, problems: read } = lenient
    ? readableSource(document)
    : { source: document, problems: [] };
  for (let capacity = source.length * 8 + 4096; ; capacity *= 2) {
    const copy = Uint8Array.from(source);
    const bytes = new Uint8Array(capacity);
    if (isDescriptor(source)) {
      if (encoding === "wbxml")
        return {
          bytes: copy.subarray(0, 0),
          problems: [{ offset: 0, reason: "a descriptor has no WBXML" }],
        };
      const { length, full, problems } = showDescriptor(source, bytes, lenient);
      if (full) continue;
      return { bytes: bytes.subarray(0, length), problems: [...read, ...problems] };
    }
    const writer =
      encoding === "xml"
        ? new XmlWriter(bytes, SYNCML)
        : new WbxmlWriter(bytes, SYNCML, headerFor(source));
    const problems = transcode(readerOf(encodingOf(copy, copy.length), copy, copy.length), writer, {
      encoding,
      lenient,
    });
    if (writer.full) continue;
    const wrong = problems.length > 0 ? problems : messageProblems(source);
    const foreign = foreignProblem(source);
    return {
      bytes: bytes.subarray(0, writer.length),
      problems: [...read, ...(foreign === undefined ? wrong : [foreign])],
    };
  }
}

/** What makes a well-formed SyncML document no message. */
function messageProblems(document: Uint8Array): readonly Problem[] {
  const copy = Uint8Array.from(document);
  const result = decodeMessage(
    readerOf(encodingOf(copy, copy.length), copy, copy.length),
    new Budget(Infinity),
  );
  if (!("problem" in result) || result.problem === "not a SyncML document") return [];
  return [{ offset: result.offset, reason: result.problem }];
}

function headerFor(document: Uint8Array): readonly number[] {
  const reader = readerOf(
    encodingOf(document, document.length),
    Uint8Array.from(document),
    document.length,
  );
  reader.next();
  return reader.name() === "MgmtTree" ? DDF_HEADER : SYNCML_HEADER;
}

/**
 * The bytes of hexadecimal digits as tools print them: white space, colons and commas between, 0x
 * before, or with the offset of each line before it and characters behind it (xxd, hexdump -C, od);
 * undefined: not digits.
 */
export function fromDump(text: string): Uint8Array | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const dumped = lines.length > 0 && lines.every((line) => OFFSET.test(line));
  const plain =
    dumped && /^\s*0+(?::|\s|$)/.test(lines[0] ?? "") ? lines.map(dumpedLine).join(" ") : text;
  const digits = plain.replace(/0x/gi, "").replace(/[\s:,]/g, "");
  return fromHex(digits);
}

/** An offset stands alone, or before a colon or a gap. */
const OFFSET = /^\s*[0-9a-f]{4,16}(?::|\s|$)/i;

/** The digits of a line: no offset, no characters. */
function dumpedLine(line: string): string {
  const [, colon, rest = ""] = /^\s*[0-9a-f]+(:?)(.*)$/i.exec(line) ?? [];
  const bars = rest.replace(/\s\|.*$/, "");
  // xxd has two blanks before its characters, others have three, and two in the middle.
  const [digits = ""] = bars.trim().split(colon === ":" ? /\s{2,}/ : /\s{3,}/);
  return digits;
}

/** Hexadecimal digits, 32 bytes a line. */
export function toDump(bytes: Uint8Array): string {
  return hex(bytes).replace(/.{1,64}/g, "$&\n");
}
