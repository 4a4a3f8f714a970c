/**
 * `node --import …/register.js` runs a program with Node's own digests in the place of the
 * portable ones.
 */
import { register } from "node:module";

register("./hooks.js", import.meta.url);
