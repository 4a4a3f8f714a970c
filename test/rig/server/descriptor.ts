/**
 * Download descriptors (OMA Download 1.0) of packages, as a package host serves them: right, or as
 * somebody scripts them.
 */
import { utf8 } from "../../../src/base/utf8.ts";

/**
 * Elements of media by name; a list has the element so often. Undefined leaves out one that would
 * be there.
 */
export type DescriptorElements = {
  readonly [name: string]: string | readonly string[] | undefined;
};

export interface DescriptorOptions {
  /** Besides, or instead of, objectURI, size, type, installNotifyURI, name and vendor. */
  readonly elements?: DescriptorElements;
  /** The whole document, instead. */
  readonly document?: string | Uint8Array;
  readonly contentType?: string;
}

export const DESCRIPTOR_TYPE = "application/vnd.oma.dd+xml";

/**
 * The document. Its URLs are relative to its own; `path` is that of the package, without a folder.
 */
export function descriptorOf(
  path: string,
  packageBytes: number,
  options: DescriptorOptions,
): Uint8Array {
  const { document } = options;
  if (document !== undefined) return typeof document === "string" ? utf8(document) : document;
  const elements: DescriptorElements = {
    DDVersion: "1.0",
    name: "Firmware",
    vendor: "xs-fumo",
    size: `${packageBytes}`,
    type: "application/octet-stream",
    objectURI: path,
    installNotifyURI: `${path}.status`,
    ...options.elements,
  };
  const lines = Object.entries(elements).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).map(
      (one) =>
        `  <${name}>` +
        `${one.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</` +
        `${name}>\n`,
    ),
  );
  const head =
    '<?xml version="1.0" encoding="UTF-8"?>\n<media ' +
    'xmlns="http://www.openmobilealliance.org/xmlns/dd">\n';
  return utf8(`${head}${lines.join("")}</media>\n`);
}
