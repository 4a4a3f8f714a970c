/** Whom the server of the page answers, and what. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { EventLog } from "../../rig/events/log.ts";
import type { Order } from "../../rig/page/model/order.ts";
import { type LivePage, servePage } from "../../rig/page/server.ts";

const log = new EventLog("sim");
const carried: Order[] = [];
let live: LivePage;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: { readonly [name: string]: unknown };
}

/** One request; an answer that goes on is read until it has `enough`. */
function ask(
  path: string,
  headers: { readonly [name: string]: string } = {},
  body?: string,
  enough: RegExp = /$^/,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = request(new URL(path, live.url), { method, headers }, (reply) => {
      let text = "";
      const done = (): void => {
        resolve({ status: reply.statusCode ?? 0, body: text, headers: reply.headers });
      };
      reply.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (!enough.test(text)) return;
        done();
        sent.destroy();
      });
      reply.on("end", done);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

before(async () => {
  log.emit({ kind: "note", text: "first" });
  log.emit({ kind: "note", text: "</script><script>alert(1)</script>" });
  live = await servePage({
    log,
    port: 0,
    config: { command: "xs-fumo demo", version: "0.1.0" },
    orders: {
      power: (order) => {
        carried.push(order);
        return "done";
      },
      update: () => {
        throw new Error("there is no device");
      },
    },
  });
});
after(() => live.close());

test("the page listens on the loopback interface alone, under a secret name", () => {
  match(live.url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
});

test("nothing is told without the secret", async () => {
  for (const path of ["/", "/events", "/report", `/${"0".repeat(32)}/events`]) {
    const { status, body } = await ask(path);
    deepStrictEqual([status, body], [404, ""], path);
  }
});

test("a name that was made to mean this machine is refused", async () => {
  const { status } = await ask("", { host: "rebound.example:80" });
  strictEqual(status, 403);
});

test("the page has a policy that forbids every other origin", async () => {
  const { status, body, headers } = await ask("");
  strictEqual(status, 200);
  match(body, /default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/);
  match(body, /connect-src 'self'/);
  strictEqual(headers["x-frame-options"], "DENY");
  strictEqual(headers["cache-control"], "no-store");
});

test("a page that comes back gets what it missed, and no more", async () => {
  const first = await ask("events", {}, undefined, /id: 2\n[^]*\n\n/);
  match(first.body, /^id: 1\ndata: \{.*"text":"first"\}\n\nid: 2\n/);
  const again = await ask("events", { "last-event-id": "1" }, undefined, /id: 2\n[^]*\n\n/);
  match(again.body, /^id: 2\n/);
});

test("an event that comes goes out at once", async () => {
  const waits = ask("events", { "last-event-id": "2" }, undefined, /\n\n/);
  setTimeout(() => {
    log.emit({ kind: "note", text: "third" });
  }, 100);
  match((await waits).body, /^id: 3\ndata: \{.*"text":"third"\}\n\n$/);
});

test("an order is carried out, and what becomes of it is said", async () => {
  const { status, body } = await ask("orders", {}, '{"what":"power","on":false}');
  deepStrictEqual([status, body], [200, '{"ok":true,"text":"done"}\n']);
  deepStrictEqual(carried, [{ what: "power", on: false }]);
});

test("an order of another site is refused, and not carried out", async () => {
  const before = carried.length;
  for (const site of ["cross-site", "same-site", "none"]) {
    const headers = { "sec-fetch-site": site };
    const { status } = await ask("orders", headers, '{"what":"power","on":true}');
    strictEqual(status, 403, site);
  }
  strictEqual(carried.length, before);
});

test("what is no order, is not taken here, or fails, is said", async () => {
  const said = async (order: string): Promise<readonly [number, string]> => {
    const { status, body } = await ask("orders", {}, order);
    return [status, (JSON.parse(body) as { text: string }).text];
  };
  for (const order of ["", "{}", "[]", "null", '{"what":"power"}', '{"what":"constructor"}'])
    deepStrictEqual(await said(order), [400, "This is no order."], order);
  deepStrictEqual(await said('{"what":"session"}'), [
    409,
    'The rig does not take the order "session".',
  ]);
  deepStrictEqual(await said('{"what":"update"}'), [409, "there is no device"]);
});

test("the report is a file that holds the events, and no markup of theirs", async () => {
  const { status, body, headers } = await ask("report");
  strictEqual(status, 200);
  strictEqual(headers["content-disposition"], 'attachment; filename="xs-fumo-sim.html"');
  match(body, /connect-src 'none'/);
  ok(!body.includes("<script>alert"), "an event wrote markup");
  const [, lines = ""] = /id="events">\n([^]*?)\n<\/script>/.exec(body) ?? [];
  deepStrictEqual(
    lines.split("\n").map((line) => JSON.parse(line) as unknown),
    log.events,
  );
});

test("the secret of the page is in no event", () => {
  const token = new URL(live.url).pathname.replaceAll("/", "");
  log.emit({ kind: "note", text: `page: ${token}` });
  ok(!JSON.stringify(log.events).includes(token));
});
