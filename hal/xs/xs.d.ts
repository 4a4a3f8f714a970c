/**
 * What XS gives besides the language: on XS 17 by its compiler and typings, on XS 13 by
 * hal/xs/engine/natives.c.
 */

/** The C function of a name; a facade is one call of it. It gives what the facade declares. */
declare function native(name: string): (...parameters: unknown[]) => never;
/** A class whose instances hold C data; the name is that of its destructor. */
declare function Native(name: string): new () => object;
/** Prints a text at the serial console, as it is. */
declare function trace(text: string): void;
