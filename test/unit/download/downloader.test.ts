/**
 * A download from start to end: what is asked, what is taken, when it goes on, starts over, or
 * gives up.
 */
import { REDIRECTS_MAX, VALIDATOR_LENGTH_MAX } from "../../../src/base/limits.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { content, done, Scene, times, type Answer } from "./scripted.ts";

const TAG = { "content-length": "200", etag: '"v1"' };
const REST = {
  status: 206,
  headers: { "content-range": "bytes 120-199/200", etag: '"v1"' },
  body: [content(120, 200)],
};
const WHOLE: Answer = { headers: TAG, body: [content(0, 200)] };
const CUT: Answer = { headers: TAG, body: [content(0, 120), "broken"] };

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
  for (const answer of [
    WHOLE,
    { status: 206, headers: { "content-range": "bytes 120-199/200", etag: '"v2"' } },
  ]) {
    const scene = new Scene([CUT, answer]);
    scene.refuseRestart = "mismatch";
    equal(scene.run(), "mismatch");
    equal(scene.open, 0);
  }
});

test("a part with another total or ETag is another package, and starts over", () => {
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

test("a part that does not begin where it must is not taken", () => {
  for (const range of [
    "bytes 119-199/200",
    "bytes 121-199/200",
    "bytes 0-199/200",
    "bytes 120-200/200",
    "bytes 120-119/200",
    "120-199/200",
    "bytes */200",
    "",
  ]) {
    const scene = new Scene(
      [{ status: 206, headers: { "content-range": range }, body: [content(120, 200)] }],
      { attemptsMax: 1 },
    );
    equal(scene.run({ from: 120, size: 200 }), "serverError", range);
    equal(scene.received.length, 120);
  }
  equal(
    new Scene(
      [{ status: 206, headers: { "content-range": "bytes 0-199/200" }, body: [content(0, 200)] }],
      { attemptsMax: 1 },
    ).run(),
    "serverError",
  );
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

test("a length that is no number, and a coded body, are errors of the server", () => {
  for (const length of ["-1", "1x", "", "01", "99999999999999999999"]) {
    equal(
      new Scene([{ headers: { "content-length": length } }], { attemptsMax: 1 }).run(),
      "serverError",
      length,
    );
  }
  equal(new Scene([{ headers: { "content-encoding": "gzip" } }]).run(), "serverError");
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
    `error: https://h/again redirects, and ${REDIRECTS_MAX} redirects were followed`,
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
    const why = "error: the address to which https://h/package redirects ";
    ok(scene.said[0]?.startsWith(why), scene.said[0]);
  }
  equal(new Scene([{ status: 302 }]).run(), "serverError");
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
  const scene = new Scene([WHOLE]);
  scene.start();
  for (let i = 0; i < 3; i++) scene.step();
  equal(scene.open, 1);
  scene.downloader.stop();
  equal(scene.open, 0);
  deepEqual(scene.step(), { type: "wait", until: Infinity });
});

test("a body byte is written once, straight from the buffer, one read a step", () => {
  const scene = new Scene([WHOLE], {}, {}, 50);
  scene.start();
  let steps = 0;
  while (scene.step().type === "wait") {
    steps++;
    ok(scene.reads <= steps);
  }
  equal(scene.reads, 4);
});
