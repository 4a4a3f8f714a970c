/**
 * Download descriptors for people: indented, with what a device would refuse them for. They have no
 * form in WBXML.
 */
import type { Vocabulary } from "../../../src/base/token.ts";
import { DESCRIPTOR_VOCABULARY, readDescriptor } from "../../../src/download/descriptor.ts";
import { XmlReader } from "../../../src/xmllite/xmlreader.ts";
import { XmlWriter } from "../../../src/xmllite/xmlwriter.ts";
import { type Problem, transcode } from "./transcode.ts";

/** Apart from the tags of messages. */
const FIRST_TAG = 0x41;
const NAMES = [...DESCRIPTOR_VOCABULARY.tags.keys(), "infoURL", "iconURI", "installParam"];
const VOCABULARY: Vocabulary = {
  tags: new Map(NAMES.map((name, index) => [name, FIRST_TAG + index])),
  pages: [
    {
      namespace: DESCRIPTOR_VOCABULARY.pages[0]?.namespace ?? "",
      names: [...new Array<undefined>(FIRST_TAG).fill(undefined), ...NAMES],
    },
  ],
};
/** As open as can be: where a descriptor leads is the device's affair. */
const BASE = { scheme: "http", host: "localhost", port: 80, path: "/" } as const;
const RULES = { allowHttp: true, allowPrivate: true };

/** True when the document begins as a descriptor does. */
export function isDescriptor(document: Uint8Array): boolean {
  const reader = new XmlReader(Uint8Array.from(document), document.length, VOCABULARY);
  reader.next();
  return reader.tag === FIRST_TAG;
}

/** Writes it indented to `bytes`: how many, and what is wrong with it. */
export function showDescriptor(
  document: Uint8Array,
  bytes: Uint8Array,
  lenient: boolean,
): { readonly length: number; readonly full: boolean; readonly problems: readonly Problem[] } {
  const writer = new XmlWriter(bytes, VOCABULARY);
  const reader = new XmlReader(Uint8Array.from(document), document.length, VOCABULARY);
  const problems = transcode(reader, writer, { encoding: "xml", lenient });
  const { length, full } = writer;
  if (problems.length > 0) return { length, full, problems };
  const reading = readDescriptor(Uint8Array.from(document), document.length, BASE, RULES, []);
  if (!("fault" in reading) || reading.fault === "unacceptable") return { length, full, problems };
  return { length, full, problems: [{ offset: document.length, reason: reading.problem }] };
}
