/**
 * Who is who (OMA-TS-DM-Protocol §2.4, OMA-TS-DM-Security §5.1): the device proves itself to the server, and demands the same.
 * Basic and md5; a challenge for basic is never answered with the secret of an md5 account.
 */
import { base64, fromBase64 } from "../base/base64.ts";
import { CHALLENGES_MAX } from "../base/limits.ts";
import { utf8 } from "../base/utf8.ts";
import type { Chal, Cred } from "../syncml/command.ts";
import { AUTH_BASIC, AUTH_MD5, type AuthType, checkCredential, credential } from "../syncml/credential.ts";
import { Status } from "../syncml/status.ts";
import type { Credentials, SessionPorts } from "./ports.ts";

const NONCE_BYTES = 16;

/** What the server's Status of our SyncHdr means. `again`: package 1 must be sent anew. */
export type Answer = "accepted" | "again" | "refused";

/** How the device proves itself. */
export class ClientAuthentication {
  readonly #account: Credentials;
  #type: "none" | "basic" | "md5";
  #nonce: Uint8Array;
  #stored: Uint8Array;
  #challenges = 0;
  #session = false;
  #accepted = false;

  constructor(account: Credentials) {
    this.#account = account;
    this.#nonce = account.nonce;
    this.#stored = account.nonce;
    // Without a nonce md5 is bound to fail: the server's challenge brings one.
    this.#type = account.type === "md5" && account.nonce.length === 0 ? "none" : account.type;
  }

  /** True once the server has accepted the device in this session. */
  get accepted(): boolean {
    return this.#accepted;
  }

  /** The user name for Source/LocName, which md5 credentials do not contain (§5.1.3.1). */
  get name(): string | undefined {
    return this.#sends && this.#type === "md5" ? this.#account.name : undefined;
  }

  /** For the SyncHdr of the next message. After 212 none is needed, after 200 every message has it. */
  credential(): Cred | undefined {
    if (!this.#sends || this.#type === "none") return undefined;
    return credential(authType(this.#type), this.#account.name, this.#account.secret, this.#nonce);
  }

  get #sends(): boolean {
    return !this.#session;
  }

  /** Takes the server's Status of a SyncHdr. */
  answered(status: number, chal: Chal | undefined): Answer {
    if (status === Status.invalidCredentials || status === Status.missingCredentials) return this.#challenged(chal);
    if (status < 200 || status >= 300) return "refused";
    this.#accepted = true;
    if (status === Status.authenticated) this.#session = true;
    if (chal?.nextNonce !== undefined) this.#nonce = nonceOf(chal.nextNonce);
    return "accepted";
  }

  /** Stores the nonce for the next time. Call it once the server is trusted: another's must not replace a good one (§5.1.3.4). */
  keepNonce(ports: SessionPorts): void {
    if (this.#account.type !== "md5" || !this.#accepted || this.#nonce === this.#stored) return;
    ports.storeNonce("client", this.#nonce);
    this.#stored = this.#nonce;
  }

  #challenged(chal: Chal | undefined): Answer {
    const refused = this.credential() === undefined ? "none" : this.#type;
    this.#accepted = false;
    this.#session = false;
    this.#challenges++;
    const wanted = chal?.type === AUTH_BASIC ? "basic" : chal?.type === AUTH_MD5 ? "md5" : "none";
    if (this.#challenges > CHALLENGES_MAX || wanted === "none" || this.#account.type === "none") return "refused";
    if (wanted === "basic" && (this.#account.type !== "basic" || refused === "basic")) return "refused";
    this.#type = wanted;
    if (chal?.nextNonce !== undefined) this.#nonce = nonceOf(chal.nextNonce);
    return "again";
  }
}

/** What to tell the server about its credentials. */
export interface Verdict {
  readonly status: number;
  readonly chal?: Chal;
}

/** How the server proves itself. */
export class ServerAuthentication {
  readonly #account: Credentials;
  readonly #ports: SessionPorts;
  #nonce: Uint8Array;
  #challenges = 0;
  #trusted: boolean;

  constructor(account: Credentials, ports: SessionPorts) {
    this.#account = account;
    this.#ports = ports;
    this.#nonce = account.nonce;
    this.#trusted = account.type === "none";
  }

  /** True when the server has proved itself in this session, or need not. Until then nothing is executed. */
  get trusted(): boolean {
    return this.#trusted;
  }

  /** True when no further challenge is due (§5.1.3.3 asks for one more; a bound for who never gets it right). */
  get exhausted(): boolean {
    return this.#challenges > CHALLENGES_MAX;
  }

  /** Judges the Cred of a message. Once is enough: after 212 the server need not send it again. */
  judge(cred: Cred | undefined): Verdict {
    const { type, name, secret } = this.#account;
    if (type === "none" || this.#trusted) return { status: cred === undefined ? Status.ok : Status.authenticated };
    if (cred === undefined) return { status: Status.missingCredentials };
    if (!checkCredential(cred, authType(type), name, secret, this.#nonce)) return { status: Status.invalidCredentials };
    this.#trusted = true;
    return type === "md5" ? { status: Status.authenticated, chal: this.#challenge() } : { status: Status.authenticated };
  }

  /** Completes the verdict on a server that is not trusted: a challenge with a new nonce, as long as another try is granted. */
  challenge(verdict: Verdict): Verdict {
    this.#challenges++;
    return this.exhausted ? verdict : { ...verdict, chal: this.#challenge() };
  }

  #challenge(): Chal {
    if (this.#account.type !== "md5") return { type: AUTH_BASIC, format: "b64" };
    const nonce = new Uint8Array(NONCE_BYTES);
    this.#ports.random(nonce);
    this.#ports.storeNonce("server", nonce);
    this.#nonce = nonce;
    return { type: AUTH_MD5, format: "b64", nextNonce: base64(nonce) };
  }
}

/** The bytes of a NextNonce. It is base64 by the standard; what is not is taken as it stands. */
function nonceOf(text: string): Uint8Array {
  return fromBase64(text) ?? utf8(text);
}

function authType(type: "basic" | "md5"): AuthType {
  return type === "basic" ? AUTH_BASIC : AUTH_MD5;
}
