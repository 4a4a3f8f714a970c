/**
 * Runs on the bare-metal board: what a message of each kind of element takes of the heap once it is
 * decoded, beside what it is charged.
 */
import { openBoard } from "../../../hal/qemu-riscv32/board.ts";
import { exit, print } from "../../../hal/common/natives/system.ts";
import { heap } from "../../xs/heap.ts";
import { Budget } from "../../../src/base/budget.ts";
import { MESSAGE_BYTES_MAX, PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { type Encoding, readerOf } from "../../../src/session/encoding.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { bodyOf } from "./exchange/answer.ts";
import { KIND_NAMES } from "./exchange/elements.ts";
import { Source, WHOLE } from "./exchange/pieces.ts";

const ENCODINGS: readonly Encoding[] = ["xml", "wbxml"];
const HEADER = { text: 0, maxMsgSize: 0, maxObjSize: 0 };
const GARBAGE_BYTES = 2000;

/** Bytes in use, and nothing of them garbage. */
function used(): number {
  const { collections } = heap();
  while (heap().collections < collections + 2) new Uint8Array(GARBAGE_BYTES);
  const { slots, slotBytes, chunks } = heap();
  return slots * slotBytes + chunks;
}

const bytes = new Uint8Array(MESSAGE_BYTES_MAX);

/** The largest message of that kind that there is memory for. */
function measure(kind: string, encoding: Encoding): void {
  for (let share = 1; share > 0.01; share *= 0.7) {
    const fillings = [{ kind, share, lengths: { text: 200, many: 10 } }];
    const source = new Source(
      bodyOf({ head: "plain", encoding, header: HEADER, fillings }, "1", 1, "device"),
      WHOLE,
    );
    let length = 0;
    for (let part = source.read(bytes); part > 0; part = source.read(bytes.subarray(length)))
      length += part;
    const before = used();
    const budget = new Budget(PEER_BYTES_MAX);
    const message = decodeMessage(readerOf(encoding, bytes, length), budget);
    const after = used();
    if ("problem" in message) continue;
    print(`cost ${kind} ${encoding} ${after - before} ${PEER_BYTES_MAX - budget.left}`);
    return;
  }
  print(`BAD: no message of ${kind} in ${encoding} is small enough`);
}

const board = openBoard();
let next = 0;
board.run(() => {
  const kind = KIND_NAMES[next >> 1];
  if (kind === undefined) return exit(0);
  measure(kind, ENCODINGS[next & 1] ?? "xml");
  next++;
  return board.now();
});
