/** A session on the real tree: each message of a server is one that exists in the field. */
import { utf8 } from "../../../src/base/utf8.ts";
import { equal, test } from "../../check.ts";
import { Garden, OWNER } from "../tree/garden.ts";
import { MapStore } from "../tree/mapstore.ts";
import { Bench, command, item, textOf } from "./bench.ts";

function opened(): { readonly bench: Bench; readonly garden: Garden } {
  const garden = new Garden(new MapStore());
  const bench = new Bench({ tree: garden.tree, serverID: OWNER });
  bench.next();
  return { bench, garden };
}

test("replaced values read back; a missing Meta fits any leaf; a node lists children", () => {
  const { bench } = opened();
  bench.reply([
    bench.header(200),
    command("Replace", item("./Garden/Name", "Eden")),
    command("Add", item("./Garden/Leaves/L1", "green")),
    command("Get", item("./Garden/Name")),
    command("Get", item("./Garden/Leaves")),
  ]);
  const { commands } = bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Replace 2, 200 Add 3, 200 Get 4, 200 Get 5");
  const values = commands
    .filter((one) => one.name === "Results")
    .map(({ items }) => `${items[0]?.meta?.format} ${textOf(items[0])}`);
  equal(values.join(", "), "chr Eden, node L1");
});

test("a large object reaches the node that takes streams", () => {
  const { bench, garden } = opened();
  const meta = { format: "b64", type: "application/octet-stream" };
  bench.reply(
    [
      bench.header(200),
      command(
        "Replace",
        item("./Garden/Pipe", "d2F0Z", { moreData: true, meta: { ...meta, size: 8 } }),
      ),
    ],
    { final: false },
  );
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 213 Replace 2");
  bench.reply([bench.header(200), command("Replace", item("./Garden/Pipe", "XI=", { meta }))]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Replace 2");
  equal(garden.piped, "water");
});

test("a large value is kept by a leaf, and comes back", () => {
  const { bench } = opened();
  bench.reply(
    [
      bench.header(200),
      command(
        "Replace",
        item("./Garden/Name", "Paradise ", { moreData: true, meta: { size: 13 } }),
      ),
    ],
    { final: false },
  );
  bench.next();
  bench.reply([bench.header(200), command("Replace", item("./Garden/Name", "Lost"))]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Replace 2");
  bench.reply([bench.header(200), command("Get", item("./Garden/Name"))]);
  const results = bench.next().commands[2];
  equal(results?.name === "Results" ? textOf(results.items[0]) : "", "Paradise Lost");
});

test("an Atomic that fails leaves the tree as it was", () => {
  const { bench } = opened();
  bench.reply([
    bench.header(200),
    command("Replace", item("./Garden/Name", "one")),
    {
      name: "Atomic",
      cmdID: "",
      commands: [
        { ...command("Replace", item("./Garden/Name", utf8("two"))), cmdID: "a" },
        { ...command("Delete", item("./Garden")), cmdID: "b" },
      ],
    },
    command("Get", item("./Garden/Name")),
  ]);
  const { commands } = bench.next();
  equal(
    bench.statuses(),
    "200 SyncHdr, 200 Replace 2, 507 Atomic 3, 216 Replace a, 405 Delete b, 200 Get 4",
  );
  const results = commands[commands.length - 1];
  equal(results?.name === "Results" ? textOf(results.items[0]) : "", "one");
});
