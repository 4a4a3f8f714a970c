/**
 * src/account/PROVISIONING.md has a row for each member of a provisioning: what the parser says.
 */
import { deepStrictEqual, match, ok, throws } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseProvision } from "../../src/account/provisioning.ts";
import { urlText } from "../../src/base/url.ts";
import { readProvision } from "../rig/flash/provisioning.ts";
import { checkProvision } from "../rig/provisioncheck.ts";
import { root } from "../root.ts";

const DOCUMENT = readFileSync(join(root, "src/account/PROVISIONING.md"), "utf8");
const ACCOUNT = { serverId: "s", address: "https://h/dm" };

type Row = readonly [member: string, kind: string, standard: string];

function tableOf(title: string): readonly Row[] {
  const section = DOCUMENT.split(`## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = [...section.matchAll(/^\| (\w+) \| (.+?) \| (.+?) \| .+ \|$/gm)];
  return rows
    .map(([, member = "", kind = "", standard = ""]): Row => [member, kind, standard])
    .filter(([member]) => member !== "member");
}

/** Returns what the parser makes of a text: its members, and those of its account. */
function parsed(json: object): { readonly [member: string]: unknown } {
  return { ...parseProvision(JSON.stringify(json)) };
}

function parsedAccount(json: object): { readonly [member: string]: unknown } {
  const { account } = parseProvision(JSON.stringify({ account: { ...ACCOUNT, ...json } }));
  ok(account !== undefined);
  return { ...account, address: urlText(account.address) };
}

/** Returns a default as the parser has it: words stand for themselves. */
function standardValue(standard: string, kind: string): unknown {
  if (kind === "object") return undefined;
  return kind.includes(",") ? standard : JSON.parse(standard);
}

/** Returns a value of that kind that is not its default. */
function otherValue(kind: string, standard: string): unknown {
  switch (kind) {
    case "flag":
      return standard !== "true";
    case "number":
      return 7;
    case "list":
      return ["word"];
    case "text":
      return "word";
    case "URL":
      return "https://other/dm";
    case "object":
      return ACCOUNT;
    default:
      return kind.split(", ").at(-1);
  }
}

const TABLES = [
  ["Members that every board has", "a provisioning", parsed],
  ["Members of account", "an account", parsedAccount],
] as const;

test("every member that the parser knows has a row, and every row is a member", () => {
  deepStrictEqual(
    tableOf("Members that every board has").map(([member]) => member),
    Object.keys(parsed({})),
  );
  deepStrictEqual(
    tableOf("Members of account").map(([member]) => member),
    Object.keys(parsedAccount({})).filter((member) => member !== "origin"),
  );
});

for (const [title, what, parse] of TABLES)
  for (const [member, kind, standard] of tableOf(title)) {
    test(`${member} of ${what} is ${kind}, and ${standard} when it is left out`, () => {
      if (standard === "required") {
        throws(() => parse({ [member]: "" }));
      } else deepStrictEqual(parse({})[member], standardValue(standard, kind));
      const other = otherValue(kind, standard);
      if (kind !== "object") deepStrictEqual(parse({ [member]: other })[member], other);
      else ok(parse({ [member]: other })[member] !== undefined);
    });

    test(`${member} of ${what} is refused by its name when it is not ${kind}`, () => {
      const wrong = kind === "object" || kind === "list" ? 5 : { no: "such kind" };
      throws(() => parse({ [member]: wrong }), new RegExp(`provision: .*${member}`));
      if (kind.includes(",")) throws(() => parse({ [member]: "no such word" }), /is not one of/);
    });
  }

test("a list of words in a row is every word that the parser takes", () => {
  for (const [title, , parse] of TABLES)
    for (const [member, kind] of tableOf(title).filter(([, words]) => words.includes(","))) {
      let said = "";
      try {
        parse({ [member]: "no such word" });
      } catch (error) {
        said = error instanceof Error ? error.message : "";
      }
      ok(said.endsWith(`provision: ${member} is not one of ${kind}`), said);
    }
});

test("device and rig accept the example, which sets no member to its default", () => {
  const text = /^```json\n([^]+?)^```$/m.exec(DOCUMENT)?.[1] ?? "";
  deepStrictEqual(
    checkProvision(text).filter(({ good }) => !good),
    [],
  );
  ok(readProvision(Buffer.from(text), "example").length > 0);
  const example = JSON.parse(text) as { readonly account: object } & object;
  const rows = tableOf("Members that every board has").map(([member]) => member);
  for (const member of Object.keys(example)) {
    ok(rows.includes(member), member);
    const { [member]: value } = parsed(example);
    ok(JSON.stringify(value) !== JSON.stringify(parsed({})[member]), member);
  }
});

for (const [member, wrong] of [
  ["network", { ssid: 5 }],
  ["pushPort", 70_000],
  ["identity", { vendorId: "no digits" }],
  ["ca", "no certificate"],
] as const)
  test(`${member}, which a board reads, has a row, and the rig refuses a wrong one`, () => {
    match(DOCUMENT, new RegExp(`^\\| ${member} \\|`, "m"));
    throws(() => readProvision(Buffer.from(JSON.stringify({ [member]: wrong })), "file"), {
      message: new RegExp(member),
    });
  });
