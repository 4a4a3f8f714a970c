/**
 * Runs on the bare-metal board: what a byte of a message costs to write and to read. Marks the
 * places between which the meter counts, and prints what it was.
 */
import { openBoard } from "../../../../hal/qemu-riscv32/board.ts";
import { exit, print } from "../../../../hal/common/natives/system.ts";
import { heap } from "../../../xs/heap.ts";
import { Budget } from "../../../../src/base/budget.ts";
import { MESSAGE_BYTES_MAX, PEER_BYTES_MAX } from "../../../../src/base/limits.ts";
import { utf8 } from "../../../../src/base/utf8.ts";
import { type Encoding, readerOf, writerOf } from "../../../../src/session/encoding.ts";
import { statusOf } from "../../../../src/session/outgoing.ts";
import type { Command, Header, Item } from "../../../../src/syncml/command.ts";
import { decodeMessage } from "../../../../src/syncml/decode.ts";
import { MessageWriter } from "../../../../src/syncml/encode.ts";

function mark(this: unknown): void {
  native("xs_bench_mark").call(this);
}

const HEADER: Header = {
  verDTD: "1.2",
  verProto: "DM/1.2",
  sessionID: "1A2B",
  msgID: "12",
  target: "urn:uuid:00000000-0000-4000-8000-000000000001",
  source: "https://dm.example:8443/dm",
};
/** Bytes of a package in a message: base64 makes four of three. */
const CHUNK_BYTES: { readonly [E in Encoding]: number } = { xml: 11700, wbxml: 15600 };
const ROUNDS = 3;

const item = (more: Partial<Item>): Item => ({ binary: false, moreData: false, ...more });

/** Ten Gets, as a server asks them. */
function gets(): Command[] {
  const target = "./DevDetail/Ext/Value";
  return Array.from({ length: 10 }, (_, index) => ({
    name: "Get" as const,
    cmdID: `${index + 2}`,
    items: [item({ target })],
  }));
}

/** Their Status and Results, as a device answers. */
function answers(): Command[] {
  const meta = { format: "chr", type: "text/plain" };
  const source = "./DevDetail/Ext/Value";
  const data = utf8("a value of 20 bytes.");
  return gets().flatMap((get): Command[] => [
    statusOf("12", { cmdID: get.cmdID, name: "Get" }, 200, [source]),
    {
      name: "Results",
      cmdID: get.cmdID,
      msgRef: "12",
      cmdRef: get.cmdID,
      items: [item({ source, meta, data })],
    },
  ]);
}

/** A part of a package. */
function chunk(encoding: Encoding): Command[] {
  const data = new Uint8Array(CHUNK_BYTES[encoding]).fill(0x5a);
  const meta = { format: encoding === "xml" ? "b64" : "bin" };
  const part = item({
    target: "./FwUpdate/Main/Update/PkgData",
    meta,
    data,
    binary: true,
    moreData: true,
  });
  return [{ name: "Replace", cmdID: "2", items: [part] }];
}

/** Writes the message, and reads it, some times; the last counts. */
function measure(what: string, encoding: Encoding, commands: readonly Command[]): void {
  const bytes = new Uint8Array(MESSAGE_BYTES_MAX);
  for (let round = 1; round <= ROUNDS; round++) {
    mark();
    const tokens = writerOf(encoding, bytes);
    const writer = new MessageWriter(tokens);
    writer.begin(HEADER);
    for (const command of commands) if (!writer.command(command)) print("codec: it does not fit");
    writer.end(true);
    const budget = new Budget(PEER_BYTES_MAX);
    mark();
    const result = decodeMessage(readerOf(encoding, bytes, tokens.length), budget);
    mark();
    if ("problem" in result) print(`codec: ${result.problem}`);
    if (round === ROUNDS) print(`codec ${what} ${encoding} ${tokens.length}`);
  }
}

const board = openBoard();
board.run(() => {
  for (const encoding of ["xml", "wbxml"] as const) {
    measure("gets", encoding, gets());
    measure("answers", encoding, answers());
    measure("chunk", encoding, chunk(encoding));
  }
  const { peakSlots, peakChunks, slotBytes } = heap();
  print(`codec heap ${peakSlots} ${slotBytes} ${peakChunks}`);
  return exit(0);
});
