/** Messages to XML and back, and what a message that is too small leaves out. */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { type Command, content, type Header } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import { SYNCML } from "../../../src/syncml/vocabulary.ts";
import { WbxmlWriter } from "../../../src/wbxml/wbxmlwriter.ts";
import { XmlReader } from "../../../src/xmllite/xmlreader.ts";
import { XmlWriter } from "../../../src/xmllite/xmlwriter.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

const HEADER: Header = {
  verDTD: "1.2",
  verProto: "DM/1.2",
  sessionID: "1",
  msgID: "2",
  target: "http://s",
  source: "IMEI:1",
};
const START =
  '<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr>' +
  "<VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID>" +
  "<MsgID>2</MsgID><Target><LocURI>http://s</LocURI></Target><Source><LocURI>IMEI:1</LocURI>" +
  "</Source></SyncHdr><SyncBody>";
const END = "<Final/></SyncBody></SyncML>";

function encode(header: Header, commands: readonly Command[], size = 4000): string {
  const bytes = new Uint8Array(size);
  const writer = new XmlWriter(bytes, SYNCML);
  const message = new MessageWriter(writer);
  ok(message.begin(header));
  for (const command of commands) ok(message.command(command));
  message.end(true);
  ok(!writer.full);
  return text(bytes, 0, writer.length);
}

function decode(xml: string): ReturnType<typeof decodeMessage> {
  const bytes = utf8(xml);
  return decodeMessage(new XmlReader(bytes, bytes.length, SYNCML), new Budget(PEER_BYTES_MAX));
}

test("the final generic alert of an update is written as in OMA-TS-DM-FUMO §7.1", () => {
  const xml = encode(HEADER, [
    {
      name: "Alert",
      cmdID: "3",
      data: 1226,
      correlator: "c&1",
      items: [
        {
          source: "./FUMO/x",
          meta: {
            type: "org.openmobilealliance.dm.firmwareupdate.update",
            format: "int",
            mark: "critical",
          },
          data: utf8("200"),
          binary: false,
          moreData: false,
        },
      ],
    },
  ]);
  equal(
    xml,
    `${START}<Alert><CmdID>3</CmdID><Data>1226</Data><Correlator>c&amp;1</Correlator><Item>` +
      '<Source><LocURI>./FUMO/x</LocURI></Source><Meta><Format xmlns="syncml:metinf">' +
      'int</Format><Type xmlns="syncml:metinf">' +
      'org.openmobilealliance.dm.firmwareupdate.update</Type><Mark xmlns="syncml:metinf">' +
      "critical</Mark></Meta>" +
      `<Data>200</Data></Item></Alert>${END}`,
  );
});

test("what is written is read back", () => {
  const header: Header = {
    ...HEADER,
    targetName: "t",
    sourceName: "Bruce2",
    respURI: "http://r?a&b",
    maxMsgSize: 1,
    maxObjSize: 2,
    cred: { type: "syncml:auth-basic", format: "b64", data: "QQ==" },
  };
  const item = {
    target: "./a",
    source: "./b",
    targetName: "ta",
    sourceName: "so",
    data: utf8(" <x> "),
    binary: false,
    moreData: true,
  };
  const commands: Command[] = [
    {
      name: "Status",
      cmdID: "1",
      msgRef: "1",
      cmdRef: "0",
      cmd: "SyncHdr",
      targetRefs: ["a", "b"],
      sourceRefs: ["c"],
      data: 401,
      items: [{ target: "./a", binary: false, moreData: false }],
      chal: { type: "syncml:auth-md5", format: "b64", nextNonce: "bg==" },
    },
    {
      name: "Results",
      cmdID: "2",
      msgRef: "1",
      cmdRef: "4",
      meta: { version: "1" },
      targetRef: "t",
      sourceRef: "s",
      items: [item],
    },
    {
      name: "Atomic",
      cmdID: "3",
      commands: [
        {
          name: "Sequence",
          cmdID: "4",
          meta: { type: "t" },
          commands: [{ name: "Copy", cmdID: "5", items: [item, item] }],
        },
        { name: "Delete", cmdID: "6", cred: { data: "x" }, items: [] },
      ],
    },
    {
      name: "Exec",
      cmdID: "7",
      correlator: "c",
      meta: { size: 12, format: "b64" },
      items: [{ ...item, data: utf8("") }],
    },
    { name: "Alert", cmdID: "8", data: 1223, items: [] },
  ];
  deepEqual(decode(encode(header, commands)), { header, commands, final: true });
});

test("binary data is base64 in XML and comes back as it was", () => {
  const data = Uint8Array.from([0, 255, 1, 60, 38]);
  const result = decode(
    encode(HEADER, [
      {
        name: "Replace",
        cmdID: "1",
        meta: { format: "b64" },
        items: [{ target: "./a", data, binary: true, moreData: false }],
      },
    ]),
  );
  ok(!("problem" in result));
  const command = result.commands[0];
  ok(command?.name === "Replace" && command.items[0] !== undefined);
  deepEqual(content(command.items[0], command.meta), data);
});

test("a command that does not fit beside the end leaves the message as it was", () => {
  const get: Command = {
    name: "Get",
    cmdID: "1",
    items: [{ target: "./a", binary: false, moreData: false }],
  };
  const one = "<Get><CmdID>1</CmdID><Item><Target><LocURI>./a</LocURI></Target></Item></Get>";
  for (const spare of [0, 1, one.length - 1]) {
    const bytes = new Uint8Array(START.length + one.length + spare + END.length);
    const writer = new XmlWriter(bytes, SYNCML);
    const message = new MessageWriter(writer);
    ok(message.begin(HEADER));
    equal(message.room, one.length + spare);
    ok(message.command(get));
    ok(!message.command(get));
    equal(message.room, spare);
    message.end(true);
    ok(!writer.full);
    equal(text(bytes, 0, writer.length), START + one + END);
  }
  const small = new MessageWriter(
    new XmlWriter(new Uint8Array(START.length + one.length - 1 + END.length), SYNCML),
  );
  ok(small.begin(HEADER));
  ok(!small.command(get));
});

test("the room that is kept for the end is what its encoding takes", () => {
  for (const spare of [0, 1, 5]) {
    const whole = new WbxmlWriter(new Uint8Array(4096), SYNCML);
    const first = new MessageWriter(whole);
    const get: Command = {
      name: "Get",
      cmdID: "1",
      items: [{ target: "./a", binary: false, moreData: false }],
    };
    ok(first.begin(HEADER));
    const length = first.lengthOf(get);
    const before = whole.length;
    equal(whole.length, before);
    ok(first.command(get));
    equal(whole.length, before + length);
    const bytes = new Uint8Array(whole.length + 5 + spare);
    const writer = new WbxmlWriter(bytes, SYNCML);
    const message = new MessageWriter(writer);
    ok(message.begin(HEADER) && message.command(get));
    equal(message.room, spare);
    equal(message.lengthOf(get), Infinity);
    message.end(true);
    ok(!writer.full);
  }
});

test("a buffer that has no room for the header and the end is refused", () => {
  ok(
    new MessageWriter(new XmlWriter(new Uint8Array(START.length + END.length), SYNCML)).begin(
      HEADER,
    ),
  );
  ok(
    !new MessageWriter(new XmlWriter(new Uint8Array(START.length + END.length - 1), SYNCML)).begin(
      HEADER,
    ),
  );
  ok(!new MessageWriter(new XmlWriter(new Uint8Array(10), SYNCML)).begin(HEADER));
});

test("an unknown command is not written", () => {
  equal(encode(HEADER, [{ name: "Unknown", cmdID: "1", element: "Put" }]), START + END);
});
