/** Atomic: one commit, or none. And what is still there after a restart. */
import { equal, test, throws } from "../../check.ts";
import { chr, Garden, OWNER } from "./garden.ts";
import { MapStore } from "./mapstore.ts";

test("the commands of an Atomic are one commit, and see each other", () => {
  const store = new MapStore();
  const garden = new Garden(store);
  const before = store.commits;
  garden.tree.begin();
  equal(garden.tree.add("./Garden/Beds/b", undefined, OWNER), 200);
  equal(garden.add("./Garden/Beds/b/Pots/p", "v"), 200);
  equal(garden.replace("./Garden/Beds/b/Pots/p", "w"), 200);
  equal(garden.tree.copy("./Garden/Beds/b/Pots/p", "./Garden/Name", OWNER), 200);
  equal(store.commits, before);
  equal(garden.tree.commit(), 200);
  equal(store.commits, before + 1);
  equal(garden.read("./Garden/Name"), "w");
});

test("a rolled back Atomic has changed nothing: 216 (OMA-TS-DM-RepPro, Atomic)", () => {
  const garden = new Garden(new MapStore());
  garden.add("./Garden/Leaves/l", "old");
  garden.tree.begin();
  garden.replace("./Garden/Leaves/l", "new");
  garden.tree.remove("./Garden/Leaves/l", OWNER);
  garden.add("./Garden/Leaves/m", "new");
  equal(garden.add("./Garden/Name", "v"), 418);
  equal(garden.tree.rollback(), 216);
  equal(garden.read("./Garden/Leaves"), "l");
  equal(garden.read("./Garden/Leaves/l"), "old");
});

test("what went to a live node cannot be undone: 516", () => {
  const garden = new Garden(new MapStore());
  garden.tree.begin();
  garden.tree.replace("./Garden/Pipe", { ...chr("rain"), format: "bin" }, OWNER);
  equal(garden.tree.rollback(), 516);
  garden.tree.begin();
  garden.replace("./Garden/Name", "x");
  equal(garden.tree.rollback(), 216);
});

test("Get, Exec and chunks have no place in an Atomic: 500", () => {
  const garden = new Garden(new MapStore());
  garden.tree.begin();
  equal(garden.read("./Garden/Name"), 500);
  equal(garden.tree.exec("./Garden/Bell", {}, OWNER), 500);
  equal(garden.tree.stream("Replace", "./Garden/Name", { format: "chr", type: "" }, OWNER), 500);
  garden.tree.rollback();
  equal(garden.rung.length, 0);
});

test("an Atomic that the store has no room for changes nothing: 420", () => {
  const store = new MapStore();
  const garden = new Garden(store);
  store.room = 200;
  garden.tree.begin();
  equal(garden.replace("./Garden/Name", "x"), 200);
  equal(garden.add("./Garden/Leaves/l", "x".repeat(300)), 200);
  equal(garden.tree.commit(), 420);
  equal(garden.read("./Garden/Name"), "");
  equal(garden.read("./Garden/Leaves/l"), 404);
});

test("what is there already costs no write", () => {
  const store = new MapStore();
  const garden = new Garden(store);
  garden.replace("./Garden/Name", "rose");
  const before = store.commits;
  equal(garden.replace("./Garden/Name", "rose"), 200);
  equal(garden.replace("./Garden/Name?prop=Title", ""), 200);
  equal(store.commits, before);
  equal(garden.replace("./Garden/Name", ""), 200);
  equal(store.commits, before + 1);
});

test("an Atomic begins once and ends once", () => {
  const { tree } = new Garden(new MapStore());
  throws(() => tree.commit());
  throws(() => tree.rollback());
  tree.begin();
  throws(() => {
    tree.begin();
  });
});

test("after a restart the tree is as it was: nodes, values, types, titles, ACLs", () => {
  const store = new MapStore();
  const first = new Garden(store);
  first.add("./Garden/Beds/b/Pots/p", "v");
  first.tree.add("./Garden/Leaves/l", { ...chr("<p>"), type: "text/html" }, OWNER);
  first.replace("./Garden/Name", "rose");
  first.replace("./Garden/Name?prop=Title", "t");
  first.replace("./Garden/Beds?prop=ACL", `Get=${OWNER}`);
  const second = new Garden(store);
  equal(second.read("./Garden/Beds/b/Pots/p"), "v");
  equal(second.read("./Garden/Leaves/l?prop=Type"), "text/html");
  equal(second.read("./Garden/Name"), "rose");
  equal(second.read("./Garden/Name?prop=Title"), "t");
  equal(second.read("./Garden/Beds?prop=ACL"), `Get=${OWNER}`);
});

test("a power failure inside an Atomic leaves what was before it", () => {
  const store = new MapStore();
  const first = new Garden(store);
  first.tree.begin();
  first.replace("./Garden/Name", "rose");
  equal(new Garden(store).read("./Garden/Name"), "");
});

test("a node that this version has no definition for is not shown", () => {
  const store = new MapStore();
  const garden = new Garden(store);
  store.commit([
    ["tree.node.Garden/Shed", new Uint8Array(0)],
    ["tree.node.Garden/Leaves/l", new Uint8Array(0)],
  ]);
  equal(garden.read("./Garden/Leaves"), "l");
  equal(garden.read("./Garden/Shed"), 404);
});
