/**
 * Messages in both encodings: their tokens, their commands, and what they say once they are written
 * and read again.
 */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { fromHex } from "../../../src/base/bytes.ts";
import { ELEMENT_DEPTH_MAX } from "../../../src/base/limits.ts";
import { Token } from "../../../src/base/token.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { type Encoding, encodingOf, readerOf, writerOf } from "../../../src/session/encoding.ts";
import type { Message } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import { commandLog } from "../../golden/log.ts";
import type { Choices } from "./choices.ts";
import { stepsOf, wbxmlOf, xmlOf } from "./documents.ts";
import { must, type Parser } from "./parser.ts";

const PROGRAM_BYTES_MAX = 120;
/**
 * A message that is written again may take so many bytes more than eight times as long as it was.
 */
const WRITTEN_MORE = 4096;

/** Reads every token, and checks what the contract of TokenReader says. */
function checkTokens(input: Uint8Array, encoding: Encoding): void {
  const reader = readerOf(encoding, input.slice(), input.length);
  let depth = 0;
  let tokens = 0;
  let before = -1;
  let wasText = false;
  for (let kind = reader.next(); ; kind = reader.next()) {
    must(++tokens <= 2 * input.length + 2, "more tokens than bytes");
    must(
      reader.offset <= input.length && (reader.offset >= before || kind === Token.error),
      "offsets go back",
    );
    before = reader.offset;
    if (kind === Token.open)
      must(++depth <= ELEMENT_DEPTH_MAX && reader.name() !== "", "too deep, or without a name");
    else if (kind === Token.close) must(--depth >= 0, "a close too many");
    else if (kind === Token.text) {
      must(
        reader.from >= 0 && reader.from < reader.to && reader.to <= reader.bytes.length,
        "a text out of bounds",
      );
      must(!wasText || reader.opaque || encoding === "wbxml", "texts in a row");
      if (!reader.opaque) text(reader.bytes, reader.from, reader.to);
    } else if (kind === Token.end) {
      must(depth === 0, "an element is open at the end");
      return;
    } else {
      must(
        reader.problem !== "" && reader.next() === Token.error,
        "an error without a problem, or that does not stay",
      );
      return;
    }
    wasText = kind === Token.text && !reader.opaque;
  }
}

/** What was understood can be written in WBXML and read; what that says, it says again. */
function checkAgain(message: Message, length: number): void {
  const once = rewritten(message, length);
  const log = commandLog(once);
  const again = commandLog(rewritten(once, length));
  must(again === log, `${log}\nbecomes\n${again}`);
}

function wbxml(message: Message, length: number): Uint8Array {
  const bytes = new Uint8Array(length * 8 + WRITTEN_MORE);
  const tokens = writerOf("wbxml", bytes);
  const writer = new MessageWriter(tokens);
  must(
    writer.begin(message.header) && message.commands.every((command) => writer.command(command)),
    "it cannot be written",
  );
  writer.end(message.final);
  return bytes.subarray(0, tokens.length);
}

function rewritten(message: Message, length: number): Message {
  const bytes = wbxml(message, length);
  const result = decodeMessage(readerOf("wbxml", bytes, bytes.length), new Budget(PEER_BYTES_MAX));
  must(
    !("problem" in result),
    "problem" in result ? `what was written is malformed: ${result.problem}` : "",
  );
  return result;
}

/** All that is done with one message. */
function check(input: Uint8Array): boolean {
  const encoding = encodingOf(input, input.length);
  checkTokens(input, encoding);
  const result = decodeMessage(readerOf(encoding, input, input.length), new Budget(PEER_BYTES_MAX));
  if ("problem" in result) {
    must(
      result.problem !== "" && result.offset >= 0 && result.offset <= input.length,
      "a problem of nowhere",
    );
    return false;
  }
  checkAgain(result, input.length);
  return true;
}

const HEADER =
  "<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>" +
  "1</MsgID>" +
  "<Target><LocURI>d</LocURI></Target><Source><LocURI>s</LocURI></Source></SyncHdr>";

function message(body: string): Uint8Array {
  return utf8(
    `<SyncML xmlns="SYNCML:SYNCML1.2">${HEADER}<SyncBody>${body}<Final/></SyncBody></SyncML>`,
  );
}

const XML_CORPUS: readonly Uint8Array[] = [
  message(""),
  message(
    "<Get><CmdID>1</CmdID><Item><Target><LocURI>./DevInfo?list=TNDS+Value</LocURI></Target>" +
      "</Item></Get>",
  ),
  message(
    "<Replace><CmdID>1</CmdID><Item><Target><LocURI>./A</LocURI></Target><Meta><Format " +
      'xmlns="syncml:metinf">b64</Format>' +
      '<Type xmlns="syncml:metinf">text/plain</Type><Size xmlns="syncml:metinf">9</Size></Meta>' +
      "<Data>QUJDREVG</Data><MoreData/></Item>" +
      "</Replace>",
  ),
  message(
    "<Alert><CmdID>1</CmdID><Data>1103</Data><Item><Data>MAXDT=9&amp;DR=2</Data></Item><Item>" +
      "<Data>?</Data></Item>" +
      "<Item><Data>a</Data></Item></Alert>",
  ),
  message(
    "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Chal><Meta>" +
      '<Format xmlns="syncml:metinf">b64' +
      '</Format><Type xmlns="syncml:metinf">syncml:auth-md5</Type><NextNonce ' +
      'xmlns="syncml:metinf">QQ==</NextNonce></Meta></Chal>' +
      "<Data>407</Data></Status>",
  ),
  message(
    "<Atomic><CmdID>1</CmdID><Add><CmdID>2</CmdID><Item><Target><LocURI>./A</LocURI></Target>" +
      "<Data><![CDATA[<a>]]>&#233;&#x1F600;" +
      "</Data></Item></Add><Sequence><CmdID>3</CmdID><Delete><CmdID>4</CmdID><Item/></Delete>" +
      "</Sequence></Atomic>",
  ),
  message(
    "<Add><CmdID>1</CmdID><Item><Target><LocURI>./A</LocURI></Target><Data><MgmtTree " +
      'xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>' +
      "<Node><NodeName>B</NodeName><Value>&lt;</Value></Node></MgmtTree></Data></Item></Add>",
  ),
  message(
    "<!-- c --><?p i?><Exec><CmdID>1</CmdID><Correlator>c</Correlator><Item/></Exec><Put><CmdID>" +
      "2</CmdID></Put>",
  ),
  utf8(
    `<?xml version='1.0' encoding="utf-8"?>\r\n<!DOCTYPE SyncML PUBLIC "a" "b">\n<s:SyncML ` +
      `xmlns:s='SYNCML:SYNCML1.2'></s:SyncML>`,
  ),
  utf8(`<?xml version="1.0" encoding="UTF-16"?><SyncML/>`),
  utf8("<a>".repeat(ELEMENT_DEPTH_MAX + 1)),
  utf8("<a b='&lt;' c=\"&#0;\"/>"),
  utf8("<SyncML>&unknown;</SyncML>"),
  utf8("\ufeff<SyncML></SyncHdr>"),
  new Uint8Array(0),
];

/** The messages of the other corpus in WBXML, and headers and bodies that only WBXML has. */
function wbxmlCorpus(): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (const document of XML_CORPUS) {
    const result = decodeMessage(
      readerOf("xml", document.slice(), document.length),
      new Budget(PEER_BYTES_MAX),
    );
    if (!("problem" in result)) messages.push(wbxml(result, document.length));
  }
  return [...messages, ...ODD.map(bytesOf)];
}

function bytesOf(digits: string): Uint8Array {
  const bytes = fromHex(digits);
  must(bytes !== undefined, `not hexadecimal: ${digits}`);
  return bytes;
}

/**
 * SyncML with a SyncHdr: VerDTD 1.2, VerProto DM/1.2, SessionID 1, MsgID 1, Target t, Source s;
 * SyncBody is open.
 */
const OPEN =
  "6d6c7103312e3200017203444d2f312e3200016503310001" +
  "5b033100016e5703740001016757037300010101" +
  "6b";
const ODD: readonly string[] = [
  // A string table, with references into it and past it; an entity.
  `03a4016a06612f6200313200${OPEN}464b8304014f0281690101120101`,
  `02a4016a026100${OPEN}464b83090101120101`,
  // The public identifier in the table, as some servers have it.
  `0200006a1e2d2f2f53594e434d4c2f2f4454442053796e634d4c20312e322f2f454e00${OPEN}120101`,
  // Elements of a tree on page 2; a tree within opaque bytes.
  `02a4016a00${OPEN}454b03310001544f0002607703312e320001010000010101120101`,
  `02a4016a00${OPEN}454b03310001544fc30f02a4026a006077000203312e32000101010101120101`,
  // A length past the end, numbers without an end, an unknown page, attributes, an empty table,
  // nothing else.
  `02a4016a00${OPEN}4fc38fffffff7f`,
  "02a4016affffffffff",
  "02a4016a00000945",
  "02a4016a00ed01",
  "02a4016a00",
  "02",
];

function programmed(choices: Choices): ReturnType<typeof stepsOf> {
  return stepsOf(choices.bytes(2 + choices.of(PROGRAM_BYTES_MAX)));
}

export const XML_MESSAGES: Parser = {
  name: "messages in XML",
  weight: 30,
  corpus: XML_CORPUS,
  check,
  words: [
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "&#x",
    "<Data>",
    "</Data>",
    "<Item>",
    "</Item>",
    "<MoreData/>",
    'xmlns="',
    "<?",
  ].map((word) => utf8(word)),
  make: (choices) => xmlOf(programmed(choices)),
};

export const WBXML_MESSAGES: Parser = {
  name: "messages in WBXML",
  weight: 30,
  corpus: wbxmlCorpus(),
  check,
  words: ["0000", "0001", "0002", "01", "0301", "8301", "c304", "02814f", "4f", "54", "34"].map(
    bytesOf,
  ),
  make: (choices) => wbxmlOf(programmed(choices), choices.of(3)),
};
