/** Results are made one at a time, when there is room for them. */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { text } from "../../../src/base/utf8.ts";
import type { ContainerCommand, Item, ObjectCommand } from "../../../src/syncml/command.ts";
import type { ManagementTree } from "../../../src/session/ports.ts";
import type { Result } from "../../../src/tree/get.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { alert, Bench, type BenchOptions, command, FakeTree, item } from "./bench.ts";

const PLAIN = { format: "chr", type: "text/plain" } as const;

/** A tree whose `./List` has `count` results of `bytes` bytes; counts how many have been made. */
class ListTree extends FakeTree {
  made = 0;
  readonly #count: number;
  readonly #bytes: number;

  constructor(count: number, bytes: number) {
    super();
    this.#count = count;
    this.#bytes = bytes;
  }

  override get(uri: string): ReturnType<ManagementTree["get"]> {
    if (uri !== "./List") return super.get(uri);
    let index = 0;
    const next = (): Result | undefined => {
      if (index === this.#count) return undefined;
      this.made++;
      const data = new Uint8Array(this.#bytes).fill(0x61 + (index % 26));
      return { uri: `./List/${index++}`, value: { ...PLAIN, data } };
    };
    return { status: 200, next };
  }
}

function sequence(...commands: readonly ObjectCommand[]): ContainerCommand {
  return {
    name: "Sequence",
    cmdID: "",
    commands: commands.map((one, index) => ({ ...one, cmdID: `${20 + index}` })),
  };
}

/** Sends the commands, and fetches all that they are answered, message by message. */
function answersTo(
  options: BenchOptions,
  commands: Parameters<Bench["reply"]>[0],
  maxMsgSize = 16384,
): { readonly bench: Bench; readonly messages: readonly (readonly Item[])[] } {
  const bench = new Bench(options);
  bench.next();
  bench.reply([bench.header(200), ...commands], { header: { maxMsgSize } });
  const messages: (readonly Item[])[] = [];
  for (;;) {
    const message = bench.next();
    messages.push(
      message.commands.flatMap((one) => (one.name === "Results" ? [...one.items] : [])),
    );
    if (message.final) return { bench, messages };
    ok(messages.length < 100);
    bench.reply([bench.header(200), alert(1222)], { final: false });
  }
}

test("a list that fits is one Results with an item for each", () => {
  const tree = new ListTree(12, 10);
  const { bench, messages } = answersTo({ tree }, [command("Get", item("./List"))]);
  equal(messages.length, 1);
  equal(bench.statuses(), "200 SyncHdr, 200 Get 2");
  equal(bench.others(), "Results");
  deepEqual(
    messages[0]?.map(({ source }) => source),
    Array.from({ length: 12 }, (_, index) => `./List/${index}`),
  );
});

test("a list that does not fit goes on later, and only what fits is made", () => {
  const tree = new ListTree(100, 500);
  const bench = new Bench({ tree });
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./List"))]);
  const first = bench.next().commands.flatMap((one) => (one.name === "Results" ? one.items : []));
  equal(tree.made, first.length + 1, "one waits");
  ok(first.length > 15 && first.length < 40, `${first.length} items`);
  const { messages } = answersTo({ tree: new ListTree(100, 500) }, [
    command("Get", item("./List")),
  ]);
  deepEqual(
    messages.flat().map(({ source }) => source),
    Array.from({ length: 100 }, (_, index) => `./List/${index}`),
  );
});

test("an item of a list that no message can take goes in chunks, and the rest behind it", () => {
  const { messages } = answersTo(
    { tree: new ListTree(3, 3000) },
    [command("Get", item("./List"))],
    1500,
  );
  const whole = messages.flat().reduce((sum, { data }) => {
    return sum + text(data ?? new Uint8Array(0), 0, data?.length ?? 0);
  }, "");
  equal(whole, "a".repeat(3000) + "b".repeat(3000) + "c".repeat(3000));
  const sizes = messages.flat().filter(({ meta }) => meta?.size !== undefined);
  equal(sizes.length, 3);
});

test("each item of a Get has its Status, and the Results follow in their order", () => {
  const tree = new ListTree(2, 4);
  tree.values.set("./A", { ...PLAIN, data: new Uint8Array(3).fill(0x78) });
  const get = command("Get", item("./A"), item("./None"), item("./List"), item("./A"));
  const { bench, messages } = answersTo({ tree }, [get]);
  equal(bench.statuses(), "200 SyncHdr, 200 Get 2, 404 Get 2, 200 Get 2, 200 Get 2");
  deepEqual(
    messages.flat().map(({ source }) => source),
    ["./A", "./List/0", "./List/1", "./A"],
  );
});

test("a Get whose answer waits gives what the node holds when it is answered", () => {
  const tree = new FakeTree();
  const big = new Uint8Array(15000).fill(0x62);
  tree.values.set("./Big", { ...PLAIN, data: big });
  tree.values.set("./A", { ...PLAIN, data: new Uint8Array(800).fill(0x61) });
  const { messages } = answersTo({ tree }, [
    command("Get", item("./Big")),
    command("Get", item("./A")),
    command("Get", item("./A")),
    command("Replace", item("./A", "new")),
  ]);
  equal(messages.length, 2);
  const lengths = (messages[1] ?? []).map(({ data }) => data?.length);
  deepEqual(lengths, [800, 3], "the first had been made, and only lacked room");
});

test("in a Sequence a Get with changes behind it is answered before them, or 413", () => {
  const tree = (): FakeTree => {
    const one = new FakeTree();
    one.values.set("./Big", { ...PLAIN, data: new Uint8Array(15000).fill(0x62) });
    one.values.set("./A", { ...PLAIN, data: new Uint8Array(800).fill(0x61) });
    return one;
  };
  const change = command("Replace", item("./A", "new"));
  const get = command("Get", item("./A"));
  const fits = answersTo({ tree: tree() }, [sequence(get, change, get)]);
  equal(
    fits.bench.statuses(),
    "200 SyncHdr, 200 Sequence 2, 200 Get 20, 200 Replace 21, 200 Get 22",
  );
  deepEqual(
    fits.messages.flat().map(({ data }) => data?.length),
    [800, 3],
  );
  const full = answersTo({ tree: tree() }, [
    command("Get", item("./Big")),
    sequence(get, change, get),
  ]);
  const lengths = full.messages.flat().map(({ data }) => data?.length);
  deepEqual(lengths, [15000, 3], "the first is refused, the second comes after the change");
  ok(full.bench.log.some((line) => line.includes("Status 413 Get")));
});

test("a result that is sent in parts is kept, and charged, until the last one", () => {
  const tree = new FakeTree();
  tree.values.set("./A", { ...PLAIN, data: new Uint8Array(3000).fill(0x61) });
  const bench = new Bench({ tree });
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./A"))], { header: { maxMsgSize: 1500 } });
  const free = PEER_BYTES_MAX;
  for (let message = bench.next(); !message.final; message = bench.next()) {
    ok(bench.budget.left < free - 3000, `${bench.budget.left} of ${free} bytes`);
    bench.reply([bench.header(200), alert(1222)], { final: false });
  }
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "completed");
  equal(bench.budget.left, free);
});

test("an unfinished large object is charged, and is 413 without memory", () => {
  for (const [limit, status] of [
    [9000, 213],
    [4000, 413],
  ] as const) {
    const keeping = new FakeTree();
    const stream = keeping.stream.bind(keeping);
    keeping.stream = (...words) => {
      const sink = stream(...words);
      return typeof sink === "number" ? sink : { ...sink, keeps: 4000 };
    };
    const bench = new Bench({ tree: keeping, budget: new Budget(limit) });
    bench.next();
    const part = item("./A", "abc", { moreData: true, meta: { size: 4000 } });
    bench.reply([bench.header(200), command("Replace", part)], { final: false });
    bench.next();
    equal(bench.statuses(), `200 SyncHdr, ${status} Replace 2`);
    bench.reply([bench.header(200), alert(1222)], { final: false });
    bench.next();
    equal(bench.budget.left > limit - 4000, status === 413);
    bench.session.lost("gone");
    equal(bench.budget.left, limit);
  }
});
