/**
 * What a provisioning text says to a device, before any device is given it: what it would refuse,
 * and what an earlier version took and this one does not.
 */
import { X509Certificate } from "node:crypto";
import { place, urlText } from "../../src/base/url.ts";
import { refusalOf } from "../../src/base/urlrules.ts";
import { vendorKeys } from "../../src/client/policy.ts";
import { parseProvision, type Provision } from "../../src/client/provision.ts";
import { jsonError } from "./jsonerror.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly good: boolean;
  readonly text: string;
}

/** As many as hal/xs/board/tls.h. */
const AUTHORITIES_MAX = 2;

/** Returns what there is to say of the text; a device that is given it works when all is good. */
export function checkProvision(text: string): readonly Finding[] {
  const broken = jsonError(text);
  if (broken !== undefined) {
    const { line, column } = broken;
    return [{ good: false, text: `provision: invalid JSON at line ${line}, column ${column}` }];
  }
  try {
    const provision = parseProvision(text);
    return [
      ...account(provision),
      ...keys(provision),
      ...authorities(JSON.parse(text) as { readonly ca?: unknown }),
      ...laxness(provision),
    ];
  } catch (error) {
    return [{ good: false, text: sentence(error) }];
  }
}

function account(provision: Provision): readonly Finding[] {
  const { account: given, bootstrap } = provision;
  if (given === undefined) return [{ good: true, text: "no account: only bootstrap brings one" }];
  const { serverId, address, pinned } = given;
  const refusal = refusalOf(address, provision);
  const where = `account of ${serverId} at ${place(urlText(address))}`;
  const pin =
    'the account is pinned: no bootstrap message replaces it, unless it says "pinned": false';
  return [
    refusal === undefined
      ? { good: true, text: where }
      : { good: false, text: `${where}: its address ${refusal}` },
    ...(pinned && bootstrap.length > 0 ? [{ good: true, text: pin }] : []),
  ];
}

function keys(provision: Provision): readonly Finding[] {
  if (provision.keys.length === 0)
    return [{ good: false, text: "no keys: no package is ever accepted" }];
  return [{ good: true, text: `${vendorKeys(provision).length} vendor keys` }];
}

function authorities({ ca = [] }: { readonly ca?: unknown }): readonly Finding[] {
  const certificates: readonly unknown[] = Array.isArray(ca) ? ca : [ca];
  const found = certificates.map((one, index): Finding => {
    const name = Array.isArray(ca) ? `ca[${index}]` : "ca";
    if (index >= AUTHORITIES_MAX)
      return { good: false, text: `${name}: more than two authorities: remove the oldest` };
    try {
      const { subject, validTo } = new X509Certificate(Buffer.from(String(one), "base64"));
      const who = subject.replaceAll("\n", ", ");
      return { good: true, text: `${name}: authority ${who}, valid until ${validTo}` };
    } catch {
      return { good: false, text: `${name}: not the certificate of an authority, DER in base64` };
    }
  });
  return found;
}

/** What is for a laboratory. */
function laxness({ allowHttp, allowPrivate }: Provision): readonly Finding[] {
  const http = "allowHttp: plain http is allowed, to DM servers too: for a laboratory";
  const inward = "allowPrivate: private addresses are allowed, for DM servers and packages";
  return [
    ...(allowHttp ? [{ good: true, text: http }] : []),
    ...(allowPrivate ? [{ good: true, text: inward }] : []),
  ];
}

function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^assertion failed: /, "");
}
