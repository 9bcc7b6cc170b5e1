// Days and hours as people write them down: always Beijing's, whatever the reader's machine says.

const zone = 'Asia/Shanghai'

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

function inBeijing(at: string | Date) {
  const of = Object.fromEntries(parts.formatToParts(new Date(at)).map(({ type, value }) => [type, value]))
  return { day: `${of.year}-${of.month}-${of.day}`, clock: `${of.hour}:${of.minute}` }
}

/** The day of an instant: 2026-12-01. */
export const dayOf = (at: string | Date) => inBeijing(at).day

/** The hour and minute of an instant: 09:00. */
export const clockOf = (at: string | Date) => inBeijing(at).clock

/** An hour of a day as the interface is told of it. */
export const instant = (day: string, clock: string) => `${day}T${clock}:00+08:00`

/** A day so many days later. */
export const daysAfter = (day: string, n: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10)

/** The hour that is meant within a session: one that began in the evening may end after midnight. */
export function within(opens: string, clock: string): string {
  const day = dayOf(opens)
  return instant(clock < clockOf(opens) ? daysAfter(day, 1) : day, clock)
}
