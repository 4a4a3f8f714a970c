/**
 * Messages from whoever answers in the server's place, made to exhaust the heap of a bare-metal
 * board: some 150 KB.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { MESSAGE_BYTES_MAX } from "../../../src/base/limits.ts";
import { DdfTag } from "../../../src/syncml/ddftag.ts";
import { SYNCML, Tag } from "../../../src/syncml/vocabulary.ts";
import { WbxmlWriter } from "../../../src/wbxml/writer.ts";
import { within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events.ts";
import { developmentKey, packageOf, VERSION_1 } from "../../rig/workshop.ts";
import { rigBoard, skip } from "./device.ts";

const LIMIT_MS = 120_000;
/** What the header, and the end, of a bomb leave room for. */
const END_BYTES = 8;

type Filling = (writer: WbxmlWriter) => void;

/** As often as it fits, at most `most` times. */
function fill(writer: WbxmlWriter, most: number, one: () => void): void {
  for (let count = 0; count < most; count++) {
    const mark = writer.mark();
    one();
    if (!writer.full && writer.length <= MESSAGE_BYTES_MAX - END_BYTES) continue;
    writer.rewind(mark);
    return;
  }
}

function command(writer: WbxmlWriter, tag: number, inside: () => void): void {
  writer.open(tag);
  writer.leaf(Tag.CmdID, "1");
  inside();
  writer.close();
}

/** Short elements that are all kept, and long ones that are copied. */
const BOMBS: Readonly<Record<string, Filling>> = {
  "many items": (writer) => {
    fill(writer, 63, () => {
      command(writer, Tag.Add, () => {
        for (const _ of [1, 2]) {
          writer.open(Tag.Item);
          for (const end of [Tag.Target, Tag.Source]) {
            writer.open(end);
            writer.leaf(Tag.LocURI, "a");
            writer.close();
          }
          writer.open(Tag.Meta);
          writer.leaf(Tag.Format, "b");
          writer.leaf(Tag.Type, "c");
          writer.close();
          writer.leaf(Tag.Data, "d");
          writer.close();
        }
      });
    });
  },
  "many references": (writer) => {
    command(writer, Tag.Get, () => {
      fill(writer, Infinity, () => {
        writer.leaf(Tag.TargetRef, "");
      });
    });
  },
  "short names below long ones": (writer) => {
    command(writer, Tag.Add, () => {
      for (const tag of [Tag.Item, Tag.Data, DdfTag.MgmtTree, DdfTag.Node]) writer.open(tag);
      writer.leaf(DdfTag.NodeName, "a".repeat(250));
      fill(writer, 120, () => {
        writer.open(DdfTag.Node);
        writer.leaf(DdfTag.NodeName, "b");
        writer.close();
      });
      for (let depth = 0; depth < 4; depth++) writer.close();
    });
  },
  "a long nonce": (writer) => {
    writer.open(Tag.Status);
    for (const [tag, value] of [
      [Tag.MsgRef, "1"],
      [Tag.CmdRef, "0"],
      [Tag.Cmd, "SyncHdr"],
    ] as const)
      writer.leaf(tag, value);
    writer.open(Tag.Chal);
    writer.open(Tag.Meta);
    writer.leaf(Tag.Type, "syncml:auth-md5");
    writer.leaf(Tag.NextNonce, "A".repeat(16_000));
    writer.close();
    writer.close();
    writer.leaf(Tag.Data, "407");
    writer.close();
  },
};

function bomb(sessionID: string, device: string, filling: Filling): Buffer {
  const bytes = new Uint8Array(MESSAGE_BYTES_MAX);
  const writer = new WbxmlWriter(bytes, SYNCML);
  writer.open(Tag.SyncML);
  writer.open(Tag.SyncHdr);
  for (const [tag, value] of [
    [Tag.VerDTD, "1.2"],
    [Tag.VerProto, "DM/1.2"],
    [Tag.SessionID, sessionID],
    [Tag.MsgID, "1"],
  ] as const) {
    writer.leaf(tag, value);
  }
  for (const [tag, value] of [
    [Tag.Target, device],
    [Tag.Source, "x"],
  ] as const) {
    writer.open(tag);
    writer.leaf(Tag.LocURI, value);
    writer.close();
  }
  writer.close();
  writer.open(Tag.SyncBody);
  filling(writer);
  writer.leaf(Tag.Final, "");
  writer.close();
  writer.close();
  assert.ok(!writer.full);
  return Buffer.from(bytes.subarray(0, writer.length));
}

/**
 * Somebody who has no secret answers each first message with the bomb, and then no more: the URL to
 * go to.
 */
async function attacker(context: TestContext, filling: Filling): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request
      .on("data", (part: Buffer) => {
        parts.push(part);
      })
      .on("end", () => {
        const message = Buffer.concat(parts).toString("latin1");
        const [, session] = /<SessionID>(\w+)</.exec(message) ?? [];
        const [, device] = /<Source><LocURI>([^<]+)</.exec(message) ?? [];
        if (session === undefined || device === undefined) response.writeHead(500).end();
        else
          response
            .writeHead(200, { "content-type": "application/vnd.syncml.dm+wbxml" })
            .end(bomb(session, device, filling));
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => {
    server.close();
  });
  return `http://10.0.2.2:${(server.address() as AddressInfo).port}/dm`;
}

for (const [what, filling] of Object.entries(BOMBS)) {
  test(`a message of ${what}, of a server that has proved nothing, does not exhaust the heap`, {
    skip,
  }, async (context) => {
    const address = await attacker(context, filling);
    const directory = mkdtempSync(join(tmpdir(), "xs-fumo-bomb-"));
    const log = new EventLog("qemu");
    context.after(() => {
      rmSync(directory, { recursive: true, force: true });
    });
    rigBoard.manufacture(directory, packageOf(rigBoard, VERSION_1, 0), developmentKey());
    rigBoard.provision(directory, {
      account: {
        serverId: "rig",
        address,
        encoding: "xml",
        auth: "md5",
        name: "device",
        secret: "device-secret",
        serverAuth: "md5",
        serverName: "rig",
        serverSecret: "server-secret",
      },
      keys: [],
      objects: ["Main"],
      allowHttp: true,
      allowPrivate: true,
      sessionAtBoot: true,
      pollSeconds: 0,
      request: "none",
      once: true,
    });
    const device = rigBoard.start(directory, log, false);
    const status = await within(LIMIT_MS, "the session", device.ended).finally(() => device.kill());
    const lines = log.all("serial").map(({ line }) => line);
    assert.equal(status, 0, lines.join("\n"));
    assert.deepEqual(
      lines.filter((line) => /panic|out of memory/.test(line)),
      [],
    );
    assert.equal(log.all("session").length, 1);
  });
}
