/**
 * `xs-fumo bootstrap`: gives a device an account over the air (OMA Client Provisioning, or the DM
 * profile), sealed.
 */
import type { Command } from "commander";
import { AUTH_KINDS } from "../../../src/account/authkind.ts";
import { writeFileSync } from "node:fs";
import type { Protection } from "../../../src/push/envelope.ts";
import { Exit, RigError } from "../exit.ts";
import { type Address, addressOption, countOption, wordOption } from "../options.ts";
import {
  type BootstrapAccount,
  type BootstrapCredentials,
  bootstrapDocument,
  type Profile,
  sealedPush,
} from "../bootstrap.ts";
import { send } from "../server/datagram.ts";
import { encode } from "../decode/decode.ts";
import { push } from "../decode/pushwriter.ts";
import { readInput } from "./pack.ts";

const PROFILES: readonly Profile[] = ["cp", "dm"];
const PROTECTIONS: readonly Protection[] = ["NETWORKID", "USERPIN", "USERPIN_NETWORKID"];
const AUTH = AUTH_KINDS.filter((kind) => kind !== "none");

interface BootstrapOptions {
  readonly server?: string;
  readonly serverId?: string;
  readonly seal?: string;
  readonly name?: string;
  readonly port?: number;
  readonly auth: (typeof AUTH)[number];
  readonly user: string;
  readonly password?: string;
  readonly serverPassword?: string;
  readonly acl?: string;
  readonly profile: Profile;
  readonly sec: Protection;
  readonly networkSecret: string;
  readonly pin: string;
  readonly output?: string;
  readonly document?: string;
}

export function addBootstrap(program: Command): void {
  program
    .command("bootstrap")
    .description("give a device an account of a DM server, by a sealed WAP push in a UDP datagram")
    .argument("[address]", "HOST:PORT of the device, or PORT on this machine", addressOption)
    .option("--server <url>", "URL of the DM server")
    .option("--server-id <id>", "its ServerID")
    .option(
      "--seal <file>",
      "send this document, in XML or WBXML, and none made of the other options",
    )
    .option("--name <text>", "its name for people")
    .option("--port <number>", "its port, apart from the URL", countOption)
    .option(
      "--auth <type>",
      `${AUTH.join(", ")}: how both sides prove themselves`,
      wordOption(AUTH),
      "md5",
    )
    .option("--user <name>", "name that the device shall show", "device")
    .option("--password <secret>", "and its password")
    .option("--server-password <secret>", "password of the server's own credentials")
    .option("--acl <acl>", "ACL of the account (profile dm)")
    .option(
      "--profile <profile>",
      `${PROFILES.join(" or ")}: Client Provisioning, or a SyncML message`,
      wordOption(PROFILES),
      "dm",
    )
    .option(
      "--sec <method>",
      `one of ${PROTECTIONS.join(", ")}`,
      wordOption(PROTECTIONS),
      "NETWORKID",
    )
    .option("--network-secret <secret>", "the secret that the device shares with the network", "")
    .option("--pin <digits>", "the PIN that a person types at the device", "")
    .option("-o, --output <file>", "write the whole push to a file")
    .option("--document <file>", "write the document alone to a file, as xs-fumo decode reads it")
    .addHelpText(
      "after",
      `
A device does not answer a bootstrap message: it opens a session with its new server.

Example:
  xs-fumo device --board host --state dev --server http://127.0.0.1:8080/dm --server-id rig \\
    --push-port 2948 \\
    --bootstrap NETWORKID --network-secret shared
  xs-fumo bootstrap 2948 --server http://127.0.0.1:8081/dm --server-id other --password p \\
    --network-secret shared`,
    )
    .action(bootstrap);
}

async function bootstrap(address: Address | undefined, options: BootstrapOptions): Promise<void> {
  const { profile, sec, networkSecret: network, pin } = options;
  if (sec !== "USERPIN" && network === "")
    throw new RigError(Exit.usage, `${sec} needs --network-secret`);
  if (sec !== "NETWORKID" && pin === "") throw new RigError(Exit.usage, `${sec} needs --pin`);
  if (address === undefined && options.output === undefined && options.document === undefined) {
    throw new RigError(
      Exit.usage,
      "nowhere to send it to",
      "an address, --output or --document is needed",
    );
  }
  const body = documentOf(options);
  const whole = push(sealedPush(profile, body, sec, { network, pin }));
  if (options.document !== undefined) writeFileSync(options.document, body);
  if (options.output !== undefined) writeFileSync(options.output, whole);
  if (address === undefined) return;
  await send(whole, address.port, address.host);
  process.stdout.write(
    `${options.seal ?? `account of ${options.serverId}`} sent to ` +
      `${address.host}:${address.port} (${whole.length} bytes, ${sec})\n`,
  );
}

/** The document to seal: a file of the user's, as it travels, or one of the account. */
function documentOf(options: BootstrapOptions): Uint8Array {
  if (options.seal === undefined) return bootstrapDocument(options.profile, accountOf(options));
  const { bytes, problems } = encode(readInput(options.seal));
  const [problem] = problems;
  if (problem === undefined) return bytes;
  throw new RigError(
    Exit.protocol,
    `${options.seal}: malformed at byte ${problem.offset}: ${problem.reason}`,
  );
}

function accountOf(options: BootstrapOptions): BootstrapAccount {
  const { server: address, serverId } = options;
  if (address === undefined || serverId === undefined)
    throw new RigError(
      Exit.usage,
      "an account needs --server and --server-id",
      "--seal FILE sends a document of your own",
    );
  const { name, port, auth: type, user, password, serverPassword, acl } = options;
  const client: BootstrapCredentials | undefined =
    password === undefined ? undefined : { type, name: user, secret: password };
  const server =
    serverPassword === undefined ? undefined : { type, name: serverId, secret: serverPassword };
  return {
    serverId,
    address,
    ...(name === undefined ? {} : { name }),
    ...(port === undefined ? {} : { port }),
    ...(acl === undefined ? {} : { acl }),
    ...(client === undefined ? {} : { client }),
    ...(server === undefined ? {} : { server }),
  };
}
