/**
 * Element names and numbers of SyncML 1.2 (OMA-SyncML-RepPro, -MetaInfo), and with them of the DM
 * tree description.
 */
import { frozen } from "../base/frozen.ts";
import { codePage, type Vocabulary, type VocabularyPage } from "../base/token.ts";
import { DDF_PAGES } from "./ddfpage.ts";

/**
 * Where a name is on several pages the lowest has it: in a message `Format` is of MetInf, `Add` is
 * the command.
 */
function tagsOf(pages: readonly VocabularyPage[]): ReadonlyMap<string, number> {
  const tags = new Map<string, number>();
  pages.forEach(({ names }, number) => {
    names.forEach((name, code) => {
      if (name !== undefined && !tags.has(name)) tags.set(name, (number << 8) | code);
    });
  });
  return tags;
}

/** Code pages 0 and 1, and what a description of a tree has. */
const PAGES: readonly VocabularyPage[] = frozen([
  codePage("SYNCML:SYNCML1.2", [
    "Add",
    "Alert",
    "Archive",
    "Atomic",
    "Chal",
    "Cmd",
    "CmdID",
    "CmdRef",
    "Copy",
    "Cred",
    "Data",
    "Delete",
    "Exec",
    "Final",
    "Get",
    "Item",
    "Lang",
    "LocName",
    "LocURI",
    "Map",
    "MapItem",
    "Meta",
    "MsgID",
    "MsgRef",
    "NoResp",
    "NoResults",
    "Put",
    "Replace",
    "RespURI",
    "Results",
    "Search",
    "Sequence",
    "SessionID",
    "SftDel",
    "Source",
    "SourceRef",
    "Status",
    "Sync",
    "SyncBody",
    "SyncHdr",
    "SyncML",
    "Target",
    "TargetRef",
    undefined,
    "VerDTD",
    "VerProto",
    "NumberOfChanges",
    "MoreData",
    "Field",
    "Filter",
    "Record",
    "FilterType",
    "SourceParent",
    "TargetParent",
    "Move",
    "Correlator",
  ]),
  codePage("syncml:metinf", [
    "Anchor",
    "EMI",
    "Format",
    "FreeID",
    "FreeMem",
    "Last",
    "Mark",
    "MaxMsgSize",
    "Mem",
    "MetInf",
    "Next",
    "NextNonce",
    "SharedMem",
    "Size",
    "Type",
    "Version",
    "MaxObjSize",
    "FieldLevel",
  ]),
  ...DDF_PAGES,
]);

/** The vocabulary of a DM message in both encodings. */
export const SYNCML: Vocabulary = frozen({ tags: tagsOf(PAGES), pages: PAGES });

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
