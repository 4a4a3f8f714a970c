/**
 * Attribute codes of OMA Client Provisioning (OMA-WAP-ProvCont §8), as far as accounts of device
 * management need them. In WBXML the start of an attribute is its name with the beginning of its
 * value, and parts of values have codes too.
 */

/**
 * What a code stands for, by page << 8 | code: a name of a parameter, a type of a characteristic, a
 * part of a value.
 */
export type CpCodes = ReadonlyMap<number, string>;

/**
 * Codes of an attribute's start, on both pages, from which on it is `type`; below it is `name`, but
 * for these few.
 */
export const CP_TYPE_FROM = 0x50,
  CP_NAME = 0x05,
  CP_VALUE = 0x06,
  CP_VERSION = 0x45,
  CP_VERSION_1_0 = 0x46;

/** Tags. */
export const CP_DOCUMENT = 0x05,
  CP_CHARACTERISTIC = 0x06,
  CP_PARAMETER = 0x07;

export const W7_CODES: CpCodes = new Map([
  [0x007, "NAME"],
  [0x023, "PORTNBR"],
  [0x053, "PORT"],
  [0x085, "IPV4"],
  [0x086, "IPV6"],
  [0x107, "NAME"],
  [0x123, "PORTNBR"],
  [0x12f, "AAUTHDATA"],
  [0x130, "AAUTHLEVEL"],
  [0x131, "AAUTHNAME"],
  [0x132, "AAUTHSECRET"],
  [0x133, "AAUTHTYPE"],
  [0x134, "ADDR"],
  [0x135, "ADDRTYPE"],
  [0x136, "APPID"],
  [0x138, "PROVIDER-ID"],
  [0x153, "PORT"],
  [0x155, "APPLICATION"],
  [0x156, "APPADDR"],
  [0x157, "APPAUTH"],
  [0x159, "RESOURCE"],
  [0x186, "IPV6"],
  [0x18d, "APPSRV"],
  [0x18e, "OBEX"],
  [0x190, ","],
  [0x191, "HTTP-"],
  [0x192, "BASIC"],
  [0x193, "DIGEST"],
]);
