/**
 * A copy of the sources in which builds are made after changes. What make has built in the checkout
 * comes along with its dates, so that only what a change touches is built again.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { Exit, RigError } from "../../rig/exit.ts";
import { root } from "../../root.ts";
import { applied, type Edit } from "./change.ts";

const SOURCES = ["src", "hal", "package.json", "tsconfig.json"] as const;
const LINKS = ["node_modules", "build/sources"] as const;
/** Objects of make, what they depend on, and the compiler of applications. */
const MADE = ["build/qemu", "build/xs"] as const;
const IS_MADE = /(?:\.[od]|\/made|\/flags|\/blobc)$/;
const CONFIG = "tsconfig.pairs.json";
/** A change may leave an import behind that nothing uses. */
const COMPILER = {
  extends: "./tsconfig.json",
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, sourceMap: false },
  include: ["src/**/*.ts", "hal/**/*.ts"],
};

/** What is built, and after which release. */
export interface Release {
  /** Of the change, for a person. */
  readonly what: string;
  readonly name: string;
  readonly version: string;
  readonly edits: readonly Edit[];
  /** The payload of the release before. */
  readonly previous?: Buffer;
}

export class Tree {
  readonly #folder: string;
  /** Files that are not as they are in the checkout. */
  #edited: readonly string[] = [];

  /** Copies the sources to `folder`, which must be below build. */
  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
    for (const name of SOURCES) this.#copy(name);
    for (const name of MADE) if (existsSync(join(root, name))) this.#copy(name, IS_MADE);
    for (const name of LINKS) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      symlinkSync(join(root, name), join(folder, name));
    }
    writeFileSync(join(folder, CONFIG), JSON.stringify(COMPILER));
  }

  #copy(name: string, wanted = /$/): void {
    const isFolder = (path: string): boolean => !/\.\w+$/.test(path.slice(root.length));
    cpSync(join(root, name), join(this.#folder, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => wanted.test(path) || isFolder(path),
    });
  }

  /**
   * Builds the firmware of board qemu after these edits of the sources, and none of those before.
   * Throws a ChangeError, a BuildError, or a RigError when TypeScript does not take the change.
   */
  async build({ what, name, version, edits, previous }: Release): Promise<Buffer> {
    const texts = applied(what, edits, (file) => readFileSync(join(root, file), "utf8"));
    for (const file of this.#edited)
      if (!texts.has(file)) writeFileSync(join(this.#folder, file), readFileSync(join(root, file)));
    for (const [file, text] of texts) writeFileSync(join(this.#folder, file), text);
    this.#edited = [...texts.keys()];
    this.#compile(what);
    const built = pathToFileURL(join(this.#folder, "build/js/hal/qemu-riscv32/build.js")).href;
    const board = (await import(built)) as { readonly riscv32: typeof riscv32 };
    return board.riscv32.buildFirmware({ name, version, previous });
  }

  #compile(what: string): void {
    const compiler = join(root, "node_modules/.bin/tsc");
    const { status, stdout, error } = spawnSync(compiler, ["-p", CONFIG], {
      cwd: this.#folder,
      encoding: "utf8",
    });
    if (error !== undefined) throw new RigError(Exit.failed, `cannot run tsc: ${error.message}`);
    if (status !== 0)
      throw new RigError(Exit.failed, `the change "${what}" does not compile any more`, stdout);
  }
}
