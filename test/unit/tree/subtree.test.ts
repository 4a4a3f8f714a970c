/** Whole subtrees: described, added, replaced. */
import type { SubtreeNode } from "../../../src/base/subtreenode.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Garden, GUEST, OWNER } from "./garden.ts";
import { MapStore } from "./mapstore.ts";

/** `path format type value acl`, one node each. */
function described(garden: Garden, uri: string, server = OWNER): readonly string[] | number {
  const { status, subtree } = garden.tree.get(uri, server);
  const lines: string[] = [];
  if (subtree === undefined) return status;
  equal(
    subtree((node) => {
      lines.push(line(node));
      return true;
    }),
    200,
  );
  return lines;
}

function line({ path, format, type, value, acl }: SubtreeNode): string {
  const shown = value === undefined ? "-" : `"${text(value, 0, value.length)}"`;
  return `${path || "."} ${format || "-"} ${type || "-"} ${shown} ${acl ?? "?"}`.trim();
}

function leaf(path: string, value: string, more: Partial<SubtreeNode> = {}): SubtreeNode {
  return { path, format: "chr", type: "text/plain", value: utf8(value), ...more };
}

function interior(path: string, more: Partial<SubtreeNode> = {}): SubtreeNode {
  return { path, format: "node", type: "", ...more };
}

const BED: readonly SubtreeNode[] = [
  interior("b1"),
  leaf("b1/Label", "roses"),
  interior("b1/Pots"),
  leaf("b1/Pots/p1", "red"),
  leaf("b1/Pots/p2", "white"),
];

test("list=TNDS has every node that may be read, parents first (Protocol §8.4)", "tnds", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.addSubtree("./Garden/Beds", BED, OWNER), 200);
  deepEqual(described(garden, "./Garden/Beds?list=TNDS"), [
    ". node - -",
    "b1 node - -",
    'b1/Size int text/plain ""',
    'b1/Label chr text/plain "roses"',
    "b1/Pots node - -",
    'b1/Pots/p1 chr text/plain "red"',
    'b1/Pots/p2 chr text/plain "white"',
  ]);
  garden.replace("./Garden/Beds/b1/Pots?prop=ACL", `Get=${OWNER}`);
  deepEqual(described(garden, "./Garden/Beds/b1?list=TNDS", GUEST), [
    ". node - -",
    'Size int text/plain ""',
    'Label chr text/plain "roses"',
  ]);
});

test("list=TNDS with + adds properties, with - drops them; both, or others, is 406", "tnds", () => {
  const garden = new Garden(new MapStore());
  garden.replace("./Garden/Name?prop=ACL", `Get=*&Replace=${OWNER}`);
  garden.replace("./Garden/Name", "rose");
  deepEqual(described(garden, "./Garden/Name?list=TNDS+Value+ACL"), [
    `. - - "rose" Get=*&Replace=${OWNER}`,
  ]);
  deepEqual(described(garden, "./Garden/Name?list=TNDS-Format-Value"), [
    `. - text/plain - Get=*&Replace=${OWNER}`,
  ]);
  for (const bad of ["+Value-ACL", "-ACL+Value", "+Size", "-TStamp", "+", "-", "x"]) {
    equal(described(garden, `./Garden/Name?list=TNDS${bad}`), 406);
  }
  equal(described(garden, "./Garden/Key?list=TNDS"), 405);
});

test(
  "an Add of a subtree creates all its nodes in one commit (OMA-TS-DM-RepPro, Add)",
  "tnds",
  () => {
    const store = new MapStore();
    const garden = new Garden(store);
    const { commits } = store;
    equal(garden.tree.addSubtree("./Garden/Beds", BED, OWNER), 200);
    equal(store.commits, commits + 1);
    equal(garden.read("./Garden/Beds/b1/Pots/p2"), "white");
  },
);

test(
  "what fails within a subtree fails the Add with its status, and nothing is created",
  "tnds",
  () => {
    const cases: readonly (readonly [node: SubtreeNode, status: number])[] = [
      [leaf("b1/Pots/p1", "again"), 418],
      [leaf("b1/Nothing", "x"), 404],
      [leaf("b1/Label/x", "x"), 405],
      [leaf("b1/Pots/p3", "x", { format: "int" }), 415],
      [leaf("b1/Pots/p3", "x".repeat(4097)), 413],
      [leaf("b1/Pots/p3", "x", { acl: "Get" }), 500],
      [leaf(`b1/Pots/${"p".repeat(65)}`, "x"), 414],
      [interior("b1/Pots/p3"), 415],
    ];
    for (const [node, status] of cases) {
      const garden = new Garden(new MapStore());
      equal(garden.tree.addSubtree("./Garden/Beds", [...BED, node], OWNER), status);
      equal(garden.read("./Garden/Beds"), "");
    }
  },
);

test("a subtree with no name, or with the target's name, is the target", "tnds", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.addSubtree("./Garden/Beds/b1", [interior(""), leaf("Label", "a")], OWNER), 200);
  equal(
    garden.tree.addSubtree("./Garden/Beds/b2", [interior("b2"), leaf("b2/Label", "b")], OWNER),
    200,
  );
  equal(garden.read("./Garden/Beds/b1/Label"), "a");
  equal(garden.read("./Garden/Beds/b2/Label"), "b");
  equal(garden.tree.addSubtree("./Garden/Beds/b1", [interior(""), leaf("Label", "a")], OWNER), 418);
});

test(
  "a server without the right adds nothing; ACLs and Titles of the description are set",
  "tnds",
  () => {
    const garden = new Garden(new MapStore());
    const subtree = [
      interior("", { acl: `Get=*&Replace=${OWNER}`, title: "First" }),
      leaf("Label", "a", { acl: "Get=x" }),
    ];
    garden.replace("./Garden/Beds?prop=ACL", `Add=${OWNER}&Get=*&Replace=${OWNER}`);
    equal(garden.tree.addSubtree("./Garden/Beds/b1", subtree, GUEST), 425);
    equal(garden.tree.addSubtree("./Garden/Beds/b1", subtree, OWNER), 200);
    equal(garden.read("./Garden/Beds/b1?prop=ACL"), `Get=*&Replace=${OWNER}`);
    equal(garden.read("./Garden/Beds/b1/Label?prop=ACL", "x"), "Get=x");
    equal(garden.read("./Garden/Beds/b1?prop=Title"), "First");
  },
);

test(
  "a Replace of a subtree creates, changes and deletes (OMA-TS-DM-RepPro, Replace)",
  "tnds",
  () => {
    const garden = new Garden(new MapStore());
    garden.tree.addSubtree("./Garden/Beds", BED, OWNER);
    garden.replace("./Garden/Beds/b1/Pots/p2?prop=ACL", "Get=*");
    const subtree = [
      interior(""),
      leaf("Label", "lilies"),
      interior("Pots"),
      leaf("Pots/p2", "pink"),
      leaf("Pots/p3", "blue"),
    ];
    equal(garden.tree.replaceSubtree("./Garden/Beds/b1", subtree, OWNER), 200);
    equal(garden.read("./Garden/Beds/b1/Label"), "lilies");
    equal(garden.read("./Garden/Beds/b1/Pots"), "p2/p3");
    equal(garden.read("./Garden/Beds/b1/Pots/p2"), "pink");
    equal(garden.read("./Garden/Beds/b1/Pots/p2?prop=ACL"), "");
  },
);

test("a Replace of a subtree that fails leaves everything as it was", "tnds", () => {
  const garden = new Garden(new MapStore());
  garden.tree.addSubtree("./Garden/Beds", BED, OWNER);
  const bad = [interior(""), leaf("Label", "lilies"), leaf("Pots/p1", "7", { format: "int" })];
  equal(garden.tree.replaceSubtree("./Garden/Beds/b1", bad, OWNER), 415);
  equal(
    garden.tree.replaceSubtree(
      "./Garden/Beds/b1",
      [interior(""), leaf("Size", "7", { format: "int" })],
      OWNER,
    ),
    405,
  );
  equal(garden.tree.replaceSubtree("./Garden/Beds/b2", bad, OWNER), 404);
  equal(garden.tree.replaceSubtree("./Garden/Beds/b1", bad, GUEST), 425);
  equal(garden.tree.replaceSubtree("./Garden/Beds/b1", [], OWNER), 415);
  equal(garden.read("./Garden/Beds/b1/Label"), "roses");
  equal(garden.read("./Garden/Beds/b1/Pots"), "p1/p2");
});

test("what was described can replace itself, and can be added under another name", "tnds", () => {
  const garden = new Garden(new MapStore());
  const nodes: SubtreeNode[] = [];
  garden.tree.addSubtree("./Garden/Beds", BED, OWNER);
  const { subtree } = garden.tree.get("./Garden/Beds/b1?list=TNDS", OWNER);
  ok(subtree !== undefined);
  subtree((node) => nodes.push(node) > 0);
  equal(garden.tree.replaceSubtree("./Garden/Beds/b1", nodes, OWNER), 200);
  equal(garden.tree.addSubtree("./Garden/Beds/b2", nodes, OWNER), 200);
  deepEqual(
    described(garden, "./Garden/Beds/b2?list=TNDS"),
    described(garden, "./Garden/Beds/b1?list=TNDS"),
  );
});

test(
  "what a stream takes is no part of a subtree: 405, for it could not be taken back",
  "tnds",
  () => {
    const garden = new Garden(new MapStore());
    equal(
      garden.tree.replaceSubtree("./Garden/Pipe", [leaf("", "x", { format: "bin" })], OWNER),
      405,
    );
    equal(garden.tree.addSubtree("./Garden/Pipe", [leaf("", "x", { format: "bin" })], OWNER), 405);
    equal(garden.piped, undefined);
  },
);

test("an ACL that stays as it is needs no right to change it", "tnds", () => {
  const garden = new Garden(new MapStore());
  const acl = `Get=*&Replace=${GUEST}`;
  garden.replace("./Garden/Name?prop=ACL", acl);
  equal(garden.tree.replaceSubtree("./Garden/Name", [leaf("", "lily", { acl })], GUEST), 200);
  equal(
    garden.tree.replaceSubtree("./Garden/Name", [leaf("", "rose", { acl: "Get=*" })], GUEST),
    425,
  );
  equal(garden.read("./Garden/Name"), "lily");
});
