/**
 * Each command with each Status that the tables of OMA-TS-DM-RepPro §4.1.6 give it: the same
 * commands in XML and in WBXML, over a real tree, with the same answers. A cell of the tables
 * without a case fails, but for those that say why there is none.
 */
import { Garden, GUEST, OWNER } from "../tree/garden.ts";
import { MapStore } from "../tree/mapstore.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Bench, command, item } from "./bench.ts";
import { CASES, type Name, TABLES, WITHOUT } from "./cases.ts";
import { Scene } from "./scene.ts";

/** Alerts that a server or a device may send (OMA-TS-DM-Protocol §4.2). */
const ALERT_CODES: readonly number[] = [
  1100, 1101, 1102, 1103, 1104, 1200, 1201, 1222, 1223, 1224, 1225, 1226,
];

for (const name of Object.keys(TABLES) as Name[]) {
  test(
    `${name}: each Status of its table (RepPro §4.1.6), in XML and WBXML`,
    "interaction",
    "tnds",
    () => {
      for (const one of CASES.filter((each) => each.name === name)) {
        for (const encoding of ["xml", "wbxml"] as const) {
          const scene = new Scene(one, encoding);
          scene.receive(scene.message());
          equal(scene.answers(), one.answers, `${name} ${one.status}, ${encoding}`);
          ok(
            `, ${one.answers}`.includes(`, ${one.status} ${name} `),
            `the case is not of its cell: ${name} ${one.status}`,
          );
        }
      }
    },
  );
}

test("each cell of the tables has a case, or says why it has none; no case is of another", () => {
  const cells = Object.entries(TABLES).flatMap(([name, statuses]) =>
    statuses.map((status) => `${name} ${status}`),
  );
  const known = new Set(CASES.map(({ name, status }) => `${name} ${status}`));
  deepEqual(
    cells.filter((cell) => known.has(cell) === (WITHOUT[cell] !== undefined)),
    [],
  );
  deepEqual(
    [...known, ...Object.keys(WITHOUT)].filter((cell) => !cells.includes(cell)),
    [],
  );
});

test("each alert that a server may send has a case (OMA-TS-DM-Protocol §4.2)", () => {
  const sent = CASES.flatMap(({ commands }) =>
    commands.map((one) => (one.name === "Alert" ? one.data : 0)),
  );
  // A server's 1223 ends the session without an answer; it has a test of its own.
  deepEqual(
    ALERT_CODES.filter((code) => !sent.includes(code)),
    [1223],
  );
});

test("an Add that fails above its target names that node (OMA-TS-DM-RepPro, Add)", () => {
  for (const [uri, server, blamed] of [
    ["./Garden/Nothing/a", OWNER, "./Garden/Nothing"],
    ["./Garden/Beds/new/Nothing/a", OWNER, "./Garden/Beds/new/Nothing"],
    ["./Garden/Beds/new/Pots/p", GUEST, "./Garden/Beds/new"],
    ["./Garden/Leaves/a", GUEST, undefined],
    ["./Garden/Leaves/leaf/a/b", OWNER, "./Garden/Leaves/leaf/a"],
  ] as const) {
    const garden = new Garden(new MapStore());
    garden.add("./Garden/Leaves/leaf", "green");
    garden.replace("./Garden?prop=ACL", `Add=${OWNER}&Get=*&Replace=${OWNER}`);
    const bench = new Bench({ tree: garden.tree, serverID: server });
    bench.next();
    bench.reply([bench.header(200), command("Add", item(uri, "x"))]);
    const last = bench.next().commands[1];
    equal(last?.name === "Status" ? last.items[0]?.target : "no Status", blamed, uri);
  }
});
