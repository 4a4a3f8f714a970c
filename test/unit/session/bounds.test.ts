/** What bounds a session: sizes, repetitions, aborts, where answers go. */
import { Budget } from "../../../src/base/budget.ts";
import { MESSAGE_REPEATS_MAX, PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { alert, Bench, command, item, SERVER_URL } from "./bench.ts";

test("a message that comes again is answered with the same bytes, and not executed again", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Replace", item("./A", "x"))]);
  const answer = bench.session.next()?.body.slice();
  bench.reply([bench.header(200), command("Replace", item("./A", "x"))], {
    header: { msgID: "1" },
  });
  deepEqual(bench.session.next()?.body.slice(), answer);
  equal(bench.tree.calls.length, 1);
});

test("Gets that do not fit in one message are answered in the next ones, in order", () => {
  const bench = new Bench();
  const data = new Uint8Array(900).fill(0x61);
  bench.tree.values.set("./A", { format: "chr", type: "text/plain", data });
  bench.next();
  const gets = Array.from({ length: 40 }, () => command("Get", item("./A")));
  bench.reply([bench.header(200), ...gets, command("Replace", item("./A", "x"))]);
  const order: string[] = [];
  for (let more = true; more; ) {
    const { commands, final } = bench.next();
    for (const one of commands)
      if (one.name === "Status" && one.cmdRef !== "0" && one.msgRef === "1")
        order.push(`${one.data} ${one.cmdRef}`);
      else if (one.name === "Results") order.push(`Results ${one.cmdRef}`);
    more = !final;
    if (more) bench.reply([bench.header(200), alert(1222)], { final: false });
    ok(order.length < 200);
  }
  const expected = gets.flatMap((_, index) => [`200 ${index + 2}`, `Results ${index + 2}`]);
  deepEqual(
    order.filter((line) => line !== "200 42"),
    expected,
  );
  ok(order.includes("200 42"), "the Replace behind them");
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "completed");
  equal(bench.budget.left, PEER_BYTES_MAX);
});

test("a session whose answers there is no memory for is given up", () => {
  const bench = new Bench({ budget: new Budget(9000) });
  bench.next();
  const many = Array.from({ length: 25 }, () => command("Delete", item("./A")));
  bench.reply([bench.header(200), ...many], { header: { maxMsgSize: 700 } });
  bench.next();
  equal(bench.others(), "Alert 1223");
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "protocol");
  equal(bench.budget.left, 9000);
});

test("a message there is no memory for is 413, and its commands have no effect", () => {
  const bench = new Bench({ budget: new Budget(4000) });
  bench.next();
  const many = Array.from({ length: 20 }, () => command("Delete", item("./A")));
  bench.reply([bench.header(200), ...many]);
  bench.next();
  equal(bench.statuses(), "413 SyncHdr");
  equal(bench.others(), "Alert 1223");
  deepEqual(bench.tree.calls, []);
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "protocol");
});

test("what a message took is free again with the next one", () => {
  const bench = new Bench();
  bench.next();
  let first = 0;
  for (let round = 0; round < 8; round++) {
    bench.reply([bench.header(200), ...[1, 2, 3].map(() => command("Get", item("./A")))]);
    bench.next();
    first ||= bench.budget.left;
    equal(bench.budget.left, first);
  }
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

test("a MsgID that does not count up is refused, since it may be a replay (§2.3.3)", () => {
  for (const msgID of ["a", "", "0", "-1", "1.5", "Infinity"]) {
    const bench = new Bench();
    bench.next();
    bench.reply([bench.header(200), command("Delete", item("./A"))], { header: { msgID } });
    deepEqual(bench.tree.calls, []);
  }
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

test("a session that is given up says Alert 1223, Final and the Status due (§2.3.1.2)", () => {
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

test("a session may be given up during an exchange; the late answer has no effect", () => {
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

test("the server's MaxMsgSize holds from its first message; the rest follows (§2.1)", () => {
  const bench = new Bench();
  bench.next();
  const uris = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `./Node/Number${n}`);
  bench.reply([bench.header(200), ...uris.map((uri) => command("Get", item(uri)))], {
    header: { maxMsgSize: 1000 },
  });
  let statuses = "";
  let messages = 0;
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

/** The device gives up what it began in this message: Alert 1223 is all that it still says. */
function endsShort(bench: Bench, maxMsgSize: number): void {
  const last = bench.next();
  equal(bench.others(), "Alert 1223");
  ok(last.final && last.header.msgID === "2");
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "protocol");
  ok(bench.logged(`MaxMsgSize ${maxMsgSize} is too small for a message`));
}

test("a MaxMsgSize in which nothing fits ends the session (1223); nothing is executed", () => {
  for (const maxMsgSize of [1, 100, 300]) {
    const bench = new Bench();
    bench.next();
    bench.reply([bench.header(200), command("Delete", item("./A"))], { header: { maxMsgSize } });
    endsShort(bench, maxMsgSize);
    deepEqual(bench.tree.calls, []);
  }
});

test("a MaxMsgSize without room for a chunk of a result ends the session: Alert 1223", () => {
  for (const maxMsgSize of [600, 700, 800, 900]) {
    const bench = new Bench();
    bench.tree.values.set("./A", {
      format: "chr",
      type: "text/plain",
      data: new Uint8Array(900).fill(0x61),
    });
    bench.next();
    bench.reply([bench.header(200), command("Get", item("./A"))], { header: { maxMsgSize } });
    endsShort(bench, maxMsgSize);
  }
});

test("a challenge with a MaxMsgSize too small for package 1 ends the session: 1223", () => {
  const secret = { type: "md5", name: "u", secret: "p", nonce: Uint8Array.from([1]) } as const;
  const bench = new Bench({ client: secret });
  bench.next();
  const chal = { type: "syncml:auth-md5", format: "b64", nextNonce: "AAAA" };
  bench.reply([bench.header(401, chal)], { header: { maxMsgSize: 700 } });
  endsShort(bench, 700);
});

test("a RespURI of the same server takes the answer; later ones use the account's", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./A"))], {
    header: { respURI: "https://dm.example/dm?s=1" },
  });
  bench.next();
  equal(bench.url, "https://dm.example/dm?s=1");
  bench.reply([bench.header(200), command("Get", item("./A"))], {
    header: { respURI: "https://evil.example/dm" },
  });
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
