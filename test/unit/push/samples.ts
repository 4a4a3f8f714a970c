/** Bootstrap messages and provisioning documents for tests: an account in either profile. */
import { fromHex } from "../../../src/base/bytes.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Command, Item } from "../../../src/syncml/command.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import { TNDS_WBXML, TndsWriter } from "../../../src/syncml/tnds.ts";
import { SYNCML } from "../../../src/syncml/vocabulary.ts";
import { WbxmlWriter } from "../../../src/wbxml/wbxmlwriter.ts";

/** The leaves of a DMAcc object. */
export const LEAVES: readonly (readonly [string, string])[] = [
  ["AppID", "w7"],
  ["ServerID", "mgmt"],
  ["Name", "Example"],
  ["AAuthPref", "DIGEST"],
  ["AppAddr/1/Addr", "https://dm.example/dm"],
  ["AppAddr/1/Port/1/PortNbr", "8443"],
  ["AppAddr/2/Addr", "https://second.example/"],
  ["AppAuth/a/AAuthLevel", "CLCRED"],
  ["AppAuth/a/AAuthType", "DIGEST"],
  ["AppAuth/a/AAuthName", "me"],
  ["AppAuth/a/AAuthSecret", "mine"],
  ["AppAuth/b/AAuthLevel", "SRVCRED"],
  ["AppAuth/b/AAuthSecret", "its"],
];

/** As libwbxml writes it: BOOTSTRAP, and APPLICATION w7 with APPADDR, PORT, and both APPAUTH. */
export const CP_EXAMPLE =
  bytesOf(`030b6a00c54503312e310001c65601870706036f70000101c600015501873600000603773700018700013
8000006036d676d742e
6578616d706c650001870706034578616d706c650001c60001560187340000060368747470733a2f2f646d2e6578616d
706c652f646d0001870001350000068501c6530
1872306033834343300010101c600015701873000000600018d018733000006000193018731000006036d65000187000
132000006036d696e6500018700012f00000603
546d39755932553d000101c600015701873000000603434c49454e540001870001330000060001920187320000060369
74730001010101`);

/** Of hexadecimal digits, with spaces and line ends where they help. */
export function bytesOf(digits: string): Uint8Array {
  return fromHex(digits.split("\n").join("").split(" ").join("")) ?? new Uint8Array(0);
}

export function message(...commands: readonly Command[]): Uint8Array {
  const bytes = new Uint8Array(8192);
  const writer = new WbxmlWriter(bytes, SYNCML);
  const out = new MessageWriter(writer);
  out.begin({
    verDTD: "1.2",
    verProto: "DM/1.2",
    sessionID: "0",
    msgID: "0",
    target: "device",
    source: "mgmt",
  });
  for (const command of commands) out.command(command);
  out.end(true);
  return bytes.slice(0, writer.length);
}

export function add(...items: readonly Item[]): Command {
  return { name: "Add", cmdID: "1", items };
}

export function leaf(target: string, value: string): Item {
  return {
    target,
    meta: { format: "chr", type: "text/plain" },
    data: utf8(value),
    binary: false,
    moreData: false,
  };
}

/** A description of the nodes, below one of that name, as WBXML. */
export function described(target: string, name: string, leaves = LEAVES, acl?: string): Item {
  const bytes = new Uint8Array(4096);
  const writer = new WbxmlWriter(bytes, SYNCML);
  const tree = new TndsWriter(writer);
  tree.begin();
  const top = { path: name, format: "node", type: "urn:oma:mo:oma-dm-dmacc:1.0" };
  tree.node(acl === undefined ? top : { ...top, acl });
  for (const [path, value] of leaves)
    tree.node({ path: `${name}/${path}`, format: "chr", type: "text/plain", value: utf8(value) });
  tree.end();
  return {
    target,
    meta: { format: "bin", type: TNDS_WBXML },
    data: bytes.slice(0, writer.length),
    binary: true,
    moreData: false,
  };
}
