/**
 * The provisioning of a board of hal/esp32: a JSON text, stored as string "provision" in namespace
 * "xs-fumo" of NVS. It is checked before it is written, and shown without its secrets.
 */
import { fromHex } from "../../../src/base/bytes.ts";
import { Exit, RigError } from "../exit.ts";
import { jsonError } from "../jsonerror.ts";
import { checkProvision } from "../provisioncheck.ts";
import { type NvsEntry, nvsString } from "./nvs.ts";

/** As hal/esp32/slots.h and natives.c name them. */
const NVS_SPACE = "xs-fumo";
const PROVISION_KEY = "provision";
/** The number of the slot that is being selected: meaningless once otadata is erased. */
const SELECTING_KEY = "selecting";
/** What the board reads, including the final NUL. */
const PROVISION_BYTES_MAX = 4000;

type Json = { readonly [name: string]: unknown };

/**
 * Returns the text of a provisioning that the board will accept. Throws a RigError that names the
 * member, the line or the size, and never quotes the text.
 */
export function readProvision(bytes: Buffer, file: string): string {
  const text = bytes.toString("utf8");
  const fail = (what: string, hint?: string): never => {
    throw new RigError(Exit.usage, `${file}: ${what}`, hint);
  };
  if (!Buffer.from(text).equals(bytes) || text.includes("\0"))
    fail("not UTF-8, or it contains a NUL", "write it as JSON, in UTF-8");
  const refused = checkProvision(text).filter(({ good }) => !good);
  const problems = [...refused.map(({ text: said }) => said), ...boardProblems(text)];
  if (problems.length > 0)
    fail(
      problems.map((said) => said.replace(/^provision: /, "")).join("; "),
      "src/account/PROVISIONING.md describes each member",
    );
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

/** Returns what hal/esp32 would refuse in the members that only it reads. */
function boardProblems(text: string): readonly string[] {
  if (jsonError(text) !== undefined) return [];
  const json: unknown = JSON.parse(text);
  if (!isObject(json)) return [];
  const { identity = {}, network, pushPort } = json;
  const problems: string[] = [];
  const named = isObject(network) && [network.ssid, network.password].every(isString);
  if (network !== undefined && !named)
    problems.push('network needs "ssid" and "password" (empty for an open network)');
  if (pushPort !== undefined && !isPort(pushPort)) problems.push("pushPort is not a UDP port");
  for (const [name, value] of Object.entries(isObject(identity) ? identity : { identity })) {
    const uuid = name === "vendorId" || name === "classId";
    if (!isString(value)) problems.push(`identity: ${name} is not a string`);
    else if (uuid && fromHex(value)?.length !== 16)
      problems.push(`identity: ${name} is not 32 hex digits`);
  }
  return problems;
}

function isString(value: unknown): value is string {
  return typeof value === "string";
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
const NO_SECRET = /^(allowPrivate|nonceResync|typedAnswers)$/;

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
 * Returns the entries of NVS with this provisioning instead of an earlier one. `restart`: otadata
 * will be erased, so the number of a slot that was being selected is dropped.
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
