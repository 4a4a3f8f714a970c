/** Large objects. */
import { LEAF_BYTES_MAX } from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Sink } from "../../../src/tree/stream.ts";
import { equal, ok, test } from "../../check.ts";
import { chr, Garden, GUEST, OWNER } from "./garden.ts";
import { MapStore } from "./mapstore.ts";

const CHR = { format: "chr", type: "text/plain" };

function sinkOf(sink: Sink | number): Sink {
  ok(typeof sink !== "number", `${String(sink)}`);
  return sink;
}

test("a large object takes effect only when complete (OMA-TS-DM-Protocol §7)", () => {
  const garden = new Garden(new MapStore());
  const sink = sinkOf(garden.tree.stream("Replace", "./Garden/Name", { ...CHR, size: 7 }, OWNER));
  equal(sink.write(utf8("rosa")), 200);
  equal(sink.write(utf8("rum")), 200);
  equal(garden.read("./Garden/Name"), "");
  equal(sink.close(), 200);
  equal(garden.read("./Garden/Name"), "rosarum");
});

test("the bytes of a chunk may be written over once they are taken", () => {
  const garden = new Garden(new MapStore());
  const chunk = utf8("ab");
  const sink = sinkOf(garden.tree.stream("Replace", "./Garden/Name", { ...CHR, size: 4 }, OWNER));
  sink.write(chunk);
  chunk.fill(0x63);
  sink.write(chunk);
  equal(sink.close(), 200);
  equal(garden.read("./Garden/Name"), "abcc");
});

test("a large object can be added; without a size too", () => {
  const garden = new Garden(new MapStore());
  const sink = sinkOf(garden.tree.stream("Add", "./Garden/Leaves/l", CHR, OWNER));
  sink.write(utf8("a"));
  equal(garden.read("./Garden/Leaves"), "");
  sink.write(utf8("b"));
  equal(sink.close(), 200);
  equal(garden.read("./Garden/Leaves/l"), "ab");
});

test("bytes that do not add up to the size are 424, and nothing is kept", () => {
  const garden = new Garden(new MapStore());
  const short = sinkOf(garden.tree.stream("Replace", "./Garden/Name", { ...CHR, size: 3 }, OWNER));
  short.write(utf8("ab"));
  equal(short.close(), 424);
  const long = sinkOf(garden.tree.stream("Replace", "./Garden/Name", { ...CHR, size: 3 }, OWNER));
  equal(long.write(utf8("abcd")), 424);
  equal(garden.read("./Garden/Name"), "");
});

test("an object too large for its leaf is 413, at once when its size is known", () => {
  const garden = new Garden(new MapStore());
  equal(
    typeof garden.tree.stream("Replace", "./Garden/Name", { ...CHR, size: LEAF_BYTES_MAX }, OWNER),
    "object",
  );
  equal(
    garden.tree.stream("Replace", "./Garden/Name", { ...CHR, size: LEAF_BYTES_MAX + 1 }, OWNER),
    413,
  );
  equal(
    garden.tree.stream("Add", "./Garden/Leaves/l", { ...CHR, size: LEAF_BYTES_MAX + 1 }, OWNER),
    413,
  );
  const sink = sinkOf(garden.tree.stream("Replace", "./Garden/Name", CHR, OWNER));
  equal(sink.write(new Uint8Array(LEAF_BYTES_MAX)), 200);
  equal(sink.write(new Uint8Array(1)), 413);
});

test("what the command would be refused for is refused before the first chunk", () => {
  const { tree } = new Garden(new MapStore());
  equal(tree.stream("Replace", "./Garden/Nothing", CHR, OWNER), 404);
  equal(tree.stream("Replace", "./Garden/Beds", CHR, OWNER), 405);
  equal(tree.stream("Replace", "./Garden/Name", CHR, GUEST), 425);
  equal(tree.stream("Replace", "./Garden/Name", { format: "int", type: "" }, OWNER), 415);
  equal(tree.stream("Add", "./Garden/Name", CHR, OWNER), 418);
  equal(tree.stream("Replace", "n".repeat(65), CHR, OWNER), 414);
});

test("a live node gets the bytes as they come, however many", () => {
  const garden = new Garden(new MapStore());
  const sink = sinkOf(
    garden.tree.stream(
      "Replace",
      "./Garden/Pipe",
      { format: "bin", type: "", size: LEAF_BYTES_MAX + 4 },
      OWNER,
    ),
  );
  sink.write(utf8("water"));
  equal(garden.piped, undefined);
  sink.close();
  equal(garden.piped, "water");
});

test("a live node takes a value in one piece as well", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.replace("./Garden/Pipe", { ...chr("rain"), format: "bin" }, OWNER), 200);
  equal(garden.piped, "rain");
});

test("an aborted object leaves nothing behind", () => {
  const garden = new Garden(new MapStore());
  const sink = sinkOf(garden.tree.stream("Replace", "./Garden/Name", { ...CHR, size: 2 }, OWNER));
  sink.write(utf8("ab"));
  sink.abort();
  equal(garden.read("./Garden/Name"), "");
});
