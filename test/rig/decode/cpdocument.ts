/** Documents of OMA Client Provisioning as values, and as WBXML: what src/push/cp.ts reads. */
import { utf8 } from "../../../src/base/utf8.ts";
import type { Characteristic } from "../../../src/push/cp.ts";
import {
  CP_CHARACTERISTIC,
  CP_DOCUMENT,
  CP_NAME,
  CP_PARAMETER,
  CP_TYPE_FROM,
  CP_VALUE,
  CP_VERSION,
  CP_VERSION_1_0,
} from "../../../src/push/cpcodes.ts";
import { ATTRIBUTES_BIT, CONTENT_BIT, Global } from "../../../src/wbxml/global.ts";
import { startCode, valueCode } from "./cpattributes.ts";

/** The document (neither `type` nor `parm`), a characteristic, or a parameter. */
export interface CpElement {
  readonly type?: string;
  readonly parm?: string;
  readonly value?: string;
  /** Of the document. */
  readonly version?: string;
  readonly children?: readonly CpElement[];
}

const VERSION = "1.1";
/** WBXML 1.3, PROV 1.0, UTF-8, no string table. */
const HEADER: readonly number[] = [0x03, 0x0b, 0x6a, 0x00];

/** The document that has these characteristics. */
export function cpElements(characteristics: readonly Characteristic[], version: string): CpElement {
  const root: CpElement & { children: CpElement[] } = { version, children: [] };
  const open: { children: CpElement[] }[] = [root];
  for (const { type, depth, parameters } of characteristics) {
    const element = {
      type,
      children: parameters.map(
        ([parm, value]): CpElement => (value === "" ? { parm } : { parm, value }),
      ),
    };
    open.length = depth;
    open.at(-1)?.children.push(element);
    open.push(element);
  }
  return root;
}

/** Indented XML. */
export function cpXml(element: CpElement, indent = ""): string {
  const { type, parm, value, version = VERSION, children = [] } = element;
  const quoted = (text: string): string =>
    text.replace(/[&<>"\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
  if (parm !== undefined)
    return (
      `${indent}<parm name="${quoted(parm)}"` +
      `${value === undefined ? "" : ` value="${quoted(value)}"`}/>`
    );
  const name = type === undefined ? "wap-provisioningdoc" : "characteristic";
  const start = type === undefined ? ` version="${quoted(version)}"` : ` type="${quoted(type)}"`;
  if (children.length === 0) return `${indent}<${name}${start}/>`;
  return (
    `${indent}<${name}${start}>\n` +
    `${children.map((child) => `${cpXml(child, `${indent}  `)}\n`).join("")}${indent}</${name}>`
  );
}

/** The document in WBXML (OMA-WAP-ProvCont §8). */
export function cpWbxml(document: CpElement): Uint8Array {
  const bytes: number[] = [...HEADER];
  let page = 0;
  const code = (full: number): void => {
    if (full >> 8 !== page) bytes.push(Global.switchPage, (page = full >> 8));
    bytes.push(full & 0xff);
  };
  const inline = (text: string): void => {
    bytes.push(Global.strI);
    for (const byte of utf8(text)) bytes.push(byte);
    bytes.push(0);
  };
  const attribute = (kind: "name" | "type", text: string): void => {
    const known = startCode(kind, text, page);
    if (known !== undefined) {
      code(known);
      return;
    }
    code((page << 8) | (kind === "name" ? CP_NAME : CP_TYPE_FROM));
    inline(text);
  };
  const value = (text: string): void => {
    const known = valueCode(text, page);
    code((page << 8) | CP_VALUE);
    if (known !== undefined) code(known);
    else if (text !== "") inline(text);
  };
  const element = (one: CpElement): void => {
    const content = (one.children ?? []).length > 0 ? CONTENT_BIT : 0;
    if (one.parm !== undefined) {
      bytes.push(CP_PARAMETER | ATTRIBUTES_BIT);
      attribute("name", one.parm);
      if (one.value !== undefined) value(one.value);
    } else if (one.type !== undefined) {
      bytes.push(CP_CHARACTERISTIC | ATTRIBUTES_BIT | content);
      attribute("type", one.type);
    } else {
      bytes.push(CP_DOCUMENT | ATTRIBUTES_BIT | content);
      const { version = VERSION } = one;
      if (version === "1.0") bytes.push(CP_VERSION_1_0);
      else {
        bytes.push(CP_VERSION);
        inline(version);
      }
    }
    bytes.push(Global.end);
    for (const child of one.children ?? []) element(child);
    if (content !== 0) bytes.push(Global.end);
  };
  element(document);
  return Uint8Array.from(bytes);
}
