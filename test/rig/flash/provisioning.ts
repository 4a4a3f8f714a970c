/**
 * The provisioning of a board of hal/esp32: a JSON text, stored as string "provision" in namespace
 * "xs-fumo" of NVS. It is checked before it is written, and shown without its secrets.
 */
import { fromBase64 } from "../../../src/base/base64.ts";
import { fromHex } from "../../../src/base/bytes.ts";
import { refusalOf } from "../../../src/base/urlrules.ts";
import { parseProvision } from "../../../src/client/provision.ts";
import { vendorKey } from "../../../src/image/key.ts";
import { Exit, RigError } from "../exit.ts";
import { authorities } from "../provisioncheck.ts";
import { type NvsEntry, nvsString } from "./nvs.ts";

/** As hal/esp32/slots.h and natives.c name them. */
export const NVS_SPACE = "xs-fumo";
export const PROVISION_KEY = "provision";
/** The number of the slot that is being selected: meaningless once otadata is erased. */
const SELECTING_KEY = "selecting";
/** What the board reads, including the final NUL. */
export const PROVISION_BYTES_MAX = 4000;

type Json = { readonly [name: string]: unknown };

/**
 * Returns the text of a provisioning that the board will accept. Throws a RigError that names the
 * member, the line or the size, and never quotes the text.
 */
export function checkProvision(bytes: Buffer, file: string): string {
  const text = bytes.toString("utf8");
  const fail = (what: string, hint?: string): never => {
    throw new RigError(Exit.usage, `${file}: ${what}`, hint);
  };
  if (!Buffer.from(text).equals(bytes) || text.includes("\0"))
    fail("not UTF-8, or it contains a NUL", "write it as JSON, in UTF-8");
  const place = jsonError(text);
  if (place !== undefined) fail(`invalid JSON at line ${place.line}, column ${place.column}`);
  try {
    const { account, ...rules } = parseProvision(text);
    const refusal = account === undefined ? undefined : refusalOf(account.address, rules);
    if (refusal !== undefined) throw new Error(`address of account ${refusal}`);
    checkBoardMembers(JSON.parse(text) as Json);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    fail(
      said.replace(/^assertion failed: /, "").replace(/^provision: /, ""),
      "src/client/provision.ts and hal/esp32/README.md describe each member",
    );
  }
  const length = bytes.length + 1;
  if (length > PROVISION_BYTES_MAX) {
    const compact = Buffer.byteLength(JSON.stringify(JSON.parse(text))) + 1;
    fail(
      `${length} bytes including the final NUL; the board reads at most ${PROVISION_BYTES_MAX}`,
      compact <= PROVISION_BYTES_MAX
        ? `remove white space: without any it has ${compact}`
        : "use P-256 certificates and keys: they are shorter than RSA",
    );
  }
  return text;
}

/**
 * Returns where a text stops being JSON, or undefined. JavaScript's own error message quotes the text
 * around that place, which may be a secret.
 */
export function jsonError(
  text: string,
): { readonly line: number; readonly column: number } | undefined {
  if (badAt(text) === undefined) return undefined;
  // Finds the shortest beginning that no JSON text has: each shorter one is only incomplete.
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if ((badAt(text.slice(0, middle)) ?? middle) < middle) bad = middle;
    else good = middle;
  }
  const broken = (badAt(text.slice(0, bad)) ?? bad) < bad;
  const lines = text.slice(0, broken ? bad - 1 : text.length).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** Returns a place in a text that is not JSON: its length when only its end is missing. */
function badAt(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    const [, place] = / at position (\d+)/.exec(said) ?? [];
    if (place !== undefined) return Number(place);
    return said.startsWith("Unexpected end") ? text.length : 0;
  }
}

/** Checks the members that only hal/esp32 reads. Throws an Error that names the member. */
function checkBoardMembers(json: Json): void {
  const { identity, network, ca, pushPort, keys } = json;
  const no = (what: string): never => {
    throw new Error(what);
  };
  if (network !== undefined) {
    if (!isObject(network)) no("network is not an object");
    else if (typeof network.ssid !== "string" || typeof network.password !== "string")
      no('network needs "ssid" and "password" (empty for an open network)');
  }
  const distrusted = authorities(ca).find(({ good }) => !good);
  if (distrusted !== undefined) no(distrusted.text);
  if (pushPort !== undefined && !isPort(pushPort)) no("pushPort is not a UDP port");
  if (identity !== undefined) {
    if (!isObject(identity)) no("identity is not an object");
    else
      for (const [name, value] of Object.entries(identity)) {
        const uuid = name === "vendorId" || name === "classId";
        if (typeof value !== "string") no(`identity: ${name} is not a string`);
        else if (uuid && fromHex(value)?.length !== 16)
          no(`identity: ${name} is not 32 hex digits`);
      }
  }
  for (const [index, key] of (Array.isArray(keys) ? keys : []).entries()) {
    const [base = "", until = "1"] = String(key).split(" until ");
    const spki = fromBase64(base);
    if (spki === undefined || vendorKey(spki) === undefined || !(Number(until) > 0))
      no(`keys[${index}] is not a public key of a vendor (xs-fumo keygen prints one)`);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 65536;
}

const MASK = "***";
/** Names of members that hold a secret, at any depth; `answers` may be PINs. `keys` are public. */
const SECRET = /secret|passw|passphrase|pin$|^pin|token|private|psk|nonce|answers/i;
const NO_SECRET = /^(nonceResync|typedAnswers)$/;

/**
 * Returns the provisioning for display: indented, with three stars for each secret that is not
 * empty. A text that is not JSON is not shown at all.
 */
export function masked(text: string): string {
  try {
    return JSON.stringify(withoutSecrets(JSON.parse(text), false), null, 2);
  } catch {
    return `(${Buffer.byteLength(text)} bytes that are not JSON: not shown, they may hold secrets)`;
  }
}

function withoutSecrets(value: unknown, secret: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, secret));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        withoutSecrets(member, secret || (SECRET.test(name) && !NO_SECRET.test(name))),
      ]),
    );
  }
  if (secret) return value === "" || value === null ? value : MASK;
  return typeof value === "string" ? value.replace(/:\/\/[^/?#]*@/g, `://${MASK}@`) : value;
}

/**
 * Returns the entries of NVS with this provisioning instead of an earlier one. `restart`: otadata will
 * be erased, so the number of a slot that was being selected is dropped.
 */
export function withProvision(
  entries: readonly NvsEntry[],
  text: string,
  restart: boolean,
): readonly NvsEntry[] {
  const others = entries.filter(
    ({ namespace, key }) =>
      namespace !== NVS_SPACE || (key !== PROVISION_KEY && !(restart && key === SELECTING_KEY)),
  );
  const own: NvsEntry = {
    namespace: NVS_SPACE,
    key: PROVISION_KEY,
    type: "string",
    data: nvsString(text),
  };
  return [...others, own];
}

/** Returns the provisioning among the entries of NVS, or undefined. */
export function provisionOf(entries: readonly NvsEntry[]): string | undefined {
  const found = entries.find(
    ({ namespace, key, type }) =>
      namespace === NVS_SPACE && key === PROVISION_KEY && type === "string",
  );
  return found === undefined ? undefined : Buffer.from(found.data.subarray(0, -1)).toString("utf8");
}
