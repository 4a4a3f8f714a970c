/**
 * A URL that leads to a download descriptor: it is read whole, and the download goes on with the
 * package that it names.
 */
import { utf8 } from "../../../src/base/utf8.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { type Answer, content, done, Scene } from "./scripted.ts";

const TYPE = { "content-type": "application/vnd.oma.dd+xml; charset=utf-8" };
const OCTETS = { "content-type": "application/octet-stream" };
const DOCUMENT =
  "<media><objectURI>p/fw</objectURI><size>200</size><type>application/octet-stream</type>" +
  "<installNotifyURI>/n</installNotifyURI></media>";
const BUFFER_BYTES = 256;

function descriptor(document = DOCUMENT, more: Partial<Answer> = {}): Answer {
  return { headers: TYPE, body: [utf8(document)], ...more };
}

const PACKAGE: Answer = {
  headers: { ...OCTETS, "content-length": "200", etag: '"v1"' },
  body: [content(0, 200)],
};

function scene(...answers: readonly Answer[]): Scene {
  return new Scene(answers, { attemptsMax: 3 }, {}, BUFFER_BYTES);
}

test("Content-Type alone marks a descriptor; its package comes from where it says", () => {
  const named = scene(descriptor(), PACKAGE);
  equal(named.run({ url: "https://h/x/fw.dd" }), "done");
  done(named);
  deepEqual(named.asked, ["https://h/x/fw.dd", "https://h/x/p/fw"]);
  deepEqual(named.log, ["attempted 1", "describe", "attempted 1", 'accept 200 "v1"']);
  deepEqual(
    [named.header(0, "Accept"), named.header(1, "Accept")],
    ["application/octet-stream, application/vnd.oma.dd+xml, */*;q=0.5", "application/octet-stream"],
  );
  equal(named.open, 0);
  const text = scene({ headers: { "content-type": "text/xml" }, body: [utf8(DOCUMENT)] });
  equal(text.run({ url: "https://h/fw.dd" }), "done");
  deepEqual([text.readings.length, text.received.length], [0, DOCUMENT.length]);
});

test("a descriptor's exchange stays open, so its package uses the same connection", () => {
  const named = scene(descriptor(), PACKAGE);
  equal(named.run(), "done");
  deepEqual([named.openThen, named.open], [[0, 1], 0]);
  const retried = scene(descriptor(), { failsHead: "broken" }, PACKAGE);
  equal(retried.run(), "done");
  deepEqual([retried.openThen, retried.open], [[0, 1, 0], 0]);
  const refused = scene(descriptor());
  refused.refuseDescription = "tooLarge";
  equal(refused.run(), "tooLarge");
  equal(refused.open, 0);
});

test("a descriptor may come in pieces; its URLs are relative to the last redirect", () => {
  const bytes = utf8(DOCUMENT);
  const pieces = [bytes.subarray(0, 1), 50, bytes.subarray(1, 90), bytes.subarray(90)];
  const length = { "content-length": `${bytes.length}` };
  for (const answer of [
    descriptor(DOCUMENT, { body: pieces }),
    descriptor(DOCUMENT, { headers: { ...TYPE, ...length } }),
    descriptor(DOCUMENT, { headers: { ...TYPE, ...length }, body: [...pieces, 1e9] }),
  ]) {
    const named = scene({ status: 302, headers: { location: "https://i/y/dd" } }, answer, PACKAGE);
    equal(named.run(), "done");
    deepEqual(named.asked, ["https://h/package", "https://i/y/dd", "https://i/y/p/fw"]);
  }
});

test("a descriptor that breaks off is asked for again; one that trickles is dropped", () => {
  const half = descriptor(DOCUMENT, { body: [utf8(DOCUMENT).subarray(0, 50), "broken"] });
  const named = scene(half, { fails: "refused" }, descriptor(), PACKAGE);
  equal(named.run(), "done");
  deepEqual(named.log, [
    "attempted 1",
    "attempted 2",
    "attempted 3",
    "describe",
    "attempted 1",
    'accept 200 "v1"',
  ]);
  const silent = descriptor(DOCUMENT, { body: [utf8("<media>"), 1e9] });
  equal(scene(silent, silent, silent).run(), "timeout");
});

test("a descriptor fits in the buffer, to the byte; a longer one is none: 906", () => {
  const filled = (length: number): string =>
    DOCUMENT.replace("</media>", `${" ".repeat(length - DOCUMENT.length)}</media>`);
  const fits = scene(descriptor(filled(BUFFER_BYTES)), PACKAGE);
  equal(fits.run(), "done");
  for (const more of [{}, { headers: { ...TYPE, "content-length": `${BUFFER_BYTES + 1}` } }]) {
    const long = scene(descriptor(filled(BUFFER_BYTES + 1), more));
    equal(long.run(), "badDescriptor");
    equal(long.open, 0);
  }
  const endless = scene(
    descriptor("<media>", { body: Array.from({ length: 100 }, () => utf8("<x/>".repeat(16))) }),
  );
  equal(endless.run(), "badDescriptor");
  ok(endless.reads < 10);
});

test("what a descriptor is refused for ends the download before the package is asked for", () => {
  for (const [change, reason] of [
    [["<size>200", "<size>x"], "badDescriptor"],
    [["p/fw", "http://h/fw"], "badURL"],
    [["octet-stream", "zip"], "unacceptable"],
    [["<media>", "<media><DDVersion>2.0</DDVersion>"], "descriptorVersion"],
  ] as const) {
    const named = scene(descriptor(DOCUMENT.replace(change[0], change[1])));
    equal(named.run(), reason);
    equal(named.requests.length, 1);
    equal(named.readings[0]?.notify, "https://h/n");
  }
  const refused = scene(descriptor());
  refused.refuseDescription = "tooLarge";
  equal(refused.run(), "tooLarge");
  equal(refused.requests.length, 1);
  equal(refused.open, 0);
});

test("a package that is not of the size or type that was described is not taken: 905", () => {
  for (const answer of [
    { ...PACKAGE, headers: { ...OCTETS, "content-length": "201" }, body: [content(0, 201)] },
    { ...PACKAGE, headers: { ...OCTETS, "content-length": "199" }, body: [content(0, 199)] },
    { ...PACKAGE, headers: OCTETS, body: [content(0, 201)] },
    { ...PACKAGE, headers: { "content-type": "image/png", "content-length": "200" } },
    descriptor(),
  ]) {
    equal(scene(descriptor(), answer).run(), "corrupt");
  }
  equal(
    scene(descriptor(), { ...PACKAGE, headers: {} }).run(),
    "done",
    "a server need not say either",
  );
});

test("after a reset a package is fetched without its descriptor, but checked by it", () => {
  const described = { url: "https://h/x/p/fw", size: 200, described: true, validator: '"v1"' };
  const rest = {
    status: 206,
    headers: { ...OCTETS, "content-range": "bytes 120-199/200" },
    body: [content(120, 200)],
  };
  const goes = scene(rest);
  equal(goes.run({ ...described, from: 120 }), "done");
  done(goes);
  equal(goes.header(0, "Range"), "bytes=120-");
  equal(
    scene({ ...rest, headers: { ...rest.headers, "content-type": "image/png" } }).run({
      ...described,
      from: 120,
    }),
    "corrupt",
  );
  const changed = scene({
    ...PACKAGE,
    headers: { ...OCTETS, "content-length": "200", etag: '"v2"' },
  });
  equal(changed.run({ ...described, from: 120 }), "done");
  deepEqual(changed.log, ["attempted 1", "restart", 'accept 200 "v2"']);
  equal(
    scene({ headers: { "content-length": "90", etag: '"v2"' }, body: [content(0, 90)] }).run({
      ...described,
      from: 120,
    }),
    "corrupt",
  );
  equal(
    scene(
      { headers: OCTETS, body: [content(0, 120), "broken"] },
      { headers: OCTETS, body: [content(0, 201)] },
    ).run({ ...described, from: 0 }),
    "corrupt",
    "the size outlasts a start from the beginning",
  );
});

test("a partial package whose URL now gives a descriptor starts over with that one", () => {
  const range = {
    ...descriptor(),
    status: 206,
    headers: { ...TYPE, "content-range": "bytes 120-199/200" },
  };
  for (const first of [[descriptor()], [range, descriptor()]]) {
    const named = scene(...first, PACKAGE);
    equal(named.run({ from: 120, size: 150, validator: '"v0"' }), "done");
    done(named);
    deepEqual(
      [
        named.log.filter((line) => !line.startsWith("attempted")),
        named.header(first.length, "Range"),
      ],
      [["restart", "describe", 'accept 200 "v1"'], undefined],
    );
  }
});

test("a redirect from the package that was described obeys the rules too", () => {
  const named = scene(descriptor(), { status: 302, headers: { location: "http://h/fw" } });
  equal(named.run(), "badURL");
  equal(named.requests.length, 2);
});
