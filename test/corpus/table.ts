/** The corpus: rows whose bytes are in files of this folder, and all others. */
import { ANSWERS } from "./answers.ts";
import { DOCUMENTS } from "./documents.ts";
import { HOSTS } from "./hosts.ts";
import { POSTS } from "./posts.ts";
import { DONE, type Row } from "./row.ts";

function fileRow(
  kind: Row["kind"],
  file: string,
  what: string,
  section: string,
  outcome: string,
): Row {
  return { kind, file, what, section, outcome };
}

/** What a store of packages signs: all of it is the address. */
const SIGNED =
  "http://127.0.0.1:34341/pkg?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
  "&X-Amz-Credential=AKIDEXAMPLE%2F20200101%2Feu%2Fs3%2Faws4_request" +
  `&X-Amz-Security-Token=${"IQoJ%2B".repeat(170)}&X-Amz-Signature=${"0".repeat(64)}`;

const FOREIGN =
  "a document of another kind: its public identifier is unknown (1), whose root would be NoResults";

const FILES: readonly Row[] = [
  fileRow(
    "answer",
    "answers/dm-alertnodata.http",
    "Alert without Data",
    "R §4.1.6",
    `412 Alert 7, ${DONE}`,
  ),
  fileRow(
    "answer",
    "answers/dm-alertemptydata.http",
    "Alert with empty Data",
    "R §4.1.6",
    `412 Alert 7, ${DONE}`,
  ),
  fileRow(
    "answer",
    "answers/dm-alerttext.http",
    "Alert with a word",
    "R §4.1.6",
    `400 Alert 7, ${DONE}`,
  ),
  fileRow("answer", "answers/dm-statusnodata.http", "Status without Data", "R §4.1.6", DONE),
  fileRow("answer", "answers/dm-statusword.http", "Status with a word", "R §4.1.6", DONE),
  fileRow(
    "answer",
    "answers/dm-folded-header.http",
    "a folded Content-Type",
    "9112 §5.2",
    "200 Get 10; Results",
  ),
  fileRow(
    "answer",
    "answers/dm-status-without-reason.http",
    "a status line without its last blank",
    "9112 §4",
    "200 Get 10; Results",
  ),
  fileRow(
    "answer",
    "answers/dm-gzip.http",
    "gzip that nobody asked for",
    "9110 §8.4",
    "the end: the server's answer is coded with gzip, which nobody asked for",
  ),
  fileRow(
    "answer",
    "answers/dm-long-PkgURL.http",
    "a signed PkgURL",
    "F §10.1.1 PkgURL",
    `200 Replace 10, 202 Exec 11; ; start ${SIGNED} false`,
  ),
  fileRow(
    "answer",
    "answers/dm-doctype.http",
    "a public identifier",
    "X §2.8",
    "200 Get 10; Results",
  ),
  fileRow(
    "answer",
    "answers/dm-nul-after.http",
    "a NUL behind the message",
    "X §2.1",
    "200 Get 10; Results",
  ),
  fileRow(
    "answer",
    "answers/dm-PkgURL-with-whitespace.http",
    "white space around PkgURL",
    "F §10.1.1 PkgURL",
    "200 Replace 10, 202 Exec 11; ; start http://127.0.0.1:35189/pkg false",
  ),
  fileRow(
    "answer",
    "answers/dm-pkgdata-format-bin.http",
    "the first chunk of Format bin in XML",
    "T §7.7.4",
    "213 Replace 10; ; open 0 ./FwUpdate/Main, write 6000",
  ),
  {
    ...fileRow(
      "answer",
      "answers/dm-chal-auth-MD5.http",
      "a Chal in another case",
      "S §5.1",
      "again with syncml:auth-md5",
    ),
    auth: "md5",
  },
  {
    ...fileRow(
      "answer",
      "answers/dm-chal-auth-mac-lower.http",
      "a Chal in another case",
      "S §5.1.4",
      "again with a mac",
    ),
    auth: "md5",
  },
  fileRow(
    "document",
    "documents/doctype-public.xml",
    "a public identifier",
    "X §2.8",
    "Status Get",
  ),
  fileRow(
    "document",
    "documents/duplicate-synchdr.xml",
    "two SyncHdr",
    "R §5",
    "more than one SyncHdr",
  ),
  fileRow("document", "documents/omna.ddf", "a subset of a PI alone", "X §2.8", "MgmtTree"),
  fileRow("document", "documents/pkgdata-bin.xml", "Format bin in XML", "T §7.7.4", "Replace 6"),
  fileRow(
    "document",
    "documents/decode-utf16-declared.xml",
    "another encoding declared",
    "X §4.3.3",
    "an encoding other than UTF-8",
  ),
  fileRow(
    "descriptor",
    "documents/dd-doctype.xml",
    "a public identifier",
    "X §2.8",
    "http://a/b 1",
  ),
  fileRow("decode", "documents/doctype-public.xml", "a public identifier", "X §2.8", "read"),
  fileRow("decode", "documents/dd-doctype.xml", "a descriptor with one", "X §2.8", "read"),
  fileRow("decode", "documents/cp-doctype.xml", "provisioning with one", "X §2.8", "read"),
  fileRow("decode", "documents/omna.ddf", "a tree with one", "X §2.8", "read"),
  fileRow("decode", "documents/pkgdata-bin.xml", "Format bin in XML", "T §7.7.4", "read"),
  fileRow(
    "decode",
    "documents/duplicate-synchdr.xml",
    "two SyncHdr",
    "R §5",
    "more than one SyncHdr; lenient: read",
  ),
  fileRow(
    "decode",
    "documents/decode-utf16-declared.xml",
    "another encoding declared",
    "X §4.3.3",
    "an encoding other than UTF-8; lenient: read",
  ),
  fileRow(
    "decode",
    "documents/hexdump.txt",
    "offsets before the digits",
    "xxd",
    "SyncHdr without VerProto; lenient: read",
  ),
  fileRow("decode", "documents/tnds-chunk.wbxml", "a chunk of a tree in WBXML", "T §7.7.4", "read"),
  {
    kind: "decode",
    what: "a tree of a phone with code pages of its own",
    section: "W §7.2",
    hex: "01 01 6a 00 5e 5d 5c c3 04 52 6f 6f 74 01 57 c3 01 05 01 01 01",
    outcome: `${FOREIGN}; with the names of SyncML it means nothing; lenient: read`,
  },
  ...[0, 200, 300].map(
    (count): Row => ({
      ...fileRow(
        "request",
        "documents/serve-maxmsgsize.xml",
        `MaxMsgSize ${count}`,
        "P §2.3.1.2",
        "Alert 1223",
      ),
      text: `${count}`,
    }),
  ),
  ...[700, 1000, 4096].map(
    (count): Row => ({
      ...fileRow(
        "request",
        "documents/serve-maxmsgsize.xml",
        `MaxMsgSize ${count}`,
        "P §2.1",
        "Get",
      ),
      text: `${count}`,
    }),
  ),
];

export const ROWS: readonly Row[] = [...FILES, ...ANSWERS, ...POSTS, ...HOSTS, ...DOCUMENTS];
