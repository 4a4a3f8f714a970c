/** A token of a delta package, before it is coded. */

/** `bias`: place in base less place in the image. `back`: distance in the image. */
export type DeltaToken =
  | { readonly kind: "copy"; readonly at: number; readonly length: number; readonly bias: number }
  | {
      readonly kind: "add";
      readonly at: number;
      readonly difference: number;
      readonly bias: number;
    }
  | { readonly kind: "literal"; readonly at: number }
  | { readonly kind: "match"; readonly at: number; readonly length: number; readonly bias: number }
  | { readonly kind: "match"; readonly at: number; readonly length: number; readonly back: number };
