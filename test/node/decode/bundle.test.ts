/** `xs-fumo/decode` needs nothing that only Node has, and drags nothing of the rig along. */
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import { bundle } from "./bundle.ts";

/** What a page loads, before compression. */
const BUNDLE_BYTES_MAX = 72 * 1024;
const OURS = /^build\/js\/(?:src|test\/rig\/decode)\//;
/** MD5, which the reader of notifications brings along: pure JavaScript. */
const OTHERS = /^node_modules\/@noble\/hashes\//;

test("no file of the decoder imports a module of Node or names what only Node has", async () => {
  const { files, ofNode } = await bundle("xs-fumo/decode");
  ok(files.includes("build/js/test/rig/decode/transcode.js"), files.join("\n"));
  deepStrictEqual(ofNode, []);
});

test("the decoder is made of src and its own folder", async () => {
  const { files } = await bundle("xs-fumo/decode");
  deepStrictEqual(
    files.filter((file) => !OURS.test(file) && !OTHERS.test(file)),
    [],
  );
});

test("a file that uses Buffer or a module of Node is told", async () => {
  const { ofNode } = await bundle("./build/js/test/rig/keys.js");
  ok(ofNode.includes("build/js/test/rig/keys.js: node:crypto"), ofNode.join("\n"));
  const { ofNode: ofDdf } = await bundle("./build/js/test/rig/ddf.js");
  deepStrictEqual(ofDdf, ["build/js/test/rig/ddf.js: Buffer"]);
});

test("the decoder is a small file for a page", async (context) => {
  const { code, files } = await bundle("xs-fumo/decode");
  const bytes = Buffer.byteLength(code);
  context.diagnostic(`${files.length} files make ${bytes} bytes, minified`);
  ok(bytes <= BUNDLE_BYTES_MAX, `${bytes} bytes, at most ${BUNDLE_BYTES_MAX}`);
});
