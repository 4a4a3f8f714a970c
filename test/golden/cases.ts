/** The documents of test/golden in pieces: cases, their fences and their messages. */
import { fromDump } from "../rig/decode/decode.ts";

/** A case: its title, and its body up to the next one. */
export const CASE = /^## (.+)\n([^]*?)(?=^## |(?![^]))/gm;
/** A fence: its kind, and its content. */
export const FENCE = /^```(xml|wbxml|tokens|log)\n([^]*?)^```$/gm;

/** Returns the fences of the body of a case, in their order. */
export function fencesOf(body: string): readonly (readonly [kind: string, content: string])[] {
  return [...body.matchAll(FENCE)].map(([, kind, content]) => [kind ?? "", content ?? ""]);
}

/**
 * Returns the messages of the body of a case; XML without the line end before the closing fence.
 * Throws an Error when there is none, or when a wbxml fence holds no hexadecimal digits.
 */
export function messagesOf(body: string): readonly Uint8Array[] {
  const messages = fencesOf(body).flatMap(([kind, content]) => {
    if (kind === "xml") return [Buffer.from(content.replace(/\n$/, ""))];
    if (kind !== "wbxml") return [];
    const bytes = fromDump(content);
    if (bytes === undefined) throw new Error("a wbxml fence holds no hexadecimal digits");
    return [bytes];
  });
  if (messages.length === 0) throw new Error("a case needs a message");
  return messages;
}
