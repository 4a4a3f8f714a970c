/** Add, Replace, Delete, Copy, Exec: each status of their tables. */
import { Budget, Cost } from "../../../src/base/budget.ts";
import {
  ACL_BYTES_MAX,
  ACL_SERVERS_MAX,
  LEAF_BYTES_MAX,
  PEER_BYTES_MAX,
  TREE_BYTES_MAX,
} from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { chr, Garden, GUEST, OWNER } from "./garden.ts";
import { MapStore } from "./mapstore.ts";

test("Add of a leaf keeps its value and its type", () => {
  const garden = new Garden(new MapStore());
  equal(
    garden.tree.add("./Garden/Leaves/l", { format: "", type: "text/html", data: utf8("v") }, OWNER),
    200,
  );
  equal(garden.read("./Garden/Leaves/l"), "v");
  equal(garden.read("./Garden/Leaves/l?prop=Type"), "text/html");
});

test("Add creates missing parents, with what belongs to them (OMA-TS-DM-RepPro, Add)", () => {
  const garden = new Garden(new MapStore());
  equal(garden.add("./Garden/Beds/b/Pots/p", "v"), 200);
  equal(garden.read("./Garden/Beds/b"), "Size/Label/Pots");
  equal(garden.read("./Garden/Beds/b/Pots"), "p");
});

test("Add of what exists is 418, but a node that came with its parent may be added once", () => {
  const garden = new Garden(new MapStore());
  equal(garden.add("./Garden/Name", "x"), 418);
  equal(garden.tree.add(".", undefined, OWNER), 418);
  garden.add("./Garden/Beds/b/Pots/p", "v");
  equal(garden.add("./Garden/Beds/b/Pots/p", "v"), 418);
  equal(garden.tree.add("./Garden/Beds/b", undefined, OWNER), 418);
  equal(garden.add("./Garden/Beds/b/Label", "one"), 200);
  equal(garden.read("./Garden/Beds/b/Label"), "one");
  equal(garden.add("./Garden/Beds/b/Label", "two"), 418);
  equal(garden.add("./Garden/Beds/b/Size", "3"), 418);
});

test("Add under a leaf is 405, where no node can be 404, of a property 405", () => {
  const garden = new Garden(new MapStore());
  equal(garden.add("./Garden/Name/x", "v"), 405);
  equal(garden.add("./Garden/Nowhere", "v"), 404);
  equal(garden.add("./Other/a/b", "v"), 404);
  equal(garden.add("./Garden/Leaves/l?prop=Title", "v"), 405);
});

test("Add needs the right on the node above: 425", () => {
  const garden = new Garden(new MapStore());
  equal(garden.replace("./Garden/Leaves?prop=ACL", `Get=*&Add=${OWNER}`), 200);
  equal(garden.add("./Garden/Leaves/l", "v", GUEST), 425);
  equal(garden.add("./Garden/Leaves/l", "v", OWNER), 200);
});

test("Add of the wrong kind of node is 415", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.add("./Garden/Leaves/l", undefined, OWNER), 415);
  equal(garden.add("./Garden/Beds/b", "v"), 415);
  equal(
    garden.tree.add("./Garden/Beds/b", { format: "node", type: "", data: utf8("") }, OWNER),
    200,
  );
  equal(
    garden.tree.add("./Garden/Leaves/l", { format: "int", type: "", data: utf8("1") }, OWNER),
    415,
  );
});

test("a leaf holds up to its limit: 413", () => {
  const garden = new Garden(new MapStore());
  equal(garden.add("./Garden/Leaves/l", "x".repeat(LEAF_BYTES_MAX)), 200);
  equal(garden.add("./Garden/Leaves/m", "x".repeat(LEAF_BYTES_MAX + 1)), 413);
  equal(garden.replace("./Garden/Leaves/l", "x".repeat(LEAF_BYTES_MAX + 1)), 413);
  equal(garden.read("./Garden/Leaves/m"), 404);
});

test("servers can add up to a limit: 420; what frees space is always taken", () => {
  const garden = new Garden(new MapStore());
  const add = (name: string, value: string): number => garden.add(`./Garden/Leaves/${name}`, value);
  let count = 0;
  while (add(`l${count}`, "v") === 200) count++;
  // Node, value and version: three keys of some 28 characters each.
  const each = 3 * (Cost.fact + "tree.node.Garden/Leaves/l0".length + 1);
  ok(Math.abs(count - TREE_BYTES_MAX / each) < 3, `${count} leaves`);
  equal(add("more", "v"), 420);
  equal(garden.read("./Garden/Leaves/more"), 404);
  equal(garden.replace("./Garden/Leaves/l0", "another value"), 200);
  equal(garden.replace("./Garden?prop=ACL", `Get=*&Replace=${OWNER}&Add=${OWNER}`), 420);
  garden.tree.remove("./Garden/Leaves/l0", OWNER);
  equal(add("more", "v"), 200);
});

test("what servers add takes TREE_BYTES_MAX, to the byte, and no more: 420", () => {
  const fact = (key: string): boolean => key.startsWith("tree.") && !key.startsWith("tree.acl");
  for (const more of [0, 1]) {
    const store = new MapStore();
    const garden = new Garden(store);
    let count = 0;
    while (garden.add(`./Garden/Leaves/l${count}`, "v") === 200) count++;
    equal(garden.tree.remove("./Garden/Leaves/l0", OWNER), 200);
    const kept = [...store.values].filter(([key]) => key.startsWith("tree."));
    let bytes = 0;
    for (const [key, value] of kept)
      bytes += Cost.fact + key.length + (fact(key) ? 0 : value.length);
    const acl = "./Garden/Leaves/l1?prop=ACL";
    const head = `Get=*&Replace=${OWNER}&Add=`;
    const left = TREE_BYTES_MAX - bytes - Cost.fact - "tree.acl.Garden/Leaves/l1".length;
    const name = "s".repeat(left - head.length + more);
    equal(garden.replace(acl, head + name), more === 0 ? 200 : 420);
  }
});

test("a text for a property that is longer than any is 413, before it is looked at", () => {
  const garden = new Garden(new MapStore());
  equal(garden.replace("./Garden?prop=Title", "t".repeat(ACL_BYTES_MAX + 1)), 413);
  equal(garden.replace("./Garden?prop=ACL", `Get=${"s".repeat(ACL_BYTES_MAX - 3)}`), 413);
});

test("an ACL names so many servers for one command, and no more", () => {
  const garden = new Garden(new MapStore());
  const acl = (count: number): string =>
    `Replace=${OWNER}&Get=${Array.from({ length: count }, (_, index) => `s${index}`).join("+")}`;
  equal(garden.replace("./Garden?prop=ACL", acl(ACL_SERVERS_MAX)), 200);
  equal(garden.replace("./Garden?prop=ACL", acl(ACL_SERVERS_MAX + 1)), 500);
});

test("changes for which there is no memory are 413, and nothing is kept of them", () => {
  const store = new MapStore();
  const budget = new Budget(PEER_BYTES_MAX);
  const garden = new Garden(store, budget);
  const before = [...store.values.keys()];
  garden.tree.begin();
  let count = 0;
  while (garden.add(`./Garden/Leaves/l${count}`, "v".repeat(300)) === 200) count++;
  ok(count > 2 && count < 20, `${count} leaves`);
  equal(garden.add("./Garden/Leaves/more", "v"), 413);
  equal(garden.tree.rollback(), 216);
  deepEqual([...store.values.keys()], before);
  equal(budget.left, PEER_BYTES_MAX);
});

test("a full store is 420, and nothing has changed", () => {
  const store = new MapStore();
  const garden = new Garden(store);
  store.room = 200;
  equal(garden.add("./Garden/Leaves/l", "x".repeat(300)), 420);
  equal(garden.read("./Garden/Leaves/l"), 404);
  equal(garden.add("./Garden/Leaves/l", "x"), 200);
});

test("each command is one commit", () => {
  const store = new MapStore();
  const garden = new Garden(store);
  const before = store.commits;
  garden.add("./Garden/Beds/b/Pots/p", "v");
  equal(store.commits, before + 1);
  garden.tree.remove("./Garden/Beds/b", OWNER);
  equal(store.commits, before + 2);
  garden.add("./Garden/Nowhere", "v");
  equal(store.commits, before + 2);
});

test("Replace changes a value and never creates: 404 (OMA-TS-DM-RepPro, Replace)", () => {
  const garden = new Garden(new MapStore());
  equal(garden.replace("./Garden/Name", "rose"), 200);
  equal(garden.read("./Garden/Name"), "rose");
  equal(garden.replace("./Garden/Leaves/l", "v"), 404);
  equal(garden.replace("./Garden/Key", "secret"), 200);
});

test("Replace of an interior node, a node that forbids it or a device's own is 405", () => {
  const garden = new Garden(new MapStore());
  equal(garden.replace("./Garden/Beds", "v"), 405);
  garden.tree.add("./Garden/Beds/b", undefined, OWNER);
  equal(garden.replace("./Garden/Beds/b/Size", "1"), 405);
  equal(garden.replace("./Garden/Weather", "sun"), 405);
  equal(garden.replace("./Garden?list=Struct", "v"), 405);
});

test("Replace without the right is 425, of another format 415", () => {
  const garden = new Garden(new MapStore());
  equal(garden.replace("./Garden/Name", "x", GUEST), 425);
  equal(
    garden.tree.replace("./Garden/Name", { format: "bool", type: "", data: utf8("true") }, OWNER),
    415,
  );
  equal(
    garden.tree.replace("./Garden/Name", { format: "b64", type: "", data: utf8("true") }, OWNER),
    200,
  );
});

test("a value that is not text is 415 for chr: no message could carry it back", () => {
  const { tree } = new Garden(new MapStore());
  for (const bytes of [[0xc7, 0x1c], [0x41, 0], [0x41, 1], [0x1f], [0xef, 0xbf, 0xbf]]) {
    const value = { format: "b64", type: "", data: Uint8Array.from(bytes) };
    equal(tree.replace("./Garden/Name", value, OWNER), 415);
    equal(tree.add("./Garden/Leaves/l", value, OWNER), 415);
    equal(tree.replace("./Garden/Name?prop=Title", value, OWNER), 500);
  }
  equal(
    tree.replace(
      "./Garden/Name",
      { format: "b64", type: "", data: Uint8Array.from([9, 10, 13, 0x20, 0x7f, 0xc3, 0xa9]) },
      OWNER,
    ),
    200,
  );
});

test("a URI past its limit is 414 for every command", () => {
  const { tree } = new Garden(new MapStore());
  const uri = "n".repeat(300);
  equal(tree.add(uri, chr(""), OWNER), 414);
  equal(tree.replace(uri, chr(""), OWNER), 414);
  equal(tree.remove(uri, OWNER), 414);
  equal(tree.copy(uri, "./Garden/Name", OWNER), 414);
  equal(tree.copy("./Garden/Name", uri, OWNER), 414);
  equal(tree.exec(uri, {}, OWNER), 414);
});

test("Delete takes a node with everything under it", () => {
  const store = new MapStore();
  const garden = new Garden(store);
  const before = [...store.values.keys()];
  garden.add("./Garden/Beds/b/Pots/p", "v");
  garden.replace("./Garden/Beds/b/Pots/p?prop=Title", "t");
  equal(garden.tree.remove("./Garden/Beds/b", OWNER), 200);
  equal(garden.read("./Garden/Beds/b"), 404);
  deepEqual([...store.values.keys()], before);
});

test("Delete spares the neighbour whose name goes on where the node's ends", () => {
  const garden = new Garden(new MapStore());
  garden.tree.add("./Garden/Beds/b", undefined, OWNER);
  garden.tree.add("./Garden/Beds/b2", undefined, OWNER);
  garden.tree.remove("./Garden/Beds/b", OWNER);
  equal(garden.read("./Garden/Beds"), "b2");
});

test("Delete: permanent or forbidden 405, missing 404, without the right 425", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.remove(".", OWNER), 405);
  equal(garden.tree.remove("./Garden/Name", OWNER), 405);
  equal(garden.tree.remove("./Garden/Beds/b", OWNER), 404);
  garden.tree.add("./Garden/Beds/b", undefined, OWNER);
  equal(garden.tree.remove("./Garden/Beds/b/Label", OWNER), 405);
  equal(garden.tree.remove("./Garden/Beds/b?prop=Title", OWNER), 405);
  equal(garden.tree.remove("./Garden/Beds/b", GUEST), 425);
});

test("Copy goes from leaf to leaf, over an old value or to a new leaf", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.copy("./Garden/Weather", "./Garden/Leaves/l", OWNER), 200);
  equal(garden.tree.copy("./Garden/Leaves/l", "./Garden/Name", OWNER), 200);
  equal(garden.read("./Garden/Name"), "rain");
});

test("Copy: interior 403, missing 404, unreadable 405, without rights 425", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.copy("./Garden/Beds", "./Garden/Leaves/l", OWNER), 403);
  equal(garden.tree.copy("./Garden/Name", "./Garden/Beds", OWNER), 403);
  equal(garden.tree.copy("./Garden/Nothing", "./Garden/Name", OWNER), 404);
  equal(garden.tree.copy("./Garden/Key", "./Garden/Name", OWNER), 405);
  equal(garden.tree.copy("./Garden/Weather", "./Garden/Name", GUEST), 425);
  equal(garden.tree.copy("./Garden/Weather?prop=Name", "./Garden/Name", OWNER), 405);
});

test("Exec reaches the node with its correlator, absent or empty", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.exec("./Garden/Bell", { correlator: "c" }, OWNER), 202);
  equal(garden.tree.exec("./Garden/Bell", { correlator: "" }, OWNER), 202);
  equal(garden.tree.exec("./Garden/Bell", {}, OWNER), 202);
  deepEqual(garden.rung, ["owner c", "owner ", "owner -"]);
});

test("Exec of nothing is 404, of what cannot be executed 405, without the right 425", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.exec("./Garden/Gong", {}, OWNER), 404);
  equal(garden.tree.exec("./Garden/Name", {}, OWNER), 405);
  equal(garden.tree.exec("./Garden/Bell?prop=Name", {}, OWNER), 405);
  equal(garden.tree.exec("./Garden/Bell", {}, GUEST), 425);
  deepEqual(garden.rung, []);
});
