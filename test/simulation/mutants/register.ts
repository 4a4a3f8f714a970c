/** `MUTANT='…' node --import …/register.js` runs a program with one planted bug. */
import { register } from "node:module";

register("./hooks.js", import.meta.url);
