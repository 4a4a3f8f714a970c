/** Packages, ids, Final, aborts and the ends of a session. */
import { MESSAGE_REPEATS_MAX } from "../../../src/base/limits.ts";
import { deepEqual, equal, ok, test, throws } from "../../check.ts";
import { alert, Bench, command, DEVICE, item, messageText, SERVER_URL, textOf } from "./bench.ts";

test("package 1 has Alert 1201 and DevInfo, and says who speaks to whom (OMA-TS-DM-Protocol §2.3.3)", () => {
  const bench = new Bench();
  const { header, commands, final } = bench.next();
  deepEqual({ ...header }, {
    verDTD: "1.2", verProto: "DM/1.2", sessionID: "1", msgID: "1", target: SERVER_URL, source: DEVICE,
    maxMsgSize: 16384, maxObjSize: 1_000_000,
  });
  equal(bench.url, SERVER_URL);
  equal(bench.others(), "Alert 1201, Replace");
  const [, replace] = commands;
  ok(replace?.name === "Replace");
  deepEqual(replace.items.map((one) => [one.source, textOf(one)]), [["./DevInfo/DevId", DEVICE], ["./DevInfo/Man", "Maker"]]);
  deepEqual(commands.map((one) => one.cmdID), ["1", "2"]);
  ok(final);
});

test("a session that the server asked for says Alert 1200 and the SessionID of the notification (§2.3.3)", () => {
  const bench = new Bench({ alert: 1200, sessionID: "1A2B" });
  equal(bench.next().header.sessionID, "1A2B");
  equal(bench.others(), "Alert 1200, Replace");
});

test("commands are executed, answered in one package, and a package without commands ends the session (§2.3)", () => {
  const bench = new Bench();
  bench.tree.values.set("./A", { format: "chr", type: "text/plain", data: new Uint8Array([0x68, 0x69]) });
  bench.next();
  const statuses = [bench.header(200), bench.status("1", "Alert", 200), bench.status("2", "Replace", 200)];
  bench.reply([...statuses, command("Get", item("./A")), command("Get", item("./B"))]);
  const answer = bench.next();
  equal(answer.header.msgID, "2");
  equal(bench.statuses(), "200 SyncHdr, 200 Get 4, 404 Get 5");
  equal(bench.others(), "Results");
  const results = answer.commands[3];
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

test("the Status of SyncHdr has CmdRef 0 and both references (§4.1.6)", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./B"))], { header: { msgID: "7" } });
  const [status] = bench.next().commands;
  ok(status?.name === "Status");
  deepEqual([status.msgRef, status.cmdRef, status.cmd], ["7", "0", "SyncHdr"]);
  deepEqual([status.targetRefs, status.sourceRefs], [[DEVICE], [SERVER_URL]]);
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

test("a server's message without Final and without commands is answered with Alert 1222 (§2.1)", () => {
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

test("a message that comes again is answered with the same bytes, and not executed again", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Replace", item("./A", "x"))]);
  const answer = bench.session.next()?.body.slice();
  bench.reply([bench.header(200), command("Replace", item("./A", "x"))], { header: { msgID: "1" } });
  deepEqual(bench.session.next()?.body.slice(), answer);
  equal(bench.tree.calls.length, 1);
});

test("a message older than the last is a repetition too", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Delete", item("./A"))], { header: { msgID: "5" } });
  bench.next();
  bench.reply([bench.header(200), command("Delete", item("./B"))], { header: { msgID: "4" } });
  equal(bench.next().header.msgID, "2");
  deepEqual(bench.tree.calls, ["remove ./A"]);
});

test("a server that repeats itself is answered MESSAGE_REPEATS_MAX times, then left", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), alert(1222)]);
  for (let i = 0; i < MESSAGE_REPEATS_MAX; i++) {
    equal(bench.next().header.msgID, "2");
    bench.reply([bench.header(200), alert(1222)], { header: { msgID: "1" } });
  }
  equal(bench.next().header.msgID, "2");
  bench.reply([bench.header(200), alert(1222)], { header: { msgID: "1" } });
  bench.next();
  equal(bench.others(), "Alert 1223");
  bench.reply([bench.header(200)], { header: { msgID: "2" } });
  equal(bench.outcome(), "protocol");
});

test("the server's Alert 1223 ends the session without an answer (§2.3.1.2)", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), alert(1223), command("Replace", item("./A", "x"))]);
  equal(bench.outcome(), "aborted");
  deepEqual(bench.tree.calls, []);
});

test("a session that is given up says so with Alert 1223, Final and what Status it owes (§2.3.1.2)", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Delete", item("./A"))]);
  bench.session.abort("power is low");
  const last = bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Delete 2");
  equal(bench.others(), "Alert 1223");
  ok(last.final);
  bench.reply([bench.header(200), command("Delete", item("./B"))]);
  equal(bench.outcome(), "aborted");
  deepEqual(bench.tree.calls, ["remove ./A"]);
});

test("Alert 1223 finds room beside a Status too many", () => {
  const many = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => command("Delete", item(`./Node/Number${n}`)));
  for (const maxMsgSize of [900, 950, 1000]) {
    const one = new Bench();
    one.next();
    one.reply([one.header(200), ...many], { header: { maxMsgSize } });
    one.session.abort("enough");
    ok(one.next().final);
    equal(one.others(), "Alert 1223");
    ok(one.length <= maxMsgSize);
  }
});

test("a session may be given up while a message is under way; its answer, late, has no effect", () => {
  const bench = new Bench();
  bench.next();
  bench.session.abort("power is low");
  bench.reply([bench.header(200), command("Delete", item("./A"))]);
  equal(bench.next().header.msgID, "2");
  equal(bench.others(), "Alert 1223");
  bench.session.lost("power is out");
  bench.reply([bench.header(200), command("Delete", item("./A"))]);
  equal(bench.outcome(), "aborted");
  deepEqual(bench.tree.calls, []);
});

test("a session whose server is gone is over at once", () => {
  const bench = new Bench();
  bench.next();
  bench.session.lost("no answer");
  equal(bench.outcome(), "aborted");
});

test("a version that is not understood is refused: 505, 513 (§4.1.1)", () => {
  for (const [header, status] of [[{ verDTD: "1.1" }, 505], [{ verProto: "DM/1.3" }, 513]] as const) {
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
  for (const [header, status] of [[{ sessionID: "2" }, 400], [{ target: "IMEI:1" }, 404]] as const) {
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
  bench.replyText(messageText("<Delete><CmdID>1</CmdID><Item><Target><LocURI>./A</LocURI></Target></Item></Delete><Get>"));
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
  bench.reply([{ ...bench.header(401), msgRef: "9" }, bench.header(200), bench.status("77", "Replace", 500)]);
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

test("MaxMsgSize of the server is obeyed from its first message on; what does not fit follows, with Final at last (§2.1)", () => {
  const bench = new Bench();
  bench.next();
  const uris = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `./Node/Number${n}`);
  bench.reply([bench.header(200), ...uris.map((uri) => command("Get", item(uri)))], { header: { maxMsgSize: 1000 } });
  let statuses = "", messages = 0;
  for (;;) {
    const message = bench.next();
    ok(bench.length <= 1000, `${bench.length} bytes`);
    statuses += `${bench.statuses()}; `;
    messages++;
    if (message.final) break;
    bench.reply([bench.header(200), alert(1222)], { final: false });
  }
  ok(messages > 1);
  for (let i = 2; i <= 10; i++) ok(statuses.includes(`404 Get ${i}`), statuses);
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "completed");
});

test("a MaxMsgSize in which nothing fits ends the session", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./A"))], { header: { maxMsgSize: 100 } });
  equal(bench.outcome(), "protocol");
});

test("a MaxMsgSize in which not even a chunk of a result fits ends the session", () => {
  const bench = new Bench();
  bench.tree.values.set("./A", { format: "chr", type: "text/plain", data: new Uint8Array(900).fill(0x61) });
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./A"))], { header: { maxMsgSize: 900 } });
  equal(bench.outcome(), "protocol");
});

test("a RespURI of the same server takes the answer; the next message goes to the account's address again", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./A"))], { header: { respURI: "https://dm.example/dm?s=1" } });
  bench.next();
  equal(bench.url, "https://dm.example/dm?s=1");
  bench.reply([bench.header(200), command("Get", item("./A"))], { header: { respURI: "https://evil.example/dm" } });
  bench.next();
  equal(bench.url, SERVER_URL);
  ok(bench.logged("RespURI"));
});

test("the log has one line a message", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./A")), command("Get", item("./B"))]);
  ok(bench.logged("sent message 1 ("));
  ok(bench.logged("): Alert 1201, Replace"));
  ok(bench.logged("): Status 200 SyncHdr, Get ×2"));
});
