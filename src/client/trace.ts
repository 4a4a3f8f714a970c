/**
 * Messages whole, for the log of a development board. Credentials are left out: a log is read by
 * more people than a secret. What else a server writes is shown, also when it is a secret of
 * another kind.
 */
import { frozen } from "../base/frozen.ts";
import { text } from "../base/utf8.ts";

/** The element whose content is not shown, whatever its prefix and attributes. */
const SECRET = "Cred";

/** Nodes of DMAcc that hold secrets: a message that names one is not shown at all. */
const SECRET_NODES: readonly string[] = frozen(["AAuthSecret", "AAuthData"]);

/**
 * The text of an XML message without what is in its Cred elements; how long it is, when it is not
 * text.
 */
export function traced(bytes: Uint8Array, length: number): string {
  let message: string;
  try {
    message = text(bytes, 0, length);
  } catch {
    return `${length} bytes that are not text`;
  }
  if (SECRET_NODES.some((node) => message.includes(node)))
    return `${length} bytes that name a secret`;
  const parts = message.split(SECRET);
  let shown = parts[0] ?? "";
  let inside = false;
  for (let i = 1; i < parts.length; i++) {
    const before = tagBefore(parts[i - 1] ?? "");
    const opened = before === "<";
    if (opened) shown += `${SECRET}>…</`;
    inside = before === "text" ? inside : opened;
    if (!inside) shown += SECRET + (parts[i] ?? "");
  }
  return shown;
}

/**
 * Whether the name that follows `part` opens an element, closes one, or is no name of an element.
 */
function tagBefore(part: string): "<" | "</" | "text" {
  const tail = part.slice(part.lastIndexOf("<"));
  if (tail.includes(" ") || tail.includes(">") || !tail.startsWith("<")) return "text";
  return tail.startsWith("</") ? "</" : "<";
}
