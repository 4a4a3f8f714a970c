/**
 * A download from start to end: what is asked, what is taken, when it goes on, starts over, or
 * gives up.
 */
import {
  DOWNLOAD_ATTEMPTS_MAX,
  LOG_TEXT_BYTES_MAX,
  REDIRECTS_MAX,
  VALIDATOR_LENGTH_MAX,
} from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { content, done, Scene, times, type Answer } from "./scripted.ts";

const TAG = { "content-length": "200", etag: '"v1"' };
const REST = {
  status: 206,
  headers: { "content-range": "bytes 120-199/200", etag: '"v1"' },
  body: [content(120, 200)],
};
const WHOLE: Answer = { headers: TAG, body: [content(0, 200)] };
const WHOLE_SIZE = 'accept 200 "v1"';
const REST_FROM_100: Answer = rest(100);
const REST_FROM_70: Answer = rest(70);
const CUT: Answer = { headers: TAG, body: [content(0, 120), "broken"] };

function rest(from: number): Answer {
  const headers = { "content-range": `bytes ${from}-199/200` };
  return { status: 206, headers, body: [content(from, 200)] };
}

test("a package comes in one answer; the sink first hears its size and validator", () => {
  const scene = new Scene([WHOLE]);
  equal(scene.run(), "done");
  done(scene);
  deepEqual(scene.log, ["attempted 1", 'accept 200 "v1"']);
  equal(scene.asked[0], "https://h/package");
  equal(scene.requests[0]?.method, "GET");
  equal(scene.header(0, "Range"), undefined);
  equal(scene.header(0, "Accept-Encoding"), "identity");
});

test("no piece crosses the point where progress is stored: a cut would repeat it", () => {
  const scene = new Scene([WHOLE]);
  scene.block = 90;
  equal(scene.run(), "done");
  done(scene);
  deepEqual(scene.ends, [64, 90, 154, 180, 200]);
});

/** Where the pieces ended that each step brought, from the head on. */
function endsByStep(scene: Scene): readonly (readonly number[])[] {
  const steps: number[][] = [];
  scene.start();
  while (scene.step().type === "wait") {
    const taken = scene.ends.splice(0);
    if (taken.length > 0) steps.push(taken);
  }
  return [...steps, scene.ends];
}

test("a step takes four reads of what is there, and none behind the end of a block", () => {
  const headers = { "content-length": "300", etag: '"v1"' };
  const body = [content(0, 300)];
  deepEqual(endsByStep(new Scene([{ headers, body }])), [[64, 128, 192, 256], [300]]);
  const blocks = new Scene([{ headers, body }]);
  blocks.block = 90;
  deepEqual(endsByStep(blocks), [[64, 90], [154, 180], [244, 270], [300]]);
});

test("with a length it is done at the last byte, without one at the end of the body", () => {
  const open = new Scene([{ headers: TAG, body: [content(0, 200), 1e9] }]);
  equal(open.run(), "done");
  done(open);
  const unknown = new Scene([{ body: [content(0, 200)] }]);
  equal(unknown.run(), "done");
  done(unknown);
  deepEqual(unknown.log, ["attempted 1", "accept undefined undefined"]);
});

test("after a break the same package goes on (RFC 9110 §13.1.5, §14)", () => {
  const scene = new Scene([CUT, REST]);
  equal(scene.run(), "done");
  done(scene);
  equal(scene.header(1, "Range"), "bytes=120-");
  equal(scene.header(1, "If-Range"), '"v1"');
  deepEqual(scene.log, ["attempted 1", 'accept 200 "v1"', "attempted 2", 'accept 200 "v1"']);
});

test("after a reset it goes on from what is durable", () => {
  const scene = new Scene([REST]);
  equal(scene.run({ from: 120, size: 200, validator: '"v1"' }), "done");
  done(scene);
  equal(scene.header(0, "Range"), "bytes=120-");
  equal(scene.header(0, "If-Range"), '"v1"');
});

test("what is all there already needs no request", () => {
  const scene = new Scene([]);
  equal(scene.run({ from: 200, size: 200 }), "done");
  equal(scene.requests.length, 0);
});

test("a strong ETag wins over Last-Modified; weak or long ones are no validator", () => {
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";
  for (const [headers, expected] of [
    [{ etag: '"v1"', "last-modified": date }, '"v1"'],
    [{ "last-modified": date }, date],
    [{ etag: 'W/"v1"', "last-modified": date }, date],
    [{ etag: 'W/"v1"' }, undefined],
    [
      { etag: `"${"v".repeat(VALIDATOR_LENGTH_MAX - 2)}"` },
      `"${"v".repeat(VALIDATOR_LENGTH_MAX - 2)}"`,
    ],
    [{ etag: `"${"v".repeat(VALIDATOR_LENGTH_MAX - 1)}"` }, undefined],
  ] as const) {
    const scene = new Scene([
      { headers: { ...headers, "content-length": "200" }, body: [content(0, 120), "broken"] },
      { status: 206, headers: { "content-range": "bytes 120-199/200" }, body: [content(120, 200)] },
    ]);
    equal(scene.run(), "done");
    equal(scene.header(1, "If-Range"), expected);
    done(scene);
  }
});

test("200 to a range is another package: it starts over", () => {
  const scene = new Scene([
    CUT,
    { headers: { "content-length": "90", etag: '"v2"' }, body: [content(0, 90)] },
  ]);
  equal(scene.run(), "done");
  done(scene, 90);
  deepEqual(scene.log, [
    "attempted 1",
    'accept 200 "v1"',
    "attempted 2",
    "restart",
    'accept 90 "v2"',
  ]);
});

test("a sink that does not begin again at byte 0 ends the download", () => {
  const scene = new Scene([CUT, WHOLE]);
  scene.refuseRestart = "mismatch";
  equal(scene.run(), "mismatch");
  equal(scene.open, 0);
});

test("a part with another total or ETag is another package, and is asked for whole", () => {
  for (const headers of [
    { "content-range": "bytes 120-200/201" },
    { "content-range": "bytes 120-199/200", etag: '"v2"' },
  ]) {
    const scene = new Scene([CUT, { status: 206, headers, body: [content(120, 200)] }, WHOLE]);
    equal(scene.run(), "done");
    done(scene);
    equal(scene.header(2, "Range"), undefined);
    equal(scene.header(2, "If-Range"), undefined);
    ok(scene.log.includes("restart"));
  }
});

/** Parts that cannot be used by whoever has 120 bytes of 200. */
const UNUSABLE: readonly (readonly [name: string, headers: Readonly<Record<string, string>>])[] = [
  ["a byte early", { "content-range": "bytes 119-199/200" }],
  ["a byte late", { "content-range": "bytes 121-199/200" }],
  ["from byte 0, and not whole", { "content-range": "bytes 0-149/200" }],
  ["past its end", { "content-range": "bytes 120-200/200" }],
  ["backwards", { "content-range": "bytes 120-119/200" }],
  ["without a unit", { "content-range": "120-199/200" }],
  ["with an equals sign", { "content-range": "bytes=120-199/200" }],
  ["of another unit", { "content-range": "lines 120-199/200" }],
  ["of no place", { "content-range": "bytes */200" }],
  ["empty", { "content-range": "" }],
  ["without Content-Range", {}],
  ["of several parts", { "content-type": "multipart/byteranges; boundary=B" }],
  ["shorter than it says", { "content-range": "bytes 120-199/200", "content-length": "79" }],
];

test("a useless part leads to one request for the whole; what is there stays (§15.3.7)", () => {
  for (const [name, headers] of UNUSABLE) {
    const part: Answer = { status: 206, headers, body: [content(120, 200)] };
    const scene = new Scene([part, { fails: "refused" }, WHOLE]);
    equal(scene.run({ from: 120, size: 200 }), "done", name);
    done(scene);
    const ranges = [0, 1, 2].map((request) => scene.header(request, "Range"));
    deepEqual(ranges, ["bytes=120-", undefined, undefined], name);
    deepEqual(scene.log, ["attempted 1", "attempted 2", "attempted 3", "restart", WHOLE_SIZE]);
    ok(scene.said[0]?.startsWith("warning: attempt 1 at h: HTTP 206 "), scene.said[0]);
  }
});

test("a host whose parts are useless, without the whole, has the usual attempts", () => {
  const part: Answer = { status: 206, headers: { "content-range": "bytes 7-199/200" } };
  const scene = new Scene(times(DOWNLOAD_ATTEMPTS_MAX, part));
  equal(scene.run({ from: 120, size: 200 }), "serverError");
  equal(scene.received.length, 120);
});

test("a 206 from byte 0 that is whole is a 200, whoever asked for what", () => {
  const headers = { "content-range": "bytes 0-199/200", "content-length": "200", etag: '"v1"' };
  const answer: Answer = { status: 206, headers, body: [content(0, 200)] };
  const first = new Scene([answer]);
  equal(first.run(), "done");
  done(first);
  const resumed = new Scene([CUT, answer]);
  equal(resumed.run(), "done");
  done(resumed);
  ok(resumed.log.includes("restart"));
});

test("a 206 without a range asked is taken: from byte 0, or as the whole", () => {
  const part: Answer = {
    status: 206,
    headers: { "content-range": "bytes 0-99/200" },
    body: [content(0, 100)],
  };
  const scene = new Scene([part, REST_FROM_100]);
  equal(scene.run(), "done");
  done(scene);
  equal(scene.header(1, "Range"), "bytes=100-");
  for (const headers of [{ "content-length": "200" }, { "content-range": "200" }]) {
    const bare = new Scene([{ status: 206, headers, body: [content(0, 200)] }]);
    equal(bare.run(), "done");
    done(bare);
  }
  const middle: Answer = { status: 206, headers: { "content-range": "bytes 7-199/200" } };
  equal(new Scene([middle], { attemptsMax: 1 }).run(), "serverError");
});

test("a 4xx or 501 to a range leads to one request for the whole; later ones count", () => {
  for (const status of [400, 401, 403, 404, 405, 407, 410, 416, 418, 451, 501]) {
    const scene = new Scene([{ status }, WHOLE]);
    equal(scene.run({ from: 120, size: 200 }), "done", `${status}`);
    done(scene);
    equal(scene.header(1, "Range"), undefined);
  }
  const twice = new Scene([{ status: 404 }, { status: 404 }]);
  equal(twice.run({ from: 120, size: 200 }), "serverUnavailable");
  for (const status of [408, 429]) {
    const busy = new Scene([{ status }, REST]);
    equal(busy.run({ from: 120, size: 200 }), "done");
    equal(busy.header(1, "Range"), "bytes=120-");
  }
});

test("a redirect of the request for the whole asks for the whole there, too", () => {
  const hop: Answer = { status: 302, headers: { location: "/x" } };
  const scene = new Scene([{ status: 416 }, hop, WHOLE]);
  equal(scene.run({ from: 120, size: 200 }), "done");
  deepEqual([scene.header(1, "Range"), scene.header(2, "Range")], [undefined, undefined]);
});

test("a body without a length resumes after a break: the package shows it is short", () => {
  const cut: Answer = { body: [content(0, 70)] };
  for (const rest of [REST_FROM_70, WHOLE]) {
    const scene = new Scene([cut, rest]);
    scene.wholeFrom = 200;
    equal(scene.run(), "done");
    done(scene);
    equal(scene.header(1, "Range"), "bytes=70-");
  }
  const end = new Scene([cut, { status: 416, headers: { "content-range": "bytes */70" } }]);
  end.wholeFrom = 200;
  equal(end.run(), "done");
  done(end, 70);
});

test("a page of HTML where a package is due is tried later, and not taken for the package", () => {
  const page = utf8("<!DOCTYPE html><html><title>Sign in</title></html>");
  const byType = { "content-type": "text/html; charset=utf-8" };
  for (const [headers, body] of [
    [byType, page],
    [{}, page],
    [{ "content-type": "application/octet-stream" }, utf8("\ufeff\r\n <HTML lang=en>")],
    [byType, utf8("<head><title>x</title>")],
    [{ "content-type": "application/xhtml+xml" }, utf8("<?xml version='1.0'?>")],
  ] as const) {
    const scene = new Scene([{ headers, body: [body] }, WHOLE]);
    equal(scene.run(), "done");
    done(scene);
    ok(
      scene.said[0]?.includes("attempt 1 at h: it sends a page of HTML, not a package; again in "),
    );
  }
  const portal = new Scene(times(DOWNLOAD_ATTEMPTS_MAX, { headers: byType, body: [page] }));
  equal(portal.run(), "serverUnavailable");
  const described = new Scene([{ headers: byType, body: [page] }, WHOLE]);
  equal(described.run({ described: true, size: 200 }), "done");
  done(described);
});

test("a page is known however it is split, and what only begins like one is a package", () => {
  const page = "\ufeff\r\n <!doctype HTML><title>Sign in</title>";
  for (const text of [page, "\n\n<HTML>", "<html"]) {
    const bytes = utf8(text);
    for (let size = 1; size < bytes.length; size++) {
      const body: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) body.push(bytes.slice(at, at + size));
      const scene = new Scene([{ body }, WHOLE]);
      equal(scene.run(), "done", `${text} by ${size}`);
      done(scene);
      equal(scene.log.filter((line) => line === "restart").length, 0, "nothing was written of it");
    }
  }
  for (const text of ["<htm", "<", "\n", "<!doctype htm\0", "<hTmm", `${" ".repeat(17)}<html>`]) {
    const bytes = utf8(text);
    for (const ended of [{}, { "content-length": `${bytes.length}` }]) {
      const body = [...bytes].map((byte) => new Uint8Array([byte]));
      const scene = new Scene([{ headers: ended, body }]);
      equal(scene.run(), "done", JSON.stringify(text));
      deepEqual(scene.received, bytes);
    }
  }
});

test("bytes that wait to be told from a page are asked for again when the body breaks off", () => {
  const scene = new Scene([{ body: [utf8("<ht"), "broken"] }, WHOLE]);
  equal(scene.run(), "done");
  done(scene);
  equal(scene.header(1, "Range"), undefined);
});

test("a package that its host calls HTML is a package", () => {
  const scene = new Scene([{ headers: { "content-type": "text/html" }, body: [content(0, 200)] }]);
  equal(scene.run(), "done");
  done(scene);
});

test("the sink hears which answer goes on behind another", () => {
  const scene = new Scene([CUT, REST]);
  equal(scene.run(), "done");
  equal(scene.resumed, 1);
  const alone = new Scene([WHOLE]);
  equal(alone.run(), "done");
  equal(alone.resumed, 0);
});

test("a cookie is named in the log, once a download", () => {
  const headers = { ...TAG, "set-cookie": "" };
  const scene = new Scene([
    { headers, body: ["broken"] },
    { headers, body: [content(0, 200)] },
  ]);
  equal(scene.run(), "done");
  const cookies = scene.said.filter((line) => line.includes("cookie"));
  deepEqual(cookies, ["warning: a cookie is set at h, and not sent back: not supported"]);
});

test("a shorter part than asked for is taken, and the next one asked for", () => {
  const scene = new Scene([
    { status: 206, headers: { "content-range": "bytes 120-149/200" }, body: [content(120, 150)] },
    { status: 206, headers: { "content-range": "bytes 150-199/*" }, body: [content(150, 200)] },
  ]);
  equal(scene.run({ from: 120, size: 200 }), "done");
  done(scene);
  equal(scene.header(1, "Range"), "bytes=150-");
});

test("416 on a complete package means done; otherwise it starts over, without range", () => {
  const all = new Scene([CUT, { status: 416, headers: { "content-range": "bytes */120" } }, WHOLE]);
  equal(all.run(), "done");
  ok(all.log.includes("restart"));
  done(all);
  const unknown = new Scene([{ body: [content(0, 120), "broken"] }, { status: 416 }, WHOLE]);
  equal(unknown.run(), "done");
  done(unknown);
  equal(new Scene([{ status: 416 }]).run(), "serverError");
});

test("the first byte too many ends the download, and is not written", () => {
  const announced = new Scene([{ headers: { "content-length": "100" }, body: [content(0, 101)] }]);
  equal(announced.run(), "corrupt");
  const known = new Scene([{ body: [content(0, 100), 5, content(100, 101), 1e9] }]);
  equal(known.run({ size: 100 }), "corrupt");
  equal(known.received.length, 100);
  const exact = new Scene([{ body: [content(0, 100)] }]);
  equal(exact.run({ size: 100 }), "done");
});

test("an endless body ends when the sink has enough", () => {
  const scene = new Scene([{ body: [content(0, 64 * 100)] }]);
  scene.start();
  while (scene.received.length < 640) scene.step();
  scene.refuseBytes = "tooLarge";
  deepEqual(scene.step(), { type: "failed", reason: "tooLarge" });
  deepEqual(scene.step(), { type: "wait", until: Infinity });
  equal(scene.open, 0);
});

test("a size that the sink refuses ends the download before the first byte", () => {
  const scene = new Scene([WHOLE]);
  scene.refuseSize = "tooLarge";
  equal(scene.run(), "tooLarge");
  equal(scene.reads, 0);
  equal(new Scene([{ headers: { "content-length": "0" } }]).run(), "corrupt");
});

test("a coding that nobody asked for ends the download, and is named; identity is none", () => {
  for (const coding of ["gzip", "GZIP", "identity, br"]) {
    const scene = new Scene([{ headers: { "content-encoding": coding } }]);
    equal(scene.run(), "serverError");
    const name = coding.includes("br") ? "br" : "gzip";
    const why = `it sends a body coded with ${name}, unasked; no other follows`;
    deepEqual(scene.said, [`error: attempt 1 at h: ${why}`]);
  }
  for (const coding of ["", "identity", "Identity", ", identity ,"]) {
    const scene = new Scene([{ ...WHOLE, headers: { ...TAG, "content-encoding": coding } }]);
    equal(scene.run(), "done", coding);
  }
});

test("a redirect is followed, at most so often, from the original URL at each attempt", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const scene = new Scene([
      { status, headers: { location: "//i/x" } },
      CUT,
      { status, headers: { location: "/y" } },
      REST,
    ]);
    equal(scene.run(), "done");
    deepEqual(scene.asked, [
      "https://h/package",
      "https://i/x",
      "https://h/package",
      "https://h/y",
    ]);
    equal(scene.header(3, "Range"), "bytes=120-");
    done(scene);
  }
  const hop: Answer = { status: 302, headers: { location: "/again" } };
  equal(new Scene([...times(REDIRECTS_MAX, hop), WHOLE]).run(), "done");
  const endless = new Scene([...times(REDIRECTS_MAX + 1, hop), WHOLE]);
  equal(endless.run(), "badURL");
  deepEqual(endless.said, [
    `error: https://h redirects, and ${REDIRECTS_MAX} redirects were followed`,
  ]);
});

test("a redirect may be relative and need escapes (RFC 9110 §10.2.2, RFC 3986 §5)", () => {
  const cases = [
    ["../pkg", "https://h/pkg"],
    ["./a/../pkg?x={1}", "https://h/pkg?x=%7B1%7D"],
    ["/a b/{c}|[d]", "https://h/a%20b/%7Bc%7D%7C%5Bd%5D"],
    ["/ü/\u{1f600}", "https://h/%C3%BC/%F0%9F%98%80"],
    ["//I:443/x#y", "https://i/x"],
    ["?signed=a%2Fb&c", "https://h/package?signed=a%2Fb&c"],
    ["HTTPS://i/100%.bin", "https://i/100%25.bin"],
  ] as const;
  for (const [location, next] of cases) {
    const scene = new Scene([{ status: 302, headers: { location } }, WHOLE]);
    equal(scene.run(), "done", location);
    deepEqual(scene.asked, ["https://h/package", next]);
  }
});

test("white space around the URL of a package is left out", () => {
  const scene = new Scene([WHOLE]);
  equal(scene.run({ url: "\r\n  https://h/package\t" }), "done");
  deepEqual(scene.asked, ["https://h/package"]);
});

test("a redirect obeys the rules of URLs", () => {
  for (const location of [
    "http://i/x",
    "https://10.0.0.1/",
    "https://u@i/",
    "ftp://i/",
    "https://localhost/",
  ]) {
    const scene = new Scene([{ status: 302, headers: { location } }]);
    equal(scene.run(), "badURL", location);
    equal(scene.requests.length, 1);
    equal(scene.open, 0);
    const why = "error: the address to which https://h redirects ";
    ok(scene.said[0]?.startsWith(why), scene.said[0]);
  }
  for (const headers of [{}, { location: "" }])
    equal(new Scene([{ status: 302, headers }]).run(), "serverError");
});

test("however long the URL that redirects, the log has room for the reason", () => {
  const headers = { location: "http://i.example/x" };
  const long = `https://packages.example/${"p".repeat(4000)}`;
  const scene = new Scene([{ status: 302, headers }]);
  equal(scene.run({ url: long }), "badURL");
  const said = scene.said[0] ?? "";
  ok(said.endsWith("leads from https to i.example by plain http: use https there too"), said);
  ok(said.length - "error: ".length <= LOG_TEXT_BYTES_MAX, said);
});

test("a URL that is none, or is against the rules, is not asked for", () => {
  for (const url of ["", "nonsense", "file:///x", "https://u:p@h/", "https://127.0.0.1/"])
    equal(new Scene([]).run({ url }), "badURL", url);
  const plain = new Scene([], {}, { allowHttp: false });
  equal(plain.run({ url: "http://h/" }), "badURL");
  deepEqual(plain.said, [
    "error: the URL leads to h by plain http: use https, or set allowHttp in a laboratory",
  ]);
});

test("stopping closes the exchange; nothing more is asked or written", () => {
  const scene = new Scene([{ headers: { "content-length": "300" }, body: [content(0, 300)] }]);
  scene.start();
  for (let i = 0; i < 3; i++) scene.step();
  equal(scene.open, 1);
  scene.downloader.stop();
  equal(scene.open, 0);
  deepEqual(scene.step(), { type: "wait", until: Infinity });
  equal(scene.received.length, 256);
  equal(scene.requests.length, 1);
});

test("a body byte is written once, straight from the buffer, by as few reads as can be", () => {
  const scene = new Scene([WHOLE], {}, {}, 50);
  equal(scene.run(), "done");
  done(scene);
  equal(scene.reads, 4);
  deepEqual(scene.ends, [50, 100, 150, 200]);
});
