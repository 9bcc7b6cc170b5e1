import type { ConfigProvider } from 'antd'
import {
  type ComponentProps,
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react'
import type { Role } from '../api/session'
import { type Lang, language } from './language'
import { type Dictionary, type Family, family, type Key, named, type Params, text } from './message'

type Locale = NonNullable<ComponentProps<typeof ConfigProvider>['locale']>
interface Loaded {
  lang: Lang
  words: Dictionary
  locale: Locale
}

interface Words extends Pick<Loaded, 'lang' | 'locale'> {
  t: (key: Key, params?: Params) => string
  /** The word of a code of a family. */
  name: (family: Family, code: string) => string
  /** The codes of a family, in the order of the catalogue. */
  codes: (family: Family) => string[]
  speak: (lang: Lang) => Promise<void>
}

const files = { zh: () => import('./zh'), en: () => import('./en') }

// What only some readers need comes when they are known.
type Part = 'staff' | 'operator'
const more: Record<Lang, Record<Part, () => Promise<{ default: object }>>> = {
  zh: {
    staff: () => import('../generated/zh.staff.json'),
    operator: () => import('../generated/zh.operator.json'),
  },
  en: {
    staff: () => import('../generated/en.staff.json'),
    operator: () => import('../generated/en.operator.json'),
  },
}
const partsOf: Record<Role, Part[]> = {
  trainee: [],
  institution: ['staff'],
  employer: ['staff'],
  operator: ['staff', 'operator'],
  administrator: ['staff', 'operator'],
}
const wanted = new Set<Part>()
let current: Loaded | undefined

/** Loads one language's words, with those that the reader was found to need. */
export async function load(lang: Lang): Promise<Loaded> {
  const [{ words, locale }, ...others] = await Promise.all([
    files[lang](),
    ...[...wanted].map((part) => more[lang][part]()),
  ])
  const all: object = Object.assign({}, words, ...others.map((other) => other.default))
  current = { lang, locale, words: all as Dictionary }
  return current
}

/** Loads the words that the pages of a role need as well, before one is shown. */
export async function want(role: Role): Promise<void> {
  const fresh = partsOf[role].filter((part) => !wanted.has(part))
  const into = current
  // Pages that are shown already need none of them.
  if (into) for (const part of fresh) Object.assign(into.words, (await more[into.lang][part]()).default)
  for (const part of fresh) wanted.add(part)
}

const Context = createContext<Words | null>(null)

export function useWords(): Words {
  const words = use(Context)
  if (!words) throw new Error('words are asked for outside of <Speak>')
  return words
}

export function Speak({ first, onChange, children }: { first: Loaded; onChange: () => void; children: ReactNode }) {
  const [loaded, setLoaded] = useState(first)
  useEffect(() => {
    document.documentElement.lang = loaded.lang === 'zh' ? 'zh-CN' : 'en'
  }, [loaded.lang])
  const speak = useCallback(
    async (lang: Lang) => {
      const next = await load(lang)
      language.set(lang)
      setLoaded(next)
      onChange()
    },
    [onChange],
  )
  const value = useMemo<Words>(
    () => ({
      lang: loaded.lang,
      locale: loaded.locale,
      t: (key, params) => text(loaded.words, key, params),
      name: (of, code) => named(loaded.words, of, code),
      codes: (of) => family(loaded.words, of),
      speak,
    }),
    [loaded, speak],
  )
  return <Context value={value}>{children}</Context>
}
