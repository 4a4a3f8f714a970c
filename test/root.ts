/** Where the project lies: the folder above build/js, in which this file runs. */
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");
