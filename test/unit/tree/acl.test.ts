/** The grammar of ACLs and what is done with them. */
import { aclText, granted, parseAcl, permits, stripped } from "../../../src/tree/acl.ts";
import type { Acl } from "../../../src/tree/acl.ts";
import { equal, ok, test } from "../../check.ts";

function parsed(text: string): Acl {
  const acl = parseAcl(text);
  ok(acl, text);
  return acl;
}

test("an ACL is read and written (OMA-TS-DM-TND §7.7.1.1)", () => {
  for (const text of ["Add=*&Get=*", "Get=a", "Add=a+b&Delete=a&Exec=a&Get=*&Replace=a+b", ""])
    equal(aclText(parsed(text)), text);
});

test("commands in any order, a repeated server counts once", () => {
  equal(aclText(parsed("Replace=b&Get=a+a")), "Get=a&Replace=b");
});

test("a malformed ACL is refused whole", () => {
  const texts = [
    "Get",
    "Get=",
    "Get=a&",
    "&Get=a",
    "get=a",
    "Copy=a",
    "Get=a&Get=b",
    "Get=a+",
    "Get=+a",
    "Get=a b",
    "Get=a=b",
    "Get=a*",
    "Get=a\n",
    "=a",
    "Get=a&&Add=a",
  ];
  for (const text of texts) equal(parseAcl(text), undefined, text);
});

test("a right is for the servers that are named, or for all", () => {
  const acl = parsed("Add=a+b&Get=*");
  equal(permits(acl, "Add", "b"), true);
  equal(permits(acl, "Add", "c"), false);
  equal(permits(acl, "Get", "c"), true);
  equal(permits(acl, "Exec", "a"), false);
});

test("rights are granted besides those that are there", () => {
  equal(
    aclText(granted(parsed("Add=a&Get=*"), "b", ["Add", "Get", "Exec"])),
    "Add=a+b&Exec=b&Get=*",
  );
});

test("a server that goes takes its rights with it; at the root nobody becomes everybody", () => {
  equal(aclText(stripped(parsed("Add=a&Get=a+b"), "a", false)), "Get=b");
  equal(aclText(stripped(parsed("Add=a&Get=a+b"), "a", true)), "Add=*&Get=b");
});
