// Moments and dates in words. Moments are shown in Beijing's time, whatever the reader's machine says; dates of the
// programme's calendar come as dates and stay such.

import type { Lang } from './language'

const tags = { zh: 'zh-CN', en: 'en-GB' }
const zone = 'Asia/Shanghai'

export function moment(lang: Lang, at: string): string {
  return new Intl.DateTimeFormat(tags[lang], {
    timeZone: zone,
    year: 'numeric',
    month: lang === 'zh' ? '2-digit' : 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(new Date(at))
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86400],
  ['month', 30 * 86400],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** How long ago, or how long until. */
export function fromNow(lang: Lang, at: string, now: number): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000)
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(tags[lang], { numeric: 'auto' }).format(Math.trunc(seconds / length), unit)
}

export function number(lang: Lang, n: number): string {
  return new Intl.NumberFormat(tags[lang], { maximumFractionDigits: 2 }).format(n)
}

/** Several names in one line. */
export function list(lang: Lang, names: string[]): string {
  return new Intl.ListFormat(tags[lang], { type: 'conjunction' }).format(names)
}
