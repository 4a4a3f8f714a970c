/**
 * Resolves src/base's portable versions to the modules of the same names here, but for imports that
 * come from here.
 */
const NAMES = ["md5", "sha256", "signature", "crc32", "utf8", "bytes"];

interface Context {
  readonly parentURL?: string;
}
interface Resolved {
  readonly url: string;
}

export async function resolve(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Promise<Resolved>,
): Promise<Resolved> {
  const resolved = await next(specifier, context);
  const name = NAMES.find((candidate) => resolved.url.endsWith(`/src/base/${candidate}.js`));
  if (name === undefined || context.parentURL?.includes("/simulation/native/") === true)
    return resolved;
  return {
    ...resolved,
    url: resolved.url.replace(`/src/base/${name}.js`, `/test/simulation/native/${name}.js`),
  };
}
