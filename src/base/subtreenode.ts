/**
 * A part of the management tree as plain values, between its serialisation (OMA-TS-DM-TNDS) and the
 * tree itself.
 */

export interface SubtreeNode {
  /**
   * Relative to the node that the description is about: names joined by slashes; empty for that
   * node itself.
   */
  readonly path: string;
  /** A SyncML format: chr, int, bin, node …; empty: not said. */
  readonly format: string;
  /**
   * Of a leaf its MIME type, of an interior node the identifier of its object; empty: not said, or
   * none.
   */
  readonly type: string;
  readonly acl?: string;
  readonly title?: string;
  readonly verNo?: number;
  /** The value of a leaf, decoded. */
  readonly value?: Uint8Array;
}
