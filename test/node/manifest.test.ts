/** manifest.json, as mcconfig reads it: every module of src and of the board is there, by name, and preloaded. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../root.ts";

interface Part {
  readonly modules?: { readonly [name: string]: string };
  readonly preload?: readonly string[];
}
interface Manifest extends Part {
  readonly platforms: { readonly [platform: string]: Part & { readonly error?: string } };
}

const manifest = JSON.parse(readFileSync(join(root, "manifest.json"), "utf8")) as Manifest;
/** Base modules whose native twin in hal/xs/base stands in for the portable one. */
const NATIVE = ["base64", "bytes", "crc32", "md5", "sha256", "signature", "utf8"].map((name) => `src/base/${name}`);

function modulesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => `${folder}/${name.replace(/\.ts$/, "")}`).sort();
}

/** What a platform builds: the common part and its own. */
function built(platform: string): Required<Part> {
  const own = manifest.platforms[platform] ?? {};
  return { modules: { ...manifest.modules, ...own.modules }, preload: [...manifest.preload ?? [], ...own.preload ?? []] };
}

const platforms = Object.entries(manifest.platforms).filter(([, part]) => part.error === undefined).map(([name]) => name);

for (const platform of platforms) {
  const { modules, preload } = built(platform);

  test(`${platform}: every module of src is listed under its own name`, () => {
    assert.deepEqual(modulesBelow("src").filter((name) => !(name in modules)), []);
  });

  test(`${platform}: base modules that have a native twin are the twin`, () => {
    for (const name of NATIVE) assert.equal(modules[name], `./hal/xs/base/${name.replace("src/base/", "")}`, name);
  });

  test(`${platform}: every module that is named is a file`, () => {
    const missing = Object.entries(modules).filter(([, path]) => !existsSync(join(root, `${path}.ts`)) && !existsSync(join(root, `${path}.c`)));
    assert.deepEqual(missing, []);
  });

  test(`${platform}: every module but the entry is preloaded, by name`, () => {
    const scripts = Object.keys(modules).filter((name) => name !== "src/main" && existsSync(join(root, `${modules[name] ?? ""}.ts`)));
    assert.deepEqual(scripts.filter((name) => !preload.includes(name)), []);
    assert.deepEqual(preload.filter((name) => !(name in modules)), []);
  });
}

test("a platform that is not known is an error with a sentence", () => {
  assert.match(manifest.platforms["..."]?.error ?? "", /\w+ \w+/);
});
