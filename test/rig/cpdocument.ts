/** Documents of OMA Client Provisioning as values, and as WBXML: what src/push/cp.ts reads. */
import { CP_CHARACTERISTIC, CP_DOCUMENT, CP_PARAMETER, CP_VALUE, CP_VERSION, CP_VERSION_1_0 } from "../../src/push/cpcodes.ts";
import { ATTRIBUTES_BIT, CONTENT_BIT, Global } from "../../src/wbxml/global.ts";
import { startCode, valueCode } from "./cpcodes.ts";

/** The document (neither `type` nor `parm`), a characteristic, or a parameter. */
export interface CpElement {
  readonly type?: string;
  readonly parm?: string;
  readonly value?: string;
  readonly children?: readonly CpElement[];
}

const NAME = 0x05, TYPE = 0x50;
const VERSION = "1.1";
/** WBXML 1.3, PROV 1.0, UTF-8, no string table. */
const HEADER: readonly number[] = [0x03, 0x0b, 0x6a, 0x00];

export function cpWbxml(document: CpElement, version = VERSION): Buffer {
  const bytes: number[] = [...HEADER];
  let page = 0;
  const code = (full: number): void => {
    if (full >> 8 !== page) bytes.push(Global.switchPage, page = full >> 8);
    bytes.push(full & 0xff);
  };
  const inline = (text: string): void => { bytes.push(Global.strI, ...Buffer.from(text), 0); };
  const attribute = (kind: "name" | "type", text: string): void => {
    const known = startCode(kind, text, page);
    if (known !== undefined) { code(known); return; }
    code(page << 8 | (kind === "name" ? NAME : TYPE));
    inline(text);
  };
  const value = (text: string): void => {
    const known = valueCode(text, page);
    code(page << 8 | CP_VALUE);
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
      if (version === "1.0") bytes.push(CP_VERSION_1_0);
      else { bytes.push(CP_VERSION); inline(version); }
    }
    bytes.push(Global.end);
    for (const child of one.children ?? []) element(child);
    if (content !== 0) bytes.push(Global.end);
  };
  element(document);
  return Buffer.from(bytes);
}
