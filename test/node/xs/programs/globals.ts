/** Natives through the globals, as facades that nobody lowered call them. */

function attempt(work: () => unknown): void {
  try {
    trace(`${String(work())}\n`);
  } catch (error) {
    trace(`${(error as Error).name}: ${(error as Error).message}\n`);
  }
}

const self: unknown = undefined;
const digits = Uint8Array.from("123456789", (digit) => Number(digit) + 0x30);
class Hash extends Native("xs_sha256_destructor") {
  start(): this {
    const start = native("xs_sha256");
    start.call(this);
    return this;
  }
  update(bytes: Uint8Array): void {
    const update = native("xs_sha256_update");
    update.call(this, bytes);
  }
  digest(bytes: Uint8Array): void {
    const digest = native("xs_sha256_digest");
    digest.call(this, bytes);
  }
}

attempt(() => native("xs_crc32").call(self, digits, 0));
// biome-ignore lint/suspicious/noSelfCompare: two look-ups of one name give the same function
attempt(() => native("xs_crc32") === native("xs_crc32"));
/* not as a literal, or the blob would be refused */
attempt(() => native(["xs", "tuba"].join("_")));
attempt(() => native("xs_sha256_destructor"));
attempt(() => Native("xs_crc32"));
attempt(() => {
  const hash = new Hash().start();
  const result = new Uint8Array(32);
  hash.update(digits);
  hash.digest(result);
  return [hash instanceof Hash, result[0], result[31]].join();
});
attempt(() => {
  new Hash().update(digits);
});
attempt(() => new Hash().start().start());
attempt(() => (Hash as unknown as () => void)());
