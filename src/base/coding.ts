/**
 * Content-Encoding (RFC 9110 §8.4). The client asks for bodies as they are (Accept-Encoding:
 * identity), and reads no others.
 */

/** Characters of a coding that are shown. */
const SHOWN_LENGTH_MAX = 32;

/** Returns the coding that a body has although nobody asked for one, or undefined. */
export function codingOf(headers: ReadonlyMap<string, string>): string | undefined {
  const value = headers.get("content-encoding") ?? "";
  const codings = value.toLowerCase().split(",");
  const coding = codings.map((one) => one.trim()).find((one) => one !== "" && one !== "identity");
  return coding?.slice(0, SHOWN_LENGTH_MAX);
}
