/** Bootstrap messages (OMA-TS-DM-Bootstrap): an account in either profile, and its seal. */
import { createHmac } from "node:crypto";
import { AUTHENTICATION, type AuthKind } from "../../src/account/authkind.ts";
import type { SubtreeNode } from "../../src/base/subtreenode.ts";
import { utf8 } from "../../src/base/utf8.ts";
import { CP_TYPE, DM_TYPE, type Envelope, type Protection } from "../../src/push/envelope.ts";
import { sealKey, type Secrets } from "../../src/push/seal.ts";
import { MessageWriter } from "../../src/syncml/encode.ts";
import { TNDS_WBXML, TndsWriter } from "../../src/syncml/tnds.ts";
import { SYNCML } from "../../src/syncml/vocabulary.ts";
import { DDF_HEADER } from "../../src/wbxml/prolog.ts";
import { WbxmlWriter } from "../../src/wbxml/wbxmlwriter.ts";
import { type CpElement, cpWbxml } from "./decode/cpdocument.ts";

export type Profile = "cp" | "dm";

/** What an account says; credentials without a secret are left out. */
export interface BootstrapAccount {
  readonly serverId: string;
  readonly name?: string;
  readonly address: string;
  readonly port?: number;
  readonly client?: BootstrapCredentials;
  readonly server?: BootstrapCredentials;
  /** ACL of the account's node; the DM profile alone can say it. */
  readonly acl?: string;
}

export interface BootstrapCredentials {
  readonly type: Exclude<AuthKind, "none">;
  readonly name: string;
  readonly secret: string;
  readonly nonce?: Uint8Array;
}

const MESSAGE_BYTES_MAX = 65536;

/** The document of a profile. */
export function bootstrapDocument(profile: Profile, account: BootstrapAccount): Buffer {
  return profile === "cp" ? Buffer.from(cpWbxml(cpOf(account))) : dmMessage(account);
}

/** The push that brings it. */
export function sealedPush(
  profile: Profile,
  body: Uint8Array,
  protection: Protection,
  secrets: Secrets,
): Envelope {
  const type = profile === "cp" ? CP_TYPE : DM_TYPE;
  const mac = createHmac("sha1", sealKey(type, protection, secrets))
    .update(body)
    .digest("hex")
    .toUpperCase();
  return { type, application: 7, protection, mac, body };
}

/** The w7 APPLICATION (OMA-TS-DM-Bootstrap §5.3). */
function cpOf({ serverId, name, address, port, client, server }: BootstrapAccount): CpElement {
  const parm = (key: string, value: string | undefined): CpElement[] =>
    value === undefined ? [] : [{ parm: key, value }];
  const auth = (level: string, credentials: BootstrapCredentials | undefined): CpElement[] =>
    credentials === undefined
      ? []
      : [
          {
            type: "APPAUTH",
            children: [
              ...parm("AAUTHLEVEL", level),
              ...parm("AAUTHTYPE", AUTHENTICATION[credentials.type].oma),
              ...parm("AAUTHNAME", credentials.name),
              ...parm("AAUTHSECRET", credentials.secret),
              ...parm(
                "AAUTHDATA",
                credentials.nonce === undefined
                  ? undefined
                  : Buffer.from(credentials.nonce).toString("base64"),
              ),
            ],
          },
        ];
  const place: CpElement = {
    type: "APPADDR",
    children: [
      ...parm("ADDR", address),
      ...(port === undefined ? [] : [{ type: "PORT", children: parm("PORTNBR", `${port}`) }]),
    ],
  };
  return {
    children: [
      {
        type: "APPLICATION",
        children: [
          ...parm("APPID", "w7"),
          ...parm("PROVIDER-ID", serverId),
          ...parm("NAME", name),
          place,
          ...auth("APPSRV", client),
          ...auth("CLIENT", server),
        ],
      },
    ],
  };
}

/** The DMAcc object as nodes. */
function accountNodes({
  serverId,
  name,
  address,
  port,
  client,
  server,
  acl,
}: BootstrapAccount): readonly SubtreeNode[] {
  const node = (path: string): SubtreeNode => ({ path, format: "node", type: "" });
  const leaf = (path: string, value: string): SubtreeNode => ({
    path,
    format: "chr",
    type: "text/plain",
    value: utf8(value),
  });
  const auth = (
    at: string,
    level: string,
    given: BootstrapCredentials | undefined,
  ): SubtreeNode[] =>
    given === undefined
      ? []
      : [
          node(at),
          leaf(`${at}/AAuthLevel`, level),
          leaf(`${at}/AAuthType`, AUTHENTICATION[given.type].oma),
          leaf(`${at}/AAuthName`, given.name),
          leaf(`${at}/AAuthSecret`, given.secret),
          ...(given.nonce === undefined
            ? []
            : [{ path: `${at}/AAuthData`, format: "bin", type: "", value: given.nonce }]),
        ];
  const top: SubtreeNode = { path: "Account", format: "node", type: "urn:oma:mo:oma-dm-dmacc:1.0" };
  return [
    acl === undefined ? top : { ...top, acl },
    leaf("Account/AppID", "w7"),
    leaf("Account/ServerID", serverId),
    ...(name === undefined ? [] : [leaf("Account/Name", name)]),
    node("Account/AppAddr"),
    node("Account/AppAddr/1"),
    leaf("Account/AppAddr/1/Addr", address),
    ...(port === undefined
      ? []
      : [
          node("Account/AppAddr/1/Port"),
          node("Account/AppAddr/1/Port/1"),
          leaf("Account/AppAddr/1/Port/1/PortNbr", `${port}`),
        ]),
    node("Account/AppAuth"),
    ...auth("Account/AppAuth/1", "CLCRED", client),
    ...auth("Account/AppAuth/2", "SRVCRED", server),
  ];
}

/** A message that adds it to ./Inbox, as WBXML within WBXML. */
function dmMessage(account: BootstrapAccount): Buffer {
  const inner = new Uint8Array(MESSAGE_BYTES_MAX);
  const tokens = new WbxmlWriter(inner, SYNCML, DDF_HEADER);
  const tree = new TndsWriter(tokens);
  tree.begin();
  for (const node of accountNodes(account)) tree.node(node);
  tree.end();
  const bytes = new Uint8Array(MESSAGE_BYTES_MAX);
  const writer = new WbxmlWriter(bytes, SYNCML);
  const out = new MessageWriter(writer);
  out.begin({
    verDTD: "1.2",
    verProto: "DM/1.2",
    sessionID: "0",
    msgID: "0",
    target: "device",
    source: account.serverId,
  });
  const data = inner.subarray(0, tokens.length);
  const meta = { format: "bin", type: TNDS_WBXML };
  out.command({
    name: "Add",
    cmdID: "1",
    items: [{ target: "./Inbox", meta, data, binary: true, moreData: false }],
  });
  out.end(true);
  return Buffer.from(bytes.subarray(0, writer.length));
}
