/**
 * The one token model of both encodings: XML and WBXML readers and writers implement these, and
 * nothing above them can tell which it has. A tag is a number of a vocabulary, page << 8 | code, as
 * in WBXML; 0 is a tag that it does not have.
 */
import { frozen } from "./frozen.ts";

/** What `next` found. Stable numbers, so that a switch over them is cheap. */
export const Token = frozen({ error: 0, open: 1, close: 2, text: 3, end: 4 });
export type TokenKind = (typeof Token)[keyof typeof Token];

/**
 * Element names and numbers. `names` has one table a page, indexed by code; `pages` the namespace
 * of each page.
 */
export interface Vocabulary {
  readonly tags: ReadonlyMap<string, number>;
  readonly pages: readonly VocabularyPage[];
}
export interface VocabularyPage {
  readonly namespace: string;
  readonly names: readonly (string | undefined)[];
}

/** The first code of an element: those below it are global tokens of WBXML, on every page. */
const TAG_CODE_MIN = 5;

/** Makes a code page of names in the order of their codes; undefined: a code without a name. */
export function codePage(
  namespace: string,
  inOrder: readonly (string | undefined)[],
): VocabularyPage {
  const names: (string | undefined)[] = [];
  inOrder.forEach((name, index) => {
    if (name !== undefined) names[TAG_CODE_MIN + index] = name;
  });
  return { namespace, names };
}

/**
 * Tokens over one buffer that holds a whole document. The reader may rewrite the buffer: text is
 * decoded in place.
 */
export interface TokenReader {
  /** What holds the last text: the document's own buffer, or another that nothing else is in. */
  readonly bytes: Uint8Array;
  /** Of the last open or close. An empty element gives an open and a close. */
  readonly tag: number;
  /** The local name of the last open; a string is made only here. */
  name(): string;
  /**
   * The last text is bytes[from, to), decoded. Neighbouring text, CDATA and references are one
   * token; white space is kept.
   */
  readonly from: number;
  readonly to: number;
  /** True when the last text came as opaque bytes (WBXML) and is not characters. */
  readonly opaque: boolean;
  /** Where the last token began in the input, in bytes. */
  readonly offset: number;
  /** After Token.error: what is wrong. Every later `next` is an error too. */
  readonly problem: string;
  next(): TokenKind;
  /**
   * After an open: takes the text of the element and its end at once, where that is all that is in
   * it and the text is as it stands there; `from`, `to` and `offset` are those of the text, which
   * may be empty. False: nothing has happened, and `next` tells what is there.
   */
  leaf(): boolean;
}

/**
 * Writes one document into a bounded buffer. A write past the end changes nothing and sets `full`,
 * until `rewind`.
 */
export interface TokenWriter {
  open(tag: number): void;
  close(): void;
  /**
   * An element that holds these characters alone: as open, text and close, but whole or not at all.
   */
  leaf(tag: number, value: string): void;
  /** Characters; the writer escapes them. */
  text(value: string): void;
  /** Characters as UTF-8 bytes. */
  utf8(bytes: Uint8Array): void;
  /** Bytes that are not text: base64 in XML, opaque in WBXML. */
  binary(bytes: Uint8Array): void;
  /** Bytes written so far, and how many the buffer holds. */
  readonly length: number;
  readonly capacity: number;
  readonly full: boolean;
  /** A state to come back to, while no element that was open at the mark has been closed. */
  mark(): number;
  rewind(mark: number): void;
  /** Bytes that `binary` would take for so many bytes of data. */
  binaryLength(count: number): number;
  /**
   * The most bytes that an element without content takes, when it is on the page of the element
   * around it; and the end of one.
   */
  emptyLength(tag: number): number;
  closeLength(tag: number): number;
}
