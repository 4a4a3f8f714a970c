/** When a download is tried again, how long it pauses, and what is too slow. */
import {
  DOWNLOAD_ATTEMPTS_MAX,
  DOWNLOAD_DISTRUST_MAX,
  DOWNLOAD_MS_MAX,
  DOWNLOAD_PROGRESS_BYTES,
  DOWNLOAD_RETRY_AFTER_MAX_MS,
  DOWNLOAD_RETRY_MAX_MS,
  DOWNLOAD_RETRY_MS,
} from "../../../src/base/limits.ts";
import { DOWNLOAD_LIMITS } from "../../../src/download/downloader.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { content, done, Scene, times, type Answer } from "./scripted.ts";

const TAG = { "content-length": "200", etag: '"v1"' };
const WHOLE: Answer = { headers: TAG, body: [content(0, 200)] };
const CUT: Answer = { headers: TAG, body: [content(0, 120), "broken"] };

test("an answer that no other try will change ends the download", () => {
  const cases = [
    [401, "authentication"],
    [407, "authentication"],
    [403, "authentication"],
    [404, "serverUnavailable"],
    [410, "serverUnavailable"],
    [400, "serverError"],
    [304, "serverError"],
    [204, "serverError"],
    [100, "serverError"],
  ] as const;
  for (const [status, reason] of cases) {
    const scene = new Scene([{ status }]);
    equal(scene.run(), reason, `${status}`);
    deepEqual(scene.log, ["attempted 1"]);
  }
});

test("an answer that may change is asked for again, so often and no more", () => {
  const cases: readonly (readonly [Answer, string])[] = [
    [{ status: 500 }, "serverError"],
    [{ status: 502 }, "serverError"],
    [{ status: 503 }, "serverUnavailable"],
    [{ status: 429 }, "serverUnavailable"],
    [{ status: 408 }, "timeout"],
    [{ fails: "resolve" }, "network"],
    [{ fails: "refused" }, "network"],
    [{ failsHead: "protocol" }, "network"],
    [{ body: ["broken"] }, "network"],
    [{ headers: TAG, body: [content(0, 10)] }, "network"],
    [{ afterMs: 1e9 }, "timeout"],
    [{ headers: TAG, body: [1e9] }, "timeout"],
  ];
  for (const [answer, reason] of cases) {
    const scene = new Scene(times(DOWNLOAD_ATTEMPTS_MAX, answer));
    equal(scene.run(), reason);
    equal(scene.requests.length, DOWNLOAD_ATTEMPTS_MAX, reason);
    equal(
      scene.log.filter((line) => line.startsWith("attempted")).pop(),
      `attempted ${DOWNLOAD_ATTEMPTS_MAX}`,
    );
    equal(scene.open, 0);
  }
});

test("pauses double up to the longest, and jitter takes away at most half", () => {
  for (const [random, share] of [
    [0, 0],
    [0xff, 0xffff / 0x10000],
  ] as const) {
    const scene = new Scene(times(20, { status: 500 }), { attemptsMax: 20 });
    scene.random = random;
    equal(scene.run(), "serverError");
    for (let i = 1; i < 20; i++) {
      const pause = (scene.sent[i] ?? 0) - (scene.sent[i - 1] ?? 0);
      const longest = Math.min(DOWNLOAD_RETRY_MS * 2 ** (i - 1), DOWNLOAD_RETRY_MAX_MS);
      equal(pause, Math.round(longest / 2 + (longest / 2) * share), `${i}`);
    }
  }
});

test("an attempt is stored before it begins; after a reset the next begins at once", () => {
  const scene = new Scene([{ status: 500 }, WHOLE]);
  scene.start({ attempt: 3 });
  equal(scene.step().type, "wait");
  deepEqual([scene.log, scene.requests.length], [["attempted 4"], 1]);
  equal(new Scene([]).run({ attempt: DOWNLOAD_ATTEMPTS_MAX }), "network");
  equal(new Scene([WHOLE]).run({ attempt: DOWNLOAD_ATTEMPTS_MAX - 1 }), "done");
});

test("Retry-After, as seconds or date, lengthens the pause within bounds (§10.2.3)", () => {
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";
  const usual = DOWNLOAD_RETRY_MS / 2;
  const cases: readonly (readonly [string, string | undefined, number])[] = [
    ["7", undefined, 7000],
    ["007", undefined, 7000],
    ["0", undefined, usual],
    ["999999999", undefined, DOWNLOAD_RETRY_AFTER_MAX_MS],
    ["soon", undefined, usual],
    ["Wed, 21 Oct 2015 07:28:20 GMT", date, 20_000],
    ["Wednesday, 21-Oct-15 07:29:00 GMT", date, 60_000],
    ["Wed Oct 21 07:30:00 2015", date, 120_000],
    ["Wed, 21 Oct 2015 07:27:00 GMT", date, usual],
    ["Thu, 22 Oct 2015 07:28:00 GMT", date, DOWNLOAD_RETRY_AFTER_MAX_MS],
    ["Wed, 21 Oct 2015 07:28:20 GMT", undefined, usual],
    ["Wed, 21 Oct 2015 07:28:20 GMT", "now", usual],
  ];
  for (const status of [503, 429, 500]) {
    for (const [value, now, pause] of cases) {
      const headers = { "retry-after": value, ...(now === undefined ? {} : { date: now }) };
      const scene = new Scene([{ status, headers }, WHOLE]);
      equal(scene.run(), "done");
      equal((scene.sent[1] ?? 0) - (scene.sent[0] ?? 0), pause, value);
    }
  }
});

test("chance adds to Retry-After: a fleet does not return as one", () => {
  const pauses = [0, 0x40, 0x80, 0xff].map((random) => {
    const scene = new Scene([{ status: 503, headers: { "retry-after": "600" } }, WHOLE]);
    scene.random = random;
    equal(scene.run(), "done");
    return (scene.sent[1] ?? 0) - (scene.sent[0] ?? 0);
  });
  deepEqual(
    pauses.map((pause) => Math.round(pause / 10_000)),
    [60, 78, 97, 133],
  );
});

test("DOWNLOAD_DISTRUST_MAX attempts in a row without proof of the host end a download", () => {
  const stranger: Answer = { failsHead: "secure" };
  const scene = new Scene(times(DOWNLOAD_DISTRUST_MAX, stranger));
  equal(scene.run(), "network");
  equal(scene.requests.length, DOWNLOAD_DISTRUST_MAX);
  const count = DOWNLOAD_DISTRUST_MAX;
  const last = `error: attempt ${count} at h: secure, ${count} times`;
  equal(scene.said.at(-1), `${last}; no other follows`);
  const others = times(DOWNLOAD_DISTRUST_MAX - 1, stranger);
  const healed = new Scene([...others, { status: 503 }, ...others, WHOLE]);
  equal(healed.run(), "done");
});

test("a download has DOWNLOAD_MS_MAX with pauses, over resets; after that it is 407", () => {
  const answers = times(DOWNLOAD_ATTEMPTS_MAX, { status: 503, headers: { "retry-after": "3600" } });
  for (const [minutes, left] of [
    [0, DOWNLOAD_MS_MAX],
    [1440 - 60, 3_600_000],
    [1440 - 1, 60_000],
  ] as const) {
    const scene = new Scene(answers, { attemptsMax: 1000, progressBytes: 1 });
    scene.start({ minutes });
    const from = scene.now;
    let event = scene.step();
    while (event.type === "wait" && scene.requests.length < 8 && event.until < from + left) {
      scene.now = Math.max(scene.now, event.until);
      event = scene.step();
    }
    scene.now = from + left - 1;
    equal(scene.step().type, "wait");
    scene.now = from + left;
    deepEqual(scene.step(), { type: "failed", reason: "timeout" });
    ok(scene.said.at(-1)?.endsWith("it has taken too long in all; no other follows"));
  }
});

test("a trickle that always gets a little further ends when its stored time is over", () => {
  const totalMs = 20 * 60_000;
  const answers = Array.from({ length: 200 }, (_, at): Answer => {
    const from = at * 60;
    const headers = { "content-range": `bytes ${from}-99999/100000` };
    return { status: at === 0 ? 200 : 206, headers, body: [content(from, from + 60), 1e9] };
  });
  const scene = new Scene(answers, { totalMs, progressBytes: 50 });
  equal(scene.run(), "timeout");
  ok(scene.now >= 1000 + totalMs && scene.now <= 1000 + totalMs + 60_000, `${scene.now}`);
  ok((scene.minutes.at(-1) ?? 0) >= 19, scene.minutes.join());
});

test("each failed attempt is a log line: what happened, where, and when it goes on", () => {
  const scene = new Scene([
    { status: 503, headers: { "retry-after": "7" } },
    { status: 302, headers: { location: "https://i/x?token=secret" } },
    { fails: "refused" },
    { headers: TAG, body: [content(0, 10), "broken"] },
    { status: 206, headers: { "content-range": "bytes 10-199/200" }, body: [1e9] },
    { status: 404 },
    { status: 404 },
  ]);
  equal(scene.run(), "serverUnavailable");
  deepEqual(scene.said, [
    "warning: attempt 1 at h: HTTP 503; again in 7 s",
    "warning: attempt 2 at i: refused; again in 2 s",
    "warning: attempt 3 at h: broken; again in 4 s",
    "warning: attempt 4 at h: it is silent, or too slow; again in 8 s",
    "warning: attempt 5 at h: HTTP 404; again in 16 s",
    "error: attempt 6 at h: HTTP 404; no other follows",
  ]);
});

test("an attempt that got further than all before counts as the first", () => {
  const steps: Answer[] = [];
  for (let at = 0; at < 1000; at += 50) {
    steps.push({
      status: at === 0 ? 200 : 206,
      headers: {
        "content-range": `bytes ${at}-999/1000`,
        ...(at === 0 ? { "content-length": "1000" } : {}),
      },
      body: [content(at, at + 50), "broken"],
    });
  }
  const scene = new Scene(steps, { attemptsMax: 2, progressBytes: 50 });
  equal(scene.run(), "done");
  done(scene, 1000);
  const slower = new Scene(steps, { attemptsMax: 2, progressBytes: 101 });
  equal(slower.run(), "network");
  equal(slower.requests.length, 2);
});

test("a server that starts over again and again does not get us to run for ever", () => {
  const scene = new Scene(times(50, CUT), { progressBytes: 50 });
  equal(scene.run(), "network");
  ok(scene.requests.length <= DOWNLOAD_ATTEMPTS_MAX + 1);
});

test("a head or a silence that lasts a millisecond too long is a time-out", () => {
  const limits = { attemptsMax: 1, answerMs: 100, idleMs: 50 };
  equal(new Scene([{ ...WHOLE, afterMs: 100 }], limits).run(), "done");
  equal(new Scene([{ ...WHOLE, afterMs: 101 }], limits).run(), "timeout");
  const timely = new Scene(
    [{ headers: TAG, body: [content(0, 10), 50, content(10, 200)] }],
    limits,
  );
  equal(timely.run(), "done");
  const silent = new Scene(
    [{ headers: TAG, body: [content(0, 10), 51, content(10, 200)] }],
    limits,
  );
  equal(silent.run(), "timeout");
});

test("a trickle that keeps below the least rate is a time-out", () => {
  const limits = { attemptsMax: 1, rateBytesMin: 10, rateWindowMs: 1000, idleMs: 500 };
  for (const [bytes, expected] of [
    [2, "timeout"],
    [40, "done"],
  ] as const) {
    const body: (Uint8Array | number)[] = [];
    for (let at = 0; at < 200; at += bytes) body.push(content(at, at + bytes), 400);
    const scene = new Scene([{ headers: TAG, body }], limits);
    scene.start();
    let result = "";
    for (let i = 0; i < 2000 && result === ""; i++) {
      const event = scene.step();
      scene.now += event.type === "wait" && event.until > scene.now ? 100 : 0;
      result = event.type === "failed" ? event.reason : event.type === "done" ? "done" : "";
    }
    equal(result, expected);
  }
});

test("an attempt has an end, however busy it is", () => {
  const scene = new Scene([{ body: [content(0, 64 * 1000)] }], { attemptsMax: 1, attemptMs: 500 });
  scene.start();
  let event = scene.step();
  for (; event.type === "wait"; event = scene.step()) scene.now += 10;
  deepEqual(event, { type: "failed", reason: "timeout" });
  ok(scene.now - (scene.sent[0] ?? 0) <= 510);
});

test("DOWNLOAD_PROGRESS_BYTES restarts the count of attempts; one byte less does not", () => {
  const { progressBytes } = DOWNLOAD_LIMITS;
  for (const bytes of [DOWNLOAD_PROGRESS_BYTES, DOWNLOAD_PROGRESS_BYTES - 1]) {
    const size = 2 * bytes;
    const piece = (from: number, to: number): Answer => ({
      status: from === 0 ? 200 : 206,
      headers: {
        "content-length": `${size - from}`,
        "content-range": `bytes ${from}-${size - 1}/${size}`,
        etag: '"v1"',
      },
      body: [content(from, to), "broken"],
    });
    const pieces = [piece(0, 0), piece(0, bytes), piece(bytes, size)];
    const scene = new Scene(pieces, { attemptsMax: 2, progressBytes });
    equal(scene.run(), bytes < DOWNLOAD_PROGRESS_BYTES ? "network" : "done", `${bytes} bytes`);
  }
});
