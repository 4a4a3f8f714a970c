/** Properties of nodes, and the cases of ACLs (OMA-TS-DM-TND §7.7). */
import { ACL_BYTES_MAX, TITLE_BYTES_MAX } from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { NodeDefinition } from "../../../src/tree/node.ts";
import { Tree } from "../../../src/tree/tree.ts";
import { equal, test } from "../../check.ts";
import { chr, Garden, GUEST, OWNER } from "./garden.ts";
import { MapStore } from "./mapstore.ts";

test("Get of each property", () => {
  const garden = new Garden(new MapStore());
  garden.replace("./Garden/Name", "rosé");
  equal(garden.read("./Garden/Name?prop=ACL"), "");
  equal(garden.read("./Garden/Name?prop=Format"), "chr");
  equal(garden.read("./Garden/Name?prop=Name"), "Name");
  equal(garden.read("./Garden/Name?prop=Size"), "5");
  equal(garden.read("./Garden/Name?prop=Title"), "");
  equal(garden.read("./Garden/Name?prop=Type"), "text/plain");
  equal(garden.read("./Garden?prop=Format"), "node");
  equal(garden.read("./Garden?prop=Type"), "urn:test:garden:1.0");
  equal(garden.read("./Garden/Pipe?prop=Format"), "bin");
});

test("a property that the client, or this kind of node, does not have is 406", () => {
  const garden = new Garden(new MapStore());
  for (const property of ["TStamp", "Colour", ""])
    equal(garden.read(`./Garden/Name?prop=${property}`), 406, property);
  equal(garden.read("./Garden?prop=Size"), 406);
  equal(garden.read("./Garden/Pipe?prop=Size"), 406);
  equal(garden.replace("./Garden/Name?prop=Colour", "red"), 406);
});

test("Get of a property needs the right of Get: 425; of a missing node: 404", () => {
  const garden = new Garden(new MapStore());
  garden.replace("./Garden/Beds?prop=ACL", `Get=${OWNER}&Replace=${OWNER}`);
  equal(garden.read("./Garden/Beds?prop=Name", GUEST), 425);
  equal(garden.read("./Garden/Nothing?prop=Name"), 404);
  equal(garden.replace("./Garden/Nothing?prop=Title", "x"), 404);
});

test("only ACL, Name and Title can be replaced: 405", () => {
  const garden = new Garden(new MapStore());
  for (const property of ["Format", "Size", "TStamp", "Type", "VerNo"]) {
    equal(garden.replace(`./Garden/Name?prop=${property}`, "x"), 405, property);
  }
});

test("VerNo counts changes and is kept; without it, 406 (OMA-TS-DM-TND §7.7.8)", () => {
  const store = new MapStore();
  const garden = new Garden(store);
  equal(garden.read("./Garden/Name?prop=VerNo"), "0");
  for (const value of ["a", "b", "b"]) garden.replace("./Garden/Name", value);
  equal(garden.read("./Garden/Name?prop=VerNo"), "2");
  garden.replace("./Garden/Name?prop=Title", "t");
  garden.replace("./Garden/Name?prop=ACL", `Get=*&Replace=${OWNER}`);
  garden.replace("./Garden/Name?prop=ACL", `Get=*&Replace=${OWNER}`);
  equal(new Garden(store).read("./Garden/Name?prop=VerNo"), "4");
  store.values.set("tree.version.Garden/Name", utf8("65535"));
  garden.replace("./Garden/Name", "c");
  equal(garden.read("./Garden/Name?prop=VerNo"), "0");
  equal(garden.read("./Garden/Weather?prop=VerNo"), 406);
  equal(garden.read("./Garden/Pipe?prop=VerNo"), 406);
});

test("VerNo goes with its node", () => {
  const garden = new Garden(new MapStore());
  garden.add("./Garden/Leaves/a", "1");
  equal(garden.read("./Garden/Leaves/a?prop=VerNo"), "1");
  garden.replace("./Garden/Leaves/a?prop=Name", "b");
  equal(garden.read("./Garden/Leaves/b?prop=VerNo"), "1");
  garden.tree.remove("./Garden/Leaves/b", OWNER);
  garden.tree.add("./Garden/Leaves/b", { format: "chr", type: "", data: new Uint8Array(0) }, OWNER);
  equal(garden.read("./Garden/Leaves/b?prop=VerNo"), "0");
});

test("a Title is kept, up to its limit: 413", () => {
  const garden = new Garden(new MapStore());
  const longest = "t".repeat(TITLE_BYTES_MAX);
  equal(garden.replace("./Garden/Name?prop=Title", longest), 200);
  equal(garden.replace("./Garden/Name?prop=Title", `${longest}t`), 413);
  equal(garden.read("./Garden/Name?prop=Title"), longest);
  equal(garden.replace("./Garden/Name?prop=Title", "x", GUEST), 425);
  equal(
    garden.tree.replace(
      "./Garden/Name?prop=Title",
      { format: "chr", type: "", data: Uint8Array.of(0xff) },
      OWNER,
    ),
    500,
  );
});

test("an added node can have another name; everything under it comes along", () => {
  const garden = new Garden(new MapStore());
  garden.add("./Garden/Beds/b/Pots/p", "v");
  garden.replace("./Garden/Beds/b?prop=Title", "bed");
  equal(garden.replace("./Garden/Beds/b?prop=Name", "c"), 200);
  equal(garden.read("./Garden/Beds"), "c");
  equal(garden.read("./Garden/Beds/c/Pots/p"), "v");
  equal(garden.read("./Garden/Beds/c?prop=Title"), "bed");
  equal(garden.read("./Garden/Beds/c?prop=Name"), "c");
});

test("Add: name taken 418, name too long 414, permanent node 405, no right 425", () => {
  const garden = new Garden(new MapStore());
  garden.tree.add("./Garden/Beds/b", undefined, OWNER);
  garden.tree.add("./Garden/Beds/c", undefined, OWNER);
  equal(garden.replace("./Garden/Beds/b?prop=Name", "c"), 418);
  equal(garden.replace("./Garden/Beds/b?prop=Name", "b"), 200);
  equal(garden.replace("./Garden/Beds/b?prop=Name", "x/y"), 500);
  equal(garden.replace("./Garden/Beds/b?prop=Name", "n".repeat(65)), 414);
  equal(garden.replace("./Garden/Name?prop=Name", "x"), 405);
  equal(garden.replace("./Garden/Beds/b/Label?prop=Name", "x"), 405);
  equal(garden.replace("./Garden/Beds/b?prop=Name", "d", GUEST), 425);
});

test("a name that makes a URI further down too long is 414, and nothing has moved", () => {
  const level = (children: readonly NodeDefinition[]): NodeDefinition => {
    const access = ["Add", "Get", "Replace"] as const;
    return {
      name: "",
      format: "node",
      access,
      occurrence: "ZeroOrMore",
      scope: "dynamic",
      description: "",
      children,
    };
  };
  const tree = new Tree(new MapStore());
  tree.mount(
    { ...level([level([level([level([level([])])])])]), name: "R", occurrence: "One" },
    new Map(),
  );
  tree.locally(({ grant }) => {
    grant("./R", OWNER);
  });
  const below = `${"n".repeat(64)}/`.repeat(3).slice(0, -1);
  equal(tree.add(`./R/x/${below}`, undefined, OWNER), 200);
  equal(tree.replace("./R/x?prop=Name", chr("n".repeat(57)), OWNER), 414);
  equal(tree.get(`./R/x/${below}`, OWNER).status, 200);
  equal(tree.replace("./R/x?prop=Name", chr("n".repeat(56)), OWNER), 200);
  equal(tree.get(`./R/${"n".repeat(56)}/${below}`, OWNER).status, 200);
  equal(tree.get("./R/x", OWNER).status, 404);
});

test("the root gives Add and Get to all until it has another ACL", () => {
  const garden = new Garden(new MapStore());
  equal(garden.read(".?prop=ACL"), "Add=*&Get=*");
  equal(garden.replace(".?prop=ACL", "Get=x"), 425);
  equal(
    garden.tree.locally(({ acl }) => {
      acl(".", `Get=*&Replace=${OWNER}`);
    }),
    200,
  );
  equal(garden.read(".?prop=ACL"), `Get=*&Replace=${OWNER}`);
  equal(garden.replace(".?prop=ACL", ""), 405);
  equal(garden.replace(".?prop=ACL", `Get=*&Replace=${OWNER}`), 200);
});

test("an ACL holds for everything below that has none, as a whole", () => {
  const garden = new Garden(new MapStore());
  equal(garden.replace("./Garden/Beds?prop=ACL", `Add=${GUEST}&Replace=${OWNER}`), 200);
  equal(garden.read("./Garden/Beds"), 425);
  equal(garden.tree.add("./Garden/Beds/b", undefined, GUEST), 200);
  equal(garden.replace("./Garden/Beds?prop=ACL", ""), 200);
  equal(garden.read("./Garden/Beds"), "b");
});

test("changing a leaf's ACL needs the right on the node above; its own is not enough", () => {
  const garden = new Garden(new MapStore());
  equal(garden.replace("./Garden/Name?prop=ACL", `Get=*&Replace=${GUEST}`), 200);
  equal(garden.replace("./Garden/Name", "x", GUEST), 200);
  equal(garden.replace("./Garden/Name?prop=ACL", "Get=*", GUEST), 425);
  equal(garden.replace("./Garden/Name", "x"), 425);
  equal(garden.replace("./Garden/Name?prop=ACL", ""), 200);
});

test("the ACL of an interior node is changed with its own right, or that of the node above", () => {
  const garden = new Garden(new MapStore());
  equal(garden.replace("./Garden/Beds?prop=ACL", `Replace=${GUEST}`), 200);
  equal(garden.replace("./Garden/Beds?prop=ACL", `Get=*&Replace=${GUEST}`, GUEST), 200);
  equal(garden.replace("./Garden/Beds?prop=ACL", "Get=*"), 200);
  equal(garden.replace("./Garden/Beds?prop=ACL", "", GUEST), 425);
});

test("a malformed ACL is 500, one past its limit 413; nothing has changed", () => {
  const garden = new Garden(new MapStore());
  equal(garden.replace("./Garden/Beds?prop=ACL", "Get=a&"), 500);
  const name = "n".repeat(ACL_BYTES_MAX - 4);
  equal(garden.replace("./Garden/Leaves?prop=ACL", `Get=${name}n`), 413);
  equal(garden.read("./Garden/Leaves?prop=ACL"), "");
  equal(utf8(`Get=${name}`).length, ACL_BYTES_MAX);
  equal(garden.replace("./Garden/Leaves?prop=ACL", `Get=${name}`), 200);
});

test("a new node has no ACL, but gives rights to a server that has none above", () => {
  const garden = new Garden(new MapStore());
  garden.tree.add("./Garden/Beds/b", undefined, OWNER);
  equal(garden.read("./Garden/Beds/b?prop=ACL"), "");
  garden.replace("./Garden/Beds?prop=ACL", `Add=*&Get=*&Replace=${OWNER}`);
  garden.tree.add("./Garden/Beds/c", undefined, GUEST);
  equal(
    garden.read("./Garden/Beds/c?prop=ACL"),
    `Add=*&Delete=${GUEST}&Get=*&Replace=${OWNER}+${GUEST}`,
  );
  equal(garden.replace("./Garden/Beds/c/Label", "mine", GUEST), 200);
  equal(garden.tree.remove("./Garden/Beds/c", GUEST), 200);
});

test("a server that is no more is in no ACL", () => {
  const garden = new Garden(new MapStore());
  garden.replace("./Garden/Beds?prop=ACL", `Get=${GUEST}+${OWNER}&Add=${GUEST}`);
  garden.tree.locally(({ acl, forget }) => {
    acl(".", `Get=${GUEST}`);
    forget(GUEST);
  });
  equal(garden.read("./Garden/Beds?prop=ACL"), `Get=${OWNER}`);
  equal(garden.read(".?prop=ACL"), "Get=*");
  garden.tree.locally(({ acl }) => {
    acl("./Garden", "");
  });
  equal(garden.read("./Garden?prop=Name", GUEST), "Garden");
});
