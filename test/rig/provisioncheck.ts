/**
 * What a provisioning text says to a device, before any device is given it: what it would refuse,
 * and what an earlier version took and this one does not.
 */
import { X509Certificate } from "node:crypto";
import { fromBase64 } from "../../src/base/base64.ts";
import { place, urlText } from "../../src/base/url.ts";
import { refusalOf } from "../../src/base/urlrules.ts";
import { vendorKeys } from "../../src/client/imagepolicy.ts";
import { parseProvision, type Provision } from "../../src/account/provisioning.ts";
import { jsonError } from "./jsonerror.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly good: boolean;
  readonly text: string;
}

/** As many as hal/common/net/tls.h. */
export const AUTHORITIES_MAX = 2;
/** What a certificate in DER begins with. */
const SEQUENCE = 0x30;

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
      ...authorities((JSON.parse(text) as { readonly ca?: unknown }).ca),
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

/** Returns what there is to say of member `ca`: one certificate, or a list. */
function authorities(ca: unknown): readonly Finding[] {
  if (ca === undefined) return [];
  if (!Array.isArray(ca)) return [authority("ca", ca)];
  return ca.map((one: unknown, index) =>
    index < AUTHORITIES_MAX
      ? authority(`ca[${index}]`, one)
      : { good: false, text: `ca[${index}]: more than two authorities: remove the oldest` },
  );
}

function authority(name: string, text: unknown): Finding {
  const der = fromBase64(typeof text === "string" ? text : "");
  try {
    if (der?.[0] !== SEQUENCE) throw new TypeError("PEM, or nothing at all");
    const { subject, validTo, raw } = new X509Certificate(der);
    if (raw.length !== der.length) throw new TypeError("more than a certificate");
    const who = subject.replaceAll("\n", ", ");
    return { good: true, text: `${name}: authority ${who}, valid until ${validTo}` };
  } catch {
    return { good: false, text: `${name}: not the certificate of an authority, DER in base64` };
  }
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
