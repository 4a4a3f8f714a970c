/** `xs-fumo/decode` in a real browser says of every golden document what it says in Node. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { decode, encode, fromDump, toDump } from "xs-fumo/decode";
import { CASE, messagesOf } from "../../golden/cases.ts";
import { root } from "../../root.ts";
import { skip } from "../browser.ts";
import { type OpenPage, openPage } from "./browser.ts";
import { bundle } from "./bundle.ts";

const FOLDER = join(root, "test/golden");
/** What is pushed, in the form that people write; the golden documents have none. */
const PUSHED: readonly string[] = [
  '<Notification digest="291f40c9048e97434175d10d0c6e25a7" version="1.1" ui-mode="background" ' +
    'initiator="user" session="1" server="rig"/>',
  '<wap-provisioningdoc version="1.1"><characteristic type="APPLICATION">' +
    '<parm name="APPID" value="w7"/></characteristic></wap-provisioningdoc>',
];
const CASES_MIN = 20;

interface Told {
  readonly xml: string;
  readonly bytes: string;
  readonly problems: unknown;
}

/** Returns all messages of the golden documents, as hexadecimal digits. */
function goldenMessages(): readonly string[] {
  const documents = readdirSync(FOLDER).filter((name) => name.endsWith(".md"));
  return documents.flatMap((name) =>
    [...readFileSync(join(FOLDER, name), "utf8").matchAll(CASE)].flatMap(([, , body = ""]) =>
      messagesOf(body).map((message) => toDump(message)),
    ),
  );
}

function toldByNode(dump: string, lenient: boolean): Told {
  const document = fromDump(dump) ?? new Uint8Array(0);
  const { xml, problems } = decode(document, { lenient });
  return { xml, bytes: toDump(encode(document, { lenient }).bytes), problems };
}

/** The same, as the text of a function that the page runs: no type of Node's is in its way. */
const TOLD_BY_PAGE = `([dumps, lenient]) => dumps.map((dump) => {
  const { decode, encode, fromDump, toDump } = globalThis.decoder;
  const document = fromDump(dump) ?? new Uint8Array(0);
  const { xml, problems } = decode(document, { lenient });
  return { xml, bytes: toDump(encode(document, { lenient }).bytes), problems };
})`;

function toldByPage({ page }: OpenPage, dumps: readonly string[], lenient: boolean) {
  return page.evaluate<Told[]>(`(${TOLD_BY_PAGE})(${JSON.stringify([dumps, lenient])})`);
}

let open: OpenPage | undefined;

function opened(): OpenPage {
  ok(open !== undefined, "the browser did not open its page");
  return open;
}

if (skip === false) {
  before(async () => {
    open = await openPage((await bundle("xs-fumo/decode")).code);
  });
  after(async () => {
    await open?.browser.close();
  });
}

for (const lenient of [false, true])
  test(`the golden documents are read in a browser as in Node${lenient ? ", leniently" : ""}`, {
    skip,
  }, async () => {
    const dumps = goldenMessages();
    ok(dumps.length >= CASES_MIN, `${dumps.length} messages`);
    deepStrictEqual(
      await toldByPage(opened(), dumps, lenient),
      dumps.map((dump) => toldByNode(dump, lenient)),
    );
  });

test("what is pushed is written and read in a browser as in Node", { skip }, async () => {
  const written = PUSHED.map((xml) => encode(xml));
  deepStrictEqual(
    written.map(({ problems }) => problems),
    PUSHED.map(() => []),
  );
  const dumps = [
    ...PUSHED.map((xml) => toDump(Buffer.from(xml))),
    ...written.map(({ bytes }) => toDump(bytes)),
  ];
  deepStrictEqual(
    await toldByPage(opened(), dumps, false),
    dumps.map((dump) => toldByNode(dump, false)),
  );
});

test("what is no document is a problem in a browser, and no exception", { skip }, async () => {
  const [told] = await toldByPage(opened(), ["ff ff ff"], false);
  deepStrictEqual(told, toldByNode("ff ff ff", false));
  ok(Array.isArray(told?.problems) && told.problems.length > 0);
});

test("the page has had no error, and reached for no file but the decoder", { skip }, () => {
  deepStrictEqual(opened().complaints, []);
});

test("a module that needs Node does not load in the page", { skip }, async () => {
  const { code } = await bundle("./build/js/test/rig/keys.js");
  let problem = "";
  await openPage(code).then(
    ({ browser }) => browser.close(),
    (error: unknown) => {
      problem = String(error);
    },
  );
  strictEqual(/node:crypto|Failed to/.test(problem), true, problem);
});
