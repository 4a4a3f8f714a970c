/** Whole messages from XML: what is taken, what is tolerated and what is malformed. */
import { Budget } from "../../../src/base/budget.ts";
import { IDENTIFIER_BYTES_MAX, PEER_BYTES_MAX, TEXT_BYTES_MAX } from "../../../src/base/limits.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import type { Command, Malformed, Message } from "../../../src/syncml/command.ts";
import { content } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { ElementReader } from "../../../src/syncml/elements.ts";
import { SYNCML, Tag } from "../../../src/syncml/vocabulary.ts";
import { WbxmlReader } from "../../../src/wbxml/wbxmlreader.ts";
import { WbxmlWriter } from "../../../src/wbxml/wbxmlwriter.ts";
import { XmlReader } from "../../../src/xmllite/xmlreader.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

const HEADER =
  "<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>" +
  "2</MsgID>" +
  "<Target><LocURI>IMEI:1</LocURI></Target><Source><LocURI>http://s</LocURI><LocName>" +
  "srv</LocName></Source></SyncHdr>";

function decode(xml: string): Message | Malformed {
  const bytes = utf8(xml);
  return decodeMessage(new XmlReader(bytes, bytes.length, SYNCML), new Budget(PEER_BYTES_MAX));
}

function message(xml: string): Message {
  const result = decode(xml);
  ok(!("problem" in result), "problem" in result ? `${result.problem} at ${result.offset}` : "");
  return result;
}

/** The commands of a message with this body. */
function commands(body: string): readonly Command[] {
  return message(`<SyncML xmlns="SYNCML:SYNCML1.2">${HEADER}<SyncBody>${body}</SyncBody></SyncML>`)
    .commands;
}

function malformed(body: string, problem: string): void {
  const result = decode(`<SyncML>${HEADER}<SyncBody>${body}</SyncBody></SyncML>`);
  equal("problem" in result ? result.problem : "none", problem);
  ok(result.header !== undefined, "the header of a malformed body is kept");
}

function dataOf(command: Command | undefined): string {
  const data = command !== undefined && "items" in command ? command.items[0]?.data : undefined;
  return data === undefined ? "none" : text(data, 0, data.length);
}

const RICH = `<?xml version="1.0"?>
<SyncML xmlns="SYNCML:SYNCML1.2">
 <SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID> A1 </SessionID><MsgID>1</MsgID>
  <Target><LocURI>http://s/dm</LocURI></Target><Source><LocURI>IMEI:1</LocURI><LocName>\
Bruce2</LocName></Source>
  <RespURI>http://s/dm?x=1&amp;y=2</RespURI>
  <Cred><Meta><Type xmlns="syncml:metinf">syncml:auth-md5</Type><Format xmlns="syncml:metinf">\
b64</Format></Meta>
   <Data>Zz6E=</Data></Cred>
  <Meta><MaxMsgSize xmlns="syncml:metinf"> 5000 </MaxMsgSize><MaxObjSize xmlns="syncml:metinf">\
90000</MaxObjSize></Meta>
 </SyncHdr>
 <SyncBody>
  <Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><TargetRef>\
a</TargetRef><SourceRef>b</SourceRef>
   <Chal><Meta><Type>syncml:auth-md5</Type><Format>b64</Format><NextNonce>bm9uY2U=</NextNonce>\
</Meta></Chal>
   <Data>212</Data></Status>
  <Atomic><CmdID>2</CmdID><Sequence><CmdID>3</CmdID><Get><CmdID>4</CmdID><Item><Target><LocURI>\
./A</LocURI></Target></Item></Get>
   </Sequence><Delete><CmdID>5</CmdID><Item><Target><LocURI>./B</LocURI></Target></Item>\
</Delete></Atomic>
  <Exec><CmdID>6</CmdID><Correlator>c1</Correlator><Item><Target><LocURI>./F/x/Update</LocURI>\
</Target><Data/></Item></Exec>
  <Results><MsgRef>1</MsgRef><CmdRef>4</CmdRef><CmdID>7</CmdID><Item><Source><LocURI>\
./A</LocURI></Source>
   <Meta><Format>chr</Format><Type> text/plain </Type></Meta><Data><![CDATA[<v>]]></Data></Item>\
</Results>
  <Alert><CmdID>8</CmdID><Data>1226</Data><Item><Meta><Mark>critical</Mark></Meta><Data>\
200</Data></Item></Alert>
  <Replace><CmdID>9</CmdID><Meta><Format>b64</Format><Size>8</Size></Meta>
   <Item><Target><LocURI>./D</LocURI></Target><Data>QnJ1</Data><MoreData/></Item></Replace>
  <Final/>
 </SyncBody>
</SyncML>
`;

test("a message with everything in it is decoded", () => {
  const { header, commands: list, final } = message(RICH);
  deepEqual(header, {
    verDTD: "1.2",
    verProto: "DM/1.2",
    sessionID: "A1",
    msgID: "1",
    target: "http://s/dm",
    source: "IMEI:1",
    sourceName: "Bruce2",
    respURI: "http://s/dm?x=1&y=2",
    cred: { type: "syncml:auth-md5", format: "b64", data: "Zz6E=" },
    maxMsgSize: 5000,
    maxObjSize: 90000,
  });
  ok(final);
  equal(list.map((command) => command.name).join(), "Status,Atomic,Exec,Results,Alert,Replace");
  deepEqual(list[0], {
    name: "Status",
    cmdID: "1",
    msgRef: "1",
    cmdRef: "0",
    cmd: "SyncHdr",
    targetRefs: ["a"],
    sourceRefs: ["b"],
    data: 212,
    items: [],
    chal: { type: "syncml:auth-md5", format: "b64", nextNonce: "bm9uY2U=" },
  });
  const get = {
    name: "Get",
    cmdID: "4",
    items: [{ target: "./A", binary: false, moreData: false }],
  };
  const remove = {
    name: "Delete",
    cmdID: "5",
    items: [{ target: "./B", binary: false, moreData: false }],
  };
  deepEqual(list[1], {
    name: "Atomic",
    cmdID: "2",
    commands: [{ name: "Sequence", cmdID: "3", commands: [get] }, remove],
  });
  deepEqual(list[2], {
    name: "Exec",
    cmdID: "6",
    correlator: "c1",
    items: [{ target: "./F/x/Update", binary: false, moreData: false, data: new Uint8Array(0) }],
  });
  equal(dataOf(list[3]), "<v>");
  const replace = list[5];
  ok(replace?.name === "Replace");
  deepEqual(replace.meta, { format: "b64", size: 8 });
  equal(replace.items[0]?.moreData, true);
});

test("every truncation of a message is malformed, and never throws", () => {
  const bytes = utf8(RICH);
  for (let length = 0; length < bytes.length - "\n".length; length++) {
    const result = decodeMessage(
      new XmlReader(bytes.slice(0, length), length, SYNCML),
      new Budget(PEER_BYTES_MAX),
    );
    ok("problem" in result && result.problem !== "", `${length} bytes`);
    ok(result.offset <= length);
  }
});

test("an element is found whatever its prefix, and unknown ones are passed over", () => {
  const prefixed = RICH.split("<")
    .map((part) => {
      if (part.startsWith("/")) return `/SyncML:${part.slice(1)}`;
      return part >= "A" && part < "[" ? `SyncML:${part}` : part;
    })
    .join("<");
  equal(message(prefixed).commands.length, 6);
  const list = commands(
    "<Vendor><CmdID/></Vendor><Get><CmdID>1</CmdID><Lang>en</Lang><Item><Foo><Item/></Foo>" +
      "</Item></Get>" +
      "stray",
  );
  deepEqual(list, [{ name: "Get", cmdID: "1", items: [{ binary: false, moreData: false }] }]);
});

test("a command that DM does not have is kept by name, so that it can be answered", () => {
  deepEqual(commands("<Put><CmdID>3</CmdID><Item/></Put><Vendor><CmdID>4</CmdID></Vendor>"), [
    { name: "Unknown", cmdID: "3", element: "Put" },
    { name: "Unknown", cmdID: "4", element: "Vendor" },
  ]);
});

test("Meta may be wrapped in MetInf, and stands at the command or at the item", () => {
  const list = commands(
    "<Add><CmdID>1</CmdID><Meta><MetInf><Format>b64</Format></MetInf><Type> t </Type></Meta>" +
      "<Item>" +
      "<Data>QQ==</Data></Item><Item><Meta><Format>chr</Format></Meta><Data>QQ==</Data></Item>" +
      "</Add>",
  );
  const add = list[0];
  ok(add?.name === "Add");
  deepEqual(add.meta, { format: "b64", type: "t" });
  const [first, second] = add.items;
  ok(first !== undefined && second !== undefined);
  deepEqual(content(first, add.meta), utf8("A"));
  deepEqual(content(second, add.meta), utf8("QQ=="));
});

test("content is undefined when its base64 is malformed, and empty without Data", () => {
  equal(
    content({ binary: false, moreData: false, data: utf8("Q?") }, { format: "b64" }),
    undefined,
  );
  equal(content({ binary: true, moreData: false, data: utf8("Q?") }, { format: "b64" }), undefined);
  deepEqual(
    content({ binary: true, moreData: false, data: utf8("QQ==") }, { format: "b64" }),
    utf8("A"),
  );
  deepEqual(
    content({ binary: true, moreData: false, data: utf8("Q?") }, { format: "bin" }),
    utf8("Q?"),
  );
  deepEqual(content({ binary: false, moreData: false }), new Uint8Array(0));
});

test("Data that holds elements is said, not guessed", () => {
  const list = commands(
    "<Add><CmdID>1</CmdID><Item><Data> <MgmtTree><Node>x</Node></MgmtTree> </Data></Item></Add>",
  );
  deepEqual(list, [
    { name: "Add", cmdID: "1", items: [{ binary: false, moreData: false, markup: true }] },
  ]);
});

test("Status and Results may lack CmdID, the Status of SyncHdr CmdRef, as standard", () => {
  const list = commands(
    "<Status><MsgRef>1</MsgRef><Cmd>SyncHdr</Cmd><Data>200</Data></Status>" +
      "<Results><CmdRef>4</CmdRef></Results>",
  );
  deepEqual(list[0], {
    name: "Status",
    cmdID: "",
    msgRef: "1",
    cmdRef: "0",
    cmd: "SyncHdr",
    targetRefs: [],
    sourceRefs: [],
    data: 200,
    items: [],
  });
  deepEqual(list[1], { name: "Results", cmdID: "", cmdRef: "4", items: [] });
});

test("a command that cannot be answered is malformed", () => {
  for (const name of ["Add", "Replace", "Delete", "Get", "Copy", "Exec", "Atomic", "Sequence"]) {
    malformed(`<${name}><Item/></${name}>`, `${name} without CmdID`);
  }
  malformed("<Alert><Data>1200</Data></Alert>", "Alert without CmdID");
  malformed(
    "<Status><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Data>200</Data></Status>",
    "Status without Cmd",
  );
  malformed(
    "<Status><CmdRef>1</CmdRef><Cmd>Get</Cmd><Data>200</Data></Status>",
    "Status without MsgRef",
  );
  malformed(
    "<Status><MsgRef>1</MsgRef><Cmd>Get</Cmd><Data>200</Data></Status>",
    "Status without CmdRef",
  );
  malformed("<Results><MsgRef>1</MsgRef></Results>", "Results without CmdRef");
});

const NO_NUMBERS = ["x", "-1", "1e3", "0x10", "1 2", "4294967296", "1.5"];

test("a number that is missing is 412 for its command, one that is none 400 (§4.1.6)", () => {
  const fault = (body: string): unknown =>
    commands(`${body}<Get><CmdID>2</CmdID></Get>`).map((one) => ("fault" in one ? one.fault : 0));
  const status = (data: string): string =>
    `<Status><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Cmd>Get</Cmd>${data}</Status>`;
  for (const none of ["", "<Data/>", "<Data> </Data>"]) {
    deepEqual(fault(`<Alert><CmdID>1</CmdID>${none}</Alert>`), [412, 0]);
    deepEqual(fault(status(none)), [412, 0]);
  }
  for (const bad of NO_NUMBERS) {
    deepEqual(fault(`<Alert><CmdID>1</CmdID><Data>${bad}</Data></Alert>`), [400, 0]);
    deepEqual(fault(status(`<Data>${bad}</Data>`)), [400, 0]);
    const meta = `<Meta><Size>${bad}</Size></Meta>`;
    for (const name of ["Add", "Replace", "Delete", "Get", "Copy", "Exec"]) {
      deepEqual(fault(`<${name}><CmdID>1</CmdID>${meta}</${name}>`), [400, 0]);
      deepEqual(fault(`<${name}><CmdID>1</CmdID><Item>${meta}</Item></${name}>`), [400, 0]);
    }
    deepEqual(
      fault(`<Alert><CmdID>1</CmdID><Data>1100</Data><Item>${meta}</Item></Alert>`),
      [400, 0],
    );
  }
  deepEqual(fault("<Get><CmdID>1</CmdID><Meta><Size/></Meta></Get>"), [0, 0]);
});

test("numbers have blanks and leading zeros, up to 2^32 - 1", () => {
  const list = commands(
    "<Alert><CmdID> 7\n</CmdID><Data>\n 01226 </Data></Alert>" +
      "<Get><CmdID>1</CmdID><Meta><Size>4294967295</Size></Meta></Get>",
  );
  deepEqual(list, [
    { name: "Alert", cmdID: "7", data: 1226, items: [] },
    { name: "Get", cmdID: "1", items: [], meta: { size: 4294967295 } },
  ]);
});

/** What is charged for a message with these commands. */
function costOf(body: string): number {
  const budget = new Budget(PLENTY);
  const bytes = utf8(`<SyncML>${HEADER}<SyncBody>${body}</SyncBody></SyncML>`);
  const result = decodeMessage(new XmlReader(bytes, bytes.length, SYNCML), budget);
  ok(!("problem" in result), "problem" in result ? result.problem : "");
  return PLENTY - budget.left;
}

const PLENTY = 1_000_000_000;

const KEPT = {
  command: "<Get><CmdID>1</CmdID></Get>",
  "command in a command": "<Sequence><CmdID>1</CmdID><Get><CmdID>1</CmdID></Get></Sequence>",
  "command without CmdID": "<Foo/>",
  item: "<Get><CmdID>1</CmdID><Item/></Get>",
  "empty reference": "<Get><CmdID>1</CmdID><TargetRef/></Get>",
  reference: "<Get><CmdID>1</CmdID><SourceRef>./a/b/c</SourceRef></Get>",
  "long URI":
    `<Get><CmdID>1</CmdID><Item><Target><LocURI>${"a".repeat(500)}</LocURI></Target>` +
    `</Item></Get>`,
  "empty meta": "<Get><CmdID>1</CmdID><Meta/></Get>",
  data: "<Add><CmdID>1</CmdID><Item><Data>abc</Data></Item></Add>",
  node:
    "<Add><CmdID>1</CmdID><Item><Data><MgmtTree><VerDTD>1.2</VerDTD><Node><NodeName>" +
    "n</NodeName></Node></MgmtTree></Data></Item></Add>",
  status: "<Status><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Cmd>Get</Cmd><Data>200</Data></Status>",
};

for (const [what, one] of Object.entries(KEPT)) {
  test(`each ${what} is charged, and what there is no memory for is refused as too large`, () => {
    const cost = costOf(one + one) - costOf(one);
    ok(cost >= 32, `${cost} bytes`);
    const body = one.repeat(100);
    const bytes = (): Uint8Array => utf8(`<SyncML>${HEADER}<SyncBody>${body}</SyncBody></SyncML>`);
    const decoded = (limit: number): ReturnType<typeof decodeMessage> => {
      const document = bytes();
      return decodeMessage(new XmlReader(document, document.length, SYNCML), new Budget(limit));
    };
    const whole = costOf(body);
    ok(!("problem" in decoded(whole)));
    const refused = decoded(whole - 1);
    ok("problem" in refused && refused.tooLarge === true);
    equal(refused.problem, "more than there is memory for");
    equal(refused.header?.sessionID, "1");
  });
}

test("what is passed over costs nothing", () => {
  const more = `${"<x>text</x>".repeat(50)}<!-- ${"c".repeat(500)} -->`;
  equal(
    costOf(`<Get><CmdID>1</CmdID>${more}<Item>${more}</Item></Get>`),
    costOf("<Get><CmdID>1</CmdID><Item/></Get>"),
  );
});

test("texts and identifiers are taken to their limits and not past them", () => {
  const uri = (bytes: number): string =>
    `<Get><CmdID>1</CmdID><Item><Target><LocURI>${"u".repeat(bytes)}</LocURI></Target></Item>` +
    `</Get>`;
  equal(commands(uri(TEXT_BYTES_MAX)).length, 1);
  malformed(uri(TEXT_BYTES_MAX + 1), "a text that is too long");
  const status = (name: string, bytes: number): string =>
    ["CmdID", "MsgRef", "CmdRef", "Cmd"]
      .map((one) => `<${one}>${one === name ? "1".repeat(bytes) : "1"}</${one}>`)
      .join("");
  for (const name of ["CmdID", "MsgRef", "CmdRef", "Cmd"]) {
    const text = (bytes: number): string =>
      `<Status>${status(name, bytes)}<Data>200</Data></Status>`;
    equal(commands(text(IDENTIFIER_BYTES_MAX)).length, 1);
    malformed(text(IDENTIFIER_BYTES_MAX + 1), "a text that is too long");
  }
  for (const name of ["VerDTD", "VerProto", "SessionID", "MsgID"]) {
    const long = (bytes: number): string => {
      const [before = "", after = ""] = RICH.split(`<${name}>`);
      return `${before}<${name}>${"1".repeat(bytes)}${after.slice(after.indexOf("<"))}`;
    };
    equal(message(long(IDENTIFIER_BYTES_MAX)).header.msgID !== "", true);
    const result = decode(long(IDENTIFIER_BYTES_MAX + 1));
    equal("problem" in result && result.problem, "a text that is too long");
  }
});

test("who has room takes more than a device does, and longer texts", () => {
  const get = `<Get><CmdID>1</CmdID>${"<TargetRef>a</TargetRef><Item/>".repeat(4)}</Get>`.repeat(
    100,
  );
  const long = `<Get><CmdID>${"1".repeat(TEXT_BYTES_MAX + 1)}</CmdID></Get>`;
  const bytes = utf8(`<SyncML>${HEADER}<SyncBody>${get}${long}</SyncBody></SyncML>`);
  const result = decodeMessage(new XmlReader(bytes, bytes.length, SYNCML), new Budget(Infinity));
  equal("problem" in result ? result.problem : result.commands.length, 101);
});

test("a header that lacks a part is malformed; another protocol gets an answer", () => {
  const parts = ["VerDTD", "VerProto", "SessionID", "MsgID", "Target", "Source"];
  for (const part of parts) {
    const result = decode(
      RICH.replace(`<${part}>`, `<X${part}>`).replace(`</${part}>`, `</X${part}>`),
    );
    equal("problem" in result ? result.problem : "none", `SyncHdr without ${part}`);
    equal(result.header, undefined);
  }
  const other = message(
    RICH.replace("<VerDTD>1.2", "<VerDTD>1.1").replace("DM/1.2", "DM/1.1"),
  ).header;
  equal(`${other.verDTD} ${other.verProto}`, "1.1 DM/1.1");
});

test("what is not SyncML is malformed", () => {
  const problem = (xml: string): string => {
    const result = decode(xml);
    return "problem" in result ? result.problem : "none";
  };
  equal(problem("<html/>"), "not a SyncML document");
  equal(problem("<SyncML/>"), "no SyncHdr");
  equal(problem(`<SyncML>${HEADER}</SyncML>`), "no SyncBody");
  equal(problem(`<SyncML><SyncBody/>${HEADER}</SyncML>`), "SyncBody without SyncHdr before it");
  equal(problem(`<SyncML>${HEADER}${HEADER}<SyncBody/></SyncML>`), "more than one SyncHdr");
  equal(problem(`<SyncML>${HEADER}<SyncBody/>${HEADER}</SyncML>`), "more than one SyncHdr");
  equal(problem(`<SyncML>${HEADER}<SyncBody/><SyncBody/></SyncML>`), "more than one SyncBody");
  const wrong = HEADER.replace("</SyncHdr>", "<Meta><MaxMsgSize>a</MaxMsgSize></Meta></SyncHdr>");
  equal(problem(`<SyncML>${wrong}<SyncBody/></SyncML>`), "MaxMsgSize or MaxObjSize is no number");
  equal(problem(`<SyncML>${HEADER}<SyncBody/></SyncML><SyncML/>`), "more than one root element");
  equal(problem(""), "no root element");
});

test("a nonce that comes as opaque bytes is base64 already, or the nonce itself", () => {
  const nonces = [
    [utf8("bmV4dA=="), "bmV4dA=="],
    [new Uint8Array([0, 255, 1]), "AP8B"],
    [utf8("Nonce"), "Tm9uY2U="],
  ] as const;
  for (const [nonce, expected] of nonces) {
    const bytes = new Uint8Array(200);
    const writer = new WbxmlWriter(bytes, SYNCML);
    for (const tag of [Tag.SyncML, Tag.Chal, Tag.Meta, Tag.NextNonce]) writer.open(tag);
    writer.binary(nonce);
    for (let i = 0; i < 4; i++) writer.close();
    const elements = new ElementReader(
      new WbxmlReader(bytes, writer.length, SYNCML),
      new Budget(PEER_BYTES_MAX),
    );
    elements.reader.next();
    equal(elements.child(), Tag.Chal);
    equal(elements.chal().nextNonce, expected);
  }
});

test("markup in a second Data takes the first one's place", () => {
  const list = commands(
    "<Add><CmdID>1</CmdID><Item><Data>x</Data><Data><Final/></Data></Item></Add>",
  );
  deepEqual(list, [
    { name: "Add", cmdID: "1", items: [{ binary: false, moreData: false, markup: true }] },
  ]);
});
