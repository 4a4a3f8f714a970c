/**
 * Parts that a firmware can be without: a stand-in has what the rest imports of its door, with the
 * same types, and what is only behind a door is not loaded.
 */
import { deepEqual } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { JS, modulesOf } from "../../hal/xs/build.ts";
import { doorsOf, PART_NAMES, SMALL, standInsOf } from "../../hal/xs/parts.ts";
import { root } from "../root.ts";
import * as absentDatagram from "../../hal/common/natives/absentdatagram.ts";
import type * as datagram from "../../hal/common/natives/datagram.ts";
import * as absentPushes from "../../src/client/absentpushes.ts";
import type * as pushes from "../../src/client/pushes.ts";
import * as absentInteraction from "../../src/session/absentinteraction.ts";
import type * as interaction from "../../src/session/interaction.ts";
import * as absentSubtrees from "../../src/session/absentsubtrees.ts";
import type * as subtrees from "../../src/session/subtrees.ts";
import * as absentDdfPage from "../../src/syncml/absentddfpage.ts";
import type * as ddfPage from "../../src/syncml/ddfpage.ts";
import * as absentTnds from "../../src/syncml/absenttnds.ts";
import type * as tnds from "../../src/syncml/tnds.ts";
import * as absentSubtree from "../../src/tree/absentsubtree.ts";
import type * as subtree from "../../src/tree/subtree.ts";
import * as absentScripted from "../../src/user/absentscripted.ts";
import type * as scripted from "../../src/user/scripted.ts";
import * as absentTyped from "../../src/user/absenttyped.ts";
import type * as typed from "../../src/user/typed.ts";

/** By door. The compiler checks that what a stand-in has, it has with the types of the door. */
const STAND_INS: Readonly<Record<string, object>> = {
  "src/client/pushes": absentPushes satisfies Partial<typeof pushes>,
  "hal/common/natives/datagram": absentDatagram satisfies Partial<typeof datagram>,
  "src/syncml/tnds": absentTnds satisfies Partial<typeof tnds>,
  "src/syncml/ddfpage": absentDdfPage satisfies Partial<typeof ddfPage>,
  "src/tree/subtree": absentSubtree satisfies Partial<typeof subtree>,
  "src/session/subtrees": absentSubtrees satisfies Partial<typeof subtrees>,
  "src/session/interaction": absentInteraction satisfies Partial<typeof interaction>,
  "src/user/scripted": absentScripted satisfies Partial<typeof scripted>,
  "src/user/typed": absentTyped satisfies Partial<typeof typed>,
};

/** What each of these modules imports of another one: its name, then that of the import. */
function imported(module: string): (readonly [from: string, name: string])[] {
  const path = join(JS, `${module}.js`);
  if (!existsSync(path)) return [];
  const all = readFileSync(path, "utf8").matchAll(/^import \{([^}]+)\} from "(\.[^"]+)\.js";/gm);
  return [...all].flatMap(([, names = "", from = ""]) =>
    names.split(",").map((name) => {
      const [word = ""] = name.trim().split(" as ");
      return [posix.join(dirname(module), from), word] as const;
    }),
  );
}

test("every door has a stand-in, whose types the compiler has compared", () => {
  deepEqual(Object.keys(STAND_INS).sort(), [...doorsOf(PART_NAMES)].sort());
});

for (const part of PART_NAMES) {
  test(`without ${part} all that is imported of its doors is in the stand-ins`, () => {
    const doors = doorsOf([part]);
    const files = standInsOf([part]);
    const missing = modulesOf("src/main", [part])
      .flatMap((module) => imported(files[module] ?? module))
      .filter(([from, name]) => doors.includes(from) && !(name in (STAND_INS[from] ?? {})));
    deepEqual(missing, []);
  });

  test(`without ${part} nothing is loaded that was not before`, () => {
    const whole = modulesOf("src/main");
    const rest = modulesOf("src/main", [part]);
    const added = rest.filter((module) => !whole.includes(module));
    deepEqual(added, []);
  });
}

test("src/PARTS.md has a row for what each part is, and one for its doors", () => {
  const lines = readFileSync(join(root, "src/PARTS.md"), "utf8").split("\n");
  for (const part of PART_NAMES) {
    const rows = lines.filter((line) => line.startsWith(`| \`${part}\` |`));
    const doors = doorsOf([part]).map((door) => `\`${door}\``);
    deepEqual([rows.length, rows[1]], [2, `| \`${part}\` | ${doors.join(", ")} |`]);
  }
});

test("the smallest product has nothing of pushes, descriptions and questions", () => {
  const left = modulesOf("src/main", SMALL);
  deepEqual(
    left.filter((module) => module.startsWith("src/push/")),
    [],
  );
  for (const gone of ["bootstraps", "notifications", "newaccount", "installation", "ddftag"])
    deepEqual(
      left.filter((module) => module.endsWith(`/${gone}`)),
      [],
    );
});
