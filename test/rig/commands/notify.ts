/** `xs-fumo notify`: asks a device for a DM session, as a server does (package 0 on WAP push). */
import { type Command, InvalidArgumentError, Option } from "commander";
import { UI_MODES, type UiMode } from "../../../src/push/notification.ts";
import { type Address, addressOption, nonceOption, wordOption } from "../options.ts";
import { send } from "../server/datagram.ts";
import { pushedNotification } from "../server/push.ts";

interface NotifyOptions {
  readonly serverId: string;
  readonly password: string;
  readonly nonce: Uint8Array;
  readonly session: string;
  readonly uiMode: UiMode;
  readonly initiator: "user" | "server";
}

export function addNotify(program: Command): void {
  program
    .command("notify")
    .description(
      "ask a device for a session with its DM server (package 0), by a WAP push in a UDP datagram",
    )
    .argument("<address>", "HOST:PORT, or PORT on this machine; OMA has port 2948", addressOption)
    .requiredOption("--server-id <id>", "ServerID of the account at the device")
    .requiredOption("--password <secret>", "the server's password in that account")
    .addOption(
      new Option("--nonce <base64>", "the last nonce that the device gave the server")
        .argParser(nonceOption)
        .default(new Uint8Array(0), "none, as before the first session"),
    )
    .addOption(
      new Option("--session <id>", "session id, 1 to FFFF; the device takes each once")
        .argParser(sessionOption)
        .default(anySession(), "any"),
    )
    .option(
      "--ui-mode <mode>",
      `one of ${UI_MODES.join(", ")}`,
      wordOption(UI_MODES),
      "unspecified",
    )
    .option(
      "--initiator <who>",
      "who caused it: user or server",
      wordOption(["user", "server"]),
      "server",
    )
    .addHelpText(
      "after",
      `
A device does not answer a notification; its log says what came of it. Datagrams get lost, so
the command may be repeated with the same --session: the device counts it once. \`xs-fumo serve
--notify\` knows the nonces itself, and asks until a session opens.

Examples:
  xs-fumo device --board host --state dev --server http://127.0.0.1:8080/dm --server-id rig \\
    --server-password s --push-port 2948
  xs-fumo notify 2948 --server-id rig --password s`,
    )
    .action(notify);
}

async function notify({ host, port }: Address, options: NotifyOptions): Promise<void> {
  const { serverId, session, uiMode, initiator, password, nonce } = options;
  await send(
    pushedNotification(
      { serverID: serverId, sessionID: session, uiMode, initiator },
      password,
      nonce,
    ),
    port,
    host,
  );
  process.stdout.write(`session ${session} asked for at ${host}:${port}\n`);
}

function sessionOption(text: string): string {
  if (!/^[1-9A-F][0-9A-F]{0,3}$/i.test(text))
    throw new InvalidArgumentError("A session id has one to four hexadecimal digits.");
  return text.toUpperCase();
}

function anySession(): string {
  return (1 + Math.floor(Math.random() * 0xffff)).toString(16).toUpperCase();
}
