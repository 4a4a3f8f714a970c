/**
 * The device's description: valid, complete, and true of the tree; serialised trees are valid by
 * the same rules. libxml2 judges.
 */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { pulled } from "../../unit/tree/pulled.ts";
import { ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { text } from "../../../src/base/utf8.ts";
import { subtreeItem } from "../../../src/session/subtrees.ts";
import type { NodeDefinition } from "../../../src/tree/node.ts";
import { ddf, OBJECTS } from "../../rig/ddf.ts";
import { Device, SERVER } from "../../unit/objects/device.ts";

const HERE = spawnSync("xmllint", ["--version"]).error === undefined;
/** CI counts on it: there a test fails rather than being skipped. */
const MISSING =
  HERE || process.env.CI !== undefined ? false : "needs xmllint (Debian package libxml2-utils)";

/** What libxml2 has against a document; empty when it is valid. */
function objections(document: string): string {
  const { status, stderr } = spawnSync(
    "xmllint",
    ["--nonet", "--noout", "--dtdvalid", "test/golden/ddf.dtd", "-"],
    { input: document },
  );
  return status === 0 ? "" : String(stderr);
}

function definitions(list: readonly NodeDefinition[]): readonly NodeDefinition[] {
  return list.flatMap((one) => [one, ...definitions(one.children ?? [])]);
}

test("the description of the device is valid (OMA-TS-DM-TND §8.5.4)", { skip: MISSING }, () => {
  strictEqual(objections(ddf("R&D <Works>", "Model")), "");
  ok(
    objections(ddf("Man", "Mod").replace("<DFFormat>", "<DFFormat><chr/>")) !== "",
    "the judge finds a fault",
  );
});

test("the description has every node of the tables, and markup in names is escaped", () => {
  const document = ddf("R&D <Works>", "Model");
  strictEqual(document.match(/<Node>/g)?.length, definitions(OBJECTS).length);
  ok(
    document.includes('<!DOCTYPE MgmtTree PUBLIC "-//OMA//DTD-DM-DDF 1.2//EN" '),
    "it names its DTD",
  );
  ok(document.includes("<Man>R&amp;D &lt;Works&gt;</Man>"));
  for (const type of [
    "urn:oma:mo:oma-fumo:1.0",
    "urn:oma:mo:oma-dm-devinfo:1.0",
    "urn:oma:mo:oma-dm-devdetail:1.0",
    "urn:oma:mo:oma-dm-dmacc:1.0",
  ])
    ok(document.includes(`<DDFName>${type}</DDFName>`), type);
});

test("what the tables mount is what the tree has", () => {
  const { tree } = new Device();
  const names = pulled(tree.get(".", SERVER))[0]?.value.data ?? new Uint8Array(0);
  strictEqual(text(names, 0, names.length), OBJECTS.map((object) => object.name).join("/"));
});

test("the whole tree serialised is valid (OMA-TS-DM-TNDS §6)", { skip: MISSING }, () => {
  const { tree } = new Device();
  for (const uri of ["./FwUpdate?list=TNDS", "./DMAcc?list=TNDS", "./DevDetail?list=TNDS"]) {
    const answer = tree.get(uri, SERVER);
    ok(answer.subtree !== undefined);
    const budget = new Budget(PEER_BYTES_MAX);
    const item = subtreeItem(uri, answer.subtree, "xml", new Uint8Array(16384), budget);
    ok(typeof item === "object" && item.data !== undefined);
    strictEqual(objections(text(item.data, 0, item.data.length)), "");
  }
});
