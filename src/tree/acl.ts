/**
 * Access control lists (OMA-TS-DM-TND §7.7.1.1): which server may do what.
 *
 * acl = command "=" server *( "+" server ) *( "&" command "=" server … ); `*` stands for every
 * server. The empty list means "no value": the nearest ancestor with one decides, as a whole.
 */
import { find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { ACL_SERVERS_MAX } from "../base/limits.ts";
import { text, utf8 } from "../base/utf8.ts";

export type Right = "Add" | "Delete" | "Exec" | "Get" | "Replace";
export const RIGHTS: readonly Right[] = frozen(["Add", "Delete", "Exec", "Get", "Replace"]);

/** Servers by right; a right that nobody has is absent. */
export type Acl = ReadonlyMap<Right, readonly string[]>;

const ALL: readonly string[] = frozen(["*"]);
/** What the root has until it is given another: Get for all, Add for all (ibid.). */
export const ROOT_ACL: Acl = new Map([
  ["Add", ALL],
  ["Get", ALL],
]);

const AND = 0x26;
const PLUS = 0x2b;
const EQUALS = 0x3d;
const STAR = 0x2a;
const SPACE = 0x20;
const DELETE = 0x7f;

function validServer(bytes: Uint8Array, from: number, to: number): boolean {
  if (to === from) return false;
  if (to - from === 1 && bytes[from] === STAR) return true;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0;
    if (
      byte <= SPACE ||
      byte === DELETE ||
      byte === EQUALS ||
      byte === AND ||
      byte === STAR ||
      byte === PLUS
    )
      return false;
  }
  return true;
}

/** The end of the part that begins at `from` and goes to `separator` or `to`. */
function partEnd(bytes: Uint8Array, from: number, to: number, separator: number): number {
  const at = find(bytes, from, separator);
  return at < 0 || at > to ? to : at;
}

function parseServers(bytes: Uint8Array, from: number, to: number): readonly string[] | undefined {
  const servers: string[] = [];
  for (;;) {
    const end = partEnd(bytes, from, to, PLUS);
    if (!validServer(bytes, from, end)) return undefined;
    const server = text(bytes, from, end);
    if (servers.length === ACL_SERVERS_MAX) return undefined;
    if (!servers.includes(server)) servers.push(server);
    if (end === to) return servers;
    from = end + 1;
  }
}

/**
 * Reads an ACL; undefined when it is malformed: an unknown or repeated command, no server or more
 * than ACL_SERVERS_MAX, characters that an identifier cannot have.
 */
export function parseAcl(value: string): Acl | undefined {
  const acl = new Map<Right, readonly string[]>();
  const bytes = utf8(value);
  let from = 0;
  while (from < bytes.length) {
    const end = partEnd(bytes, from, bytes.length, AND);
    const equals = partEnd(bytes, from, end, EQUALS);
    const name = text(bytes, from, equals);
    const right = RIGHTS[RIGHTS.indexOf(name as Right)];
    const servers = equals < end ? parseServers(bytes, equals + 1, end) : undefined;
    if (right === undefined || servers === undefined || acl.has(right) || end + 1 === bytes.length)
      return undefined;
    acl.set(right, servers);
    from = end + 1;
  }
  return acl;
}

/** The text of an ACL, in the order of RIGHTS. */
export function aclText(acl: Acl): string {
  const parts: string[] = [];
  for (const right of RIGHTS) {
    const servers = acl.get(right);
    if (servers !== undefined) parts.push(`${right}=${servers.join("+")}`);
  }
  return parts.join("&");
}

/** True when the list gives the right to the server, by name or to all. */
export function permits(acl: Acl, right: Right, server: string): boolean {
  const servers = acl.get(right);
  return servers !== undefined && (servers.includes("*") || servers.includes(server));
}

/** The list with these rights added for the server. */
export function granted(acl: Acl, server: string, rights: readonly Right[]): Acl {
  const result = new Map(acl);
  for (const right of rights)
    if (!permits(result, right, server)) result.set(right, [...(result.get(right) ?? []), server]);
  return result;
}

/**
 * The list without the server. At the root a right that would be nobody's becomes everybody's,
 * elsewhere it goes (ibid.).
 */
export function stripped(acl: Acl, server: string, root: boolean): Acl {
  const result = new Map<Right, readonly string[]>();
  for (const [right, servers] of acl) {
    const left = servers.filter((one) => one !== server);
    if (left.length > 0) result.set(right, left);
    else if (root) result.set(right, ["*"]);
  }
  return result;
}
