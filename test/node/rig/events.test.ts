/** The event log: what it says of a whole update, and that it holds no secret, in text or bytes. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import type { Encoding } from "../../../src/session/encoding.ts";
import { BOARDS } from "../../rig/boards/boards.ts";
import { decode, encode } from "../../rig/decode/decode.ts";
import type { Recorded } from "../../rig/events/event.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig } from "../../rig/rig.ts";
import { parseSerial } from "../../rig/serial.ts";
import { recorder } from "../../rig/serverevent.ts";

const ENCODINGS: readonly Encoding[] = ["xml", "wbxml"];
const LITERAL = "correct&horse";
const CHOSEN = "battery-staple";
const DIGEST = "hs1vY2xhc3MgZGlnZQ==";
const NONCE = "bm9uY2Utb2YtMTYtYnl0ZXM=";

/** A message with a secret in each of the places that hold one, and LITERAL where none belongs. */
const MESSAGE = `<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>\
DM/1.2</VerProto>
<SessionID>7</SessionID><MsgID>2</MsgID><Target><LocURI>device</LocURI></Target>
<Source><LocURI>http://127.0.0.1/dm</LocURI></Source>
<Cred><Meta><Format xmlns="syncml:metinf">b64</Format><Type xmlns="syncml:metinf">\
syncml:auth-md5</Type></Meta>
<Data>${DIGEST}</Data></Cred></SyncHdr><SyncBody>
<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Chal><Meta>
<Format xmlns="syncml:metinf">b64</Format><Type xmlns="syncml:metinf">syncml:auth-md5</Type>
<NextNonce xmlns="syncml:metinf">${NONCE}</NextNonce></Meta></Chal><Data>212</Data></Status>
<Replace><CmdID>2</CmdID><Item><Target><LocURI>./DMAcc/rig/AppAuth/1/AAuthSecret</LocURI></Target>
<Data>${CHOSEN}</Data></Item><Item><Target><LocURI>./DevInfo/Note</LocURI></Target>
<Data>${LITERAL.replace("&", "&amp;")}</Data></Item></Replace><Final/></SyncBody></SyncML>`;

function logged(body: Uint8Array, encoding: Encoding): Recorded[] {
  const log = new EventLog("sim");
  log.secrets.add(LITERAL);
  recorder(
    log,
    "server",
  )({ kind: "message", direction: "sent", encoding, text: `says ${LITERAL}`, body });
  return log.events;
}

/** All that a view can make of a log: its text, and the bytes and the XML of its messages. */
function shown(events: readonly Recorded[]): string[] {
  return events.flatMap((event) => {
    const text = JSON.stringify(event);
    if (event.kind !== "dm") return [text];
    const body = Buffer.from(event.body, "base64");
    return [text, body.toString("latin1"), decode(body, { lenient: true }).xml];
  });
}

/** The forms in which a person could take a secret from a view. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, secret.replace("&", "&amp;"), bytes.toString("hex"), bytes.toString("base64")];
}

for (const encoding of ENCODINGS) {
  const body = encoding === "xml" ? Buffer.from(MESSAGE) : Buffer.from(encode(MESSAGE, {}).bytes);

  test(`${encoding}: no view of a message shows credentials, nonces or account secrets`, () => {
    const events = logged(body, encoding);
    for (const text of shown(events))
      for (const secret of [LITERAL, CHOSEN, DIGEST, NONCE])
        for (const form of forms(secret)) ok(!text.includes(form), `${form} in ${text}`);
    for (const bytes of [DIGEST, NONCE].map((secret) => Buffer.from(secret, "base64")))
      for (const text of shown(events)) ok(!text.includes(bytes.toString("latin1")), text);
  });

  test(`${encoding}: a masked message is as long as it was, and reads like it`, () => {
    const [event] = logged(body, encoding);
    ok(event?.kind === "dm");
    const masked = Buffer.from(event.body, "base64");
    strictEqual(masked.length, body.length);
    const { xml, problems } = decode(masked);
    deepStrictEqual(problems, []);
    ok(xml.includes("./DMAcc/rig/AppAuth/1/AAuthSecret") && xml.includes("212"), xml);
  });

  test(`${encoding}: of a message that breaks off anywhere no view shows a secret either`, () => {
    for (let end = 0; end < body.length; end++) {
      const events = logged(body.subarray(0, end), encoding);
      for (const text of shown(events))
        for (const secret of [CHOSEN, DIGEST, NONCE]) {
          // What fits in a third of it tells nobody anything.
          const part = secret.slice(0, Math.ceil(secret.length / 3));
          ok(!text.includes(part), `${part} in ${text}`);
        }
    }
  });
}

test("a secret that the rig has given is in no text of any event, in no form", () => {
  const log = new EventLog("sim");
  log.secrets.add(LITERAL);
  const text = forms(LITERAL).join(" and ");
  log.emit({ kind: "serial", line: text }, "device");
  log.emit({ kind: "scenario", name: "a", phase: "failed", attempt: 1, problems: [text] });
  for (const event of log.events)
    for (const form of forms(LITERAL)) ok(!JSON.stringify(event).includes(form), form);
});

for (const encoding of ENCODINGS) {
  test(`${encoding}: a whole update on board sim is logged as data, without secrets`, async () => {
    const log = new EventLog("sim");
    const rig = await Rig.open({
      board: BOARDS.sim,
      log,
      scenario: "download-and-update",
      size: 0,
      auth: "basic",
      encoding,
    });
    try {
      rig.start();
      const outcome = await rig.finished(60_000);
      deepStrictEqual(outcome.ok, true, outcome.text);
    } finally {
      await rig.close();
    }
    const messages = log.all("dm");
    for (const { body, bytes, text, ...rest } of messages) {
      strictEqual(Buffer.from(body, "base64").length, bytes);
      strictEqual(rest.encoding, encoding);
      ok(text.startsWith(`${rest.session ?? ""}/${rest.msgID ?? ""}: `), text);
    }
    ok(messages.some(({ body }) => Buffer.from(body, "base64").includes("****")));
    for (const text of shown(log.events))
      for (const secret of ["device-secret", "server-secret", "device:device-secret"])
        for (const form of forms(secret)) ok(!text.includes(form), `${form} in ${text}`);
    deepStrictEqual(
      log.all("turn").map(({ what }) => what),
      ["verified", "armed", "confirmed"],
    );
    deepStrictEqual(
      log.all("power").map(({ on }) => on),
      [true, false],
    );
    ok(log.all("value").some(({ uri, format }) => uri === "./DevDetail/FwV" && format === "chr"));
    const progress = log.last("progress");
    strictEqual(progress?.bytes, progress?.total, "the progress reaches the total");
    deepStrictEqual(
      new Set(log.events.map(({ source }) => source)),
      new Set(["bench", "device", "server", "host"]),
    );
  });
}

test("an image that is rejected is a turn of the update", () => {
  const line = "[   1.000] I update: the image on trial is rejected; going back";
  deepStrictEqual(parseSerial(line).at(-1), { kind: "turn", what: "rejected" });
});
