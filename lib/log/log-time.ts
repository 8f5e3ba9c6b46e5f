/**
 * Reads times as a server writes them into its log, `2026-11-23 17:05:01.123 JST`: the wall clock of `log_timezone`. The
 * abbreviation at the end says little (IST is three zones), so the zone's name decides; a numeric one (`+09`) is believed.
 * @returns a function that gives epoch milliseconds, or null when it cannot say
 */
export function logClock(timezone: string): (text: string) => number | null {
  const offsets = new Map<number, number | null>();
  const offsetAt = offsetsOf(timezone);
  return (text) => {
    const found =
      /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?: ([+-]\d\d)(?::?(\d\d))?(?!\d)| (\S{1,20}))?/.exec(
        text,
      );
    if (found === null) return null;
    const [, year, month, day, hour, minute, second, fraction, hours, minutes, name] = found;
    const wall =
      Date.UTC(
        Number(year),
        Number(month) - 1,
        Number(day),
        Number(hour),
        Number(minute),
        Number(second),
      ) + (fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000));
    if (!Number.isFinite(wall)) return null;
    if (hours !== undefined) {
      const sign = hours.startsWith('-') ? -1 : 1;
      return wall - sign * (Math.abs(Number(hours)) * 60 + Number(minutes ?? 0)) * 60_000;
    }
    if (name === 'UTC' || name === 'GMT') return wall;
    const quarter = Math.floor(wall / 900_000);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = offsetAt(quarter * 900_000);
      if (offsets.size > 1000) offsets.clear();
      offsets.set(quarter, offset);
    }
    return offset === null ? null : wall - offset;
  };
}

/** The offset of a zone from UTC at a wall clock time, in ms. In the hour that occurs twice, the later one. */
function offsetsOf(timezone: string): (wall: number) => number | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return () => null;
  }
  const offsetOf = (at: number) => {
    const part = Object.fromEntries(
      format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - at;
  };
  return (wall) => {
    const candidates = [offsetOf(wall - 86_400_000), offsetOf(wall + 86_400_000)];
    const fitting = candidates.filter((offset) => offsetOf(wall - offset) === offset);
    return fitting.length > 0 ? Math.min(...fitting) : (candidates[0] ?? null);
  };
}
