/**
 * What went over the board's network: QEMU's dump of it (a pcap file, as libpcap has it), added up
 * for the TCP connections of the board to one port (RFC 791, RFC 9293).
 */

export interface Capture {
  readonly connections: number;
  /** Times that the board said something and then had to wait for the peer's first word on it. */
  readonly roundTrips: number;
  /** Bytes that TCP carried, both ways, each once: HTTP, or records of TLS. */
  readonly carriedBytes: number;
  /** Bytes of all IP packets, headers, acknowledgements and repetitions included. */
  readonly ipBytes: number;
}

const FILE_HEAD = 24;
const PACKET_HEAD = 16;
const ETHERNET = 14;
const IPV4 = 0x0800;
const TCP = 6;
const SYN = 0x02;
/** The first byte of an alert of TLS (RFC 5246 §6.2.1): a good-bye, which needs no answer. */
const ALERT = 0x15;

interface Segment {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly isSyn: boolean;
  readonly length: number;
  /** The first byte that it carries; undefined: it carries none. */
  readonly first: number | undefined;
  readonly ipBytes: number;
}

/** How far a stream has come: sequence numbers that were seen, from the first one on. */
interface Side {
  first: number;
  end: number;
}

interface Connection {
  readonly board: Side;
  readonly peer: Side;
  isWaiting: boolean;
}

function segmentOf(frame: Buffer): Segment | undefined {
  if (frame.length < ETHERNET + 20 || frame.readUInt16BE(12) !== IPV4) return undefined;
  const ip = frame.subarray(ETHERNET);
  const ipHead = (ip.readUInt8(0) & 15) * 4;
  const ipBytes = ip.readUInt16BE(2);
  if (ip.readUInt8(9) !== TCP || ip.length < ipHead + 20) return undefined;
  const tcp = ip.subarray(ipHead, ipBytes);
  const carried = tcp.subarray((tcp.readUInt8(12) >> 4) * 4);
  return {
    from: tcp.readUInt16BE(0),
    to: tcp.readUInt16BE(2),
    sequence: tcp.readUInt32BE(4),
    isSyn: (tcp.readUInt8(13) & SYN) !== 0,
    length: carried.length,
    first: carried[0],
    ipBytes,
  };
}

function segments(dump: Buffer): Segment[] {
  if (dump.length < FILE_HEAD || dump.readUInt32LE(0) !== 0xa1b2c3d4)
    throw new Error("not a dump of QEMU's network");
  const found: Segment[] = [];
  for (let at = FILE_HEAD; at + PACKET_HEAD <= dump.length; ) {
    const length = dump.readUInt32LE(at + 8);
    const segment = segmentOf(dump.subarray(at + PACKET_HEAD, at + PACKET_HEAD + length));
    if (segment !== undefined) found.push(segment);
    at += PACKET_HEAD + length;
  }
  return found;
}

/** True when the segment brings what was not seen before: a first SYN, or new bytes. */
function isNews(side: Side, { sequence, isSyn, length }: Segment): boolean {
  const start = isSyn ? (sequence + 1) >>> 0 : sequence;
  const end = (start + length) >>> 0;
  if (side.first < 0) {
    side.first = start;
    side.end = end;
    return true;
  }
  // Sequence numbers wrap: what lies ahead by less than half of them is new.
  const ahead = (end - side.end) | 0;
  if (ahead <= 0) return false;
  side.end = end;
  return true;
}

/** Adds up what the dump has of connections to `port` of the peer. */
export function readCapture(dump: Buffer, port: number): Capture {
  const all: Connection[] = [];
  const open = new Map<number, Connection>();
  let ipBytes = 0;
  let roundTrips = 0;
  for (const segment of segments(dump)) {
    const isSent = segment.to === port;
    if (!isSent && segment.from !== port) continue;
    ipBytes += segment.ipBytes;
    const own = isSent ? segment.from : segment.to;
    const known = open.get(own);
    const isFirst = isSent && segment.isSyn && known?.board.first !== (segment.sequence + 1) >>> 0;
    if (isFirst) {
      const connection = {
        board: { first: -1, end: 0 },
        peer: { first: -1, end: 0 },
        isWaiting: false,
      };
      open.set(own, connection);
      all.push(connection);
    }
    const connection = open.get(own);
    if (connection === undefined) continue;
    if (!isNews(isSent ? connection.board : connection.peer, segment)) continue;
    if (isSent) connection.isWaiting ||= segment.first !== ALERT;
    else if (connection.isWaiting) {
      connection.isWaiting = false;
      roundTrips++;
    }
  }
  const carried = ({ first, end }: Side): number => (first < 0 ? 0 : (end - first) >>> 0);
  return {
    connections: all.length,
    roundTrips,
    carriedBytes: all.reduce((sum, { board, peer }) => sum + carried(board) + carried(peer), 0),
    ipBytes,
  };
}
