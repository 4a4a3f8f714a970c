/** Where the project lies: the folder above build/js, in which this file runs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

/** True in a clone of the repository, false in a package that npm has installed. */
export const isClone = existsSync(join(root, "tsconfig.json"));
