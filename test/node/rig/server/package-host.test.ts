/** The package host on a real socket: ranges, validators, and each fault as a client sees it. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { type IncomingHttpHeaders, request } from "node:http";
import { after, test } from "node:test";
import { randomBytes } from "node:crypto";
import { type Listening, listen } from "../../../rig/server/http.ts";
import { type HostOptions, PackageHost } from "../../../rig/server/package-host.ts";

const DATA = randomBytes(50000);

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const open: Listening[] = [];
after(async () => {
  for (const each of open) await each.close();
});

type Get = (headers?: Record<string, string>, path?: string, method?: string) => Promise<Answer>;

/** Serves the package: a function that asks for it. */
async function host(options: Partial<HostOptions> = {}): Promise<Get> {
  const packages = new PackageHost({ data: DATA, ...options });
  const listening = await listen((incoming) => packages.handle(incoming));
  open.push(listening);
  return (headers = {}, path = "/package", method = "GET") =>
    new Promise((resolve, reject) => {
      request(`${listening.origin}${path}`, { headers, method, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => {
          parts.push(part);
        });
        response.on("error", reject);
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          });
        });
      })
        .on("error", reject)
        .end();
    });
}

test("a package is served whole, by range, and only its head", async () => {
  const get = await host();
  const whole = await get();
  strictEqual(whole.status, 200);
  ok(whole.body.equals(DATA));
  strictEqual(whole.headers["content-length"], "50000");
  const part = await get({ range: "bytes=100-199" });
  strictEqual(part.status, 206);
  strictEqual(part.headers["content-range"], "bytes 100-199/50000");
  ok(part.body.equals(DATA.subarray(100, 200)));
  const rest = await get({ range: "bytes=49990-", "if-range": whole.headers.etag ?? "" });
  strictEqual(rest.status, 206);
  strictEqual(rest.body.length, 10);
  strictEqual((await get({ range: "bytes=0-", "if-range": '"other"' })).status, 200);
  const none = await get({ range: "bytes=50000-" });
  deepStrictEqual([none.status, none.headers["content-range"]], [416, "bytes */50000"]);
  const head = await get({}, "/package", "HEAD");
  deepStrictEqual(
    [head.status, head.body.length, head.headers["content-length"]],
    [200, 0, "50000"],
  );
  strictEqual((await get({}, "/other")).status, 404);
  strictEqual((await get({}, "/package", "POST")).status, 405);
});

test("redirects lead to the package in as many hops as the path says", async () => {
  const get = await host();
  strictEqual((await get({}, "/package/hop/2")).headers.location, "/package/hop/1");
  strictEqual((await get({}, "/package/hop/1")).headers.location, "/package");
});

test("each fault is what its name says, and only at its request", async () => {
  const get = await host({
    faults: [
      { what: "wholeAnswer", at: 1 },
      { what: "truncate", bytes: 1000, at: 2 },
      { what: "wrongContentRange", at: 3 },
      { what: "status", status: 503, retryAfter: 7, at: 4 },
      { what: "redirect", to: "http://elsewhere/", at: 5 },
      { what: "overlong", bytes: 5, at: 6 },
      { what: "corrupt", offset: 150, at: 7 },
      { what: "noLength", at: 8 },
      { what: "lose", at: 9 },
      { what: "slow", bytesPerSecond: 500000, at: 10 },
    ],
  });
  const range = { range: "bytes=100-199" };
  strictEqual((await get(range)).status, 200);
  await rejects(get());
  strictEqual((await get(range)).headers["content-range"], "bytes 101-199/50000");
  const busy = await get();
  deepStrictEqual([busy.status, busy.headers["retry-after"]], [503, "7"]);
  strictEqual((await get()).headers.location, "http://elsewhere/");
  strictEqual((await get()).body.length, 50005);
  const corrupt = (await get(range)).body;
  deepStrictEqual(
    [...corrupt].flatMap((byte, index) => (byte === DATA[100 + index] ? [] : [index])),
    [50],
  );
  const unknown = await get();
  deepStrictEqual([unknown.headers["content-length"], unknown.body.length], [undefined, 50000]);
  await rejects(get());
  const began = performance.now();
  ok((await get()).body.equals(DATA));
  ok(performance.now() - began > 60);
  strictEqual((await get(range)).status, 206);
});

test("a changed package has another validator, so its download starts over", async () => {
  const get = await host({ faults: [{ what: "changed", at: 2 }], changed: Buffer.from("new") });
  const etag = (await get()).headers.etag ?? "";
  const answer = await get({ range: "bytes=1-", "if-range": etag });
  deepStrictEqual([answer.status, answer.body.toString()], [200, "new"]);
  ok(answer.headers.etag !== etag);
});

test("a server without ranges and validators gives everything", async () => {
  const get = await host({ ranges: false, validator: false });
  const answer = await get({ range: "bytes=1-2" });
  deepStrictEqual(
    [answer.status, answer.headers.etag, answer.body.length],
    [200, undefined, 50000],
  );
});
