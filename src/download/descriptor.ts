/**
 * Download descriptors (OMA Download 1.0, application/vnd.oma.dd+xml): a small XML document that
 * says where a package is, how long it is and of what type, and where the outcome of the download
 * is to be reported. Pure.
 *
 * Taken: media with objectURI, size and type, which are mandatory, and installNotifyURI, nextURL,
 * DDVersion, name, vendor, description. Read over: infoURL, iconURI, installParam, and every
 * element that is not one of these, with all in it. Refused: what is not well-formed, an element
 * within one of ours or one given twice (but type), and URLs that the rules do not admit, seen from
 * the URL of the descriptor.
 */
import { decimal } from "../base/decimal.ts";
import { frozen } from "../base/frozen.ts";
import {
  ADDRESS_BYTES_MAX,
  DESCRIPTOR_TEXT_BYTES_MAX,
  DESCRIPTOR_TYPES_MAX,
  URL_BYTES_MAX,
} from "../base/limits.ts";
import { Token, type Vocabulary } from "../base/token.ts";
import { resolveAddress, resolveUrl, type Url, urlText } from "../base/url.ts";
import { refusalOf, type UrlRules } from "../base/urlrules.ts";
import { text, utf8 } from "../base/utf8.ts";
import { XmlReader } from "../xmllite/xmlreader.ts";

/** The media type by which, and only by which, a descriptor is known. */
export const DESCRIPTOR_TYPE = "application/vnd.oma.dd+xml";

/** What a descriptor says. URLs are absolute and admitted. */
export interface Description {
  /** Where the package is. */
  readonly url: string;
  /** Bytes of it. */
  readonly size: number;
  /** Where the outcome is reported. */
  readonly notify: string | undefined;
  /** A page for a person, after the installation; undefined, too, where it is too long. */
  readonly next: string | undefined;
  readonly name: string;
  readonly vendor: string;
  readonly text: string;
}

/**
 * A descriptor that is not taken, and why: for the log `problem`. The outcome is reported all the
 * same where it says how.
 */
export interface DescriptorFault {
  readonly fault: "badDescriptor" | "descriptorVersion" | "unacceptable" | "badURL";
  readonly problem: string;
  readonly notify: string | undefined;
}

export type DescriptorReading = Description | DescriptorFault;

/** Of one character in UTF-8. */
const CHARACTER_BYTES_MAX = 4;
/** Bytes of each URL: a heap has room for one that is long, and not for three. */
const URLS: { readonly [name in Name]?: number } = frozen({
  objectURI: URL_BYTES_MAX,
  installNotifyURI: ADDRESS_BYTES_MAX,
  nextURL: ADDRESS_BYTES_MAX,
});

const NAMES = frozen([
  "media",
  "objectURI",
  "size",
  "type",
  "installNotifyURI",
  "nextURL",
  "DDVersion",
  "name",
  "vendor",
  "description",
]);
type Name = (typeof NAMES)[number];

/** Tags are places in NAMES, from 1 on. */
export const DESCRIPTOR_VOCABULARY: Vocabulary = frozen({
  tags: new Map(NAMES.map((name, index) => [name, index + 1])),
  pages: [
    { namespace: "http://www.openmobilealliance.org/xmlns/dd", names: [undefined, ...NAMES] },
  ],
});

/** What stands in the elements of media, trimmed; and what is wrong with the document. */
interface Content {
  readonly values: Map<Name, string>;
  readonly types: string[];
  problem: string | undefined;
}

/**
 * Reads bytes[0, length), and rewrites them. `base` is the URL that the descriptor came from,
 * `types` are the media types of packages that this device takes.
 */
export function readDescriptor(
  bytes: Uint8Array,
  length: number,
  base: Url,
  rules: UrlRules,
  types: readonly string[],
): DescriptorReading {
  const content = contentOf(bytes, length);
  const { values, problem } = content;
  const addressIn = (name: Name): Url | string => {
    const url = resolveAddress(base, values.get(name) ?? "");
    return typeof url === "string" ? url : (refusalOf(url, rules, base) ?? url);
  };
  const report = addressIn("installNotifyURI");
  const notify = textOf(report);
  const refused = (fault: DescriptorFault["fault"], why: string): DescriptorFault => ({
    fault,
    problem: why,
    notify,
  });
  const version = values.get("DDVersion") ?? "1.0";
  if (problem !== undefined) return refused("badDescriptor", problem);
  if (version !== "1" && !version.startsWith("1."))
    return refused("descriptorVersion", `DDVersion ${version}`);
  for (const name of ["objectURI", "size", "type"] as const) {
    if (!values.has(name)) return refused("badDescriptor", `no ${name}`);
  }
  const size = decimal(utf8(values.get("size") ?? ""), Number.MAX_SAFE_INTEGER);
  const object = resolveUrl(base, values.get("objectURI") ?? "");
  if (size === undefined || size === 0)
    return refused("badDescriptor", "size is not a number of bytes");
  if (typeof object === "string") return refused("badDescriptor", `objectURI ${object}`);
  const barred = refusalOf(object, rules, base);
  if (barred !== undefined) return refused("badURL", `objectURI ${barred}`);
  if (values.has("installNotifyURI") && typeof report === "string")
    return refused("badURL", `installNotifyURI ${report}`);
  const other = content.types.find((type) => !types.includes(mediaType(type)));
  if (other !== undefined) return refused("unacceptable", `type ${other}`);
  return {
    url: urlText(object),
    size,
    notify,
    next: textOf(addressIn("nextURL")),
    name: values.get("name") ?? "",
    vendor: values.get("vendor") ?? "",
    text: values.get("description") ?? "",
  };
}

function textOf(url: Url | string): string | undefined {
  return typeof url === "string" ? undefined : urlText(url);
}

/** The type of a Content-Type or of a type in a descriptor: lower case, without parameters. */
export function mediaType(value: string): string {
  return (value.split(";")[0] ?? "").trim().toLowerCase();
}

function contentOf(bytes: Uint8Array, length: number): Content {
  const reader = new XmlReader(bytes, length, DESCRIPTOR_VOCABULARY);
  const content: Content = { values: new Map(), types: [], problem: undefined };
  /** Elements open, and the name of the one below media, if it is one of ours. */
  let depth = 0;
  let name: Name | undefined;
  let value = "";
  while (content.problem === undefined) {
    switch (reader.next()) {
      case Token.end:
        return content;
      case Token.error:
        content.problem = `not well-formed at byte ${reader.offset}: ${reader.problem}`;
        break;
      case Token.open:
        depth++;
        if (depth === 1 && NAMES[reader.tag - 1] !== "media")
          content.problem = "the root element is not media";
        if (depth > 2 && name !== undefined) content.problem = `an element in ${name}`;
        if (depth === 2) name = NAMES[reader.tag - 1];
        if (depth === 2) value = "";
        break;
      case Token.text:
        if (depth === 2 && name !== undefined)
          value = textIn(reader.bytes, reader.from, reader.to, name);
        break;
      case Token.close:
        if (depth === 2 && name !== undefined) put(content, name, value);
        depth--;
        if (depth < 2) name = undefined;
        break;
    }
  }
  return content;
}

function put(content: Content, name: Name, value: string): void {
  if (value === "") return;
  if (name === "type") content.types.push(value);
  else if (content.values.has(name)) content.problem = `${name} twice`;
  if (content.types.length > DESCRIPTOR_TYPES_MAX) content.problem = "too many types";
  content.values.set(name, value);
}

/**
 * The trimmed characters of bytes[from, to). What people read has blanks for controls, and is cut
 * off where it is too long; of a URL so much is kept that its reader refuses it.
 */
function textIn(bytes: Uint8Array, from: number, to: number, name: Name): string {
  const longest = URLS[name];
  const isUrl = longest !== undefined;
  const most = isUrl ? longest + CHARACTER_BYTES_MAX : DESCRIPTOR_TEXT_BYTES_MAX;
  let start = from;
  let end = to;
  while (start < end && (bytes[start] ?? 0) <= 0x20) start++;
  while (end > start && (bytes[end - 1] ?? 0) <= 0x20) end--;
  if (end - start > most) {
    end = start + most;
    while (end > start && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  }
  for (let at = start; at < end && !isUrl; at++)
    if ((bytes[at] ?? 0) < 0x20 || bytes[at] === 0x7f) bytes[at] = 0x20;
  return text(bytes, start, end);
}
