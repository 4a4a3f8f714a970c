/** What the server knows of one device for longer than a session. */
import { md5 } from "../../../src/base/md5.ts";
import type { Chal, Cred, Header } from "../../../src/syncml/command.ts";
import { base64, fromBase64 } from "../../../src/base/base64.ts";
import { AUTHENTICATION, type AuthKind } from "../../../src/account/authkind.ts";
import { checkCredential, credential } from "../../../src/account/credential.ts";
import { checkMac, macHeader } from "../../../src/account/mac.ts";
import type { Campaign } from "./campaign.ts";
import type { EventSink } from "./event.ts";
import type { Notice } from "../decode/pushwriter.ts";
import { pushedNotification } from "./push.ts";

export interface Credentials {
  readonly type: AuthKind;
  readonly name: string;
  readonly secret: string;
  /** The first nonce, as both sides were given it. */
  readonly nonce?: Uint8Array;
}

export class Device {
  readonly id: string;
  readonly devInfo = new Map<string, string>();
  /** What is done with it; another one once that is done again. */
  campaign: Campaign | undefined;
  sessions = 0;
  /** True once it has shown its credentials, or needs none. */
  proved = false;
  readonly #client: Credentials;
  readonly #server: Credentials;
  #clientNonce: Uint8Array;
  #serverNonce: Uint8Array;

  constructor(
    id: string,
    client: Credentials,
    server: Credentials,
    campaign: Campaign | undefined,
  ) {
    this.id = id;
    this.#client = client;
    this.#server = server;
    this.campaign = campaign;
    this.#clientNonce = client.nonce ?? new Uint8Array(0);
    this.#serverNonce = server.nonce ?? new Uint8Array(0);
  }

  /** What the server knows, for a server that goes on from here. */
  fork(emit: EventSink): Device {
    const client = { ...this.#client, nonce: this.#clientNonce };
    const server = { ...this.#server, nonce: this.#serverNonce };
    const fork = new Device(this.id, client, server, this.campaign?.fork(emit));
    for (const [uri, value] of this.devInfo) fork.devInfo.set(uri, value);
    fork.sessions = this.sessions;
    fork.proved = this.proved;
    return fork;
  }

  /** What `fork` takes along, as values. */
  durable(): readonly unknown[] {
    return [
      this.id,
      base64(this.#clientNonce),
      base64(this.#serverNonce),
      [...this.devInfo],
      this.sessions,
      this.campaign?.durable(),
    ];
  }

  /** True when each message of the device has to prove itself. */
  get everyMessage(): boolean {
    return AUTHENTICATION[this.#client.type].everyMessage;
  }

  /**
   * 212 for good credentials, 401 for wrong ones, 407 for none. `mac` is the header x-syncml-hmac
   * of a message with that body.
   */
  check(header: Header, mac: string | undefined, body: Uint8Array): 212 | 401 | 407 {
    const { type: kind, name, secret } = this.#client;
    if (kind === "none") return 212;
    if (this.everyMessage)
      return mac === undefined
        ? 407
        : checkMac(mac, name, secret, this.#clientNonce, md5(body))
          ? 212
          : 401;
    if (header.cred === undefined) return 407;
    return checkCredential(header.cred, kind, name, secret, this.#clientNonce) ? 212 : 401;
  }

  /** A challenge; with MD5 its nonce is what the next credentials are made with. */
  challenge(nonce: Uint8Array): Chal | undefined {
    if (this.#client.type === "none") return undefined;
    const { nonce: needsNonce, syncml: type } = AUTHENTICATION[this.#client.type];
    if (!needsNonce) return { type, format: "b64" };
    this.#clientNonce = nonce;
    return { type, format: "b64", nextNonce: base64(nonce) };
  }

  /** The server's own credentials, with the last nonce that the device has given. */
  credentials(wrong: boolean): Cred | undefined {
    const { type, name, secret } = this.#server;
    return credential(type, name, wrong ? `${secret}?` : secret, this.#serverNonce);
  }

  /**
   * The header that proves a message of the server; undefined when the server proves itself
   * otherwise.
   */
  mac(body: Uint8Array, wrong: boolean): string | undefined {
    const { type, name, secret } = this.#server;
    return AUTHENTICATION[type].everyMessage
      ? macHeader(name, wrong ? `${secret}?` : secret, this.#serverNonce, md5(body))
      : undefined;
  }

  /**
   * A notification for this device in the header of WAP push, with the last nonce that it has
   * given.
   */
  notification(notice: Omit<Notice, "serverID">): Uint8Array {
    const { name, secret } = this.#server;
    return pushedNotification({ ...notice, serverID: name }, secret, this.#serverNonce);
  }

  challenged(chal: Chal | undefined): void {
    const nonce = chal?.nextNonce === undefined ? undefined : fromBase64(chal.nextNonce);
    if (nonce !== undefined) this.#serverNonce = nonce;
  }
}
