/** Addresses for tests. */
import { parseUrl, type Url } from "../../../src/base/url.ts";
import { ok } from "../../check.ts";

/** Returns the address that the text gives, and fails when it gives none. */
export function address(text: string): Url {
  const url = parseUrl(text);
  ok(typeof url !== "string", `${text} ${typeof url === "string" ? url : ""}`);
  return url;
}
