/**
 * What a client without the part `tnds` says in its place. Runs on XS, where stand-ins are
 * loaded: `node build/js/test/xs.js --without tnds`.
 */
import { equal, test } from "../../check.ts";
import { Bench, command, item, messageText } from "../../unit/session/bench.ts";
import { Garden, OWNER } from "../../unit/tree/garden.ts";
import { MapStore } from "../../unit/tree/mapstore.ts";

const XML = { format: "xml", type: "application/vnd.syncml.dmtnds+xml" };
const WBXML = { format: "bin", type: "application/vnd.syncml.dmtnds+wbxml" };
const DOCUMENT =
  '<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>b1</NodeName></Node>' +
  "</MgmtTree>";

function gardenBench(encoding: "xml" | "wbxml" = "xml"): Bench {
  const bench = new Bench({ tree: new Garden(new MapStore()).tree, serverID: OWNER, encoding });
  bench.next();
  return bench;
}

test("without tnds: a Get of a description is 406, in both encodings", () => {
  for (const encoding of ["xml", "wbxml"] as const) {
    const bench = gardenBench(encoding);
    bench.reply(
      [
        bench.header(200),
        command("Get", item("./Garden?list=TNDS")),
        command("Get", item("./Garden?list=TNDS+Value")),
        command("Get", item("./Garden?list=Struct")),
      ],
      { wbxml: encoding === "wbxml" },
    );
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 406 Get 2, 406 Get 3, 200 Get 4");
  }
});

test("without tnds: Add and Replace of a description are 415, whole and in chunks", () => {
  const bench = gardenBench();
  const chunk = { meta: { ...XML, size: 1000 }, moreData: true };
  bench.reply([
    bench.header(200),
    command("Add", item("./Garden/Beds", DOCUMENT, { meta: XML })),
    command("Replace", item("./Garden", DOCUMENT, { meta: XML })),
    command("Add", item("./Garden/Beds", new Uint8Array(9), { meta: WBXML, binary: true })),
    command("Add", item("./Garden/Beds", "<", chunk)),
  ]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 415 Add 2, 415 Replace 3, 415 Add 4, 415 Add 5");
});

test("without tnds: a description that is elements of the message is 415, and read over", () => {
  const bench = gardenBench();
  bench.replyText(
    messageText(
      "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd>" +
        "<Data>200</Data></Status><Add><CmdID>2</CmdID><Item><Target><LocURI>./Garden/Beds" +
        `</LocURI></Target><Meta><Type xmlns="syncml:metinf">${XML.type}</Type></Meta>` +
        `<Data>${DOCUMENT}</Data></Item></Add><Get><CmdID>3</CmdID><Item><Target>` +
        "<LocURI>./Garden</LocURI></Target></Item></Get><Final/>",
    ),
  );
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 415 Add 2, 200 Get 3");
});
