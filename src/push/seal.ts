/**
 * How a bootstrap message is proved (OMA-TS-DM-Security §5.7.2): an HMAC over the whole document
 * with a secret that both sides know.
 */
import { equal, fromHex } from "../base/bytes.ts";
import { hmacSha1 } from "../base/hmac.ts";
import { utf8 } from "../base/utf8.ts";
import { CP_TYPE, type Envelope, type Protection } from "./envelope.ts";

/** What the key is made of: the secret of the network, and the PIN that a person types. */
export interface Secrets {
  readonly network: string;
  readonly pin: string;
}

/**
 * True when the document is sealed with these secrets. The comparison takes the same time wherever
 * the bytes differ.
 */
export function sealed({ type, protection, mac, body }: Envelope, secrets: Secrets): boolean {
  const given = mac === undefined ? undefined : fromHex(mac);
  const key = protection === undefined ? "" : sealKey(type, protection, secrets);
  return given !== undefined && key !== "" && equal(given, hmacSha1(utf8(key), body));
}

/**
 * Device management joins both as PIN:secret (§5.7.2.3.3), Client Provisioning puts the PIN behind
 * the secret. Empty: no secret.
 */
export function sealKey(type: string, protection: Protection, { network, pin }: Secrets): string {
  if (protection === "NETWORKID") return network;
  if (protection === "USERPIN") return pin;
  if (network === "" || pin === "") return "";
  return type === CP_TYPE ? `${network}${pin}` : `${pin}:${network}`;
}
