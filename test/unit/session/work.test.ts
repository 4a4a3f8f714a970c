/** Commands that take more than a step of the client: nothing overtakes them. */
import { base64 } from "../../../src/base/base64.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Command, Item } from "../../../src/syncml/command.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Bench, command, item } from "./bench.ts";

const PKG = "./Fw/x/Update/PkgData";

/** A session whose Replaces take so many steps, and have this Status. */
function begun(steps: number, status = 200): Bench {
  const bench = new Bench();
  bench.next();
  bench.tree.steps = steps;
  bench.tree.statuses.set("./B", status);
  return bench;
}

/** Steps that the session does before it has a message. */
function resumed(bench: Bench): number {
  let steps = 0;
  for (; bench.session.waiting; steps++) equal(bench.session.resume(7), 7);
  return steps;
}

function replace(...uris: string[]): Command {
  return { ...command("Replace"), items: uris.map((uri) => item(uri, "v")) };
}

function container(name: "Atomic" | "Sequence", members: readonly Command[]): Command {
  const commands = members.map((one, index) => ({ ...one, cmdID: `c${index}` }));
  return { name, cmdID: "", commands };
}

test("commands are done and answered in their order, however many steps each takes", () => {
  for (const steps of [0, 1, 3]) {
    const bench = begun(steps, 403);
    const exec = command("Exec", item("./C"));
    bench.reply([bench.header(200), replace("./A"), replace("./B"), exec]);
    equal(resumed(bench), 2 * steps);
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 200 Replace 2, 403 Replace 3, 202 Exec 4");
    deepEqual(
      bench.tree.calls.filter((call) => call !== "step").map((call) => call.slice(0, 11)),
      ["replace ./A", "replace ./B", "exec ./C -"],
    );
  }
});

test("items of one command are, too", () => {
  const bench = begun(2, 403);
  bench.reply([bench.header(200), replace("./A", "./B", "./C")]);
  equal(resumed(bench), 6);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Replace 2, 403 Replace 2, 200 Replace 2");
});

test("a Sequence goes on, and an Atomic ends, behind the last step", () => {
  for (const [name, calls] of [
    ["Sequence", ["replace", "step", "exec"]],
    ["Atomic", ["begin", "replace", "step", "replace", "step", "commit"]],
  ] as const) {
    const bench = begun(1);
    const last = name === "Atomic" ? replace("./B") : command("Exec", item("./C"));
    bench.reply([bench.header(200), container(name, [replace("./A"), last])]);
    resumed(bench);
    bench.next();
    deepEqual(
      bench.tree.calls.map((call) => call.split(" ")[0]),
      calls,
    );
  }
});

test("a session that is lost gives the work up, and undoes the Atomic around it", () => {
  for (const name of ["", "Atomic"] as const) {
    const bench = begun(3);
    const one = replace("./A");
    bench.reply([bench.header(200), name === "" ? one : container(name, [one])]);
    ok(bench.session.waiting);
    bench.session.resume(0);
    bench.session.lost("gone");
    equal(bench.session.next(), undefined);
    ok(!bench.session.waiting);
    equal(bench.tree.calls.includes("abort work"), true);
    equal(bench.tree.calls.includes("rollback"), name === "Atomic");
  }
});

/** A chunk of base64 text. */
function chunk(text: string, moreData: boolean, size?: number): Item {
  const meta = { format: "b64", type: "application/octet-stream" };
  return item(PKG, text, { moreData, meta: size === undefined ? meta : { ...meta, size } });
}

test("chunks that divide a group of characters go to the sink one by one, in steps", () => {
  const data = utf8("some bytes");
  const text = base64(data);
  for (let cut = 1; cut < text.length; cut++) {
    const bench = begun(2);
    bench.reply(
      [bench.header(200), command("Replace", chunk(text.slice(0, cut), true, text.length))],
      { final: false },
    );
    resumed(bench);
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 213 Replace 2");
    bench.reply([bench.header(200), command("Replace", chunk(text.slice(cut), false))]);
    ok(resumed(bench) > 0);
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 200 Replace 2");
    deepEqual(bench.tree.sunk, [...data]);
    equal(bench.tree.calls.at(-1), `close ${data.length}`);
  }
});

test("a chunk that is found bad in its last step is answered so, and ends the object", () => {
  const bench = begun(2);
  bench.tree.statuses.set("write", 403);
  bench.reply([bench.header(200), command("Replace", chunk("AQID", true, 16))], { final: false });
  resumed(bench);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 403 Replace 2");
  ok(bench.tree.calls.includes("abort"));
});
