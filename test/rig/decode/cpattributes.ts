/**
 * All attribute codes of OMA Client Provisioning (OMA-WAP-ProvCont §8); the device has those of
 * accounts alone.
 */
import { type CpCodes, CP_TYPE_FROM, CP_VALUE } from "../../../src/push/cpcodes.ts";

const NAMES_0 = `NAME NAP-ADDRESS NAP-ADDRTYPE CALLTYPE VALIDUNTIL AUTHTYPE AUTHNAME AUTHSECRET
  LINGER BEARER NAPID COUNTRY NETWORK INTERNET
  PROXY-ID PROXY-PROVIDER-ID DOMAIN PROVURL PXAUTH-TYPE PXAUTH-ID PXAUTH-PW STARTPAGE
  BASAUTH-ID BASAUTH-PW PUSHENABLED PXADDR PXADDRTYPE
  TO-NAPID PORTNBR SERVICE LINKSPEED DNLINKSPEED LOCAL-ADDR LOCAL-ADDRTYPE CONTEXT-ALLOW TRUST
  MASTER SID SOC WSP-VERSION
  PHYSICAL-PROXY-ID CLIENT-ID DELIVERY-ERR-SDU DELIVERY-ORDER TRAFFIC-CLASS MAX-SDU-SIZE
  MAX-BITRATE-UPLINK MAX-BITRATE-DNLINK
  RESIDUAL-BER SDU-ERROR-RATIO TRAFFIC-HANDL-PRIO TRANSFER-DELAY GUARANTEED-BITRATE-UPLINK
  GUARANTEED-BITRATE-DNLINK PXADDR-FQDN
  PROXY-PW PPGAUTH-TYPE`;
const MORE_NAMES_0 =
  "PULLENABLED DNS-ADDR MAX-NUM-RETRY FIRST-RETRY-TIMEOUT REREG-THRESHOLD T-BIT - AUTH-ENTITY SPI";
const TYPES_0 =
  "PXLOGICAL PXPHYSICAL PORT VALIDITY NAPDEF BOOTSTRAP VENDORCONFIG CLIENTIDENTITY PXAUTHINFO " +
  "NAPAUTHINFO ACCESS";
const VALUES_0 = `IPV4 IPV6 E164 ALPHA APN SCODE TETRA-ITSI MAN - - - ANALOG-MODEM V.120 V.110
  X.31 BIT-TRANSPARENT
  DIRECT-ASYNCHRONOUS-DATA-SERVICE - - - - PAP CHAP HTTP-BASIC HTTP-DIGEST WTLS-SS MD5 - -
  GSM-USSD GSM-SMS ANSI-136-GUTS IS-95-CDMA-SMS
  IS-95-CDMA-CSD IS-95-CDMA-PACKET ANSI-136-CSD ANSI-136-GPRS GSM-CSD GSM-GPRS AMPS-CDPD
  PDC-CSD PDC-PACKET IDEN-SMS IDEN-CSD IDEN-PACKET
  FLEX/REFLEX PHS-SMS PHS-CSD TETRA-SDS TETRA-PACKET ANSI-136-GHOST MOBITEX-MPAK
  CDMA2000-1X-SIMPLE-IP CDMA2000-1X-MOBILE-IP`;
const MORE_VALUES_0 = `AUTOBAUDING - - - - CL-WSP CO-WSP CL-SEC-WSP CO-SEC-WSP CL-SEC-WTA
  CO-SEC-WTA OTA-HTTP-TO OTA-HTTP-TLS-TO OTA-HTTP-PO
  OTA-HTTP-TLS-PO`;
const NAMES_1 =
  `AACCEPT AAUTHDATA AAUTHLEVEL AAUTHNAME AAUTHSECRET AAUTHTYPE ADDR ADDRTYPE ` +
  `APPID APROTOCOL PROVIDER-ID TO-PROXY URI RULE`;

/** Words in the order of their codes, "-" for a code that is not given. */
function row(from: number, words: string): [number, string][] {
  return words
    .split(/\s+/)
    .map((word, index): [number, string] => [from + index, word])
    .filter(([, word]) => word !== "-");
}

export const CP_CODES: CpCodes = new Map([
  ...row(0x007, NAMES_0),
  ...row(0x047, MORE_NAMES_0),
  ...row(0x051, TYPES_0),
  ...row(0x085, VALUES_0),
  ...row(0x0c5, MORE_VALUES_0),
  [0x107, "NAME"],
  [0x114, "INTERNET"],
  [0x11c, "STARTPAGE"],
  [0x122, "TO-NAPID"],
  [0x123, "PORTNBR"],
  [0x124, "SERVICE"],
  ...row(0x12e, NAMES_1),
  [0x153, "PORT"],
  ...row(0x155, "APPLICATION APPADDR APPAUTH CLIENTIDENTITY RESOURCE"),
  [0x186, "IPV6"],
  [0x187, "E164"],
  [0x188, "ALPHA"],
  [0x18d, "APPSRV"],
  [0x18e, "OBEX"],
  [0x190, ","],
  [0x191, "HTTP-"],
  [0x192, "BASIC"],
  [0x193, "DIGEST"],
]);

/**
 * The codes of an attribute's start with that text, by kind; the one that needs no other page
 * first.
 */
export function startCode(kind: "name" | "type", text: string, page: number): number | undefined {
  const codes = [...CP_CODES]
    .filter(([code, word]) => {
      const low = code & 0xff;
      return (
        word === text && low > CP_VALUE && low < 0x80 && low >= CP_TYPE_FROM === (kind === "type")
      );
    })
    .map(([code]) => code);
  return codes.find((code) => code >> 8 === page) ?? codes[0];
}

/** The code of a whole value. */
export function valueCode(text: string, page: number): number | undefined {
  const codes = [...CP_CODES]
    .filter(([code, word]) => word === text && (code & 0x80) !== 0)
    .map(([code]) => code);
  return codes.find((code) => code >> 8 === page) ?? codes[0];
}
