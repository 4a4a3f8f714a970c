/**
 * Element names and numbers of SyncML 1.2 (OMA-SyncML-RepPro, -MetaInfo) and of the DM tree
 * description (OMA-TS-DM-TNDS).
 */
import { frozen } from "../base/frozen.ts";
import type { Vocabulary, VocabularyPage } from "../base/token.ts";

/** Names by code; a code that no name has is absent. */
type Codes = readonly (readonly [code: number, name: string])[];

/** Code page 0. */
const SYNCML_CODES: Codes = frozen([
  [0x05, "Add"],
  [0x06, "Alert"],
  [0x07, "Archive"],
  [0x08, "Atomic"],
  [0x09, "Chal"],
  [0x0a, "Cmd"],
  [0x0b, "CmdID"],
  [0x0c, "CmdRef"],
  [0x0d, "Copy"],
  [0x0e, "Cred"],
  [0x0f, "Data"],
  [0x10, "Delete"],
  [0x11, "Exec"],
  [0x12, "Final"],
  [0x13, "Get"],
  [0x14, "Item"],
  [0x15, "Lang"],
  [0x16, "LocName"],
  [0x17, "LocURI"],
  [0x18, "Map"],
  [0x19, "MapItem"],
  [0x1a, "Meta"],
  [0x1b, "MsgID"],
  [0x1c, "MsgRef"],
  [0x1d, "NoResp"],
  [0x1e, "NoResults"],
  [0x1f, "Put"],
  [0x20, "Replace"],
  [0x21, "RespURI"],
  [0x22, "Results"],
  [0x23, "Search"],
  [0x24, "Sequence"],
  [0x25, "SessionID"],
  [0x26, "SftDel"],
  [0x27, "Source"],
  [0x28, "SourceRef"],
  [0x29, "Status"],
  [0x2a, "Sync"],
  [0x2b, "SyncBody"],
  [0x2c, "SyncHdr"],
  [0x2d, "SyncML"],
  [0x2e, "Target"],
  [0x2f, "TargetRef"],
  [0x31, "VerDTD"],
  [0x32, "VerProto"],
  [0x33, "NumberOfChanges"],
  [0x34, "MoreData"],
  [0x35, "Field"],
  [0x36, "Filter"],
  [0x37, "Record"],
  [0x38, "FilterType"],
  [0x39, "SourceParent"],
  [0x3a, "TargetParent"],
  [0x3b, "Move"],
  [0x3c, "Correlator"],
]);

/** Code page 1. */
const METINF_CODES: Codes = frozen([
  [0x05, "Anchor"],
  [0x06, "EMI"],
  [0x07, "Format"],
  [0x08, "FreeID"],
  [0x09, "FreeMem"],
  [0x0a, "Last"],
  [0x0b, "Mark"],
  [0x0c, "MaxMsgSize"],
  [0x0d, "Mem"],
  [0x0e, "MetInf"],
  [0x0f, "Next"],
  [0x10, "NextNonce"],
  [0x11, "SharedMem"],
  [0x12, "Size"],
  [0x13, "Type"],
  [0x14, "Version"],
  [0x15, "MaxObjSize"],
  [0x16, "FieldLevel"],
]);

/** Code page 2. */
const DDF_CODES: Codes = frozen([
  [0x05, "AccessType"],
  [0x06, "ACL"],
  [0x07, "Add"],
  [0x08, "b64"],
  [0x09, "bin"],
  [0x0a, "bool"],
  [0x0b, "chr"],
  [0x0c, "CaseSense"],
  [0x0d, "CIS"],
  [0x0e, "Copy"],
  [0x0f, "CS"],
  [0x10, "date"],
  [0x11, "DDFName"],
  [0x12, "DefaultValue"],
  [0x13, "Delete"],
  [0x14, "Description"],
  [0x15, "DFFormat"],
  [0x16, "DFProperties"],
  [0x17, "DFTitle"],
  [0x18, "DFType"],
  [0x19, "Dynamic"],
  [0x1a, "Exec"],
  [0x1b, "float"],
  [0x1c, "Format"],
  [0x1d, "Get"],
  [0x1e, "int"],
  [0x1f, "Man"],
  [0x20, "MgmtTree"],
  [0x21, "MIME"],
  [0x22, "Mod"],
  [0x23, "Name"],
  [0x24, "Node"],
  [0x25, "node"],
  [0x26, "NodeName"],
  [0x27, "null"],
  [0x28, "Occurrence"],
  [0x29, "One"],
  [0x2a, "OneOrMore"],
  [0x2b, "OneOrN"],
  [0x2c, "Path"],
  [0x2d, "Permanent"],
  [0x2e, "Replace"],
  [0x2f, "RTProperties"],
  [0x30, "Scope"],
  [0x31, "Size"],
  [0x32, "time"],
  [0x33, "Title"],
  [0x34, "TStamp"],
  [0x35, "Type"],
  [0x36, "Value"],
  [0x37, "VerDTD"],
  [0x38, "VerNo"],
  [0x39, "xml"],
  [0x3a, "ZeroOrMore"],
  [0x3b, "ZeroOrN"],
  [0x3c, "ZeroOrOne"],
]);

function page(namespace: string, codes: Codes): VocabularyPage {
  const names: (string | undefined)[] = [];
  for (const entry of codes) names[entry[0]] = entry[1];
  return { namespace, names };
}

/**
 * Where a name is on several pages the lowest has it: in a message `Format` is of MetInf, `Add` is
 * the command.
 */
function tagsOf(pages: readonly Codes[]): ReadonlyMap<string, number> {
  const tags = new Map<string, number>();
  pages.forEach((codes, number) => {
    for (const entry of codes)
      if (!tags.has(entry[1])) tags.set(entry[1], (number << 8) | entry[0]);
  });
  return tags;
}

/** The vocabulary of a DM message in both encodings. */
export const SYNCML: Vocabulary = frozen({
  tags: tagsOf([SYNCML_CODES, METINF_CODES, DDF_CODES]),
  pages: [
    page("SYNCML:SYNCML1.2", SYNCML_CODES),
    page("syncml:metinf", METINF_CODES),
    page("syncml:dmddf1.2", DDF_CODES),
  ],
});

/** What a reader of elements gives at the end of one, and after a failure. Tags are 0 or more. */
export const CLOSED = -1;

/** The tags that a DM message is made of: page << 8 | code. */
export const Tag = frozen({
  Add: 0x05,
  Alert: 0x06,
  Atomic: 0x08,
  Chal: 0x09,
  Cmd: 0x0a,
  CmdID: 0x0b,
  CmdRef: 0x0c,
  Copy: 0x0d,
  Cred: 0x0e,
  Data: 0x0f,
  Delete: 0x10,
  Exec: 0x11,
  Final: 0x12,
  Get: 0x13,
  Item: 0x14,
  LocName: 0x16,
  LocURI: 0x17,
  Meta: 0x1a,
  MsgID: 0x1b,
  MsgRef: 0x1c,
  Replace: 0x20,
  RespURI: 0x21,
  Results: 0x22,
  Sequence: 0x24,
  SessionID: 0x25,
  Source: 0x27,
  SourceRef: 0x28,
  Status: 0x29,
  SyncBody: 0x2b,
  SyncHdr: 0x2c,
  SyncML: 0x2d,
  Target: 0x2e,
  TargetRef: 0x2f,
  VerDTD: 0x31,
  VerProto: 0x32,
  MoreData: 0x34,
  Correlator: 0x3c,
  Format: 0x107,
  Mark: 0x10b,
  MaxMsgSize: 0x10c,
  MetInf: 0x10e,
  NextNonce: 0x110,
  Size: 0x112,
  Type: 0x113,
  Version: 0x114,
  MaxObjSize: 0x115,
});
