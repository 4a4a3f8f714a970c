/**
 * Constants of modules. The Moddable SDK runs modules when the firmware is linked and puts what
 * they made into flash: what is frozen to the last member stays there, and for everything else xsl
 * warns and sets RAM aside on the device.
 */

/**
 * Second argument of XS: all that the value refers to is frozen too. Other engines do not know it,
 * and freeze the value alone.
 */
interface Deep {
  freeze<T>(value: T, deep: boolean): T;
}

/**
 * The value, frozen, with the narrowest type of its literals. Not for typed arrays and Maps, which
 * the linker freezes itself.
 */
export function frozen<const T>(value: T): T {
  return (Object as Deep).freeze(value, true);
}
