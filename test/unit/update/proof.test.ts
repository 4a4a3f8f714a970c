/** The proof of a staged package goes in steps, so that the board stays awake between them. */
import { VERIFY_STEP_BYTES } from "../../../src/base/limits.ts";
import { Store } from "../../../src/store/store.ts";
import { Proof } from "../../../src/update/proof.ts";
import { Staging } from "../../../src/update/staging.ts";
import { equal, ok, test } from "../../check.ts";
import { MemoryFlash, policy, signedImage } from "./fixture.ts";

const STORE = { blocks: 4, blockLength: 4096, writeAlign: 4, eraseValue: 0xff };
const SLOT = { blocks: 26, blockLength: 4096, writeAlign: 4, eraseValue: 0xff };

class CountingFlash extends MemoryFlash {
  bytesRead = 0;

  override read(buffer: Uint8Array, byteOffset: number): void {
    this.bytesRead += buffer.length;
    super.read(buffer, byteOffset);
  }
}

test("a step of a proof reads VERIFY_STEP_BYTES, and what completes its last read", () => {
  const store = new MemoryFlash(STORE);
  for (let block = 0; block < STORE.blocks; block++) store.eraseBlock(block);
  const slot = new CountingFlash(SLOT);
  const payload = 3 * VERIFY_STEP_BYTES;
  const head = signedImage().subarray(0, 32);
  const header = new DataView(head.buffer, head.byteOffset);
  header.setUint16(10, 0, true);
  header.setUint32(12, payload, true);
  slot.bytes.set(head);
  const opened = Store.open(store);
  const proof = new Proof(opened, new Staging(slot, opened), 32 + payload + 4, policy());
  let steps = 0;
  for (let before = 0; proof.step() === undefined && steps < 3; before = slot.bytesRead) {
    steps++;
    const read = slot.bytesRead - before;
    ok(read >= VERIFY_STEP_BYTES, `step ${steps}: ${read}`);
    equal(read, VERIFY_STEP_BYTES + (steps === 1 ? 32 : 0));
  }
  equal(steps, 3);
});
