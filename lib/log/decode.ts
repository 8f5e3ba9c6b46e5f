const labels: Record<string, string> = {
  LATIN1: 'iso-8859-1',
  LATIN2: 'iso-8859-2',
  LATIN5: 'iso-8859-9',
  LATIN9: 'iso-8859-15',
  WIN1250: 'windows-1250',
  WIN1251: 'windows-1251',
  WIN1252: 'windows-1252',
  WIN1253: 'windows-1253',
  WIN1254: 'windows-1254',
  WIN1257: 'windows-1257',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  EUC_JP: 'euc-jp',
  EUC_KR: 'euc-kr',
  EUC_CN: 'gbk',
};

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder('utf-8');

/** Bytes of a log as text. Each database writes its own encoding into the same file, so UTF-8 is tried first. Never throws. */
export function decodeLog(bytes: Uint8Array, serverEncoding: string): string {
  try {
    return strict.decode(bytes);
  } catch {
    const label = labels[serverEncoding.toUpperCase()];
    try {
      return label === undefined ? lenient.decode(bytes) : new TextDecoder(label).decode(bytes);
    } catch {
      return lenient.decode(bytes);
    }
  }
}
