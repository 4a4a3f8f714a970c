/** Get of values, names, structure. */
import { LIST_NODES_MAX } from "../../../src/base/limits.ts";
import { deepEqual, equal, test } from "../../check.ts";
import { Garden, GUEST, OWNER } from "./garden.ts";
import { MapStore } from "./mapstore.ts";
import { pulled } from "./pulled.ts";

test("Get of a leaf gives its value, format and type, under the URI that was asked for", () => {
  const { tree } = new Garden(new MapStore());
  const answer = tree.get("Garden/Weather", OWNER);
  const results = pulled(answer);
  equal(answer.status, 200);
  equal(results.length, 1);
  equal(results[0]?.uri, "Garden/Weather");
  equal(results[0]?.value.format, "chr");
  equal(results[0]?.value.type, "text/plain");
});

test("Get of an interior node gives the names of its children (OMA-TS-DM-Protocol §8.3)", () => {
  const garden = new Garden(new MapStore());
  garden.add("./Garden/Beds/b1/Pots/p1", "x");
  garden.add("./Garden/Beds/b2/Pots/p2", "x");
  equal(garden.read("./Garden/Beds"), "b1/b2");
  equal(garden.read("./Garden/Beds/b1"), "Size/Label/Pots");
  equal(garden.read("."), "Garden");
  const results = pulled(garden.tree.get("./Garden", OWNER));
  equal(results[0]?.value.format, "node");
  equal(results[0]?.value.type, "text/plain");
});

test("Get of an interior node without children gives nothing, and succeeds", () => {
  const garden = new Garden(new MapStore());
  equal(garden.read("./Garden/Leaves"), "");
});

test("Get of what is not there is 404, of a name past its limit 414", () => {
  const garden = new Garden(new MapStore());
  equal(garden.read("./Garden/Nothing"), 404);
  equal(garden.read("./Garden/Name/below"), 404);
  equal(garden.read(`./Garden/${"n".repeat(65)}`), 414);
});

test("Get of a node without that AccessType is 405, without the right 425", () => {
  const garden = new Garden(new MapStore());
  equal(garden.read("./Garden/Key"), 405);
  equal(garden.read("./Garden/Pipe"), 405);
  garden.replace("./Garden?prop=ACL", `Replace=${OWNER}&Get=${OWNER}`);
  equal(garden.read("./Garden/Name", GUEST), 425);
  equal(garden.read("./Garden/Name"), "");
});

test("list=Struct gives every node that the server may Get, without values", () => {
  const garden = new Garden(new MapStore());
  garden.add("./Garden/Beds/b1", "", OWNER);
  garden.tree.add("./Garden/Beds/b1", undefined, OWNER);
  const answer = garden.tree.get("./Garden/Beds?list=Struct", GUEST);
  equal(answer.status, 200);
  deepEqual(
    pulled(answer)
      .map((result) => `${result.uri} ${result.value.format} ${result.value.data.length}`)
      .sort(),
    [
      "./Garden/Beds node 0",
      "./Garden/Beds/b1 node 0",
      "./Garden/Beds/b1/Label chr 0",
      "./Garden/Beds/b1/Pots node 0",
      "./Garden/Beds/b1/Size int 0",
    ],
  );
});

test("list=StructData gives the values too, and leaves out what may not be read", () => {
  const garden = new Garden(new MapStore());
  garden.replace("./Garden/Name", "rose");
  garden.replace("./Garden/Key", "secret");
  garden.replace("./Garden/Leaves?prop=ACL", `Get=${OWNER}`);
  const results = pulled(garden.tree.get("./Garden?list=StructData", GUEST));
  deepEqual(results.map((result) => `${result.uri} ${result.value.data.length}`).sort(), [
    "./Garden 0",
    "./Garden/Beds 0",
    "./Garden/Name 4",
    "./Garden/Weather 4",
  ]);
});

test("a list of what may not be read is refused as its Get is", () => {
  const garden = new Garden(new MapStore());
  equal(garden.tree.get("./Garden/Key?list=Struct", OWNER).status, 405);
  garden.replace("./Garden/Beds?prop=ACL", `Get=${OWNER}`);
  equal(garden.tree.get("./Garden/Beds?list=Struct", GUEST).status, 425);
});

test("unknown lists are 406", () => {
  const garden = new Garden(new MapStore());
  equal(garden.read("./Garden?list=Struct+ACL"), 406);
  equal(garden.read("./Garden?other=1"), 406);
});

test("a list names parents before children, and siblings in their order", () => {
  const garden = new Garden(new MapStore());
  garden.add("./Garden/Beds/b1/Pots/p1", "x");
  garden.add("./Garden/Beds/b2/Pots/p2", "x");
  const uris = pulled(garden.tree.get("./Garden/Beds?list=Struct", OWNER)).map(({ uri }) => uri);
  deepEqual(
    uris.map((uri) => uri.slice("./Garden/Beds".length)),
    [
      "",
      "/b1",
      "/b1/Size",
      "/b1/Label",
      "/b1/Pots",
      "/b1/Pots/p1",
      "/b2",
      "/b2/Size",
      "/b2/Label",
      "/b2/Pots",
      "/b2/Pots/p2",
    ],
  );
});

test("a list has LIST_NODES_MAX nodes; of one more it is 413", () => {
  const store = new MapStore();
  const garden = new Garden(store);
  // As a version without a limit to what it keeps may have left them.
  const add = (name: string): void => {
    store.values.set(`tree.node.Garden/Beds/${name}`, new Uint8Array(0));
  };
  const beds = Math.floor((LIST_NODES_MAX - 1) / 4);
  for (let i = 0; i < beds; i++) add(`b${i}`);
  for (let i = 1 + beds * 4; i < LIST_NODES_MAX; i++) add(`b0/Pots/p${i}`);
  equal(pulled(garden.tree.get("./Garden/Beds?list=Struct", OWNER)).length, LIST_NODES_MAX);
  add("b0/Pots/last");
  equal(garden.tree.get("./Garden/Beds?list=Struct", OWNER).status, 413);
});
