/**
 * The tags of code page 2 (OMA-TS-DM-TND, WBXML definition) that a description of a tree, or of a
 * device, is made of.
 */
import { frozen } from "../base/frozen.ts";

export const DdfTag = frozen({
  AccessType: 0x205,
  ACL: 0x206,
  Add: 0x207,
  b64: 0x208,
  bin: 0x209,
  bool: 0x20a,
  chr: 0x20b,
  Copy: 0x20e,
  date: 0x210,
  DDFName: 0x211,
  Delete: 0x213,
  Description: 0x214,
  DFFormat: 0x215,
  DFProperties: 0x216,
  DFType: 0x218,
  Dynamic: 0x219,
  Exec: 0x21a,
  float: 0x21b,
  Format: 0x21c,
  Get: 0x21d,
  int: 0x21e,
  Man: 0x21f,
  MgmtTree: 0x220,
  MIME: 0x221,
  Mod: 0x222,
  Name: 0x223,
  Node: 0x224,
  node: 0x225,
  NodeName: 0x226,
  null: 0x227,
  Occurrence: 0x228,
  One: 0x229,
  OneOrMore: 0x22a,
  Path: 0x22c,
  Permanent: 0x22d,
  Replace: 0x22e,
  RTProperties: 0x22f,
  Scope: 0x230,
  Size: 0x231,
  time: 0x232,
  Title: 0x233,
  Type: 0x235,
  Value: 0x236,
  VerDTD: 0x237,
  VerNo: 0x238,
  xml: 0x239,
  ZeroOrMore: 0x23a,
  ZeroOrOne: 0x23c,
});

const FORMATS = frozen([
  "b64",
  "bin",
  "bool",
  "chr",
  "date",
  "float",
  "int",
  "node",
  "null",
  "time",
  "xml",
]);

/** The tag of a format, or undefined for one that the standard does not have. */
export function formatTag(format: string): number | undefined {
  const known = FORMATS.find((one) => one === format);
  return known === undefined ? undefined : DdfTag[known];
}

/** The version of the description format, content of VerDTD. */
export const DDF_VERSION = "1.2";
