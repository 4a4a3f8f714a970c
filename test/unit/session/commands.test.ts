/** Commands on the tree, Atomic and Sequence (OMA-TS-DM-RepPro §4.1.6). */
import { utf8 } from "../../../src/base/utf8.ts";
import type { Command } from "../../../src/syncml/command.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { alert, Bench, command, item, messageText, textOf } from "./bench.ts";

/** Lets a server send these commands; the device's answer is in the bench. */
function answered(
  commands: readonly Command[],
  prepare: (bench: Bench) => void = () => undefined,
): Bench {
  const bench = new Bench();
  prepare(bench);
  bench.next();
  bench.reply([bench.header(200), ...commands]);
  bench.next();
  return bench;
}

function numbered(commands: readonly Command[]): readonly Command[] {
  return commands.map((one, index) => ({ ...one, cmdID: `c${index}` }));
}

function container(name: "Atomic" | "Sequence", commands: readonly Command[]): Command {
  return { name, cmdID: "", commands };
}

function atomic(...commands: readonly Command[]): Command {
  return { name: "Atomic", cmdID: "", commands: numbered(commands) };
}

function sequence(...commands: readonly Command[]): Command {
  return { name: "Sequence", cmdID: "", commands: numbered(commands) };
}

test("each command reaches the tree with the server's name, and its code comes back", () => {
  const bench = answered([
    command("Add", item("./N", undefined, { meta: { format: "node" } })),
    command("Replace", item("./A", "five5")),
    command("Delete", item("./B")),
    command("Copy", { ...item("./D"), source: "./C" }),
    { ...command("Exec", item("./X")), correlator: "abc" },
  ]);
  deepEqual(bench.tree.calls, [
    "add ./N node",
    "replace ./A - - 5 srv",
    "remove ./B",
    "copy ./C ./D",
    "exec ./X abc",
  ]);
  equal(
    bench.statuses(),
    "200 SyncHdr, 200 Add 2, 200 Replace 3, 200 Delete 4, 200 Copy 5, 202 Exec 6",
  );
});

test("an Exec without correlator has none", () => {
  deepEqual(answered([command("Exec", item("./X"))]).tree.calls, ["exec ./X -"]);
});

test("base64 data are decoded, and the tree is told how they came", () => {
  const bench = answered([
    command("Replace", item("./A", "AQID", { meta: { format: "b64", type: "application/x" } })),
  ]);
  deepEqual(bench.tree.calls, ["replace ./A b64 application/x 3 srv"]);
  deepEqual([...(bench.tree.values.get("./A")?.data ?? [])], [1, 2, 3]);
});

test("data that are not the base64 they claim to be are answered 400", () => {
  const bench = answered([command("Replace", item("./A", "A*", { meta: { format: "b64" } }))]);
  equal(bench.statuses(), "200 SyncHdr, 400 Replace 2");
  deepEqual(bench.tree.calls, []);
});

test("items that agree have one Status, items that differ one each with TargetRef", () => {
  const agree = answered([command("Delete", item("./A"), item("./B"))]);
  equal(agree.statuses(), "200 SyncHdr, 200 Delete 2");
  const differ = answered([command("Delete", item("./A"), item("./B"))], (bench) => {
    bench.tree.statuses.set("./B", 404);
  });
  equal(differ.statuses(), "200 SyncHdr, 200 Delete 2, 404 Delete 2");
  const last = differ.last.commands[2];
  ok(last?.name === "Status");
  deepEqual(last.targetRefs, ["./B"]);
});

test("a Get of several items has a Results each, after the Status", () => {
  const bench = answered([command("Get", item("./A"), item("./B"))], ({ tree }) => {
    for (const uri of ["./A", "./B"])
      tree.values.set(uri, { format: "chr", type: "text/plain", data: utf8(uri) });
  });
  equal(bench.last.commands.map(({ name }) => name).join(), "Status,Status,Results,Results");
});

test("a binary value is sent as base64 in XML", () => {
  const bench = answered([command("Get", item("./A"))], ({ tree }) => {
    tree.values.set("./A", {
      format: "bin",
      type: "application/octet-stream",
      data: Uint8Array.from([1, 2, 3]),
    });
  });
  const results = bench.last.commands[2];
  ok(results?.name === "Results");
  const [one] = results.items;
  equal(one?.meta?.format, "b64");
  equal(textOf(one), "AQID");
});

test("an unknown command is answered 406", () => {
  const bench = new Bench();
  bench.next();
  bench.replyText(
    messageText(
      "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>" +
        "200</Data>" +
        "</Status>" +
        "<Put><CmdID>2</CmdID><Item><Data>x</Data></Item></Put><Final/>",
    ),
  );
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 406 Put 2");
});

test("user interaction and other alerts are answered 406 (OMA-TS-DM-Protocol §2.5)", () => {
  const bench = answered([alert(1100), alert(1101), alert(1226)]);
  equal(bench.statuses(), "200 SyncHdr, 406 Alert 2, 406 Alert 3, 406 Alert 4");
});

test("Atomic: everything is done, and committed once (§4.1.6.3)", () => {
  const bench = answered([
    atomic(command("Replace", item("./A", "x")), command("Delete", item("./B"))),
  ]);
  equal(bench.statuses(), "200 SyncHdr, 200 Atomic 2, 200 Replace c0, 200 Delete c1");
  deepEqual(bench.tree.calls, ["begin", "replace ./A - - 1 srv", "remove ./B", "commit"]);
});

test("Atomic: a failure is 507, undoes what ran (216) and skips the rest (215)", () => {
  const commands = [
    command("Replace", item("./A", "x")),
    command("Delete", item("./B")),
    command("Add", item("./C", "x")),
  ];
  const bench = answered([atomic(...commands)], ({ tree }) => {
    tree.statuses.set("./B", 405);
  });
  equal(bench.statuses(), "200 SyncHdr, 507 Atomic 2, 216 Replace c0, 405 Delete c1, 215 Add c2");
  deepEqual(bench.tree.calls, ["begin", "replace ./A - - 1 srv", "remove ./B", "rollback"]);
});

test("Atomic: a store that is full at the end undoes it too", () => {
  const bench = answered([atomic(command("Replace", item("./A", "x")))], ({ tree }) => {
    tree.statuses.set("commit", 420);
  });
  equal(bench.statuses(), "200 SyncHdr, 507 Atomic 2, 216 Replace c0");
  ok(!bench.tree.calls.includes("rollback"));
});

test("Atomic: a roll-back that fails is 516", () => {
  const bench = answered(
    [atomic(command("Replace", item("./A", "x")), command("Delete", item("./B")))],
    ({ tree }) => {
      tree.statuses.set("./B", 405);
      tree.statuses.set("rollback", 516);
    },
  );
  equal(bench.statuses(), "200 SyncHdr, 507 Atomic 2, 516 Replace c0, 405 Delete c1");
});

test("Atomic: no Get, Exec, Sequence or Atomic inside: 500, and their members are 215", () => {
  const within = { ...command("Delete", item("./A")), cmdID: "d" };
  for (const [inner, members] of [
    [command("Get", item("./A")), ""],
    [command("Exec", item("./X")), ""],
    [container("Atomic", [within]), ", 215 Delete d"],
    [
      container("Sequence", [{ ...container("Sequence", [within]), cmdID: "s" }]),
      ", 215 Sequence s, 215 Delete d",
    ],
  ] as const) {
    const bench = answered([atomic(command("Replace", item("./A", "x")), inner)]);
    equal(
      bench.statuses(),
      `200 SyncHdr, 507 Atomic 2, 216 Replace c0, 500 ${inner.name} c1${members}`,
    );
    const { calls } = bench.tree;
    ok(!["get ./A", "exec ./X -", "remove ./A"].some((call) => calls.includes(call)));
  }
});

test("Atomic and Sequence take no chunk of a large object: 500", () => {
  const chunk = command("Replace", item("./A", "x", { moreData: true, meta: { size: 9 } }));
  equal(answered([atomic(chunk)]).statuses(), "200 SyncHdr, 507 Atomic 2, 500 Replace c0");
  equal(answered([sequence(chunk)]).statuses(), "200 SyncHdr, 200 Sequence 2, 500 Replace c0");
});

test("Sequence: in order, 200 for itself, and a failure does not stop it (§4.1.6.14)", () => {
  const commands = [
    command("Add", item("./A", "x")),
    command("Replace", item("./A", "y")),
    command("Exec", item("./X")),
  ];
  const bench = answered([sequence(...commands)], ({ tree }) => {
    tree.statuses.set("./A", 418);
  });
  equal(bench.statuses(), "200 SyncHdr, 200 Sequence 2, 418 Add c0, 418 Replace c1, 202 Exec c2");
});

test("Sequence: an Alert that cannot be shown stops what it was to ask for: 215", () => {
  const bench = answered([
    sequence(alert(1101), command("Exec", item("./X")), command("Get", item("./A"))),
  ]);
  equal(bench.statuses(), "200 SyncHdr, 200 Sequence 2, 406 Alert c0, 215 Exec c1, 215 Get c2");
  deepEqual(bench.tree.calls, []);
});

test("Sequence: no Atomic or Sequence inside: 500, their members 215, and it goes on", () => {
  const within = { ...command("Delete", item("./A")), cmdID: "d" };
  for (const name of ["Atomic", "Sequence"] as const) {
    const bench = answered([sequence(container(name, [within]), command("Delete", item("./B")))]);
    equal(
      bench.statuses(),
      `200 SyncHdr, 200 Sequence 2, 500 ${name} c0, 215 Delete d, 200 Delete c1`,
    );
    deepEqual(bench.tree.calls, ["remove ./B"]);
  }
});

const SYNCHDR_200 =
  "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>" +
  "200</Data></Status>";
const REPLACE =
  "<Replace><CmdID>9</CmdID><Item><Target><LocURI>./A</LocURI></Target><Data>x</Data></Item>" +
  "</Replace>";

test("a wrong number is its command's Status alone, 412 or 400 (§4.1.6); others run", () => {
  const size = "<Item><Target><LocURI>./B</LocURI></Target><Meta><Size>big</Size></Meta></Item>";
  const status = "<CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>2</CmdRef><Cmd>Replace</Cmd>";
  for (const [body, answer] of [
    ["<Alert><CmdID>2</CmdID></Alert>", "412 Alert 2, "],
    ["<Alert><CmdID>2</CmdID><Data> </Data></Alert>", "412 Alert 2, "],
    ["<Alert><CmdID>2</CmdID><Data>DISPLAY</Data></Alert>", "400 Alert 2, "],
    [`<Replace><CmdID>2</CmdID>${size}</Replace>`, "400 Replace 2, "],
    [`<Get><CmdID>2</CmdID>${size}</Get>`, "400 Get 2, "],
    [`<Status>${status}</Status>`, ""],
    [`<Status>${status}<Data>fine</Data></Status>`, ""],
  ] as const) {
    const bench = new Bench();
    bench.next();
    bench.replyText(messageText(`${SYNCHDR_200}${body}${REPLACE}<Final/>`));
    bench.next();
    equal(bench.statuses(), `200 SyncHdr, ${answer}200 Replace 9`, body);
    deepEqual(bench.tree.calls, ["replace ./A - - 1 srv"]);
    equal(bench.logged("command 2, without a number"), answer === "");
  }
});

test("within Atomic a wrong number undoes the rest: 507, 216", () => {
  const bench = new Bench();
  bench.next();
  const alerting = "<Alert><CmdID>3</CmdID></Alert>";
  bench.replyText(
    messageText(`${SYNCHDR_200}<Atomic><CmdID>2</CmdID>${REPLACE}${alerting}</Atomic><Final/>`),
  );
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 507 Atomic 2, 216 Replace 9, 412 Alert 3");
});

test("a Status of SyncHdr without a number ends the session: it accepts nothing", () => {
  const bench = new Bench();
  bench.next();
  bench.replyText(messageText(SYNCHDR_200.replace("200", "")));
  equal(bench.outcome(), "protocol");
  ok(bench.logged("answered no number to SyncHdr"));
});
