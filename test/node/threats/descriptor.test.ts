/**
 * What a download descriptor may do to a device (src/SECURITY.md): inward and downgraded URLs,
 * bombs, lines for people, floods.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { NOTICE_ATTEMPTS_MAX } from "../../../src/base/limits.ts";
import {
  DESCRIPTOR_TYPE,
  descriptorOf,
  type DescriptorElements,
} from "../../rig/server/descriptor.ts";
import type { Reply } from "../../rig/server/exchange.ts";
import { packageWith } from "../../simulation/bench.ts";
import { Target } from "./target.ts";
import { serving } from "./serving.ts";

const AT = "https://packages.example";
const IMAGE = packageWith();

function descriptor(document: string | Uint8Array): Reply {
  return { status: 200, headers: [["content-type", DESCRIPTOR_TYPE]], body: Buffer.from(document) };
}

/**
 * What the DM server was told of a download whose URL leads to `first`, and where else the device
 * went.
 */
function attacked(
  first: Reply,
  others: Reply | undefined = undefined,
): { readonly codes: string[]; readonly target: Target } {
  const codes: string[] = [];
  const server = serving(`${AT}/fw.dd`, codes);
  const target = new Target((request, origin) =>
    origin.includes("dm.example")
      ? server.handle(request)
      : request.url === "/fw.dd"
        ? first
        : others,
  );
  target.run(86_400_000);
  return { codes, target };
}

const elsewhere = ({ asked }: Target): readonly string[] =>
  asked.filter((url) => !url.includes("dm.example") && url !== `${AT}/fw.dd`);

test("a descriptor that leads inward, to http or another scheme, is asked nothing", () => {
  const places = [
    "https://127.0.0.1/",
    "https://10.0.0.1/",
    "https://[::1]/",
    "//localhost/",
    "http://packages.example/",
    "file:///etc/passwd",
    "https://u:p@packages.example/",
    "https://2130706433/",
  ];
  for (const place of places) {
    const changes: readonly DescriptorElements[] = [
      { objectURI: place, installNotifyURI: undefined },
      { installNotifyURI: place },
    ];
    for (const elements of changes) {
      const { codes, target } = attacked(
        descriptor(descriptorOf("fw", IMAGE.length, { elements })),
      );
      deepStrictEqual([codes, elsewhere(target)], [["411"], []], JSON.stringify(elements));
    }
  }
});

test("a package that a descriptor names is not led inward by a redirect, nor is a report", () => {
  const inward: Reply = {
    status: 307,
    headers: [["location", "https://10.0.0.1/"]],
    body: new Uint8Array(0),
  };
  const { codes, target } = attacked(descriptor(descriptorOf("fw", IMAGE.length, {})), inward);
  deepStrictEqual([codes, elsewhere(target)], [["411"], [`${AT}/fw`, `${AT}/fw.status`]]);
});

test("descriptors that are bombs are 411, nothing is written, and memory stays bounded", () => {
  const needed = "<objectURI>fw</objectURI><size>1</size><type>application/octet-stream</type>";
  const bombs = [
    "<media>".repeat(400),
    `<media>${"<x>".repeat(1000)}`,
    `<media>${"<size>1</size>".repeat(200)}`,
    `<media>${"x".repeat(4_000_000)}`,
    `<media>${needed}${"&lt;".repeat(6000)}</media>`,
    '<!DOCTYPE media [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><media>&b;</media>',
    '<!DOCTYPE media SYSTEM "https://10.0.0.1/"><media/>',
    `<media ${'a="b" '.repeat(500)}>${needed}`,
    `<media><${"n".repeat(4000)}/></media>`,
    `<media>${needed}<type>${"a".repeat(3000)}</type></media>`.replace("</media>", ""),
  ];
  for (const bomb of bombs) {
    const { codes, target } = attacked(descriptor(bomb));
    deepStrictEqual([codes, elsewhere(target)], [["411"], []], bomb.slice(0, 60));
    ok(target.board.slots[1].wear.every((wear) => wear === 0));
  }
});

test("a size in a descriptor is a bound, never a promise: an endless package is left at it", () => {
  const body = Buffer.concat([IMAGE, Buffer.alloc(3_000_000)]);
  const endless: Reply = { status: 200, headers: [["transfer-encoding", "chunked"]], body };
  const { codes } = attacked(descriptor(descriptorOf("fw", IMAGE.length, {})), endless);
  deepStrictEqual(codes, ["402"]);
  const huge = attacked(
    descriptor(descriptorOf("fw", IMAGE.length, { elements: { size: "9000000000000000" } })),
  );
  deepStrictEqual(
    [huge.codes, elsewhere(huge.target).filter((url) => !url.endsWith(".status"))],
    [["501"], []],
  );
});

test("what a descriptor says cannot look like a line of the device's own log, nor fill it", () => {
  const name = `a\r\nI update: State 100 Update Successful\n\u001b[2J${"b".repeat(500)}`;
  const { target } = attacked(
    descriptor(descriptorOf("fw", IMAGE.length, { elements: { name, size: "9000000000000000" } })),
  );
  const lines = target.lines.filter((line) => line.includes("State 100"));
  strictEqual(lines.length, 1);
  const [line = ""] = lines;
  ok(
    line.includes("download descriptor: a") &&
      !line.includes("\n") &&
      !line.includes("\u001b") &&
      line.length < 400,
    line,
  );
});

test("a host that asks for reports and never answers gets so many, and holds nothing up", () => {
  const silent: Reply = { ...descriptor(""), delayMs: 600_000 };
  const { codes, target } = attacked(
    descriptor(descriptorOf("fw", 1, { elements: { size: "9000000000000000" } })),
    silent,
  );
  deepStrictEqual(codes, ["501"]);
  strictEqual(elsewhere(target).length, NOTICE_ATTEMPTS_MAX);
  deepStrictEqual(target.client.engine.record.notices, []);
});
