/**
 * Who is who (OMA-TS-DM-Protocol §2.4, OMA-TS-DM-Security §5.1): the device proves itself to the
 * server, and demands the same. A challenge is answered with what it asks for, unless that is
 * weaker than what the account was provisioned with. The kinds are rows of account/authkind.ts: one
 * proves the session in SyncHdr, or each message for itself, in a header of the transport.
 */
import { base64, fromBase64 } from "../base/base64.ts";
import { CHALLENGES_MAX, NONCE_BYTES_MAX } from "../base/limits.ts";
import { md5 } from "../base/md5.ts";
import { utf8 } from "../base/utf8.ts";
import type { Chal, Cred } from "../syncml/command.ts";
import { AUTHENTICATION, type AuthKind, kindOfSyncml } from "../account/authkind.ts";
import { checkCredential, credential } from "../account/credential.ts";
import { Status } from "../syncml/status.ts";
import { checkMac, macHeader } from "../account/mac.ts";
import type { SessionCredentials, SessionPorts } from "./ports.ts";

const NONCE_BYTES = 16;

/** What came with a message to prove it: the header, and the digest of the body as it came. */
export interface MacProof {
  readonly header: string | undefined;
  readonly bodyDigest: Uint8Array;
}

/** What the server's Status of our SyncHdr means. `again`: package 1 must be sent anew. */
export type Acceptance = "accepted" | "again" | "refused";

/** How the device proves itself. */
export class ClientAuthentication {
  readonly #account: SessionCredentials;
  readonly #ports: SessionPorts;
  #type: AuthKind;
  #nonce: Uint8Array;
  #stored: Uint8Array;
  #challenges = 0;
  #session = false;
  #accepted = false;

  constructor(account: SessionCredentials, ports: SessionPorts) {
    this.#account = account;
    this.#ports = ports;
    this.#nonce = account.nonce;
    this.#stored = account.nonce;
    // Without a nonce md5 and mac are bound to fail: the server's challenge brings one.
    this.#type =
      AUTHENTICATION[account.type].nonce && account.nonce.length === 0 ? "none" : account.type;
  }

  /** True once the server has accepted the device in this session. */
  get accepted(): boolean {
    return this.#accepted;
  }

  /**
   * The user name for Source/LocName, which md5 credentials do not contain, and which that of mac
   * repeats (§5.1.3.1).
   */
  get name(): string | undefined {
    return this.#sends && AUTHENTICATION[this.#type].nonce ? this.#account.name : undefined;
  }

  /** The header that proves a message with that body; undefined when none is due. */
  mac(body: Uint8Array): string | undefined {
    return AUTHENTICATION[this.#type].everyMessage
      ? macHeader(this.#account.name, this.#account.secret, this.#nonce, md5(body))
      : undefined;
  }

  /**
   * For the SyncHdr of the next message. After 212 none is needed, after 200 every message has it.
   */
  credential(): Cred | undefined {
    if (!this.#sends) return undefined;
    return credential(this.#type, this.#account.name, this.#account.secret, this.#nonce);
  }

  get #sends(): boolean {
    return !this.#session;
  }

  /** Takes the server's Status of a SyncHdr. */
  answered(status: number, chal: Chal | undefined): Acceptance {
    if (status === Status.invalidCredentials || status === Status.missingCredentials)
      return this.#challenged(chal);
    if (status < 200 || status >= 300) return "refused";
    // Where each message proves itself, each brings a new nonce, or the session ends (§5.1.4).
    const { everyMessage } = AUTHENTICATION[this.#type];
    const nonce = this.#nonceOf(chal);
    if (everyMessage && (status !== Status.ok || nonce === undefined)) return "refused";
    this.#accepted = true;
    if (status === Status.authenticated) this.#session = true;
    this.#nonce = nonce ?? this.#nonce;
    return "accepted";
  }

  /**
   * Stores the nonce for the next time. Call it once the server is trusted: another's must not
   * replace a good one (§5.1.3.4).
   */
  keepNonce(): void {
    if (!AUTHENTICATION[this.#account.type].nonce) return;
    if (!this.#accepted || this.#nonce === this.#stored) return;
    this.#ports.storeNonce("client", this.#nonce);
    this.#stored = this.#nonce;
  }

  #challenged(chal: Chal | undefined): Acceptance {
    const refused = this.#sends ? this.#type : "none";
    this.#accepted = false;
    this.#session = false;
    this.#challenges++;
    const wanted = kindOfSyncml(chal?.type);
    const own = this.#account.type;
    if (this.#challenges > CHALLENGES_MAX || wanted === "none" || own === "none") return "refused";
    if (AUTHENTICATION[wanted].rank < AUTHENTICATION[own].rank) return "refused";
    if (wanted === refused && !AUTHENTICATION[wanted].nonce) return "refused";
    this.#type = wanted;
    this.#nonce = this.#nonceOf(chal) ?? this.#nonce;
    return "again";
  }

  /**
   * The bytes of NextNonce: base64 by the standard; what is not is taken as it stands. One that is
   * too long was not given.
   */
  #nonceOf(chal: Chal | undefined): Uint8Array | undefined {
    if (chal?.nextNonce === undefined) return undefined;
    const nonce = fromBase64(chal.nextNonce) ?? utf8(chal.nextNonce);
    if (nonce.length <= NONCE_BYTES_MAX) return nonce;
    this.#ports.log("warning", `ignored a NextNonce of ${nonce.length} bytes: it is too long`);
    return undefined;
  }
}

/**
 * What to tell the server about its credentials. `chal` makes, and stores, a new nonce: to be
 * called when it is sent, and once.
 */
export interface Judgement {
  readonly status: number;
  readonly chal?: () => Chal;
}

/** How the server proves itself. */
export class ServerAuthentication {
  readonly #account: SessionCredentials;
  readonly #ports: SessionPorts;
  #nonce: Uint8Array;
  #challenges = 0;
  #trusted: boolean;

  constructor(account: SessionCredentials, ports: SessionPorts) {
    this.#account = account;
    this.#ports = ports;
    this.#nonce = account.nonce;
    this.#trusted = account.type === "none";
  }

  /**
   * True when the server has proved itself in this session, or need not. Until then nothing is
   * executed.
   */
  get trusted(): boolean {
    return this.#trusted;
  }

  /**
   * True when no further challenge is due (§5.1.3.3 asks for one more; a bound for who never gets
   * it right).
   */
  get exhausted(): boolean {
    return this.#challenges > CHALLENGES_MAX;
  }

  /** True when each message has to prove itself. */
  get everyMessage(): boolean {
    return AUTHENTICATION[this.#account.type].everyMessage;
  }

  /**
   * Judges the Cred of a message. Once is enough: after 212 the server need not send it again. With
   * mac each message is judged.
   */
  judge(cred: Cred | undefined, proof: MacProof | undefined): Judgement {
    const { type, name, secret } = this.#account;
    if (this.everyMessage) return this.#judgeMac(proof);
    if (type === "none" || this.#trusted)
      return { status: cred === undefined ? Status.ok : Status.authenticated };
    if (cred === undefined) return { status: Status.missingCredentials };
    if (!checkCredential(cred, type, name, secret, this.#nonce))
      return { status: Status.invalidCredentials };
    this.#trusted = true;
    return AUTHENTICATION[type].nonce
      ? { status: Status.authenticated, chal: () => this.#challenge() }
      : { status: Status.authenticated };
  }

  /** Whether a message with this Cred would find the server trusted. Nothing changes. */
  vouches(cred: Cred | undefined): boolean {
    const { type, name, secret } = this.#account;
    if (this.everyMessage) return false;
    if (type === "none" || this.#trusted) return true;
    return checkCredential(cred, type, name, secret, this.#nonce);
  }

  /**
   * Completes the verdict on a server that is not trusted: a challenge with a new nonce, as long as
   * another try is granted.
   */
  challenge(verdict: Judgement): Judgement {
    this.#challenges++;
    return this.exhausted ? verdict : { ...verdict, chal: () => this.#challenge() };
  }

  #judgeMac(proof: MacProof | undefined): Judgement {
    const { name, secret } = this.#account;
    this.#trusted = false;
    if (proof?.header === undefined) return { status: Status.missingCredentials };
    if (!checkMac(proof.header, name, secret, this.#nonce, proof.bodyDigest))
      return { status: Status.invalidCredentials };
    this.#trusted = true;
    return { status: Status.ok, chal: () => this.#challenge() };
  }

  /**
   * Stored before it is sent. A nonce that is never sent would leave the server with a wrong one.
   */
  #challenge(): Chal {
    const kind = AUTHENTICATION[this.#account.type];
    if (!kind.nonce) return { type: kind.syncml, format: "b64" };
    const nonce = new Uint8Array(NONCE_BYTES);
    this.#ports.random(nonce);
    this.#ports.storeNonce("server", nonce);
    this.#nonce = nonce;
    return { type: kind.syncml, format: "b64", nextNonce: base64(nonce) };
  }
}
