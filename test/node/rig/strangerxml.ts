/**
 * Messages as the strangers write and read them: string templates and a generic XML parser. Nothing
 * of src and of the rig is in here.
 */
import { XMLParser } from "fast-xml-parser";

/** An element: text, or children by name. Names in LISTS are lists even of one. */
export interface Element {
  readonly [name: string]: Element | readonly Element[] | string | undefined;
}

const LISTS = new Set([
  "Status",
  "Alert",
  "Replace",
  "Get",
  "Add",
  "Exec",
  "Results",
  "Item",
  "Delete",
]);
const PARSER = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (name) => LISTS.has(name),
});

export function parse(text: string): { readonly header: Element; readonly body: Element } {
  const root = child(PARSER.parse(text) as Element, "SyncML");
  return { header: child(root, "SyncHdr"), body: child(root, "SyncBody") };
}

/** The child of that name; an empty element when there is none. */
function child(element: Element, name: string): Element {
  const found = element[name];
  return typeof found === "object" && !Array.isArray(found) ? (found as Element) : {};
}

export function list(element: Element, name: string): readonly Element[] {
  const found = element[name];
  return Array.isArray(found) ? (found as readonly Element[]) : [];
}

/** The text at the end of a path of names. */
export function textAt(element: Element, ...path: readonly string[]): string {
  let at = element;
  for (const name of path.slice(0, -1)) at = child(at, name);
  const found = at[path.at(-1) ?? ""];
  return typeof found === "string" ? found : "";
}

export interface Parties {
  readonly session: string;
  readonly message: number;
  readonly target: string;
  readonly source: string;
  readonly name: string;
  readonly password: string;
}

/** A message with basic credentials, which are sent every time. */
export function message(to: Parties, commands: readonly string[], final = true): string {
  const cred = Buffer.from(`${to.name}:${to.password}`).toString("base64");
  return `<?xml version="1.0" encoding="UTF-8"?>
<SyncML xmlns="SYNCML:SYNCML1.2">
  <SyncHdr>
    <VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>${to.session}</SessionID><MsgID>\
${to.message}</MsgID>
    <Target><LocURI>${to.target}</LocURI></Target>
    <Source><LocURI>${to.source}</LocURI><LocName>${to.name}</LocName></Source>
    <Cred><Meta><Format xmlns="syncml:metinf">b64</Format><Type xmlns="syncml:metinf">\
syncml:auth-basic</Type></Meta>
      <Data>${cred}</Data></Cred>
    <Meta><MaxMsgSize xmlns="syncml:metinf">8000</MaxMsgSize></Meta>
  </SyncHdr>
  <SyncBody>
    ${commands.join("\n    ")}${final ? "\n    <Final/>" : ""}
  </SyncBody>
</SyncML>`;
}

export function status(
  id: number,
  msgRef: string,
  cmdRef: string,
  cmd: string,
  code: number,
  more = "",
): string {
  const refs = `<MsgRef>${msgRef}</MsgRef><CmdRef>${cmdRef}</CmdRef><Cmd>${cmd}</Cmd>`;
  return `<Status><CmdID>${id}</CmdID>${refs}${more}<Data>${code}</Data></Status>`;
}
