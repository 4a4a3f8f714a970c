/**
 * The factory sector of a bare-metal board, as factory.h has it: keys, provisioning, authorities.
 */
import { BuildError } from "../xs/build.ts";

/** Kinds of records: factory.h. */
const KEY = 1;
const PROVISION = 2;
const CA = 3;

export interface Factory {
  /**
   * Vendor public keys as hal/common/boot/image.h has them: SubjectPublicKeyInfo in DER, and behind
   * a revoked one what revokes it.
   */
  readonly keys: readonly Uint8Array[];
  /** JSON text for the client and the board. */
  readonly provision: string;
  /** Certificates of the authorities that servers are checked against, in DER: two at most. */
  readonly authorities?: readonly Uint8Array[];
}

function record(kind: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(kind, 0);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes, Buffer.alloc(-bytes.length & 3)]);
}

/** Returns the sector, `sectorBytes` long. Throws a BuildError when the records do not fit it. */
export function factorySector(factory: Factory, sectorBytes: number): Buffer {
  const records = [
    ...factory.keys.map((key) => record(KEY, key)),
    record(PROVISION, Buffer.from(factory.provision)),
    ...(factory.authorities ?? []).map((certificate) => record(CA, certificate)),
  ];
  const bytes = Buffer.concat(records);
  if (bytes.length > sectorBytes)
    throw new BuildError("keys and provisioning do not fit the factory sector");
  return Buffer.concat([bytes, Buffer.alloc(sectorBytes - bytes.length, 0xff)]);
}
