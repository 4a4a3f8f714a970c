/** URIs of the management tree. */
import { NODE_NAME_BYTES_MAX, URI_BYTES_MAX, URI_DEPTH_MAX } from "../../../src/base/limits.ts";
import { parseUri, uriText, validName } from "../../../src/tree/uri.ts";
import { deepEqual, equal, test } from "../../check.ts";

test("a relative and a bare URI name the same node (OMA-TS-DM-Protocol §8.2)", () => {
  deepEqual(parseUri("./A/b"), { segments: ["A", "b"] });
  deepEqual(parseUri("A/b"), { segments: ["A", "b"] });
  equal(uriText(["A", "b"]), "./A/b");
  equal(uriText([]), ".");
});

test("the root has three spellings", () => {
  for (const uri of [".", "./", ""]) deepEqual(parseUri(uri), { segments: [] }, uri);
});

test("a query is split off", () => {
  deepEqual(parseUri("./A?prop=ACL"), { segments: ["A"], query: { kind: "prop", value: "ACL" } });
  deepEqual(parseUri(".?list=Struct"), { segments: [], query: { kind: "list", value: "Struct" } });
  deepEqual(parseUri("?prop=ACL"), { segments: [], query: { kind: "prop", value: "ACL" } });
  equal(parseUri("./A?other=x"), 406);
});

test("what no node can be called is not found", () => {
  for (const uri of ["./A/", "A//b", "/A", "./A/../b", "./A/.", "./A/b\n", "A/\u007f"])
    equal(parseUri(uri), 404, uri);
});

test("no name has a control character, whichever, and wherever it stands in it", () => {
  const controls = [...Array.from({ length: 32 }, (_, code) => code), 0x7f];
  for (const control of controls.map((code) => String.fromCharCode(code))) {
    for (const name of [`${control}bcdefgh`, `abcd${control}fgh`, `abcdefg${control}`]) {
      equal(parseUri(`./A/${name}/b`), 404, JSON.stringify(name));
      equal(validName(name), false, JSON.stringify(name));
    }
  }
  deepEqual(parseUri("./A b/~é"), { segments: ["A b", "~é"] });
});

test("a name that begins with a dot is a name", () => {
  deepEqual(parseUri(".A/.b"), { segments: [".A", ".b"] });
});

test("a segment has a limit in bytes, not characters: 414", () => {
  const name = "n".repeat(NODE_NAME_BYTES_MAX);
  deepEqual(parseUri(name), { segments: [name] });
  equal(parseUri(`${name}n`), 414);
  equal(parseUri("é".repeat(NODE_NAME_BYTES_MAX / 2 + 1)), 414);
});

test("the depth has a limit: 414", () => {
  const deepest = `${"a/".repeat(URI_DEPTH_MAX - 1)}a`;
  deepEqual(parseUri(deepest), { segments: deepest.split("/") });
  equal(parseUri(`${deepest}/a`), 414);
});

test("a URI has a limit in bytes: 414", () => {
  const name = "n".repeat(50);
  const longest = `./${name}/${name}/${name}/${name}/${"n".repeat(URI_BYTES_MAX - 206)}`;
  equal(typeof parseUri(longest), "object");
  equal(parseUri(`${longest}n`), 414);
});

test("a name to be given obeys the rules of a segment", () => {
  equal(validName("a b=c&d"), true);
  for (const name of ["", ".", "..", "a/b", "a?b", "a\tb", "n".repeat(NODE_NAME_BYTES_MAX + 1)])
    equal(validName(name), false, name);
});
