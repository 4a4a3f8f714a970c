/**
 * Published messages: the standard's own examples and those of a vendor, when the folder that holds
 * them is there. Many are excerpts or have slips of the pen; each is either read or refused for the
 * reason that stands here.
 */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { ok, strictEqual } from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { SYNCML } from "../../../src/syncml/vocabulary.ts";
import { XmlReader } from "../../../src/xmllite/xmlreader.ts";

const FOLDER = "../shared/fixtures";
const HEADER =
  "<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>" +
  "1</MsgID>" +
  "<Target><LocURI>t</LocURI></Target><Source><LocURI>s</LocURI></Source></SyncHdr>";

/** What is wrong with those that are refused. */
const REFUSED: Readonly<Record<string, string>> = {
  "23-01.cmd.xml": "-- in a comment",
  "41-05.msg.xml": "SyncHdr without VerDTD",
  "41-13.msg.xml": "SyncHdr without VerDTD",
  "41-15.cmd.xml": "neither comment nor CDATA",
  "41-17.cmd.xml": "neither comment nor CDATA",
  "51-01.msg.xml": "neither comment nor CDATA",
  "appendix_fu_lu-01.msg.xml": "SyncHdr without VerDTD",
  "appendix_fu_lu-02.msg.xml": "SyncHdr without VerDTD",
  "appendix_fu_lu-03.msg.xml": "SyncHdr without VerDTD",
  "appendix_fu_lu-04.msg.xml": "SyncHdr without VerDTD",
};

/**
 * What the decoder says of a whole message, a body or a command: the names of its commands, or the
 * problem.
 */
function outcome(name: string, xml: string): string {
  const body = name.endsWith(".cmd.xml") ? `<SyncBody>${xml}</SyncBody>` : xml;
  const whole = name.endsWith(".msg.xml")
    ? xml
    : `<SyncML>${HEADER}${body.replace(/^<!--.*-->\n/, "")}</SyncML>`;
  const bytes = Buffer.from(whole.trim());
  const result = decodeMessage(
    new XmlReader(bytes, bytes.length, SYNCML),
    new Budget(PEER_BYTES_MAX),
  );
  return "problem" in result
    ? `! ${result.problem}`
    : result.commands.map((command) => command.name).join(" ");
}

function files(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(msg|cmd|body)\.xml$/.test(name))
    .sort();
}

test("published messages are read, or refused for what is wrong with them", {
  skip: !existsSync(FOLDER),
}, () => {
  for (const folder of [FOLDER, `${FOLDER}/spec-examples`]) {
    for (const name of files(folder)) {
      const said = outcome(name, readFileSync(`${folder}/${name}`, "utf8"));
      if (REFUSED[name] !== undefined) strictEqual(said, `! ${REFUSED[name]}`, name);
      else ok(!said.startsWith("!"), `${name}: ${said}`);
    }
  }
  const read = (name: string): string => outcome(name, readFileSync(`${FOLDER}/${name}`, "utf8"));
  strictEqual(read("ms-wm-add-exec.body.xml"), "Add Exec");
  strictEqual(read("ms-wm-generic-alert.body.xml"), "Alert");
});
