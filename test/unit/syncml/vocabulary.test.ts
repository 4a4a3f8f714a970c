/** The code pages agree with themselves and with the tags that the codec uses. */
import { SYNCML, Tag } from "../../../src/syncml/vocabulary.ts";
import { equal, ok, test } from "../../check.ts";

test("every tag has its name on its page, and the name leads back to it", () => {
  for (const [name, tag] of Object.entries(Tag)) {
    equal(SYNCML.pages[tag >> 8]?.names[tag & 0xff], name);
    equal(SYNCML.tags.get(name), tag);
  }
});

test("a page has no name twice, and codes from 05 to 3C", "tnds", () => {
  for (const page of SYNCML.pages) {
    const names = page.names.filter((name) => name !== undefined);
    equal(new Set(names).size, names.length);
    ok(page.names.length <= 0x3d && page.names.findIndex((name) => name !== undefined) === 5);
  }
  equal(SYNCML.tags.get("MgmtTree"), 0x220);
});
