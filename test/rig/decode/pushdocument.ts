/**
 * What is pushed, as XML and back: OMA Client Provisioning, which has an XML form of its own;
 * notifications and the header of WAP push, which have none: their elements Notification and Push
 * are this command's.
 */
import { fromHex, hex } from "../../../src/base/bytes.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { readCp } from "../../../src/push/cp.ts";
import {
  CP_TYPE,
  type Envelope,
  NOTIFICATION_TYPE,
  openEnvelope,
  type Protection,
} from "../../../src/push/envelope.ts";
import { parseNotification, UI_MODES } from "../../../src/push/notification.ts";
import type { Malformed } from "../../../src/syncml/command.ts";
import { header } from "../../../src/wbxml/prolog.ts";
import { readElements, type XmlElement, XmlProblem } from "./attributexml.ts";
import { latin1Text, utf8Text } from "./bytetext.ts";
import { concatenation } from "./concatenation.ts";
import { CP_CODES } from "./cpattributes.ts";
import { type CpElement, cpElements, cpWbxml, cpXml } from "./cpdocument.ts";
import { push, triggerOf } from "./pushwriter.ts";
import type { Converted } from "./transcode.ts";

export type PushedKind = "push" | "notification" | "provisioning";

/** Turns the document within a push, whose content type may say what it is. */
export type Inner = (document: Uint8Array, kind: PushedKind | undefined) => Converted;

const ROOTS: ReadonlyMap<string, PushedKind> = new Map([
  ["Push", "push"],
  ["Notification", "notification"],
  ["wap-provisioningdoc", "provisioning"],
]);
const FAMILY = { ids: [0x0b], names: ["-//WAPFORUM//DTD PROV "] };
const KINDS: ReadonlyMap<string, PushedKind> = new Map([
  [NOTIFICATION_TYPE, "notification"],
  [CP_TYPE, "provisioning"],
]);
const PROTECTIONS: readonly Protection[] = ["NETWORKID", "USERPIN", "USERPIN_NETWORKID"];
const DIGEST_BYTES = 16;
const PUSH_TYPE = 6;
const NOTHING = new Uint8Array(0);

/** What a document is, as far as this file knows it; undefined: another kind. */
export function pushedKind(document: Uint8Array): PushedKind | undefined {
  const text = latin1Text(document);
  const root = /^(?:\s|<\?[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE[^[>]*>)*<([\w-]+)/.exec(text)?.[1];
  if (root !== undefined) return ROOTS.get(root);
  if (header(document, { at: 0, problem: "" }, FAMILY) !== undefined) return "provisioning";
  const first = document[0] ?? 0;
  if (first >= 1 && first <= 3 && header(document, { at: 0, problem: "" }) !== undefined)
    return undefined;
  if (document[1] === PUSH_TYPE && !("problem" in openEnvelope(document, document.length)))
    return "push";
  return "problem" in parseNotification(document) ? undefined : "notification";
}

/**
 * The document in the other form, or in the same one, in order. `encoding`: xml, or the bytes that
 * travel.
 */
export function convertPushed(
  document: Uint8Array,
  kind: PushedKind,
  encoding: "xml" | "wbxml",
  inner: Inner,
): Converted {
  try {
    const xml = document.includes(0x3c) && /^\s*</.test(latin1Text(document.subarray(0, 64)));
    const root = xml ? readElements(utf8Text(document)) : undefined;
    switch (kind) {
      case "provisioning":
        return provisioning(document, root, encoding);
      case "notification":
        return whole(
          encoding === "xml"
            ? notificationXml(root === undefined ? document : notificationBytes(root))
            : root === undefined
              ? document
              : notificationBytes(root),
        );
      case "push":
        return encoding === "xml" && root === undefined
          ? pushXml(document, inner)
          : pushBytes(document, root, inner);
    }
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error;
    return {
      bytes: new Uint8Array(0),
      problems: [{ offset: error.offset, reason: error.message }],
    };
  }
}

function whole(bytes: Uint8Array | string): Converted {
  return { bytes: typeof bytes === "string" ? utf8(bytes) : bytes.slice(), problems: [] };
}

function malformed({ offset, problem }: Malformed): Converted {
  return { bytes: new Uint8Array(0), problems: [{ offset, reason: problem }] };
}

function provisioning(
  document: Uint8Array,
  root: XmlElement | undefined,
  encoding: "xml" | "wbxml",
): Converted {
  const bytes = root === undefined ? document : cpWbxml(cpElement(root));
  const read = readCp(bytes, CP_CODES, true);
  if ("problem" in read)
    return malformed(root === undefined ? read : { ...read, offset: root.from });
  return whole(encoding === "xml" ? cpXml(cpElements(read, versionOf(bytes))) : bytes);
}

/** The attribute of the root, which says 1.0 by a code and anything else by a string. */
function versionOf(bytes: Uint8Array): string {
  const cursor = { at: 0, problem: "" };
  header(bytes, cursor, FAMILY);
  const [code, kind] = [bytes[cursor.at + 1], bytes[cursor.at + 2]];
  const from = cursor.at + 3;
  return code === 0x45 && kind === 3
    ? utf8Text(bytes.subarray(from, bytes.indexOf(0, from)))
    : code === 0x46
      ? "1.0"
      : "1.1";
}

function cpElement({ name, attributes, children, from }: XmlElement): CpElement {
  const type = attributes.get("type");
  const parm = attributes.get("name");
  const value = attributes.get("value");
  const version = attributes.get("version");
  if (name === "parm" && parm !== undefined)
    return value === undefined ? { parm } : { parm, value };
  const below = { children: children.map(cpElement) };
  if (name === "characteristic" && type !== undefined) return { type, ...below };
  if (name === "wap-provisioningdoc") return version === undefined ? below : { version, ...below };
  throw new XmlProblem(`an element that no DTD has, or without its attribute: ${name}`, from);
}

function notificationXml(bytes: Uint8Array): string {
  const notification = parseNotification(bytes);
  if ("problem" in notification) throw new XmlProblem(notification.problem, notification.offset);
  const { digest, uiMode, initiator, sessionID, serverID, vendor, trigger } = notification;
  const future = viewOf(trigger).getUint32(1) & 0x7ffffff;
  const attributes = [
    ["digest", hex(digest)],
    ["version", "1.1"],
    ["ui-mode", uiMode],
    ["initiator", initiator],
    ["session", sessionID],
    ["server", serverID],
    ...(future === 0 ? [] : [["future", future.toString(16)]]),
    ...(vendor.length === 0 ? [] : [["vendor", hex(vendor)]]),
  ];
  return (
    `<Notification` +
    `${attributes.map(([name = "", value = ""]) => ` ${name}="${escaped(value)}"`).join("")}/>`
  );
}

function notificationBytes({ attributes, from }: XmlElement): Uint8Array {
  const get = (name: string, otherwise = ""): string => attributes.get(name) ?? otherwise;
  const sessionID = get("session");
  const serverID = get("server");
  const digest = fromHex(get("digest"));
  const vendor = fromHex(get("vendor"));
  const uiMode = UI_MODES.find((mode) => mode === get("ui-mode", "unspecified"));
  const initiator = get("initiator", "server");
  const problem =
    digest?.length !== DIGEST_BYTES
      ? "digest"
      : vendor === undefined
        ? "vendor"
        : uiMode === undefined
          ? "ui-mode"
          : initiator !== "user" && initiator !== "server"
            ? "initiator"
            : !/^[\da-f]{1,4}$/i.test(sessionID)
              ? "session"
              : serverID === "" || utf8(serverID).length > 255
                ? "server"
                : get("version", "1.1") !== "1.1"
                  ? "version"
                  : "";
  if (problem !== "")
    throw new XmlProblem(`Notification: the attribute ${problem} is missing or wrong`, from);
  const trigger = triggerOf({
    sessionID,
    serverID,
    uiMode: uiMode ?? "unspecified",
    initiator: initiator === "user" ? "user" : "server",
    vendor: vendor ?? NOTHING,
  });
  const view = viewOf(trigger);
  view.setUint32(1, view.getUint32(1) | Number.parseInt(get("future", "0"), 16));
  return concatenation([digest ?? NOTHING, trigger]);
}

function pushXml(document: Uint8Array, inner: Inner): Converted {
  const envelope = openEnvelope(document, document.length);
  if ("problem" in envelope) return malformed(envelope);
  if (envelope.type === "")
    return malformed({ problem: "a content type of another number", offset: 3 });
  const { type, application, protection, mac, body } = envelope;
  const offset = document.length - body.length;
  const { bytes, problems } = inner(body, KINDS.get(type));
  const attributes = [
    ["transaction", `${document[0] ?? 0}`],
    ["type", type],
    ["application", application],
    ["sec", protection],
    ["mac", mac],
  ]
    .map(([name, value]) => (value === undefined ? "" : ` ${name ?? ""}="${escaped(`${value}`)}"`))
    .join("");
  const text = utf8Text(bytes).replace(/^(?=.)/gm, "  ");
  return {
    bytes: utf8(`<Push${attributes}>\n${text}\n</Push>`),
    problems: problems.map((problem) => ({ ...problem, offset: problem.offset + offset })),
  };
}

/**
 * Of an XML form the bytes; of bytes the same. The seal is that of the attribute, whatever it
 * seals.
 */
function pushBytes(document: Uint8Array, root: XmlElement | undefined, inner: Inner): Converted {
  if (root === undefined) return whole(document);
  const {
    attributes,
    children: [child],
    from,
  } = root;
  const type = attributes.get("type") ?? "";
  const application = attributes.get("application");
  const protection = PROTECTIONS.find((one) => one === attributes.get("sec"));
  const mac = attributes.get("mac");
  if (child === undefined || type === "")
    throw new XmlProblem("Push without its type or a document", from);
  if (attributes.has("sec") && protection === undefined)
    throw new XmlProblem("Push: sec is none of the standard", from);
  const { bytes, problems } = inner(
    utf8(utf8Text(document).slice(child.from, child.to)),
    KINDS.get(type),
  );
  const envelope: Envelope = {
    type,
    body: bytes,
    ...(application === undefined ? {} : { application: Number(application) }),
    protection,
    mac,
  };
  return { bytes: push(envelope, Number(attributes.get("transaction") ?? 1)), problems };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function escaped(text: string): string {
  return text.replace(/[&<>"\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
