/** Rows of the corpus: answers of a server to a device that has opened a session. */
import { DONE, GET, message, type Row } from "./row.ts";

const OK =
  "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>" +
  "200</Data></Status>";
const NAME = "./FwUpdate/Main/PkgName";
const PKG_URL = "./FwUpdate/Main/Download/PkgURL";
const PKG_DATA = "./FwUpdate/Main/Update/PkgData";
/** Bytes 0 to 11. */
const DATA = "AAECAwQFBgcICQoL";

function replace(uri: string, data: string, meta = "", end = ""): string {
  const item = `<Target><LocURI>${uri}</LocURI></Target>`;
  const about = meta === "" ? "" : `<Meta>${meta}</Meta>`;
  const content = `${item}${about}<Data>${data}</Data>${end}`;
  return `<Replace><CmdID>7</CmdID><Item>${content}</Item></Replace>`;
}

function format(name: string): string {
  return `<Format xmlns="syncml:metinf">${name}</Format>`;
}

function size(count: number | string): string {
  return `<Size xmlns="syncml:metinf">${count}</Size>`;
}

/** An answer whose SyncBody holds this after the Status of SyncHdr, and a Get behind it. */
function body(what: string, section: string, odd: string, outcome: string): Row {
  const text = message(`${OK}${odd}${GET}<Final/>`);
  return { kind: "answer", what, section, text, outcome: `${outcome}${DONE}` };
}

function alertOf(data: string): string {
  return `<Alert><CmdID>7</CmdID>${data}</Alert>`;
}

const NUMBERS: readonly Row[] = [
  body(
    "an Alert with blanks around its number",
    "R §5",
    alertOf("<Data> 1222\n</Data>"),
    "200 Alert 7, ",
  ),
  body("an Alert with leading zeros", "R §5", alertOf("<Data>01222</Data>"), "200 Alert 7, "),
  body("an Alert with a fraction", "R §4.1.6", alertOf("<Data>1100.5</Data>"), "400 Alert 7, "),
  body("an Alert with a sign", "R §4.1.6", alertOf("<Data>-1</Data>"), "400 Alert 7, "),
  body(
    "an Alert in hexadecimal digits",
    "R §4.1.6",
    alertOf("<Data>0x44c</Data>"),
    "400 Alert 7, ",
  ),
  body("an Alert with an exponent", "R §4.1.6", alertOf("<Data>1e3</Data>"), "400 Alert 7, "),
  body("an Alert past 32 bits", "R §4.1.6", alertOf("<Data>99999999999</Data>"), "400 Alert 7, "),
  body("an Alert whose Data is blank", "R §4.1.6", alertOf("<Data> </Data>"), "412 Alert 7, "),
  body("an Alert with two numbers", "R §4.1.6", alertOf("<Data>1100 1101</Data>"), "400 Alert 7, "),
  body("a Size that is a word", "I Size", replace(NAME, "n", size("big")), "400 Replace 7, "),
  body("a Size with its unit", "I Size", replace(NAME, "n", size("1 byte")), "400 Replace 7, "),
  body("an empty Size of what is whole", "I Size", replace(NAME, "n", size("")), "200 Replace 7, "),
  body("a Size with a leading zero", "I Size", replace(NAME, "n", size("01")), "200 Replace 7, "),
  body(
    "a wrong number in a Sequence leaves what it was to ask for",
    "R §4.1.6.14",
    `<Sequence><CmdID>6</CmdID>${alertOf("")}${replace(NAME, "n").replace("7", "8")}</Sequence>`,
    "200 Sequence 6, 412 Alert 7, 215 Replace 8, ",
  ),
  body(
    "a wrong number in an Atomic undoes it",
    "R §4.1.6.3",
    `<Atomic><CmdID>6</CmdID>${replace(NAME, "n").replace("7", "8")}${alertOf("")}</Atomic>`,
    "507 Atomic 6, 216 Replace 8, 412 Alert 7, ",
  ),
  {
    kind: "answer",
    what: "MaxMsgSize that is a word",
    section: "I MaxMsgSize",
    text: message(`${OK}${GET}<Final/>`, "<MaxMsgSize>much</MaxMsgSize>"),
    outcome: "400 SyncHdr alone; Alert 1223",
  },
];

const NAMES: readonly Row[] = [
  body("Format in capitals", "T §7.7.4", replace(NAME, "n", format("CHR")), "200 Replace 7, "),
  body(
    "Format with blanks around it",
    "T §7.7.4",
    replace(NAME, "n", format(" chr ")),
    "200 Replace 7, ",
  ),
  body(
    "a Format that a node has not",
    "T §7.7.4",
    replace(NAME, "1", format("int")),
    "415 Replace 7, ",
  ),
  ...["b64", "B64", "bin", "Bin", " bin\n"].map((name) => ({
    ...body(
      `PkgData of Format ${JSON.stringify(name)}`,
      "T §7.7.4",
      replace(PKG_DATA, DATA, format(name)),
      "200 Replace 7, ",
    ),
    outcome: `200 Replace 7, ${DONE}; open 12 ./FwUpdate/Main, write 12, close`,
  })),
  ...[" ", "\n", "\r\n", "\t"].map((blank) => ({
    ...body(
      `PkgData with ${JSON.stringify(blank)} in its base64`,
      "R Data",
      replace(PKG_DATA, `${DATA.slice(0, 5)}${blank}${DATA.slice(5)}${blank}`, format("bin")),
      "200 Replace 7, ",
    ),
    outcome: `200 Replace 7, ${DONE}; open 12 ./FwUpdate/Main, write 12, close`,
  })),
  body(
    "PkgData of Format bin that is not base64",
    "T §7.7.4",
    replace(PKG_DATA, "AA*A", format("bin")),
    "400 Replace 7, ",
  ),
  body("an Add of Format NODE", "T §7.7.4", add("NODE"), "200 Add 7, "),
  ...(
    [
      ["SYNCML:AUTH-MD5", "md5", "again with syncml:auth-md5"],
      ["syncml:auth-Md5", "md5", "again with syncml:auth-md5"],
      ["syncml:auth-MAC", "md5", "again with a mac"],
      ["syncml:auth-basic", "md5", "the end: unauthenticated"],
      ["syncml:auth-digest", "md5", "the end: unauthenticated"],
    ] as const
  ).map(
    ([type, auth, outcome]): Row => ({
      kind: "answer",
      what: `a Chal of ${type}`,
      section: "S §5.1",
      text: message(`${challenge(type)}<Final/>`),
      auth,
      outcome,
    }),
  ),
];

function challenge(type: string): string {
  const nonce = '<NextNonce xmlns="syncml:metinf">bm9uY2U=</NextNonce>';
  const named = `<Type xmlns="syncml:metinf">${type}</Type>`;
  const meta = `<Meta>${format("b64")}${named}${nonce}</Meta>`;
  return OK.replace("<Data>200</Data>", `<Chal>${meta}</Chal><Data>407</Data>`);
}

function add(name: string): string {
  return (
    `<Add><CmdID>7</CmdID><Item><Target><LocURI>./FwUpdate/p1</LocURI></Target><Meta>` +
    `${format(name)}</Meta></Item></Add>`
  );
}

/** PkgData in two chunks, with such a Size on the first. */
function chunks(what: string, count: number, data: string, outcome: string): Row {
  const half = data.indexOf("C");
  const first = replace(
    PKG_DATA,
    data.slice(0, half),
    `${format("b64")}${size(count)}`,
    "<MoreData/>",
  );
  const last = replace(PKG_DATA, data.slice(half), format("b64"));
  return {
    kind: "answer",
    what,
    section: "T §8.3.7.4",
    text: message(`${OK}${first}`),
    more: [`${last}<Final/>`],
    outcome,
  };
}

const LINES = `${DATA.slice(0, 8)}\n${DATA.slice(8)}\n`;
const WRITTEN = "open 0 ./FwUpdate/Main, write 3, write 9, close";
const SIZES: readonly Row[] = [
  chunks("Size counts characters", 16, DATA, `200 Replace 7; ; ${WRITTEN}`),
  chunks("Size counts bytes", 12, DATA, `200 Replace 7; ; ${WRITTEN}`),
  chunks("Size counts characters but not line breaks", 16, LINES, `200 Replace 7; ; ${WRITTEN}`),
  chunks("Size counts line breaks as one character", 18, LINES, `200 Replace 7; ; ${WRITTEN}`),
  chunks("Size counts line breaks as two", 20, LINES, `200 Replace 7; ; ${WRITTEN}`),
  chunks(
    "Size is one too small",
    15,
    DATA,
    "424 Replace 7; ; open 0 ./FwUpdate/Main, write 3, write 9, abort",
  ),
  chunks(
    "Size is one too large",
    17,
    DATA,
    "424 Replace 7; ; open 0 ./FwUpdate/Main, write 3, write 9, abort",
  ),
];

function nested(outer: string, inner: string, members: string): string {
  return `<${outer}><CmdID>5</CmdID><${inner}><CmdID>6</CmdID>${members}</${inner}></${outer}>`;
}

const MEMBER = replace(NAME, "n");
const CONTAINERS: readonly Row[] = [
  body(
    "Atomic in Atomic",
    "R §4.1.6.3",
    nested("Atomic", "Atomic", MEMBER),
    "507 Atomic 5, 500 Atomic 6, 215 Replace 7, ",
  ),
  body(
    "Sequence in Atomic",
    "R §4.1.6.3",
    nested("Atomic", "Sequence", MEMBER),
    "507 Atomic 5, 500 Sequence 6, 215 Replace 7, ",
  ),
  body(
    "Atomic in Sequence",
    "R §4.1.6.14",
    nested("Sequence", "Atomic", MEMBER),
    "200 Sequence 5, 500 Atomic 6, 215 Replace 7, ",
  ),
  body(
    "Sequence in Sequence",
    "R §4.1.6.14",
    nested("Sequence", "Sequence", MEMBER),
    "200 Sequence 5, 500 Sequence 6, 215 Replace 7, ",
  ),
  body(
    "three deep",
    "R §4.1.6.14",
    nested("Sequence", "Sequence", `<Atomic><CmdID>8</CmdID>${MEMBER}</Atomic>`),
    "200 Sequence 5, 500 Sequence 6, 215 Atomic 8, 215 Replace 7, ",
  ),
  body(
    "an empty container in a container",
    "R §4.1.6.14",
    nested("Sequence", "Atomic", ""),
    "200 Sequence 5, 500 Atomic 6, ",
  ),
];

const URLS: readonly Row[] = [
  "\n  https://h/p\n",
  "\thttps://h/p\t",
  " https://h/p",
  "https://h/p\r\n",
].map((url) => ({
  ...body(
    `PkgURL ${JSON.stringify(url)}`,
    "F §10.1.1 PkgURL",
    `${replace(PKG_URL, url)}<Exec><CmdID>8</CmdID><Item><Target><LocURI>` +
      `./FwUpdate/Main/Download</LocURI></Target></Item></Exec>`,
    "",
  ),
  outcome: `200 Replace 7, 202 Exec 8, ${DONE}; start https://h/p false`,
}));

const SHORT: readonly Row[] = [1, 300, 600].map((count) => ({
  kind: "answer",
  what: `a MaxMsgSize of ${count}`,
  section: "P §2.3.1.2",
  text: message(
    `${OK}<Get><CmdID>2</CmdID><Item><Target><LocURI>./DevInfo?list=StructData</LocURI></Target>` +
      `</Item></Get><Final/>`,
    `<MaxMsgSize>${count}</MaxMsgSize>`,
  ),
  outcome: "Alert 1223, with a sentence",
}));

export const ANSWERS: readonly Row[] = [
  ...NUMBERS,
  ...NAMES,
  ...SIZES,
  ...CONTAINERS,
  ...URLS,
  ...SHORT,
];
