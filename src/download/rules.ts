/**
 * Which URLs a package may come from: a server, or a redirect, must not send the device where its
 * owner did not mean it to go.
 */
import { utf8 } from "../base/utf8.ts";
import { decimal, type Url } from "./url.ts";

export interface UrlRules {
  /** Plain http too. The package is signed; who reads along is another matter. */
  readonly allowHttp: boolean;
  /**
   * Addresses of this device, its link and private networks too. Only written addresses are known:
   * names are not resolved here.
   */
  readonly allowPrivate: boolean;
  /** The only hosts to go to, in lower case. */
  readonly hosts?: readonly string[];
}

/** Whether the URL may be fetched; `from` is the URL that redirects to it. */
export function admitUrl(url: Url, rules: UrlRules, from?: Url): boolean {
  if (url.scheme === "http" && (!rules.allowHttp || from?.scheme === "https")) return false;
  if (!rules.allowPrivate && isPrivate(url.host)) return false;
  return rules.hosts === undefined || rules.hosts.includes(url.host);
}

/** Loopback, link-local, private and shared networks, and what is no host's address (RFC 6890). */
function isPrivate(host: string): boolean {
  if (host.startsWith("[")) return !isGlobalIPv6(host);
  const name = host.endsWith(".") ? host.substring(0, host.length - 1) : host;
  if (name === "localhost" || name.endsWith(".localhost") || name.endsWith(".local")) return true;
  const parts = name.split(".").map((part) => decimal(utf8(part), 255));
  const [a, b] = parts;
  if (parts.length !== 4 || a === undefined || b === undefined || parts.includes(undefined))
    return false;
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  return (
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168)
  );
}

/**
 * Global unicast is 2000::/3 (RFC 4291 §2.4), but for those that carry an IPv4 address: 6to4
 * 2002::/16, Teredo 2001::/32.
 */
function isGlobalIPv6(host: string): boolean {
  const [first, second] = host.substring(1, host.length - 1).split(":");
  if (first?.length !== 4 || !(first.startsWith("2") || first.startsWith("3")) || first === "2002")
    return false;
  return (
    first !== "2001" ||
    !(
      second === undefined ||
      decimal(utf8(second), 0) === 0 ||
      second === "" ||
      second.startsWith("00")
    )
  );
}
