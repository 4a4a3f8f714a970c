/**
 * Where a device may go: the one policy for the addresses of DM servers, packages, descriptors and
 * reports. Only what is written in an address counts: names are not resolved here, so where a name
 * leads is DNS's word.
 */
import { frozen } from "./frozen.ts";
import { isPrivateIPv4, isPrivateIPv6, parseIPv4, parseIPv6 } from "./ipaddress.ts";
import { parseUrl, resolveUrl, type Url } from "./url.ts";
import { utf8 } from "./utf8.ts";

export interface UrlRules {
  /** Plain http too, for a laboratory: whoever is on the way reads and changes what passes. */
  readonly allowHttp: boolean;
  /** Addresses of this device, its link and private networks too. */
  readonly allowPrivate: boolean;
}

/** What holds where the provisioning says nothing. */
export const STRICT_RULES: UrlRules = frozen({ allowHttp: false, allowPrivate: false });

/**
 * Returns the address that a text gives, or why the device does not go there: a sentence without
 * its subject. `from` is the URL whose answer holds the text, which may be relative to it.
 */
export function admitUrl(value: string, rules: UrlRules, from?: Url): Url | string {
  const url = from === undefined ? parseUrl(value) : resolveUrl(from, value);
  return typeof url === "string" ? url : (refusalOf(url, rules, from) ?? url);
}

/** Returns why the rules do not admit the address, or undefined when they do. */
export function refusalOf(url: Url, rules: UrlRules, from?: Url): string | undefined {
  if (url.scheme === "http" && from?.scheme === "https")
    return `leads from https to ${url.host} by plain http: use https there too`;
  if (url.scheme === "http" && !rules.allowHttp)
    return `leads to ${url.host} by plain http: use https, or set allowHttp in a laboratory`;
  if (!rules.allowPrivate && isPrivate(url.host))
    return `leads to ${url.host}, which is no public address: set allowPrivate if it may`;
  return undefined;
}

function isPrivate(host: string): boolean {
  const bytes = utf8(host);
  if (host.startsWith("[")) {
    const groups = parseIPv6(bytes.subarray(1, bytes.length - 1));
    return groups === undefined || isPrivateIPv6(groups);
  }
  const name = host.endsWith(".") ? host.substring(0, host.length - 1) : host;
  if (name === "localhost" || name.endsWith(".localhost") || name.endsWith(".local")) return true;
  const numbers = parseIPv4(bytes);
  return numbers !== undefined && isPrivateIPv4(numbers);
}
