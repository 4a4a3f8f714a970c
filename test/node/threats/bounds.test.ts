/**
 * Bounds that only the whole client knows, each at its limit and past it: the message that it
 * announces and takes, the memory of a peer, the length of a session.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { Budget } from "../../../src/base/budget.ts";
import {
  LONG_MESSAGE_BYTES_MAX,
  MESSAGE_BYTES_MAX,
  OUTBOUND_BYTES_MAX,
  PEER_BYTES_MAX,
  SESSION_MS_MAX,
} from "../../../src/base/limits.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { SYNCML } from "../../../src/syncml/vocabulary.ts";
import { XmlReader } from "../../../src/xmllite/xmlreader.ts";
import { DmServer } from "../../rig/server/dm-server.ts";
import type { ServerOptions } from "../../rig/server/options.ts";
import { DM, Target } from "./target.ts";

/** A device that opens one session and no other. */
const ONCE = { pollSeconds: 0 };

function genuine(options: Partial<ServerOptions> = {}): DmServer {
  return new DmServer({
    url: DM,
    name: "rig",
    client: { type: "md5", name: "device", secret: "device-secret" },
    server: { type: "md5", name: "rig", secret: "server-secret" },
    ...options,
  });
}

/**
 * A device whose server is changed by somebody on the way: the texts that it sent until it had
 * another reason to open a session.
 */
function meeting(change: (answer: string) => string): {
  readonly target: Target;
  readonly sent: string[];
} {
  const server = genuine();
  const sent: string[] = [];
  const target = new Target((request) => {
    sent.push(Buffer.from(request.body).toString());
    const reply = server.handle(request);
    return { ...reply, body: Buffer.from(change(Buffer.from(reply.body).toString())) };
  }, ONCE);
  target.run(1000);
  return { target, sent };
}

test("the client takes MESSAGE_BYTES_MAX of a message, beyond that only PkgData", () => {
  for (const bytes of [MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX + 1]) {
    const { target, sent } = meeting((answer) => answer.padEnd(bytes));
    strictEqual(announced(sent[0]), LONG_MESSAGE_BYTES_MAX);
    const refused = target.lines.filter((line) => line.includes("longer than"));
    strictEqual(refused.length, bytes > MESSAGE_BYTES_MAX ? 1 : 0, target.lines.join("\n"));
  }
});

/** MaxMsgSize of a message of the device. */
function announced(message: string | undefined): number {
  return Number(/<MaxMsgSize[^>]*>(\d+)</.exec(message ?? "")?.[1]);
}

/** The answer with a Replace of PkgData that makes it `bytes` long. */
function withPackage(answer: string, bytes: number, data = "A"): string {
  const [before, after] = [
    `<Replace><CmdID>99</CmdID><Item><Target><LocURI>./FwUpdate/Main/Update/PkgData</LocURI>` +
      `</Target>` +
      `<Meta><Format xmlns="syncml:metinf">b64</Format></Meta><Data>`,
    `</Data></Item></Replace>`,
  ];
  const room = bytes - answer.length - before.length - after.length;
  return answer.replace("<Final", `${before}${data.repeat(room)}${after}<Final`);
}

test("a message with PkgData has LONG_MESSAGE_BYTES_MAX bytes, and not one more", () => {
  for (const more of [0, 1]) {
    let answers = 0;
    const { target } = meeting((answer) =>
      answers++ === 0 ? withPackage(answer, LONG_MESSAGE_BYTES_MAX + more) : answer,
    );
    const refused = target.lines.filter((line) => line.includes("longer than"));
    strictEqual(refused.length, more, target.lines.join("\n"));
  }
});

test("a server that overfills a long message is told MESSAGE_BYTES_MAX next time", () => {
  const server = genuine();
  const sent: string[] = [];
  let long = true;
  const target = new Target((request) => {
    sent.push(Buffer.from(request.body).toString());
    const reply = server.handle(request);
    const body = Buffer.from(reply.body).toString();
    const answer = long ? body.padEnd(MESSAGE_BYTES_MAX + 1) : body;
    long = false;
    return { ...reply, body: Buffer.from(answer) };
  }, ONCE);
  target.run(60_000);
  deepStrictEqual(
    sent
      .map(announced)
      .filter((size) => !Number.isNaN(size))
      .slice(0, 2),
    [LONG_MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX],
  );
});

/** The longest message of a device that is asked for two leaves of these lengths. */
function longestSent(...lengths: readonly [number, number]): number {
  const [name, version] = ["PkgName", "PkgVersion"].map((leaf) => `./FwUpdate/Main/${leaf}`);
  const uris = [name ?? "", version ?? ""];
  const written = uris.map((uri, index) => ({
    name: "Replace" as const,
    uri,
    data: "x".repeat(lengths[index] ?? 0),
  }));
  const server = genuine({
    scenario: () => ({
      name: "two leaves",
      object: "./FwUpdate/Main",
      closing: [],
      steps: [
        { kind: "send", operations: written },
        { kind: "send", operations: uris.map((uri) => ({ name: "Get" as const, uri })) },
      ],
    }),
  });
  const sent: number[] = [];
  new Target((request) => {
    sent.push(request.body.length);
    return server.handle(request);
  }, ONCE).run(1000);
  return Math.max(...sent);
}

test("a message of the device has OUTBOUND_BYTES_MAX bytes, and of one more it makes two", () => {
  const less = OUTBOUND_BYTES_MAX - longestSent(3000, 3000);
  const half = 3000 + (less >> 1);
  strictEqual(longestSent(half, half + (less % 2)), OUTBOUND_BYTES_MAX);
  ok(longestSent(half, half + (less % 2) + 1) < OUTBOUND_BYTES_MAX);
});

/** Commands whose decoding takes far more memory than their bytes, the last with so long a URI. */
function crowded(answer: string, count: number, length: number): string {
  const one = (id: number, uri: string): string =>
    `<Delete><CmdID>x${id}</CmdID><Item><Target><LocURI>${uri}</LocURI></Target></Item></Delete>`;
  const many = Array.from({ length: count }, (_, id) => one(id, "./X")).join("");
  return answer.replace("<Final", `${many}${one(9999, "t".repeat(length))}<Final`);
}

test("a decoded message takes PEER_BYTES_MAX at most; one byte more gets 413", () => {
  const answers: string[] = [];
  meeting((answer) => {
    answers.push(answer);
    return answer;
  });
  const [answer = ""] = answers;
  const decodes = (count: number, length: number): boolean => {
    const bytes = Buffer.from(crowded(answer, count, length));
    const budget = new Budget(PEER_BYTES_MAX);
    return !("problem" in decodeMessage(new XmlReader(bytes, bytes.length, SYNCML), budget));
  };
  const counts = Array.from({ length: 200 }, (_, count) => count);
  const count = counts.findLast((some) => decodes(some, 1)) ?? 0;
  const lengths = Array.from({ length: 500 }, (_, length) => length);
  const length = lengths.findLast((some) => decodes(count, some)) ?? 0;
  ok(count > 0 && length > 0 && !decodes(count, length + 1));
  const [fits, exceeds] = [length, length + 1].map((longest) => {
    const { sent } = meeting((whole) => crowded(whole, count, longest));
    return sent[1] ?? "";
  });
  deepStrictEqual(
    [fits, exceeds].map(
      (text) => /<Cmd>SyncHdr<\/Cmd>.*?<Data>(\d+)<\/Data>/s.exec(text ?? "")?.[1],
    ),
    ["212", "413"],
  );
});

test("a session lasts SESSION_MS_MAX at most: the answer that comes then is not heard", () => {
  const STEP_MS = 50_000;
  for (const lastMs of [SESSION_MS_MAX - 1, SESSION_MS_MAX]) {
    const server = genuine({
      scenario: () => ({
        name: "endless",
        object: "./FwUpdate/Main",
        closing: [],
        steps: Array.from({ length: 2000 }, () => ({
          kind: "send" as const,
          operations: [{ name: "Get" as const, uri: "./DevInfo/Lang" }],
        })),
      }),
    });
    let requests = 0;
    let opened: number | undefined;
    let heard = -1;
    const target: Target = new Target((request) => {
      opened ??= target.now;
      requests++;
      if (target.now - opened >= lastMs) {
        heard++;
        return undefined;
      }
      const wanted = Math.min(requests * STEP_MS, lastMs);
      target.board.advance(opened + wanted - target.now);
      if (wanted === lastMs) heard = 0;
      return server.handle(request);
    }, ONCE);
    target.run(SESSION_MS_MAX + 1000);
    strictEqual(heard, lastMs < SESSION_MS_MAX ? 1 : 0);
    const late = target.lines.some((line) => line.includes("it has lasted too long"));
    strictEqual(late, lastMs === SESSION_MS_MAX, target.lines.slice(-5).join("\n"));
  }
});

test("a server's text puts no control character and no long line into the log", () => {
  const forged = "1\n[   9.999] I update: State 100";
  const status = (msgRef: string, cmd: string): string =>
    `<Status><CmdID>9</CmdID><MsgRef>${msgRef}</MsgRef><CmdRef>7</CmdRef><Cmd>${cmd}</Cmd><Data>` +
    `200</Data></Status>`;
  const { target } = meeting((answer) =>
    answer.replace("<Final", `${status(forged, "Get")}${status("1", "G".repeat(60))}<Final`),
  );
  ok(
    target.lines.some((line) => line.includes("\\u000a[   9.999] I update: State 100")),
    target.lines.join("\n"),
  );
  for (const line of target.lines) {
    ok(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(line), line);
    ok(Buffer.byteLength(line) <= 200 - "[99999.999] W ".length, line);
  }
});
