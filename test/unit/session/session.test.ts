/** Packages, ids, Final, what is not a message of the session. */
import { deepEqual, equal, ok, test, throws } from "../../check.ts";
import { alert, Bench, command, DEVICE, item, messageText, SERVER_URL, textOf } from "./bench.ts";

test("package 1 has Alert 1201, DevInfo, source and target (§2.3.3)", () => {
  const bench = new Bench();
  const { header, commands, final } = bench.next();
  deepEqual(
    { ...header },
    {
      verDTD: "1.2",
      verProto: "DM/1.2",
      sessionID: "1",
      msgID: "1",
      target: SERVER_URL,
      source: DEVICE,
      maxMsgSize: 16384,
      maxObjSize: 1_000_000,
    },
  );
  equal(bench.url, SERVER_URL);
  equal(bench.others(), "Alert 1201, Replace");
  const [, replace] = commands;
  ok(replace?.name === "Replace");
  deepEqual(
    replace.items.map((one) => [one.source, textOf(one)]),
    [
      ["./DevInfo/DevId", DEVICE],
      ["./DevInfo/Man", "Maker"],
    ],
  );
  deepEqual(
    commands.map((one) => one.cmdID),
    ["1", "2"],
  );
  ok(final);
});

test("a session by notification has Alert 1200 and its SessionID (§2.3.3)", () => {
  const bench = new Bench({ alert: 1200, sessionID: "1A2B" });
  equal(bench.next().header.sessionID, "1A2B");
  equal(bench.others(), "Alert 1200, Replace");
});

test("commands are answered in one package; one without commands ends it (§2.3)", () => {
  const bench = new Bench();
  bench.tree.values.set("./A", {
    format: "chr",
    type: "text/plain",
    data: new Uint8Array([0x68, 0x69]),
  });
  bench.next();
  const statuses = [
    bench.header(200),
    bench.status("1", "Alert", 200),
    bench.status("2", "Replace", 200),
  ];
  bench.reply([...statuses, command("Get", item("./A")), command("Get", item("./B"))]);
  const answer = bench.next();
  equal(answer.header.msgID, "2");
  equal(bench.statuses(), "200 SyncHdr, 200 Get 4, 404 Get 5");
  equal(bench.others(), "Results");
  const results = answer.commands[2];
  ok(results?.name === "Results");
  equal(results.cmdRef, "4");
  equal(results.msgRef, "1");
  equal(results.items[0]?.source, "./A");
  equal(textOf(results.items[0]), "hi");
  ok(answer.final);
  deepEqual(bench.told, ["authenticated"]);
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "completed");
});

test("Status of SyncHdr has CmdRef 0, and both references unless plain (§4.1.6)", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./B"))], { header: { msgID: "7" } });
  const [status] = bench.next().commands;
  ok(status?.name === "Status");
  deepEqual([status.msgRef, status.cmdRef, status.cmd], ["7", "0", "SyncHdr"]);
  deepEqual([status.targetRefs, status.sourceRefs], [[], []]);
  const other = new Bench();
  other.next();
  other.reply([other.header(200)], { header: { verProto: "DM/1.1" } });
  const [refused] = other.next().commands;
  ok(refused?.name === "Status" && refused.data === 513);
  deepEqual([refused.targetRefs, refused.sourceRefs], [[DEVICE], [SERVER_URL]]);
});

test("a server that has nothing to do ends the session with its first answer (§2.3.4)", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), bench.status("1", "Alert", 200)]);
  equal(bench.outcome(), "completed");
  equal(bench.session.next(), undefined);
});

test("the outcome is not to be had before the end", () => {
  const bench = new Bench();
  throws(() => bench.session.outcome, "Error");
});

test("a message with neither Final nor commands is answered by Alert 1222 (§2.1)", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200)], { final: false });
  const asks = bench.next();
  equal(bench.others(), "Alert 1222");
  ok(!asks.final);
  bench.reply([bench.header(200), bench.status("2", "Alert", 200)]);
  equal(bench.outcome(), "completed");
});

test("Alert 1222 of the server gets its Status (§2.1.1)", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), alert(1222)], { final: false });
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Alert 2");
  equal(bench.others(), "Alert 1222");
});

test("a message that is lost is given out again until it is answered", () => {
  const bench = new Bench();
  const first = bench.session.next();
  equal(bench.session.next(), first);
});

test("a version that is not understood is refused: 505, 513 (§4.1.1)", () => {
  for (const [header, status] of [
    [{ verDTD: "1.1" }, 505],
    [{ verProto: "DM/1.3" }, 513],
  ] as const) {
    const bench = new Bench();
    bench.next();
    bench.reply([bench.header(200), command("Replace", item("./A", "x"))], { header });
    bench.next();
    equal(bench.statuses(), `${status} SyncHdr`);
    equal(bench.others(), "Alert 1223");
    bench.reply([bench.header(200)]);
    equal(bench.outcome(), "protocol");
    deepEqual(bench.tree.calls, []);
  }
});

test("a message of another session, or for another device, is refused and not executed", () => {
  for (const [header, status] of [
    [{ sessionID: "2" }, 400],
    [{ target: "IMEI:1" }, 404],
  ] as const) {
    const bench = new Bench();
    bench.next();
    bench.reply([bench.header(200), command("Replace", item("./A", "x"))], { header });
    bench.next();
    equal(bench.statuses(), `${status} SyncHdr`);
    deepEqual(bench.tree.calls, []);
    deepEqual(bench.told, []);
  }
});

test("a malformed message has no effect; when its header could be read it is answered 400", () => {
  const bench = new Bench();
  bench.next();
  bench.replyText(
    messageText(
      "<Delete><CmdID>1</CmdID><Item><Target><LocURI>./A</LocURI></Target></Item></Delete><Get>",
    ),
  );
  bench.next();
  equal(bench.statuses(), "400 SyncHdr");
  deepEqual(bench.tree.calls, []);
  ok(bench.logged("malformed"));
});

test("an answer that is no message ends the session", () => {
  for (const text of ["", "<html>error</html>", "<SyncML"]) {
    const bench = new Bench();
    bench.next();
    bench.replyText(text);
    equal(bench.outcome(), "protocol");
  }
});

test("a Status for something that was never sent is logged and ignored", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([
    { ...bench.header(401), msgRef: "9" },
    bench.header(200),
    bench.status("77", "Replace", 500),
  ]);
  equal(bench.outcome(), "completed");
  ok(bench.logged("message 9"));
  ok(bench.logged("command 77"));
});

test("a server that refuses SyncHdr otherwise than by a challenge ends the session", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(513)]);
  equal(bench.outcome(), "protocol");
});
